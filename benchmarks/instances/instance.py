"""Start an instance of the portal for a topic, and ask it for pages as a browser does."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from benchmarks import processes

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "a password for the drill"  # noqa: S105 - of a user who is gone when the drill ends
#: Makes administrators, of one password: to hash it for each takes longer than all else.
MAKE_EDITORS = """
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
secret = make_password({password!r})
User.objects.bulk_create(
    User(username=name, password=secret, is_staff=True, is_superuser=True) for name in {names!r}
)
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ADDRESS = re.compile(r"<loc>https?://[^/<]+([^<]*)</loc>")


@dataclass(frozen=True)
class Instance:
    """The portal on one topic, with a folder, a database and a port of its own."""

    topic: Path
    var: Path
    port: int
    database: str = ""
    processes: int = 1

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables by which one instance differs from another, and no others of the portal's."""
        own = {"TOPIC": str(self.topic), "VAR_DIR": str(self.var), "PORT": str(self.port)}
        if self.database:
            own["DATABASE_URL"] = self.database
        passed_on = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        # The last keeps the settings from reading .env.
        of_all = {"WEB_CONCURRENCY": str(self.processes), "LOG_LEVEL": "ERROR", "PYTEST_VERSION": "none"}
        return {**passed_on, **own, **of_all}

    @property
    def address(self) -> str:
        """Return where it is reached, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def launcher(self) -> list[str]:
        """Return the command that runs each of its programs; nothing where they are run as they are."""
        return []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Prepare and serve the instance, as `make run` does. Raises NotStarted, or CalledProcessError."""
        self.var.mkdir(exist_ok=True)
        self.run("bin/prepare.py")
        with self.serving():
            yield

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve the instance, which is prepared, and yield the server. Raises NotStarted."""
        gunicorn = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
        command = [*self.launcher, sys.executable, *gunicorn]
        processes.await_free(self.port)
        with processes.running(command, directory=ROOT, environment=self.environment) as server:
            processes.await_port(server, self.port)
            yield server

    def run(self, *arguments: str, **more: str) -> str:
        """Run a program of the project as this instance, and return what it says."""
        done = subprocess.run(
            [*self.launcher, sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def get(self, path: str, opener: OpenerDirector | None = None) -> tuple[int, str]:
        """Return the status and the text of an address. Raises OSError where there is no answer in time."""
        return self._open(Request(f"{self.address}{path}"), opener)

    def _open(self, request: Request, opener: OpenerDirector | None) -> tuple[int, str]:
        try:
            with (opener or build_opener()).open(request, timeout=processes.TIMEOUT) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def addresses(self) -> list[str]:
        """Return every address in the sitemap, following the parts that its index lists."""
        _, index = self.get("/sitemap.xml")
        listed = ADDRESS.findall(index)
        parts = [path for path in listed if path.startswith("/sitemap")]
        return [path for path in listed if path not in parts] + [
            path for part in parts for path in ADDRESS.findall(self.get(part)[1])
        ]

    def browser(self) -> OpenerDirector:
        """Return a browser without a past."""
        return build_opener(HTTPCookieProcessor(CookieJar()))

    def signed_in(self, name: str) -> OpenerDirector:
        """Make an administrator and return a browser that has signed in as this person."""
        self.make_editors([name])
        return self.signing_in(name)

    def make_editors(self, names: Sequence[str]) -> None:
        """Make administrators of these names, who all have the same password."""
        program = MAKE_EDITORS.format(password=PASSWORD, names=[*names])
        self.run("manage.py", "shell", "--no-imports", "-c", program)

    def signing_in(self, name: str) -> OpenerDirector:
        """Return a browser that has signed in as this administrator."""
        opener = self.browser()
        login = f"{self.address}/admin/login/"
        token = TOKEN.search(self.get("/admin/login/", opener)[1])
        form = {
            "username": name,
            "password": PASSWORD,
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        self._open(Request(login, urlencode(form).encode(), {"Referer": login}), opener)
        return opener

    def words(self) -> set[str]:
        """Return what readers know the content by: the site's name, names of what is compared, titles of sources."""
        from topics.topic import read

        names = {read(self.topic).name}
        for file in ("catalogue.json", "sources.json"):
            for entry in json.loads((self.topic / file).read_text(encoding="utf-8")):
                fields: dict[str, Any] = entry["fields"]
                if entry["model"] in {"frameworks.framework", "frameworks.source"}:
                    names |= {
                        fields.get("name") or fields["short_name"],
                        fields.get("title") or fields["name"],
                    }
        return names

    def slugs(self) -> list[str]:
        """Return the slugs of what is compared."""
        entries = json.loads((self.topic / "catalogue.json").read_text(encoding="utf-8"))
        return [entry["fields"]["slug"] for entry in entries if entry["model"] == "frameworks.framework"]

    def content(self) -> str:
        """Return all that the files of the topic say."""
        return "\n".join(
            path.read_text(encoding="utf-8") for path in self.topic.rglob("*.*") if path.is_file()
        )
