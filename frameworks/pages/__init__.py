"""The public pages about one thing."""
