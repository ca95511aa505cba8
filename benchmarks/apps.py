from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """The measuring command, and what else is run by hand to measure the portal."""

    name = "benchmarks"
