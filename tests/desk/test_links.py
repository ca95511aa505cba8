"""Dead links: what is asked and how, what is never asked, what is noted. The servers are on this machine."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from desk.queues import link_runs, links
from desk.queues.links import Door, LinkOutcome, check, check_all, is_public
from frameworks.models import LinkCheck
from tests import factories
from tests.desk.reading import form_on
from tests.desk.signing_in import sign_in
from tests.html import read

LINKS = "/admin/frameworks/linkcheck/"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALIVE = LinkOutcome(is_alive=True, status=200)


def dead(detail: str, status: int | None = None) -> LinkOutcome:
    return LinkOutcome(is_alive=False, status=status, detail=detail)


# Servers to ask


class Server:
    """Answers by path; keeps what it was asked. `url` is its address under a made-up name."""

    def __init__(self, port: int) -> None:
        self.url = f"http://site.example:{port}"
        self.port = port
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        #: Path to status and headers; for HEAD alone under `HEAD /path`.
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            here.asked.append((self.command, self.path))
            here.headers.append(dict(self.headers))
            by_method = here.answers.get(f"{self.command} {self.path}")
            status, headers = by_method or here.answers.get(self.path, (200, {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD = answer  # noqa: N815 - the library's names

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        here = Server(http.server_port)
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield here
        http.shutdown()


def door(*servers: Server | int, **options: Any) -> Door:
    """Every name is this machine, which is allowed here, as are these servers' ports."""
    ports = frozenset(one if isinstance(one, int) else one.port for one in servers)
    given = {"look_up": lambda host, port: ["127.0.0.1"], "is_allowed": lambda address: True, **options}
    return Door(ports=ports, **given)


@contextmanager
def talking(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which each connection is served by `speak`."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                stack.callback(connection.close)
                speak(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


# What is public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:100.64.0.1",
        "::ffff:0:127.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:6440:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_is_public_rejects_private_and_reserved_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "151.101.0.223",
        "100.63.255.255",
        "100.128.0.1",
        "2606:4700::6810:84e5",
        "2a04:4e42::223",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
    ],
)
def test_is_public_accepts_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "https://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0/",
        "http://user:word@127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_check_never_connects_to_private_addresses(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*args: Any) -> None:
        pytest.fail("connected")

    monkeypatch.setattr(socket, "create_connection", connect)
    # Neither needs a name server: they are numbers, and the name of this machine.
    assert check(url, Door()) == dead("Points to a private address, which is not checked")


@pytest.mark.parametrize("port", [22, 81, 8000, 8443])
def test_check_allows_only_ports_80_and_443(port: int) -> None:
    door = Door(look_up=lambda host, port: pytest.fail("looked up"))
    said = dead(f"Uses port {port}: only ports 80 and 443 are checked.")
    assert check(f"http://site.example:{port}/", door) == said


def test_check_rejects_host_with_any_private_address(server: Server) -> None:
    one = door(server, look_up=lambda host, port: ["93.184.215.14", "127.0.0.1"], is_allowed=is_public)
    assert check(server.url, one) == dead("Points to a private address, which is not checked")
    assert server.asked == []


def test_check_resolves_host_once_and_connects_to_the_approved_address(server: Server) -> None:
    given, judged = iter([["127.0.0.1"]]), []

    def allow(address: Any) -> bool:
        judged.append(str(address))
        return True

    # A second look-up would find nothing left to give.
    assert check(server.url, door(server, look_up=lambda host, port: next(given), is_allowed=allow)) == ALIVE
    assert judged == ["127.0.0.1"]
    assert server.headers[0]["Host"] == f"site.example:{server.port}"


def test_check_applies_the_same_rules_to_redirects(server: Server) -> None:
    names = {"site.example": ["127.0.0.1"], "inside.example": ["10.0.0.7"]}
    guarded = door(
        server,
        look_up=lambda host, port: names[host],
        is_allowed=lambda address: str(address) == "127.0.0.1",
    )
    server.answers = {"/": (302, {"Location": f"http://inside.example:{server.port}/secret"})}
    assert check(f"{server.url}/", guarded) == dead("Points to a private address, which is not checked")
    server.answers = {"/": (302, {"Location": "http://site.example:22/"})}
    assert check(f"{server.url}/", guarded) == dead("Uses port 22: only ports 80 and 443 are checked.")
    for to in ("file:///etc/passwd", "ftp://site.example/", "javascript:alert(1)", "gopher://x/"):
        server.answers = {"/": (301, {"Location": to})}
        assert check(f"{server.url}/", guarded) == dead("Leads to something that is not a web address")


# How is asked, and what is made of the answer


def test_check_sends_head_request_with_user_agent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    with override_settings(SITE_URL="https://compare.example.org"):
        assert check(f"{server.url}/a?b=c#d", door(server)) == ALIVE
    assert server.asked == [("HEAD", "/a?b=c")]
    [headers] = server.headers
    assert headers.pop("Host") == f"site.example:{server.port}"
    assert headers.pop("User-Agent") == "Touchstone link check (+https://compare.example.org)"
    assert headers == {"Accept-Encoding": "identity", "Accept": "*/*"}


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_check_falls_back_to_get_when_head_fails(server: Server, status: int) -> None:
    server.answers = {"HEAD /": (status, {})}
    assert check(f"{server.url}/", door(server)) == ALIVE
    assert [method for method, _ in server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize(
    "status, outcome",
    [
        (204, LinkOutcome(is_alive=True, status=204)),
        (304, LinkOutcome(is_alive=True, status=304)),
        (401, LinkOutcome(is_alive=True, status=401, detail="Answers, but does not allow checks (401)")),
        (403, LinkOutcome(is_alive=True, status=403, detail="Answers, but does not allow checks (403)")),
        (429, LinkOutcome(is_alive=True, status=429, detail="Answers, but does not allow checks (429)")),
        (404, dead("Not found (404)", 404)),
        (410, dead("Gone (410)", 410)),
        (451, dead("Refused (451)", 451)),
        (500, dead("Server error (500)", 500)),
        (503, dead("Server error (503)", 503)),
    ],
)
def test_check_translates_status_codes_into_outcomes(
    server: Server, status: int, outcome: LinkOutcome
) -> None:
    server.answers = {"/": (status, {})}
    assert check(f"{server.url}/", door(server)) == outcome


def test_check_reports_redirect_target(server: Server) -> None:
    accented = "newest?é".encode().decode("latin-1")  # so that it goes out as UTF-8
    server.answers = {"/old": (301, {"Location": "/new"}), "/new": (302, {"Location": accented})}
    moved = LinkOutcome(is_alive=True, status=200, detail=f"Redirects to {server.url}/newest?%C3%A9")
    assert check(f"{server.url}/old", door(server)) == moved
    server.answers["/newest?%C3%A9"] = (404, {})
    assert check(f"{server.url}/old", door(server)) == dead("Not found (404)", 404)


def test_check_follows_at_most_five_redirects(server: Server) -> None:
    server.answers = {f"/{step}": (307, {"Location": f"/{step + 1}"}) for step in range(5)}
    assert check(f"{server.url}/0", door(server)).is_alive
    server.answers["/5"] = (307, {"Location": "/6"})
    server.asked.clear()
    assert check(f"{server.url}/0", door(server)) == dead("Redirects more than 5 times")
    assert [path for _, path in server.asked] == [f"/{step}" for step in range(6)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://",
        "http://[::1",
        "http://site.example:99999/",
        "http://site.example:x/",
        "http://a b/",
        "http://\0/",
        "http://" + "x" * 300 + ".example/",
        "http://.../",
        "ftp://site.example/",
    ],
)
def test_check_explains_invalid_addresses(url: str) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        host.encode("idna")  # as the system's does first
        return []

    outcome = check(url, Door(look_up=nowhere))
    assert not outcome.is_alive
    assert outcome.detail in {
        "Leads to something that is not a web address",
        "The address cannot be checked",
        "There is no such host",
    }


def test_check_reports_unknown_host() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert check("https://gone.example/", Door(look_up=fail)) == dead("There is no such host")


def test_check_reports_refused_connection(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert check(f"http://site.example:{port}/", door(port)) == dead("The connection was refused")


def test_check_tries_the_next_address(server: Server) -> None:
    both = door(server, look_up=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert check(server.url, both) == ALIVE


def test_check_times_out_on_silent_server() -> None:
    with talking(lambda connection: None) as port:
        impatient = door(port, total_seconds=0.2)
        assert check(f"http://site.example:{port}/", impatient) == dead("Timed out")
        assert check(f"https://site.example:{port}/", impatient) == dead("Timed out")


def test_response_head_stops_reading_at_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK")
        with pytest.raises(TimeoutError):
            links.ResponseHead(ours, until=0).read(1)
        assert links.ResponseHead(ours, until=time.monotonic() + 60).read(4) == b"HTTP"


def test_check_cuts_off_endless_response() -> None:
    """Each part comes in time, so that only what all of them take together tells."""

    def go_on(connection: socket.socket) -> None:
        try:
            while True:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        except OSError:
            return

    with talking(go_on) as port:
        outcome = check(f"http://site.example:{port}/", door(port))
    assert outcome == dead("The answer is not HTTP")


@pytest.mark.parametrize(
    "sent, said",
    [
        (b"", "The connection broke off without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "The answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "The answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "The answer is not HTTP"),
    ],
)
def test_check_reports_broken_or_non_http_answers(sent: bytes, said: str) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):  # whoever has read enough may hang up
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_RDWR)

    with talking(speak) as port:
        assert check(f"http://site.example:{port}/", door(port)) == dead(said)


def test_check_does_not_read_the_body() -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        head = connection.recv(65536)
        if head.startswith(b"HEAD"):
            connection.sendall(b"HTTP/1.1 405 No\r\nConnection: close\r\n\r\n")
            connection.close()
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            for _ in range(1000):
                connection.sendall(b"x" * 100_000)
                sent.append(100_000)
        except OSError:
            return

    with talking(flood) as port:
        assert check(f"http://site.example:{port}/", door(port)) == ALIVE
    # No more than fits into the buffers of the two ends.
    assert sum(sent) < 50_000_000


def test_check_verifies_certificate_for_the_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name that was asked for is the one that is verified, though the connection goes to an address."""
    asked: list[Any] = []

    class Wrapper(ssl.SSLContext):
        def wrap_socket(self, sock: Any, *args: Any, **options: Any) -> Any:
            asked.append(options["server_hostname"])
            raise ssl.SSLCertVerificationError("Hostname mismatch")

    with talking(lambda connection: None) as port:
        one = door(port, tls=Wrapper(ssl.PROTOCOL_TLS_CLIENT))
        assert check(f"https://site.example:{port}/", one) == dead("The certificate is not valid")
    assert asked == ["site.example"]
    default = Door().tls
    assert default.check_hostname
    assert default.verify_mode == ssl.CERT_REQUIRED


def test_check_reports_plain_http_where_tls_is_expected() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with talking(speak) as port:
        assert check(f"https://site.example:{port}/", door(port)) == dead(
            "A secure connection could not be made"
        )


def test_knock_omits_default_port_from_host_header() -> None:
    for url, host in (("http://a.example/", "a.example"), ("https://a.example/", "a.example")):
        knock = links.Knock(urlsplit(url), Door(), 0)
        knock.putrequest("HEAD", "/", skip_accept_encoding=True)
        assert f"Host: {host}".encode() in knock._buffer  # type: ignore[attr-defined]


# What is asked, and noted


@pytest.mark.both
@pytest.mark.django_db
def test_check_all_requests_every_named_address_once(server: Server) -> None:
    source = factories.make_source(url=f"{server.url}/article")
    django = factories.make_framework(
        name="Django", website=f"{server.url}/", repository=f"{server.url}/gone"
    )
    flask = factories.make_framework(name="Flask", website=f"{server.url}/", is_published=False)
    factories.make_framework()
    LinkCheck.objects.create(url="https://dropped.example/", is_alive=False)
    server.answers = {"/gone": (404, {})}
    assert links.named() == {
        f"{server.url}/article": [source],
        f"{server.url}/": [django, flask],
        f"{server.url}/gone": [django],
    }
    noted = list(check_all(door(server), at=AT, limit=10))
    assert {(one.url, one.is_alive, one.status, one.detail, one.checked_at) for one in noted} == {
        (f"{server.url}/article", True, 200, "", AT),
        (f"{server.url}/", True, 200, "", AT),
        (f"{server.url}/gone", False, 404, "Not found (404)", AT),
    }
    assert set(LinkCheck.objects.all()) == set(noted)
    server.answers = {}
    list(check_all(door(server), at=AT, limit=10))
    assert not LinkCheck.objects.filter(is_alive=False).exists()
    assert LinkCheck.objects.count() == 3


@pytest.mark.both
@pytest.mark.django_db
def test_check_all_starts_with_the_least_recently_checked(server: Server) -> None:
    for name in "abc":
        factories.make_source(url=f"{server.url}/{name}")
    for month, name in ((3, "a"), (2, "b")):
        LinkCheck.objects.create(
            url=f"{server.url}/{name}", is_alive=True, checked_at=AT.replace(month=month)
        )
    asked = [one.url[-1] for one in check_all(door(server), at=AT, limit=2)]
    assert asked == ["c", "b"]
    assert [one.url[-1] for one in check_all(door(server), at=AT, limit=0)] == []


@pytest.mark.both
@pytest.mark.django_db
def test_check_all_stores_any_redirect_target(server: Server) -> None:
    factories.make_source(url=f"{server.url}/")
    server.answers = {"/": (302, {"Location": "/" + "é\\%00<b>" * 200})}
    [noted] = check_all(door(server), at=AT, limit=1)
    noted.refresh_from_db()
    assert noted.is_alive
    assert len(noted.detail) == 300


@pytest.mark.django_db
def test_check_links_prints_dead_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_source(url="http://127.0.0.1/")
    factories.make_source(url="http://localhost/")
    out = StringIO()
    call_command("check_links", stdout=out)
    assert out.getvalue().splitlines() == [
        "http://127.0.0.1/: Points to a private address, which is not checked",
        "http://localhost/: Points to a private address, which is not checked",
        "Checked 2 addresses: 0 answer, 2 do not.",
    ]
    out = StringIO()
    call_command("check_links", limit=-1, stdout=out)
    assert out.getvalue() == "Checked 0 addresses: 0 answer, 0 do not.\n"


# On the desk


@pytest.mark.both
@pytest.mark.django_db
def test_link_list_shows_dead_links_first_with_the_facts_using_them(ada: Client) -> None:
    django = factories.make_framework(name="Django", website="https://a.example/")
    factories.make_source(short_name="An article", url="https://b.example/<b>")
    LinkCheck.objects.create(url="https://a.example/", is_alive=True, status=200, checked_at=AT)
    LinkCheck.objects.create(
        url="https://b.example/<b>", is_alive=False, status=404, detail="Not found (404)", checked_at=AT
    )
    LinkCheck.objects.create(
        url="https://c.example/", is_alive=False, detail="There is no such host", checked_at=AT
    )
    page = read(ada.get(LINKS).content)
    rows = [
        [cell.text for cell in row.descendants if cell.tag in {"th", "td"}]
        for row in page.all("#result_list tbody tr")
    ]
    when = "20 November 2026, 12:00"
    assert [row[:4] for row in rows] == [
        ["https://b.example/<b>", "no", "Not found (404)", "An article"],
        ["https://c.example/", "no", "There is no such host", "-"],
        ["https://a.example/", "yes", "-", "Django"],
    ]
    assert all(row[4].startswith(when[:16]) for row in rows)
    assert f"/admin/frameworks/framework/{django.pk}/change/" in [
        link["href"] for link in page.all(".field-named_by a")
    ]


@pytest.mark.django_db
def test_link_admin_is_read_only(ada: Client) -> None:
    found = LinkCheck.objects.create(url="https://a.example/", is_alive=True)
    assert ada.get(f"{LINKS}{found.pk}/change/").status_code == 200
    assert ada.post(f"{LINKS}{found.pk}/change/", {"url": "https://b.example/"}).status_code == 403
    for page in ("add/", f"{found.pk}/delete/"):
        assert ada.get(f"{LINKS}{page}").status_code == 403
    assert sign_in(factories.make_reviewer()).get(LINKS).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_link_list_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        factories.make_source(url=f"https://a.example/{number}")
        factories.make_framework(website=f"https://a.example/{number}")
        LinkCheck.objects.create(url=f"https://a.example/{number}", is_alive=False)
    with django_assert_num_queries(9):
        assert len(read(ada.get(LINKS).content).all("#result_list tbody tr")) == count


RUN = f"{LINKS}run/"


def run_on(page: Any) -> str:
    return read(page.content).one("#link-run").text


@pytest.mark.both
@pytest.mark.django_db
def test_link_run_checks_batch_by_batch(ada: Client, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request checks at least one address and then stops when its time is up."""
    monkeypatch.setattr(links, "Door", lambda: door(server))
    monkeypatch.setattr(link_runs, "BATCH_SECONDS", 0)
    for name in "abc":
        factories.make_source(url=f"{server.url}/{name}")
    server.answers = {"/b": (404, {})}
    [begin] = [form["action"] for form in read(ada.get(LINKS).content).all("form.run-links")]
    page = ada.post(begin, follow=True)
    assert run_on(page).startswith("0 of 3 addresses checked.")
    shown = []
    while "since" in (data := form_on(page)):
        page = ada.post(RUN, data, follow=True)
        shown.append(run_on(page))
    assert [words[:21] for words in shown[:2]] == ["1 of 3 addresses chec", "2 of 3 addresses chec"]
    assert shown[2] == (
        "Finished. 3 of 3 addresses checked, 1 does not answer. Show those that do not answer"
    )
    assert LinkCheck.objects.filter(is_alive=False).count() == 1


@pytest.mark.django_db
def test_link_run_is_one_at_a_time(ada: Client, bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second editor takes up the run that is not finished; nothing is checked while another run checks."""
    monkeypatch.setattr(link_runs, "BATCH_SECONDS", 0)
    for port in (1, 2):
        factories.make_source(url=f"http://127.0.0.1:{port}/")
    page = ada.post(RUN, follow=True)
    page = ada.post(RUN, form_on(page), follow=True)
    other = bob.post(RUN, follow=True)
    assert run_on(other) == run_on(page)
    assert form_on(other)["since"] == form_on(page)["since"]
    with link_runs.alone():
        busy = ada.post(RUN, form_on(page), follow=True)
        with pytest.raises(CommandError, match="Another check of links is running"):
            call_command("check_links")
    assert "Another check is running at this moment." in run_on(busy)
    assert LinkCheck.objects.count() == 1
    assert run_on(bob.post(RUN, form_on(other), follow=True)).startswith("Finished. 2 of 2")
    assert run_on(ada.post(RUN, follow=True)).startswith("0 of 2")


@pytest.mark.both
@pytest.mark.django_db
def test_link_run_answers_any_address(ada: Client, eve: Client) -> None:
    for since in ("", "x", "\0", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "2999-01-01", "1" * 400):
        assert ada.get(RUN, {"since": since}).headers["location"] == LINKS
        assert run_on(ada.post(RUN, {"since": since}, follow=True)) == "Finished. 0 of 0 addresses checked."
    assert eve.post(RUN).status_code == eve.get(RUN).status_code == 403
    assert not read(eve.get(LINKS).content).all("form.run-links")
