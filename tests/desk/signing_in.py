"""Editors who are signed in, as clients of their own."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ada() -> Client:
    return sign_in(factories.make_editor(username="ada", first_name="Ada", last_name="Lovelace"))


@pytest.fixture
def bob() -> Client:
    return sign_in(factories.make_editor(username="bob", first_name="Bob", last_name="Hopper"))


@pytest.fixture
def eve() -> Client:
    """She edits and may not publish."""
    return sign_in(factories.make_proposer(username="eve", first_name="Eve", last_name="Stone"))


@pytest.fixture
def rob() -> Client:
    """He publishes and may not edit."""
    return sign_in(factories.make_reviewer(username="rob", first_name="Rob", last_name="Glass"))
