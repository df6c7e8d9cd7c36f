"""What must stay fast, beside what a user would run instead. `python -m benchmarks`."""
