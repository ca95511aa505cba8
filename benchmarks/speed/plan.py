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
class Application:
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


APPLICATIONS = (
    Application("django", "Django", WSGI),
    Application("flask", "Flask", WSGI),
    Application("fastapi", "FastAPI", ASGI),
    Application("litestar", "Litestar", ASGI),
    Application("pyramid", "Pyramid", WSGI),
    Application("tornado", "Tornado", (TORNADO,)),
    Application("sanic", "Sanic", ASGI),
    Application("quart", "Quart", ASGI),
    Application("cherrypy", "CherryPy", WSGI),
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
    applications: tuple[Application, ...], terms: Terms
) -> Iterator[tuple[Measurement, Application, Server]]:
    for repetition in range(1, terms.repetitions + 1):
        for application in applications:
            for server in application.servers:
                yield Measurement(repetition, application.slug, server.slug), application, server
