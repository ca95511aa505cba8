"""Facts as tables: files read and written, rows compared and imported."""
