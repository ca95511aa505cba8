"""One comparison, from the parameters of an address to its rows, cells and totals."""
