"""Drills on the machine that the portal runs on: its disk, and its clock."""
