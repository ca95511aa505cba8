"""The grid of frameworks and criteria, and its side panel."""
