"""The wiring: settings, addresses, health."""
