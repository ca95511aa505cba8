from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DeskConfig(AppConfig):
    """The editors' desk."""

    name = "desk"


class DeskSiteConfig(AdminConfig):
    """The stock admin with our site in it."""

    default_site = "desk.admin_site.DeskSite"
