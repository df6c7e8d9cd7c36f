"""The page of one's runs: the list, the comparison, and weights that are brought."""
