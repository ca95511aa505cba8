"""Try the portal on another topic, and print a line for whatever fails or still speaks of web frameworks.

A topic is read when the process starts, so this is one of its own: `TOPIC=… VAR_DIR=… python -m tests.another_topic`
fills the empty database in VAR_DIR, reads pages, files, feeds and API as a visitor and the desk as a superuser, saves
what the desk's forms hold, takes tables out and in again, and has a proposal and an import decided and undone.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from . import reading, saving, showing, working

    call_command("migrate", verbosity=0)
    call_command("seed", stdout=sys.stderr)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    visitor, editor = Client(raise_request_exception=False), Client(raise_request_exception=False)
    editor.force_login(
        User.objects.create_superuser("ada"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for finding in [
        *showing.accent(visitor),
        *showing.kinds_of_sources(visitor),
        *reading.findings(visitor, [*reading.START, *reading.unlinked(visitor)]),
        *reading.findings(editor, ["/admin/", *reading.at_the_desk(editor)], "/admin/"),
        *showing.api(visitor),
        *saving.tables(Path(settings.VAR_DIR)),
        *saving.forms(editor),
        *saving.cells(editor),
        *working.findings(editor),
    ]:
        print(finding)  # noqa: T201


if __name__ == "__main__":
    main()
