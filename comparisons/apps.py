from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    """The judgement: what follows from the facts under somebody's weights."""

    name = "comparisons"
    default_auto_field = "django.db.models.BigAutoField"
