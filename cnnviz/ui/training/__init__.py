"""Controls and pictures of trainings."""
