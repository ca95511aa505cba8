"""The read-only JSON API, described by its OpenAPI document."""
