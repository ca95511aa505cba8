"""What waits for an editor: the front page, objections, dead links, ratings due for review."""
