"""The forms, lists, actions and conflict pages that every kind of fact shares."""
