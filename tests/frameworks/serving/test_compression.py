"""Every answer that can be compressed says so, whether this one is or not."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.mark.parametrize("coding", ["", "identity", "gzip", "br", "zstd", "nonsense"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/frameworks/flask/",
        "/matrix.csv",
        "/matrix.svg",
        "/changes.atom",
        "/api/v1/",
        "/robots.txt",
        "/nowhere/",
    ],
)
def test_compressible_answers_vary_by_accept_encoding(client: Client, path: str, coding: str) -> None:
    response = client.get(path, headers={"Accept-Encoding": coding})
    assert "accept-encoding" in response["Vary"].lower().replace(" ", "").split(",")


def test_picture_does_not_vary_by_accept_encoding(client: Client) -> None:
    assert "Vary" not in client.get("/frameworks/flask.png", headers={"Accept-Encoding": "gzip"})
