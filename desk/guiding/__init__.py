"""Leads an editor through what takes several pages: a new framework, and a reader's problem report."""
