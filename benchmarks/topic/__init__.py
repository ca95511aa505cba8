"""Make a realistic topic of any size: frameworks and criteria, sources with their claims, published ratings."""
