"""The page that shows how the installation is."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from frameworks.models import Digest, LinkCheck
from tests.html import read

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def shown(client: Client) -> dict[str, str]:
    """What the page says of each thing."""
    rows = read(client.get("/admin/status/").content).all("#content-main tr")
    return {row.one("th").text: row.one("td").text for row in rows}


def test_status_shows_database_record_memory_and_what_runs_besides(
    admin_client: Client, admin_user: User, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    before = shown(admin_client)
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]
    assert before["Database"].startswith(f"{name} ")
    assert before["Migrations"] == "all applied"
    assert before["Last link check"].startswith("never")
    assert before["Last backup"].startswith("none is known")
    assert before["Kept in memory by this process"] == "nothing: KEEP_IN_MEMORY is off"
    assert before["Mails to editors"] == "off: DIGESTS is off"
    assert before["Release"].count(" on Django ") == 1
    settings.KEEP_IN_MEMORY = settings.DIGESTS = True
    at = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    LinkCheck.objects.create(url="https://a.example", checked_at=at, is_alive=True)
    LinkCheck.objects.create(url="https://b.example", checked_at=at, is_alive=False)
    Digest.objects.create(user=admin_user, day=at.date(), told_until=at)
    file = tmp_path / "all.zip"
    call_command("backup", file, stdout=StringIO())
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    after = shown(admin_client)
    assert after["Last backup"].endswith(f" rows in {file}")
    assert " UTC, less than a minute ago: " in after["Last backup"]
    assert after["Migrations"] == "missing: sessions 0001_initial"
    assert after["Last link check"] == "20 November 2026, 03:30 UTC: 2 addresses, 1 without an answer"
    assert after["Mails to editors"] == "the last on 20 November 2026"
    assert "of pages (" in after["Kept in memory by this process"]
