"""The public pages about several frameworks."""
