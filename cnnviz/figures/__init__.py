"""Plotly figures: data in, `Figure` out. What moves is a component instead."""
