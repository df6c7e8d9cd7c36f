"""The four topics of the page "Between the convolutions", a module each.

Each has its settings, its controls, its picture, its formula with the reader's numbers, its
further panels, and what is taken along, all made from the settings alone.
"""
