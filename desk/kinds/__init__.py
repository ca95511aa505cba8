"""One admin class for each kind of fact."""
