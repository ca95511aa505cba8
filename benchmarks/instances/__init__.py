"""A drill: two topics as two instances of one installation, of which nothing of one is seen from the other."""
