"""The portal below a path of another site."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings
from django.urls import clear_script_prefix, set_script_prefix

from comparisons.pages.links import path_of
from frameworks.models import catalogue
from tests.memory import forget_everything

#: Called like pages of the portal's own, so that nothing may look for it twice, or in the middle.
PATH = "/compare"


@contextmanager
def below_a_path() -> Iterator[None]:
    """Have the portal answer below PATH, as SITE_URL with that path does at the start."""
    derived = {
        "FORCE_SCRIPT_NAME": PATH,
        "STATIC_URL": f"{PATH}/static/",
        "SESSION_COOKIE_PATH": f"{PATH}/admin/",
        "CSRF_COOKIE_PATH": f"{PATH}/admin/",
        # Nothing is collected for tests.
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": True,
    }
    with override_settings(**derived):
        set_script_prefix(f"{PATH}/")
        _forget_addresses()
        try:
            yield
        finally:
            clear_script_prefix()
            _forget_addresses()


def _forget_addresses() -> None:
    """A process has one path as long as it runs, so that what it has in memory is not kept by path."""
    forget_everything()
    path_of.cache_clear()
    catalogue._address.cache_clear()
