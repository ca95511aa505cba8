"""Editors who are signed in, as clients of their own."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests import factories


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def code_of(user: User) -> str:
    """What the app on the phone would show; each code serves once, so the record of the last one is taken back."""
    device = TOTPDevice.objects.get(user=user)
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


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
