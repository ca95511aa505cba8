from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.functional import lazy


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
    verbose_name = "Facts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the sections, and have all call frameworks what the topic calls them at that moment: a topic is
        checked beside the one that is served."""
        from .models import Benchmark, Component, Disagreement, Question  # there by now
        from .serving import sections

        sections.register(
            {
                "frameworks:components": Component.objects.current,
                "frameworks:disagreements": Disagreement.objects.all,
                "frameworks:benchmarks": Benchmark.objects.all,
                "frameworks:questions": Question.objects.all,
            }
        )
        # Migrations look at the names that the models were given.
        framework = self.get_model("Framework")
        framework._meta.verbose_name = _in_words("framework")
        framework._meta.verbose_name_plural = _in_words("frameworks")
        for model in apps.get_models():
            for field in [*model._meta.fields, *model._meta.many_to_many]:
                if field.related_model is framework:
                    field.verbose_name = _in_words(str(field.verbose_name))


def _worded(text: str) -> str:
    return settings.TOPIC.worded(text)


_in_words = lazy(_worded, str)
