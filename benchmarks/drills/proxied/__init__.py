"""Drills on the portal behind nginx, as both are shipped, with HTTPS."""
