"""Reductions, cumulative operations, sorting and histograms."""
