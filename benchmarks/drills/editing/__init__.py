"""Drills on editors at work: many at once, and one whose browser sends things twice."""
