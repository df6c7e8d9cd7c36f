"""The networks, a family a file: plain functions that build an `nn.Module`.

The course's own forms are written out; where a name means the paper's network it is torchvision's.
Each function stands alone but for `cnnviz.models.blocks` and `head`, so that its source can be
handed to a reader as the code that rebuilds the network (`cnnviz.export.network_code`).
"""
