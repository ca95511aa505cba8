"""Comparisons that leave the portal: files, permanent copies, embeds, feeds."""
