"""Keep the whole database: back it up, restore it, move it, and check that it is sound."""
