"""Social pictures and charts, drawn from cards. Imports no other room."""
