"""Read and write facts as tables in files; compare and import their rows."""
