"""Import and export of a kind of fact."""
