"""The public pages about a single fact, and the lists of such facts."""
