"""What leaves the portal: files, permanent copies, embeds, feeds."""
