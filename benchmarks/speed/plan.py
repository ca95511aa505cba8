"""What is measured: which application under which server, how long, how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

#: Where the application answers, and what. `load` refuses to measure anything else.
ENDPOINT = "/json"
ANSWER = {"message": "Hello, World"}


@dataclass(frozen=True)
class Server:
    """A way of serving. In `command`, `{port}` and `{app}` are filled in; it runs in the environment's `bin`."""

    slug: str
    name: str
    #: Whose version is told, and the package that it comes in.
    package: str
    command: tuple[str, ...]
    #: How it was set up, for the method.
    setting: str


GUNICORN = Server(
    "gunicorn",
    "Gunicorn",
    "gunicorn",
    ("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "--log-level", "error", "{app}"),
    "one sync worker, which closes each connection after its answer",
)
UVICORN = Server(
    "uvicorn",
    "Uvicorn",
    "uvicorn",
    ("uvicorn", "--port", "{port}", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "{app}"),
    "one process with uvloop and httptools, connections kept open",
)
GRANIAN = "one worker with one thread, connections kept open"
GRANIAN_WSGI = Server(
    "granian",
    "Granian",
    "granian",
    ("granian", "--interface", "wsgi", "--port", "{port}", "--no-access-log", "{app}"),
    GRANIAN,
)
GRANIAN_ASGI = Server(
    "granian",
    "Granian",
    "granian",
    ("granian", "--interface", "asgi", "--port", "{port}", "--no-access-log", "{app}"),
    GRANIAN,
)
TORNADO = Server(
    "tornado", "Tornado", "tornado", ("python", "app_tornado.py", "{port}"), "its own server, one process"
)

WSGI = (GUNICORN, GRANIAN_WSGI)
ASGI = (UVICORN, GRANIAN_ASGI)


@dataclass(frozen=True)
class Subject:
    """One framework with its application and the servers that it is measured under."""

    slug: str
    name: str
    servers: tuple[Server, ...]

    @property
    def requirements(self) -> Path:
        return FOLDER / "requirements" / f"{self.slug}.txt"

    @property
    def app(self) -> str:
        return f"app_{self.slug}:app"


SUBJECTS = (
    Subject("django", "Django", WSGI),
    Subject("flask", "Flask", WSGI),
    Subject("fastapi", "FastAPI", ASGI),
    Subject("litestar", "Litestar", ASGI),
    Subject("pyramid", "Pyramid", WSGI),
    Subject("tornado", "Tornado", (TORNADO,)),
    Subject("sanic", "Sanic", ASGI),
    Subject("quart", "Quart", ASGI),
    Subject("cherrypy", "CherryPy", WSGI),
)

#: What cannot be measured here, and why. The report says so.
LEFT_OUT = {
    "web2py": "web2py is left out: its only release on the package index, 2.1.1, does not install on Python 3."
}


@dataclass(frozen=True)
class Terms:
    """Under which conditions every framework is measured. Figures under other terms are never mixed with these."""

    #: Seconds of one measurement, and of the load before it that does not count.
    seconds: int = 8
    warm_up: int = 2
    repetitions: int = 5
    #: Kept open by the load tool at once, from one thread.
    connections: int = 64


@dataclass(frozen=True, order=True)
class Measurement:
    """One measurement to make: by its repetition first, so that a disturbance hits one of each and not all of one."""

    repetition: int
    framework: str
    server: str


def measurements(
    subjects: tuple[Subject, ...], terms: Terms
) -> Iterator[tuple[Measurement, Subject, Server]]:
    for repetition in range(1, terms.repetitions + 1):
        for subject in subjects:
            for server in subject.servers:
                yield Measurement(repetition, subject.slug, server.slug), subject, server
