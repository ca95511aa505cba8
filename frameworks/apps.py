from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FrameworksConfig(AppConfig):
    """The facts: what was rated, how, and on whose word."""

    name = "frameworks"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(AdminConfig):
    """The stock admin with our site in it."""

    default_site = "frameworks.desk.Desk"
