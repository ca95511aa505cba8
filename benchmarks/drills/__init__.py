"""Break things on purpose, on real servers of our own, and check what readers and editors get meanwhile."""
