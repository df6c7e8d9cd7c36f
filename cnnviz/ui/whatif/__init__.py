"""The page "What if": two networks as settings, their controls, and what they differ by."""
