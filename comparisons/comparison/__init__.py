"""One comparison: from the parameters of an address to rows and totals."""
