"""What a page shows, to take away: PyTorch code, a notebook, a PNG or a GIF for slides.

Of a walk: `code.pytorch_code`, `picture.png` and `picture.gif`. Of other planes: `sheet`.
Of both: `notebook.notebook`.
"""
