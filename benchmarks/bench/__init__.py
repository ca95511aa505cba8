"""Measure how fast the portal answers against what it must reach: `make bench`.

Each group of figures is measured in a process of its own (`child`), on a database with the seed or with a topic made by
chance, in turn with what it is compared to. `plan` says what is measured and what it must reach, `table` prints it.
"""
