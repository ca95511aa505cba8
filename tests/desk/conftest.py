"""What all tests of the desk share."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import reverse

from desk.admin_site import DeskSite


@pytest.fixture(autouse=True)
def _without_menu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the menu that all pages of the desk have, and that takes a third of their time, but on the front page.

    Tests that are marked `menu` read it.
    """
    if request.node.get_closest_marker("menu"):
        return
    listed = DeskSite.get_app_list

    def get_app_list(site: DeskSite, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        is_wanted = app_label or request.path == reverse("admin:index")
        return listed(site, request, app_label) if is_wanted else []

    monkeypatch.setattr(DeskSite, "get_app_list", get_app_list)
