"""The commands that measure, and are imported by nobody."""
