"""The arithmetic of fit: plain numbers in, exact results out. Imports nothing of this project."""
