"""Facts as tables of text: files read and written, rows compared with what is stored and imported."""
