"""List what is measured: which application under which server, how long and how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

#: The path at which applications answer, and the answer. `load` refuses to measure any other.
ENDPOINT = "/json"
ANSWER = {"message": "Hello, World"}


@dataclass(frozen=True)
class Server:
    """A server and how it is run: `command` in the environment's `bin`, with `{port}` and `{app}` filled in."""

    slug: str
    name: str
    #: The package whose version is reported.
    package: str
    command: tuple[str, ...]
    #: Its configuration in words, for the method.
    setting: str


GUNICORN = Server(
    "gunicorn",
    "Gunicorn",
    "gunicorn",
    ("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "--log-level", "error", "{app}"),
    "one sync worker, which closes each connection after the response",
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
    """The application of one framework, and the servers under which it is measured."""

    slug: str
    name: str
    servers: tuple[Server, ...]

    @property
    def requirements(self) -> Path:
        """Return the file with its pinned packages."""
        return FOLDER / "requirements" / f"{self.slug}.txt"

    @property
    def app(self) -> str:
        """Return the module and variable of the application, as servers expect it."""
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

#: Frameworks that cannot be measured, with the reason for the report.
LEFT_OUT = {
    "web2py": "web2py is left out: its only release on the package index, 2.1.1, does not install on Python 3."
}


@dataclass(frozen=True)
class Terms:
    """The conditions under which every framework is measured. Results under different terms are never mixed."""

    #: Seconds of one measurement, and of the load before it that is not measured.
    seconds: int = 8
    warm_up: int = 2
    repetitions: int = 5
    #: Connections that the load tool keeps open at once, from one thread.
    connections: int = 64


@dataclass(frozen=True, order=True)
class Measurement:
    """A measurement to make, ordered by repetition first, so that a disturbance does not hit all of one framework."""

    repetition: int
    framework: str
    server: str


def measurements(
    applications: tuple[Application, ...], terms: Terms
) -> Iterator[tuple[Measurement, Application, Server]]:
    """Yield all measurements in the order in which they are made."""
    for repetition in range(1, terms.repetitions + 1):
        for application in applications:
            for server in application.servers:
                yield Measurement(repetition, application.slug, server.slug), application, server
