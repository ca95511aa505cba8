"""Draw social pictures and charts from cards. Imports nothing else of this project."""
