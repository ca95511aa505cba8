"""What the project's own files say, held to it: settings, requirements, scripts, the example production set-up."""

import ast
import os
import re
import runpy
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import formats
from dotenv import dotenv_values
from pytest_django import Settings

from config.settings import origin, reserve, secret_key, site, var_dir
from tests.commands import Command

BASE_DIR: Path = settings.BASE_DIR


# Settings


def test_env_example_passes_the_deployment_check(manage: Command) -> None:
    example = {name: value or "" for name, value in dotenv_values(BASE_DIR / ".env.example").items()}
    outcome = manage("check", "--deploy", "--fail-level", "WARNING", **example)
    assert (outcome.stdout, outcome.stderr) == ("System check identified no issues (0 silenced).\n", "")


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("DJANGO_DEBUG", "perhaps", 'Environment variable "DJANGO_DEBUG" invalid'),
        ("DATABASE_URL", "mysql://a/b", "DATABASE_URL must start with sqlite:/// or postgres://"),
        (
            "DATABASE_REPLICA_URL",
            "postgres://a/b",
            "DATABASE_REPLICA_URL must name a replica, and DATABASE_URL",
        ),
        ("DATABASE_URL", "nonsense", 'Environment variable "DATABASE_URL" invalid'),
        ("SITE_URL", "compare.example.org", "SITE_URL must be an address like https://"),
        ("SITE_URL", "https://example.org/a//b/", "SITE_URL must be an address like https://"),
        ("DJANGO_CSRF_TRUSTED_ORIGINS", "https://example.org/compare/", "without a path"),
        ("DJANGO_HTTPS", "on", "with DJANGO_HTTPS on, SITE_URL must be"),
        ("DJANGO_SECRET_KEY", "short", "at least 50 characters"),
        ("PORT", "65536", 'Environment variable "PORT" invalid'),
        ("LOG_LEVEL", "loud", 'Environment variable "LOG_LEVEL" invalid'),
        ("DATABASE_URL", "sqlite://:memory:", "DATABASE_URL must name a file"),
        ("VAR_DIR", "/dev/null/var", "cannot be written"),
        ("VAR_DIR", ".", "VAR_DIR must be a folder of its own"),
        ("TOPIC", "docs", "docs/topic.toml does not exist."),
        ("DIGESTS", "on", "with DIGESTS on, EMAIL_FROM must be"),
    ],
)
def test_settings_reject_invalid_value_in_a_single_sentence(
    manage: Command, name: str, value: str, said: str
) -> None:
    outcome = manage("check", **{name: value})
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Touchstone cannot start: ")
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_only_the_address_of_a_single_host_is_trusted() -> None:
    for address in (
        "https://*", "https://*.example.org", "https://.example.org", "https://a*.example.org", "https://a.example.org.",
        "https://a..example.org", "https://a example.org", "https://a\texample.org", "https://<b>.example",
        "https://a.example.org\\", "https://a.example.org%2Fx", "https://a.example.org:0", "https://a.example.org:65536",
        "https://a.example.org:", "https://a.example.org?", "https://a.example.org#", "https://a.example.org/x",
        "https://a@example.org", "https://@example.org", "https://-a.example", "https://a-.example", "https://a_b.example",
        "https://a,b.example", "https://*。example", "https://[::1", "https://[::g]", "https://[::1%25eth0]", "https://[*]",
        "https://[v1.x]", "https://", "//example.org", "ftp://example.org", "httpſ://example.org", "example.org", "*",
        "", "https://" + "a" * 64,
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r".*"):
            origin(address)
    for address, known in (
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://192.0.2.1/", "http://192.0.2.1"),
        ("https://a-b.xn--bcher-kva.example:443", "https://a-b.xn--bcher-kva.example"),
        (" HTTP://[2001:DB8::1]:8000// ", "http://[2001:db8::1]:8000"),
    ):
        assert origin(address) == known
    for address, parts in (
        ("https://Example.org/compare/", ("https://example.org", "/compare")),
        ("http://[::1]:8000//", ("http://[::1]:8000", "")),
        ("https://example.org/~tools/Web_1.x", ("https://example.org", "/~tools/Web_1.x")),
    ):
        assert site(address) == parts
    for path in ("a//b", "../a", "a/.b", "a b", "ä", "a%20b", "?a", "a?b", "a#b", "a;b", "a\\b", "/a"):
        with pytest.raises(ValueError, match=r".*"):
            site(f"https://example.org/{path}")


@pytest.mark.parametrize(
    "typed, address, host, path",
    [
        ("https://compare.example.org:8443", "https://compare.example.org:8443", "compare.example.org", ""),
        ("HTTPS://Compare.Example.ORG:443/", "https://compare.example.org", "compare.example.org", ""),
        ("http://example.org:80/Compare/", "http://example.org", "example.org", "/Compare"),
        ("http://[2001:DB8::1]:8000/", "http://[2001:db8::1]:8000", "[2001:db8::1]", ""),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", ""),
    ],
)
def test_site_url_is_written_as_browsers_do_and_trusted_by_itself(
    typed: str, address: str, host: str, path: str
) -> None:
    shown = "s.SITE_URL, s.CSRF_TRUSTED_ORIGINS, s.ALLOWED_HOSTS[-1], s.STATIC_URL, s.CSRF_COOKIE_PATH"
    show = f"from config import settings as s; print({shown})"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTEST_VERSION": "",
        "SITE_URL": typed,
        "VAR_DIR": str(settings.VAR_DIR),
    }
    outcome = subprocess.run(
        [sys.executable, "-c", show],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stdout == f"{address} {[address]} {host} {path}/static/ {path}/admin/\n"


def test_empty_var_dir_counts_as_none_and_must_not_hold_what_is_ours(tmp_path: Path) -> None:
    for typed, place in {
        "": BASE_DIR / "var",
        "elsewhere": BASE_DIR / "elsewhere",
        "/srv/x": Path("/srv/x"),
    }.items():
        assert var_dir(typed) == place
    for typed in (".", "./", "var/..", str(BASE_DIR), "static", "static/new", f"{BASE_DIR}/static"):
        with pytest.raises(SystemExit, match="VAR_DIR must be a folder of its own"):
            var_dir(typed)


def test_two_topics_of_the_same_name_do_not_share_a_database(tmp_path: Path) -> None:
    place, first, second = (tmp_path / name for name in ("var", "a/queues", "b/queues"))
    for folder in (place, first, second):
        folder.mkdir(parents=True)
    for folder in (first, second):
        (folder / "topic.toml").touch()
    reserve(place, first)
    reserve(place, first)
    with pytest.raises(SystemExit, match=f"holds the database of another topic, that in {first}."):
        reserve(place, second)
    first.rename(tmp_path / "moved")
    reserve(place, tmp_path / "moved")
    assert (place / "topic").read_text() == f"{tmp_path / 'moved'}\n"


@pytest.mark.django_db
def test_sign_in_is_accepted_behind_a_proxy_on_another_port(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://compare.example.org:8443"]
    settings.ALLOWED_HOSTS = ["compare.example.org"]
    visitor = Client(enforce_csrf_checks=True, headers={"Host": "compare.example.org"})
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)', visitor.get("/admin/login/").content.decode())
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": "x", "password": "y"}
    for sender, status in (
        ("https://compare.example.org:8443", 200),
        ("https://elsewhere.example:8443", 403),
    ):
        assert visitor.post("/admin/login/", form, headers={"Origin": sender}).status_code == status


def test_secret_key_is_created_once_and_readable_only_by_owner(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    made = secret_key(path)
    assert len(made) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_key(path) == made
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_secret_key_that_cannot_be_used_is_named_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    for content in (b"", b"\n", b"short", b"\xff\xfe" * 40):
        path.write_bytes(content)
        with pytest.raises(SystemExit, match=f"{path} holds no key of at least 50 characters"):
            secret_key(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SystemExit, match=f"{path} cannot be read \\(Is a directory\\)"):
        secret_key(path)


def test_dates_are_formatted_with_month_name() -> None:
    assert formats.date_format(date(2026, 11, 20)) == "20 November 2026"
    assert formats.localize(date(2026, 11, 20)) == "20 November 2026"


# What every answer carries


def test_admin_login_has_strict_security_headers(client: Client) -> None:
    response = client.get("/admin/login/")
    assert dict(directive.split(" ", 1) for directive in response["Content-Security-Policy"].split("; ")) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_admin_cookies_are_limited_to_the_admin_path(client: Client) -> None:
    response = client.get("/admin/login/")
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}


@pytest.mark.django_db
def test_admin_login_returns_429_after_repeated_failures(client: Client) -> None:
    guess = {"username": "editor", "password": "guess"}
    codes = [client.post("/admin/login/", guess).status_code for _ in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]


# The database and the packages


@pytest.mark.django_db
def test_models_have_no_missing_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def pins(name: str) -> dict[str, str]:
    """Package and pinned version of each entry of a requirements file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (BASE_DIR / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_pin_and_hash_every_package(name: str) -> None:
    lines = (BASE_DIR / name).read_text().splitlines()
    entries = [line for line in lines if not line.startswith(("    ", "#"))]
    assert len(entries) == len(pins(name)) > 3
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [^\\]+)? \\", entry)
    others = {line.strip() for line in lines if not line.lstrip().startswith("#")} - {
        line.strip() for line in entries
    }
    for line in others:
        assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}( \\)?", line)


def test_requirements_agree_and_cover_their_input_files() -> None:
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert run.items() <= dev.items()
    for name, pinned in [("requirements.in", run), ("requirements-dev.in", dev)]:
        wanted = re.findall(r"^([a-z0-9-]+)", (BASE_DIR / name).read_text(), re.MULTILINE)
        assert set(wanted) - {"-r"} <= pinned.keys()


# Scripts and rules


@pytest.mark.parametrize("script", ["bin/bootstrap", "bin/test", ".ci/run"])
def test_scripts_are_executable_and_well_formed(script: str) -> None:
    assert os.access(BASE_DIR / script, os.X_OK)
    shell = (BASE_DIR / script).read_text().splitlines()[0].rpartition("/")[2].split()[-1]
    subprocess.run([shell, "-n", BASE_DIR / script], check=True)


@pytest.mark.parametrize(
    "file, line",
    [
        ("frameworks/pages/views.py", "from comparisons.arithmetic import scoring\n"),
        ("frameworks/models/evidence/claims.py", "import comparisons.comparison.matrix\n"),
        ("frameworks/pages/views.py", "from config import settings\n"),
        ("comparisons/pages/views.py", "from config import settings\n"),
    ],
)
def test_linter_rejects_forbidden_imports_between_rooms(file: str, line: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--select=TID251", f"--stdin-filename={file}", "-"],
        cwd=BASE_DIR, input=line, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 1
    assert "TID251" in outcome.stdout


# The production set-up, started for real; in one process, since setting it up takes seconds


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def prepare(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/prepare.py", *options],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a fresh installation with a database, content and collected static files."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTEST_VERSION")}
    environment = {**kept, "VAR_DIR": str(tmp_path_factory.mktemp("var")), "PORT": free_port()}
    outcome = prepare(environment)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    return environment


@pytest.fixture(scope="module")
def server(installation: dict[str, str]) -> Iterator[str]:
    """The address of the server of deploy/gunicorn.conf.py. It must end well on Ctrl-C."""
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
    with subprocess.Popen(
        command, cwd=BASE_DIR, env=installation, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = f"http://127.0.0.1:{installation['PORT']}/"
        assert process.stdout.readline() == f"Touchstone is at {address} (Ctrl-C stops it)\n"
        yield address
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=15)
        assert (process.returncode, complaints) == (0, "")


def fetch(address: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    with urlopen(Request(address, headers=headers)) as response:  # noqa: S310 - our own server
        return response.status, response.read().decode(errors="replace"), dict(response.headers)


def test_server_is_ready_when_it_announces_its_address(server: str) -> None:
    assert fetch(f"{server}ready/")[:2] == (200, "ok\n")


def test_static_files_are_hashed_compressed_and_immutable(server: str) -> None:
    _, page, _ = fetch(f"{server}admin/login/")
    style = re.search(r'href="/(static/admin/css/base\.[0-9a-f]{12}\.css)"', page)
    assert style
    status, _, headers = fetch(f"{server}{style[1]}", **{"Accept-Encoding": "br"})
    assert (status, headers["Content-Encoding"]) == (200, "br")
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"


def test_server_accepts_query_of_eight_kilobytes(server: str) -> None:
    assert fetch(f"{server}live/?q={'a' * 8192}")[:2] == (200, "ok\n")


def test_prepare_reports_port_in_use(server: str, installation: dict[str, str]) -> None:
    outcome = prepare(installation)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"Touchstone: port {installation['PORT']} is taken: ")
    assert prepare(installation, "--port-is-held").returncode == 0  # by systemd, for the server


def test_temporary_files_go_to_var_dir_where_nothing_else_can_be_written(tmp_path: Path) -> None:
    alone = (
        "import tempfile; tempfile._candidate_tempdir_list = lambda: ['/nowhere'];"
        "import config.settings; print(tempfile.gettempdir())"
    )
    environment = {"PATH": os.environ["PATH"], "PYTEST_VERSION": "", "VAR_DIR": str(tmp_path)}
    outcome = subprocess.run(
        [sys.executable, "-c", alone],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stdout == f"{tmp_path}\n"


def test_prepare_names_the_database_that_cannot_be_opened(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "facts.sqlite3"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTEST_VERSION": "",
        "VAR_DIR": str(tmp_path),
        "PORT": free_port(),
    }
    outcome = prepare({**environment, "DATABASE_URL": f"sqlite:///{missing}"})
    assert outcome.returncode == 1
    assert f"see that {missing} and {tmp_path} can be written and have room" in outcome.stderr
    garbage = tmp_path / "garbage.sqlite3"
    garbage.write_bytes(b"no database " * 1_000)
    outcome = prepare({**environment, "DATABASE_URL": f"sqlite:///{garbage}"})
    assert f"(file is not a database): move {garbage} away" in outcome.stderr
    outcome = prepare({**environment, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"})
    assert "Connection refused" in outcome.stderr.splitlines()[-1]
    assert "check that the database is running and that DATABASE_URL names it" in outcome.stderr


def test_prepare_collects_static_files_only_when_missing_or_changed(
    settings: Settings, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("p { color: red }")
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    hashed = {"BACKEND": "config.staticfiles.HashedStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    collect_static = runpy.run_path(str(BASE_DIR / "bin/prepare.py"))["collect_static"]
    manifest = tmp_path / "static" / "staticfiles.json"
    written = []
    for loss in (None, None, "page.*.css", "source"):
        if loss == "source":
            (source / "page.css").write_text("p { color: blue }")
        elif loss:
            next(manifest.parent.glob(loss)).unlink()
        collect_static()
        assert list(manifest.parent.glob("page.*.css"))
        written.append(manifest.stat().st_mtime_ns)
    first, again, after_loss, after_change = written
    assert first == again < after_loss < after_change


# The tests themselves


def imported_by(file: Path) -> set[str]:
    """Return the modules, and what is taken from them, by their full names."""
    package = file.relative_to(BASE_DIR).parent.parts
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_tests_import_nothing_from_test_files_or_conftest() -> None:
    """No file imports from a test file, nor from a conftest.py: pytest finds fixtures by itself."""
    offences = [
        f"{file.relative_to(BASE_DIR)}: {name}"
        for file in sorted((BASE_DIR / "tests").rglob("*.py"))
        for name in sorted(imported_by(file))
        if name.startswith("tests.") and re.search(r"\.(test_\w+|conftest)(\.|$)", name)
    ]
    assert offences == []
