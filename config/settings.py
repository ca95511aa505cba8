"""Define the settings, in one file for all environments. `.env.example` describes every variable that is read here."""

import os
import re
import secrets
import tempfile
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import django
from csp.constants import NONE, SELF
from django.http import HttpRequest
from environs import Env, EnvError
from marshmallow.validate import OneOf, Range
from whitenoise.compress import Compressor

from config import reporting
from topics.topic import FILE as TOPIC_FILE
from topics.topic import Topic, TopicError, read

BASE_DIR = Path(__file__).resolve().parent.parent

# A server has a process for each core already: threads of numpy's own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SHORTEST_KEY = 50  # characters
SHIPPED_TOPIC = "fixtures"
#: Scheme, host and port, and nothing else but a slash.
ADDRESS = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[^\s/?#\\@:\[\]%]+)(?::([0-9]{1,5}))?/*", re.ASCII | re.IGNORECASE
)
#: Where the portal lies on a host: segments that need no escaping, none of which begins with a dot.
PATH = re.compile(r"(/[a-z0-9_~-][a-z0-9._~-]*)*", re.ASCII | re.IGNORECASE)
#: One host: names of letters, digits and hyphens, joined by single dots.
HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def refuse(reason: str) -> NoReturn:
    """Exit with one plain sentence, because a traceback does not help whoever mistyped a variable."""
    raise SystemExit(f"Touchstone cannot start: {reason}")


def secret_key(path: Path) -> str:
    """Return the secret key in `path`, made at first use and readable by its owner alone."""
    if not path.exists():
        # Written to a temporary file and then linked: two processes that start together share one complete key.
        handle, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp gives mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    try:
        key = path.read_text(errors="replace").strip()
    except OSError as error:
        refuse(f"{path} cannot be read ({error.strerror}); DJANGO_SECRET_KEY can hold the key instead.")
    if len(key) < SHORTEST_KEY or "\ufffd" in key:
        refuse(
            f"{path} holds no key of at least {SHORTEST_KEY} characters; delete it, and another one is made."
        )
    return key


def topic(typed: str) -> Topic:
    """Return the topic in the folder `typed`, relative to the project, or the shipped one if that is empty."""
    try:
        return read(BASE_DIR / (typed or SHIPPED_TOPIC))
    except TopicError as error:
        refuse(str(error))


def var_dir(typed: str) -> Path:
    """Return the folder for all that the portal writes: `typed`, relative to the project, or `var` if that is empty.

    Another topic than the shipped one has a folder within `var`, since each has a database of its own.
    """
    own = (
        "var"
        if TOPIC.folder.resolve() == BASE_DIR / SHIPPED_TOPIC
        else f"var/topics/{TOPIC.folder.resolve().name}"
    )
    place = (BASE_DIR / (typed or own)).resolve()
    if place == BASE_DIR or place.is_relative_to(BASE_DIR / "static"):
        refuse(f"VAR_DIR must be a folder of its own, and not {place}, which holds files of the project.")
    return place


def reserve(place: Path, folder: Path) -> None:
    """Note in `place`, which is called after the folder of a topic, where that folder is; exit if another topic whose
    folder has the same name keeps its database there. A topic that was moved takes its database with it."""
    note = place / "topic"
    noted = note.read_text(errors="replace").strip() if note.exists() else ""
    if noted == str(folder):
        return
    if noted and (Path(noted) / TOPIC_FILE).exists():
        refuse(
            f"{place} holds the database of another topic, that in {noted}. Rename the folder {folder}, or name a place"
            " for its database in VAR_DIR."
        )
    note.write_text(f"{folder}\n")


def origin(address: str) -> str:
    """Return scheme, host and port as browsers write them: in small letters, without the scheme's own port.

    Raises ValueError if the address is none, has more than these, or stands for several hosts: `*` or `.example.org`
    would trust whoever names any of them.
    """
    match = ADDRESS.fullmatch(address.strip())
    if not match:
        raise ValueError(address)
    scheme, host, port = match[1].lower(), match[2].lower(), int(match[3] or 0)
    if host.startswith("["):
        IPv6Address(host[1:-1])
        name = host
    elif not HOST.fullmatch(name := host if host.isascii() else host.encode("idna").decode()):
        raise ValueError(address)
    if match[3] and not 1 <= port <= 65535:
        raise ValueError(address)
    return f"{scheme}://{name}" + ("" if port in {0, {"http": 80, "https": 443}[scheme]} else f":{port}")


def site(address: str) -> tuple[str, str]:
    """Return the origin of an address, and its path without a slash at the end: empty for the root of the host.

    Raises ValueError as `origin` does, and for a path that browsers would write in another way.
    """
    scheme, slashes, rest = address.strip().partition("://")
    host, _, path = rest.partition("/")
    path = f"/{path}".rstrip("/")
    if not PATH.fullmatch(path):
        raise ValueError(address)
    return origin(f"{scheme}{slashes}{host}"), path


def database(address: dict[str, Any], *, pooled: bool) -> dict[str, Any]:
    """Return `address`, as read from DATABASE_URL, with the options that several processes need."""
    own_options, max_age = address.get("OPTIONS", {}), 0
    match address["ENGINE"]:
        case "django.db.backends.sqlite3":
            # Readers are not blocked by a writer (WAL). A transaction takes the write lock at its start: taking it
            # later fails at once with "database is locked", whatever the timeout. Waiting writers are not queued: of
            # sixteen on a busy machine, one waited for more than ten seconds.
            options = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,  # seconds
                # Sorting and rolling back need room besides: in memory, because no other folder may be writable.
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;",
            }
            if ":memory:" in address["NAME"] or own_options.get("mode") == "memory":
                refuse(
                    "DATABASE_URL must name a file: each process would have a database of its own in memory."
                )
            # Relative to the project, not to the current directory.
            address["NAME"] = BASE_DIR / address["NAME"]
            # A file, as in production: locks work, and server threads of browser tests have their own connections.
            address["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
            # Opening the file, and bringing the log into it when the last connection closes, takes longer than most
            # requests do; not for ever, because somebody may put another file in its place.
            max_age = 60  # seconds
        case "django.db.backends.postgresql":
            address["ENGINE"] = "config.postgresql"
            options = {"connect_timeout": 2}  # seconds, the least that there is
            # Each thread of the server keeps its connection, and looks whether it still works before a request uses it:
            # a database that is back is used again at once. A pool would try again ever less often.
            if pooled:
                address["CONN_HEALTH_CHECKS"], max_age = True, 600
            else:
                # With an external pool such as pgbouncer, a server-side cursor could end up on another connection.
                address["DISABLE_SERVER_SIDE_CURSORS"] = True
        case _:
            refuse("DATABASE_URL must start with sqlite:/// or postgres://.")
    return {
        **address,
        "CONN_MAX_AGE": max_age,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**options, **own_options},
    }


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address, for the limits on logins, objections and snapshots.

    Behind our proxy that is the last address in its header; without a proxy, anybody can set the header, so it is
    ignored.
    """
    if HTTPS and (forwarded_for := request.META.get("HTTP_X_FORWARDED_FOR")):
        return str(forwarded_for).rsplit(",", maxsplit=1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """Return the client's address for the limit on logins; of IPv6 the first of its /64, which is one client's.

    Empty where the server does not know it, as behind a socket file without a proxy.
    """
    try:
        address = ip_address(client_address(request).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False).network_address)
    return str(address)


# The environment

env = Env()
# Tests must not depend on a developer's .env. Pytest sets this variable, and the commands that tests start inherit it.
if "PYTEST_VERSION" not in os.environ:
    env.read_env(BASE_DIR / ".env", recurse=False)


def hosts(name: str, default: str) -> list[str]:
    return [host.strip() for host in env.str(name, default).split(",") if host.strip()]


try:
    DEBUG = env.bool("DJANGO_DEBUG", False)
    HTTPS = env.bool("DJANGO_HTTPS", False)
    HSTS_SUBDOMAINS = env.bool("DJANGO_HSTS_SUBDOMAINS", False)
    REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", False)
    PORT = env.int("PORT", 8000, validate=Range(1, 65535))
    WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 2, validate=Range(1, 64))
    SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{PORT}")
    ALLOWED_HOSTS = hosts("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    CSRF_TRUSTED_ORIGINS = hosts("DJANGO_CSRF_TRUSTED_ORIGINS", "")
    OBJECTIONS = env.bool("OBJECTIONS", True)
    CONTACT = env.str("CONTACT", "")
    DIGESTS = env.bool("DIGESTS", False)
    EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
    EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
    EMAIL_PORT = env.int(
        "EMAIL_PORT", 465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25, validate=Range(1, 65535)
    )
    EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
    DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "")
    KEEP_IN_MEMORY = env.bool("KEEP_IN_MEMORY", True)
    LOG_LEVEL = env.str(
        "LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
    )

    LOG_FORMAT = env.str("LOG_FORMAT", "json" if HTTPS else "text", validate=OneOf(["text", "json"]))
    METRICS = env.bool("METRICS", False)
    METRICS_TOKEN = env.str("METRICS_TOKEN", "")
    SENTRY_DSN = env.str("SENTRY_DSN", "")

    # What is compared, in words, and where its content is.
    TOPIC = topic(env.str("TOPIC", ""))

    # All that the portal writes: the SQLite file, the secret, the collected static files.
    VAR_DIR = var_dir(env.str("VAR_DIR", ""))
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(VAR_DIR, os.W_OK | os.X_OK):
        refuse(f"{VAR_DIR} cannot be written by this user; VAR_DIR names another place.")
    if VAR_DIR.parent == (BASE_DIR / "var" / "topics").resolve():
        reserve(VAR_DIR, TOPIC.folder.resolve())
    SECRET_KEY = env.str("DJANGO_SECRET_KEY", "") or secret_key(VAR_DIR / "secret-key")
    DATABASES = {
        "default": database(
            dict(env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'touchstone.sqlite3'}")),
            pooled=(DATABASE_POOL := env.bool("DATABASE_POOL", True)),
        )
    }
    if env.str("DATABASE_REPLICA_URL", ""):
        DATABASES["replica"] = database(dict(env.dj_db_url("DATABASE_REPLICA_URL")), pooled=DATABASE_POOL)
except EnvError as error:
    refuse(f"{error}")
except OSError as error:
    refuse(f"{VAR_DIR} cannot be written ({error.strerror}); VAR_DIR names another place.")

if "replica" in DATABASES and {each["ENGINE"] for each in DATABASES.values()} != {"config.postgresql"}:
    refuse("DATABASE_REPLICA_URL must name a replica, and DATABASE_URL its primary, both of PostgreSQL.")
if len(SECRET_KEY) < SHORTEST_KEY:
    refuse(f"DJANGO_SECRET_KEY must be at least {SHORTEST_KEY} characters long.")
if CONTACT and not CONTACT.startswith(("mailto:", "https://", "http://")):
    refuse("CONTACT must start with mailto:, https:// or http://.")
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    refuse(
        "EMAIL_USE_TLS and EMAIL_USE_SSL cannot both be on: the mail server speaks one of them on its port."
    )
if DIGESTS and not re.fullmatch(r"[^\r\n]*[^\s@]+@[^\s@]+", DEFAULT_FROM_EMAIL):
    refuse(
        "with DIGESTS on, EMAIL_FROM must be the address that mails are sent from, such as desk@example.org."
    )
try:
    # From here on the origin alone: a path that Django makes begins with that of the portal.
    SITE_URL, SITE_PATH = site(address := SITE_URL)
except ValueError:
    refuse(
        "SITE_URL must be an address like https://compare.example.org, http://[::1]:8000 or"
        f" https://example.org/compare/, and not {address!r}."
    )
for address in CSRF_TRUSTED_ORIGINS:
    try:
        origin(address)
    except ValueError:
        refuse(
            "DJANGO_CSRF_TRUSTED_ORIGINS must hold addresses like https://compare.example.org or http://[::1]:8000,"
            f" without a path or a wildcard, and not {address!r}."
        )
# The site's own forms are sent from its own address, whatever host and port the proxy passes on.
CSRF_TRUSTED_ORIGINS = list(dict.fromkeys([SITE_URL, *map(origin, CSRF_TRUSTED_ORIGINS)]))
site_host = urlsplit(SITE_URL).hostname or ""
ALLOWED_HOSTS = list(dict.fromkeys([*ALLOWED_HOSTS, f"[{site_host}]" if ":" in site_host else site_host]))
try:
    tempfile.gettempdir()
except FileNotFoundError:
    # Uploads and the server's own files go where everything else is written.
    tempfile.tempdir = os.environ["TMPDIR"] = str(VAR_DIR)
if HTTPS and not SITE_URL.startswith("https://"):
    refuse("with DJANGO_HTTPS on, SITE_URL must be the site's public address and start with https://.")
if METRICS:
    if not find_spec("prometheus_client"):
        refuse("METRICS needs what `bin/bootstrap operating` installs.")
    # Where the processes of a server add their figures up.
    figures = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR_DIR / "metrics")))
    figures.mkdir(mode=0o700, parents=True, exist_ok=True)


# Pages are read from the replica where it is current.
DATABASE_ROUTERS = ["frameworks.serving.replica.Router"] if "replica" in DATABASES else []


# The portal

SITE_NAME = TOPIC.name
MINIMUM_COVERAGE = 0.5  # share of the weight that must be rated before a framework is ranked
DISPUTE_SPREAD = 2  # steps between the lowest and the highest reading that make a dispute
COMPARE_MAX = 5  # frameworks side by side
OBJECTIONS_AN_HOUR, OBJECTIONS_A_DAY = 5, 20  # accepted from one address
OBJECTIONS_A_DAY_IN_ALL = 200  # accepted from everybody: what editors can read
SNAPSHOTS_AN_HOUR, SNAPSHOTS_A_DAY = 10, 40  # new ones, from one address
SNAPSHOTS_A_DAY_IN_ALL = 500  # from everybody
SNAPSHOTS_BYTES = 2_000_000_000  # what all of them together may hold: none is ever deleted
VERSION_SECONDS = 1  # for how long a process trusts the version of the record that it has read
PATIENCE = 2.0  # seconds that the database may be silent before a public request goes on without it
DESK_PATIENCE = 10.0  # and one of the desk, where a large import may keep the next editor waiting
NEVER_KEPT = (
    "/admin/",
    "/static/",
    "/live/",
    "/ready/",
    "/metrics",
)  # addresses without answers for everybody, or without facts
ANSWERS_BYTES = 64_000_000  # what a process keeps of its answers
PIECES_BYTES = 32_000_000  # and of the pieces that pages are made of
CLIENT_ADDRESS = client_address
EMAIL_TIMEOUT = 20  # seconds
if django.VERSION >= (6, 1):  # which has one setting for all of it, and warns of the others
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": EMAIL_HOST,
                "port": EMAIL_PORT,
                "username": EMAIL_HOST_USER,
                "password": EMAIL_HOST_PASSWORD,
                "use_tls": EMAIL_USE_TLS,
                "use_ssl": EMAIL_USE_SSL,
                "timeout": EMAIL_TIMEOUT,
            },
        }
    }
    del (
        EMAIL_HOST,
        EMAIL_PORT,
        EMAIL_HOST_USER,
        EMAIL_HOST_PASSWORD,
        EMAIL_USE_TLS,
        EMAIL_USE_SSL,
        EMAIL_TIMEOUT,
    )
#: The folders that pages depend on: when one of their files changes, the ETags of all pages change.
CODE = ("comparisons", "config", "desk", "frameworks", "pictures", "portal", "static", "templates", "topics")


# Django

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORCE_SCRIPT_NAME = SITE_PATH or None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: From Django 6 on `{% partialdef %}` and `page.html#part` are its own.
PARTIALS_ARE_A_PACKAGE = django.VERSION < (6,)

INSTALLED_APPS = [
    "frameworks",
    "comparisons",
    "portal",
    "desk.apps.DeskConfig",
    "desk.apps.DeskSiteConfig",  # django.contrib.admin, with our site
    "benchmarks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",  # before staticfiles: WhiteNoise serves in development too
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "ninja",  # for its documentation page, served from our own static files
    # Does not rewrite TEMPLATES: the loaders are listed below.
    *["template_partials.apps.SimpleAppConfig"] * PARTIALS_ARE_A_PACKAGE,
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "frameworks.serving.request_ids.RequestIdMiddleware",  # outside all that may answer or log
    "config.requests.observed",
    "config.headers.stated_everywhere",
    "config.below.below_a_path",  # outside all that looks at the path
    "frameworks.serving.outages.OutagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "frameworks.serving.answers.AnswersMiddleware",  # outside all that makes an answer: what it keeps is complete
    "csp.middleware.CSPMiddleware",  # outside WhiteNoise, so that it covers static SVG files, too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # outside all that may redirect or refuse
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "frameworks.serving.compression.CompressionMiddleware",  # static files are compressed when collected
    "portal.api.problems.open_to_programs",  # outside all that may refuse a request
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",  # lazy: public pages do not read the session
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.machines.unindexed_views",
    "portal.missing.MangledMiddleware",
    "frameworks.pages.old_addresses.RenamesMiddleware",  # inside all that guards answers
    "axes.middleware.AxesMiddleware",  # last: it turns a locked-out login into its answer
]

LOADERS: list[Any] = [
    (
        "django.template.loaders.cached.Loader",
        [
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", LOADERS)] if PARTIALS_ARE_A_PACKAGE else LOADERS,
            "builtins": [
                *["template_partials.templatetags.partials"] * PARTIALS_ARE_A_PACKAGE,
                "frameworks.templatetags.kept",
                "comparisons.templatetags.glossary",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frameworks.pages.context_processors.site",
            ],
        },
    }
]

STATIC_URL = f"{SITE_PATH}/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "config.staticfiles.PackagesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.staticfiles.HashedStaticFilesStorage"
    },
}
# Source maps of third-party scripts are only for debugging, and compressing them took most of the time.
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site loads our fonts and scripts
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False  # one language: at each address and number another would be looked for
FORMAT_MODULE_PATH = ["config.formats"]


# Authentication

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Five wrong passwords for one name from one address lock it out for a quarter of an hour. They are counted in the
# database, so that all processes share the count.
AXES_HANDLER = "desk.accounts.tries.Tries"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = client_network
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # no record of who logged in when: nobody needs it
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "desk.accounts.two_factor.locked_out"
AXES_SENSITIVE_PARAMETERS = ["code"]  # besides the password: neither is logged

OTP_TOTP_ISSUER = SITE_NAME  # the name in the authenticator app

LOGIN_REDIRECT_URL = "admin:index"

# A session ends when the browser is closed, and twelve hours after the desk last wrote to it (a sign-in, a saved form):
# a working day is not interrupted, a forgotten session has ended by the next morning. The server enforces this as well,
# because browsers that restore their windows restore session cookies, too.
SESSION_ENGINE = "desk.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds
SESSION_EXPIRE_AT_BROWSER_CLOSE = True


# Security headers and cookies

# No inline code and nothing from other sites, on every page including the admin's.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Cookies belong to the editors' desk. Public pages neither set nor receive any, so that any cache may store them.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{SITE_PATH}/admin/"
# Messages are stored in the session, whose cookie has that path; a message cookie would not have it.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "desk.accounts.held_posts.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Off for `make run`, which speaks plain HTTP to this machine only. In production the proxy speaks HTTPS and says so.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # with this prefix browsers take a cookie over HTTPS alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Secure-sessionid", "__Secure-csrftoken"
SECURE_SSL_REDIRECT = HTTPS
# Probes reach the process without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^live/$", r"^ready/$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS and HSTS_SUBDOMAINS


# Logging: one line per event, as JSON one per request besides, to stderr, which the service manager collects

LOG_REQUESTS = LOG_FORMAT == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name} {request_id}: {message}", "style": "{"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"request_id": {"()": "frameworks.serving.request_ids.RequestIdFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Replaces Django's own handlers, so that everything goes to stderr.
    "loggers": {
        **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
        # Django leaves it to the server to drop the body of a response to HEAD; gunicorn warns each time.
        "gunicorn.http.wsgi": {"level": "ERROR"},
        "axes": {"level": "WARNING"},  # four lines for every login otherwise
    },
}


# Errors are reported as well, where somebody wants to know at once.
if SENTRY_DSN:
    try:
        reporting.start(SENTRY_DSN)
    except reporting.NotReporting as error:
        refuse(f"{error}")
