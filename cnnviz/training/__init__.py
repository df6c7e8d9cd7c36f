"""Training networks: data in, a generator of events out. Nothing here draws or waits for a page."""
