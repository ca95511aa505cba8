"""The portal on another topic than the shipped one, tried in whole."""
