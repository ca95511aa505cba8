"""Proposals: what editors without the right to publish save, until a reviewer decides."""
