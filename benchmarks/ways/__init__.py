"""The clicks of ten tasks, counted by doing them."""
