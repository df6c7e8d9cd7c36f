"""The page of building blocks: its settings, and what they make."""
