from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What is neither about one thing nor a comparison."""

    name = "portal"
