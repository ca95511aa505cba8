from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """The `benchmark` command, and the scripts that measure the portal itself."""

    name = "benchmarks"
