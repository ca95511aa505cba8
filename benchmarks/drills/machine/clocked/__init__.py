"""A folder for PYTHONPATH, whose programs have a clock that a file puts."""
