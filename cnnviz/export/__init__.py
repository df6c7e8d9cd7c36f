"""A walk to take away: PyTorch code, a notebook, a PNG or a GIF for slides.

`code.pytorch_code`, `notebook.notebook`, `picture.png` and `picture.gif`.
"""
