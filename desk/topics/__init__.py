"""Topics as folders: begun from nothing or from a spreadsheet, and checked before they are loaded."""
