"""Runs as every page shows them: how they are watched, drawn, named and taken along."""
