"""Write facts by the only write path, record each change, and rebuild facts from their revisions."""
