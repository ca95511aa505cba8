"""The editors’ desk: the admin in which every write is a revision."""
