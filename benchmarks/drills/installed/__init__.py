"""Install the portal on a fresh Debian, as docs/operating.md says, and run it there."""
