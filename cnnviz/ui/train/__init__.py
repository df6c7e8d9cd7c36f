"""The page of training: a recipe's settings and controls, what it will take, and its run."""
