"""Fit, coverage, band, rank: plain numbers, exact results, no imports."""
