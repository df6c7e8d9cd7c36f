"""Images for the explorer: the bundled data sets, and safe decoding of pictures from strangers."""
