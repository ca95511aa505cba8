"""Clients generated from the API's description, which make real calls: what `.ci/run` tries. Not run by pytest."""
