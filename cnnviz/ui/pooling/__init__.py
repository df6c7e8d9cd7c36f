"""The page of pooling: its settings, its controls, and a file for each of its panels."""
