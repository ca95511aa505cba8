"""What nginx stores and for how long, what it never stores, and what it does while the portal is away."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep

from benchmarks.drills.load import Request
from benchmarks.drills.scene import Row, Scene, at_most, row
from benchmarks.instances.instance import PASSWORD, ROOT

from .site import Site, site, trusting

PAGE = "/frameworks/django/"
#: Edits whose way to the reader is timed, in the long form and in the short one.
EDITS = (40, 8)
#: Seconds for which a page is asked for again and again after an edit.
LOOKED_AT = 4
ON_EVERY_ANSWER = (
    "content-security-policy", "permissions-policy", "cross-origin-opener-policy",
    "cross-origin-resource-policy", "referrer-policy", "strict-transport-security", "x-content-type-options",
)  # fmt: skip


def drill(scene: Scene) -> Iterator[Row]:
    with site(scene) as here:
        yield from _stored(here)
        yield from _files(here)
        yield from _encrypted(here)
        yield _cookies(here)
        yield from _limits(here)
        yield from _staleness(here, scene.long(*EDITS))
        yield from _away(here)


def _stored(here: Site) -> Iterator[Row]:
    sleep(1.02 - monotonic() % 1)
    asked = [here.ask(PAGE) for _ in range(6)]
    yield row("a page that was asked for twice comes from nginx", *_unlike(asked[3:], "hit"))
    for what, headers in {
        "a session cookie": {"Cookie": "__Secure-sessionid=x"},
        "credentials": {"Authorization": "x"},
    }.items():
        yield row(
            f"nothing stored is given to whoever sends {what}",
            *_unlike([here.ask(PAGE, **headers)], "bypass"),
        )
    desk = [
        here.ask(path) for path in ("/admin/login/", "/admin//login/", "/%61dmin/login/") for _ in range(3)
    ]
    yield row("nothing of the desk is stored", *[each for each in desk if "hit" in _state(each)])
    here.ask(PAGE)
    before = here.asked_of_the_portal(PAGE)
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda _: here.ask(PAGE), range(400)))
    asked_on = here.asked_of_the_portal(PAGE) - before
    yield at_most("of 400 requests, 40 at a time, the portal has", asked_on, 40, "requests")


def _files(here: Site) -> Iterator[Row]:
    page = here.ask("/", Accept_Encoding="identity").content.decode()
    files = sorted(set(re.findall(r'"(/static/[^"]+\.[0-9a-f]{12}\.(?:css|js))"', page)))
    answers = [here.ask(path) for path in files]
    wrong = [
        each
        for each in answers
        if each.status != 200
        or "immutable" not in each.headers.get("cache-control", "")
        or each.headers.get("content-encoding") != "gzip"
    ]
    yield row(
        f"{len(files)} static files are compressed and never change", *wrong, *["there is none"] * (not files)
    )
    asked_on = sum(here.asked_of_the_portal(path) for path in files)
    yield at_most("of them, asked of the portal", asked_on, 0, "files")
    paths = [
        "/",
        "/nowhere/",
        "/matrix.csv",
        "/changes.atom",
        "/api/v1/frameworks",
        "/admin/login/",
        "/metrics",
    ]
    refused = [
        here.ask("/admin/login/", method="POST", body="x", Content_Length="99999999"),
        here.ask(f"/?q={'x' * 40_000}"),
        here.ask("/", method="TRACE"),
    ]
    everything = [*answers, *map(here.ask, paths), here.ask("/", Cookie=f"a={'x' * 30_000}"), *refused]
    lacking = [
        f"{each.path} has no {name}"
        for each in everything
        for name in ON_EVERY_ANSWER
        if name not in each.headers
    ]
    yield row("every answer states what browsers may do with it", *lacking)
    statuses = [each.status for each in refused]
    yield row(
        "what is too large or too long is refused, and TRACE", *[statuses] * (statuses != [413, 414, 405])
    )


def _encrypted(here: Site) -> Iterator[Row]:
    context = trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", here.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        spoken = f"{connection.version()}, {connection.selected_alpn_protocol()}"
    yield row("HTTP/2 over TLS 1.3", *[spoken] * (spoken != "TLSv1.3, h2"), figure=spoken)


def _cookies(here: Site) -> Row:
    """Sign in, and look at the cookies that come with it, and that none comes with a public page."""
    here.instance.make_editors(["drill"])
    answer = _sign_in(here, "drill", PASSWORD)
    cookies = answer.headers.get("set-cookie", "")
    faults = [f"it answered {answer.status}"] * (answer.status != 302)
    for name, wanted in {"__Secure-sessionid": "HttpOnly", "__Secure-csrftoken": ""}.items():
        own = cookies.partition(f"{name}=")[2].partition(", __Secure-")[0]
        faults += [
            f"{name} lacks {each}"
            for each in ("Secure", "Path=/admin/", "SameSite=Lax", wanted)
            if f"; {each}" not in f"{own}; "
        ]
    session = cookies.partition("__Secure-sessionid=")[2].partition(";")[0]
    desk = [here.ask("/admin/", Cookie=f"__Secure-sessionid={session}") for _ in range(3)]
    faults += [f"the desk is stored: {each}" for each in desk if "hit" in _state(each)]
    faults += ["a public page sets a cookie"] * ("set-cookie" in here.ask(PAGE).headers)
    return row("cookies are sent over HTTPS alone, named __Secure- and for the desk alone", *faults)


def _limits(here: Site) -> Iterator[Row]:
    """Limits hold for the address that nginx sees, and of IPv6 for all that one client may have."""
    claimed = [_guess(here, "somebody", X_Forwarded_For=f"203.0.113.{number}") for number in range(6)]
    yield _locked("five wrong passwords lock a name, whatever X-Forwarded-For says", claimed)
    network = [_guess(here, "another", X_Drill_Address=f"2001:db8:1:2:{number}::1") for number in range(6)]
    yield _locked("and from six addresses of one /64", network)
    elsewhere = _guess(here, "another", X_Drill_Address="2001:db8:1:3::1")
    yield row("but not from the next /64", *[elsewhere] * (elsewhere.status != 200))
    searches = [
        each
        for number in range(9)
        for each in here.ask_often("/search/?q=flask", 10, X_Drill_Address=f"2001:db8:1:4:{number}::1")
    ]
    refused = [each for each in searches if each.status == 429]
    wrong = [each for each in searches if each.status not in {200, 429}]
    faults = [*wrong, *["none was refused"] * (not refused)]
    yield row(
        "90 searches from nine addresses of one /64 are limited", *faults, figure=f"{len(refused)} refused"
    )
    others = [here.ask("/search/?q=flask"), here.ask("/sources/", X_Drill_Address="2001:db8:1:4::1")]
    yield row("not those of others, nor other pages", *[each for each in others if not each.is_answered])


def _guess(here: Site, name: str, **headers: str) -> Request:
    """Send a wrong password."""
    return _sign_in(here, name, "a guess", **headers)


def _sign_in(here: Site, name: str, password: str, **headers: str) -> Request:
    page = here.ask("/admin/login/", Accept_Encoding="identity")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)', page.content.decode())
    cookie = page.headers.get("set-cookie", "").partition(";")[0]
    form = {"csrfmiddlewaretoken": token[1] if token else "", "username": name, "password": password}
    referer = f"https://127.0.0.1:{here.port}/admin/login/"
    return here.post("/admin/login/", form, Cookie=cookie, Referer=referer, **headers)


def _locked(what: str, guesses: list[Request]) -> Row:
    statuses = [each.status for each in guesses]
    said = ", ".join(map(str, statuses))
    return row(what, *[said] * (statuses != [200] * 4 + [429] * 2), figure=said)


def _staleness(here: Site, edits: int) -> Iterator[Row]:
    """Edit in another process than those that answer, while a crowd reads the page."""
    ages = []
    with _editing(here) as edit:
        for _ in range(edits):
            before, last = here.ask("/").content, 0.0
            edit()
            edited = monotonic()
            with ThreadPoolExecutor(4) as pool:
                while monotonic() - edited < LOOKED_AT:
                    for each in pool.map(lambda _: here.ask("/"), range(4)):
                        if each.content == before:
                            last = max(last, each.began - edited)
                    sleep(0.01)
            ages.append(last)
    yield at_most(f"the oldest answer after each of {edits} edits", max(ages), 2, "s")


@contextmanager
def _editing(here: Site) -> Iterator[Callable[[], None]]:
    """Yield a function that edits a rating, in a process of its own, and returns when it is committed."""
    with subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.editing"],
        cwd=ROOT,
        env={**here.instance.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        asking, answers = process.stdin, process.stdout

        def edit() -> None:
            print(file=asking, flush=True)
            if answers is None or not answers.readline():
                raise RuntimeError("The editor has ended.")

        yield edit


def _away(here: Site) -> Iterator[Row]:
    for _ in range(3):
        here.ask(PAGE)
    here.end_portal()
    sleep(2.5)  # so that what is stored is no longer fresh
    seen, unseen = here.ask(PAGE), here.ask("/sources/?q=never-seen-before")
    yield row("without the portal, a page seen before is answered", *_unlike([seen], "detail=stale"))
    wrong = [str(unseen)] * (unseen.status != 503) + ["without Retry-After"] * (
        "retry-after" not in unseen.headers
    )
    yield row("and another is refused at once, with words", *wrong, *["slowly"] * (unseen.seconds > 1))
    lacking = [name for name in ON_EVERY_ANSWER if name not in unseen.headers]
    yield row("the refusal states what browsers may do with it", *lacking)


def _state(answer: Request) -> str:
    """Return what nginx says of where an answer came from."""
    return answer.headers.get("cache-status", "")


def _unlike(answers: list[Request], state: str) -> list[str]:
    return [f"{each}, {_state(each)}" for each in answers if each.status != 200 or state not in _state(each)]
