from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    """The facts: what was rated, how, and on whose word."""

    name = "frameworks"
    #: The fixtures, in the order of their dependencies, and those that a topic cannot do without.
    seed = (
        "catalogue.json",
        "sources.json",
        "readings.json",
        "claims",
        "traits.json",
        "ratings",
        "disagreements.json",
        "components.json",
        "questions.json",
        "benchmarks",
    )
    seed_required = ("catalogue.json", "sources.json")
    default_auto_field = "django.db.models.BigAutoField"
