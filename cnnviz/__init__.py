"""cnnviz: see how convolutional networks work."""
