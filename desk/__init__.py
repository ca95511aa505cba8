"""The editors' desk: the Django admin in which every write is a revision and no edit is lost."""
