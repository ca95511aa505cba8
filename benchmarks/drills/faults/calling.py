"""Call the portal in this process while each call of its database fails in turn, and print what went wrong as JSON.

It runs on a seeded database of its own, and takes back what it writes.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import django

#: How many addresses are asked for, and how many of the calls of one fail, in the short form.
SOME_ADDRESSES, SOME_CALLS = 40, 8
FILES = (
    *("/matrix.csv", "/matrix.png", "/changes.atom", "/sitemap.xml", "/search/?q=django"),
    *("/api/v1/frameworks", "/api/v1/matrix"),
)

Checked = tuple[str, list[str], str]
"""What was checked, what speaks against it, and a figure."""


def visitor(addresses: Sequence[str], most: int) -> Checked:
    """Let the calls of each address fail, one in each request."""
    from django.test import Client

    from tests.faults import failing, steps

    client, faults, requests = Client(raise_request_exception=False), [], 0
    for address in addresses:
        with failing(0) as counted:
            usual = client.get(address)
        for nth in steps(counted.calls, most):
            with failing(nth):
                response = client.get(address)
            requests += 1
            is_announced = response.status_code == 503 and "Retry-After" in response
            if not is_announced and response.status_code != usual.status_code:
                faults.append(f"{address} answered {response.status_code} when call {nth} failed")
    return f"{len(addresses)} addresses answer as usual or with a 503", faults, f"{requests} requests"


def editor(most: int) -> Checked:
    """Let the calls of each way to save fail, one in each request, and compare what is said with what is there."""
    from django.contrib.auth.models import User
    from django.db import transaction
    from django.test import Client

    from frameworks.models import Rating
    from tests.desk.test_faults import FLOWS, recorded, said_to_be_saved
    from tests.faults import failing, steps

    client, faults, requests = Client(raise_request_exception=False), [], 0
    user = User.objects.create_superuser("drill")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    rating = Rating.objects.select_related("framework", "criterion").order_by("pk")[0]
    for flow in FLOWS:
        headers = {"Accept": "application/json"} if flow.__name__ == "grid" else {}
        calls = [0]
        before = recorded()
        while calls:
            with transaction.atomic():
                # Made anew each time, for a form is sent once.
                path, posted = flow(client, rating)
                nth = calls.pop(0)
                with failing(nth) as counted:
                    response: Any = client.post(path, posted, headers=headers)
                requests += 1
                is_saved = recorded() > before
                if nth == 0:
                    calls = steps(counted.calls, most)
                    faults += [f"{flow.__name__} does not save"] * (not is_saved)
                if response.status_code >= 500 and response.status_code != 503:
                    faults.append(f"{flow.__name__} answered {response.status_code} when call {nth} failed")
                elif said_to_be_saved(client, response) not in {None, is_saved}:
                    faults.append(f"{flow.__name__} said what is not so when call {nth} failed")
                transaction.set_rollback(True)
    return f"{len(FLOWS)} ways to save say what is so", faults, f"{requests} requests"


def main(form: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from benchmarks.instances.instance import ADDRESS

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    from django.test import Client

    client, addresses = Client(), []
    for part in ADDRESS.findall(client.get("/sitemap.xml").content.decode()):
        addresses += (
            ADDRESS.findall(client.get(part).content.decode()) if part.startswith("/sitemap") else [part]
        )
    is_long = form == "long"
    chosen = addresses if is_long else addresses[:: max(1, len(addresses) // SOME_ADDRESSES)]
    most = 1_000 if is_long else SOME_CALLS
    print(json.dumps([visitor([*chosen, *FILES], most), editor(most * 3)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
