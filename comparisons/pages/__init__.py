"""The public pages about several frameworks at once."""
