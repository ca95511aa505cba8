from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Search, the API, and what is for machines: feeds, sitemap, robots.txt and llms.txt."""

    name = "portal"

    def ready(self) -> None:
        """Have the API answer with problem details while the database fails."""
        from frameworks.serving import outages

        from .api import problems

        outages.register(problems.PREFIX, problems.database_away)
