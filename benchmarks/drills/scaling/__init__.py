"""Drills with more than a portal and its database: with a replica to read from, with a pool between the two."""
