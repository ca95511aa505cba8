from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    """The facts: what was rated, how, and on whose word."""

    name = "frameworks"
    default_auto_field = "django.db.models.BigAutoField"
