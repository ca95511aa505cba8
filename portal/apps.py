from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Search, the API, and what is for machines: feeds, sitemap, robots.txt and llms.txt."""

    name = "portal"
