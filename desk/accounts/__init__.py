"""Who may come in: users and groups, profiles, two-factor sign-in."""
