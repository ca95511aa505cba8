"""The portal below a path of another site, included in its nginx as shipped: nothing leads out, and the desk works."""

import re
from collections.abc import Iterator
from time import sleep

from benchmarks.drills.editor import RATINGS, Editor
from benchmarks.drills.load import Request
from benchmarks.drills.scene import Row, Scene, at_least, row
from tests.html import leads_on, named

from .site import ANOTHER, Site, site

#: Called like pages of the portal's own.
PATH = "/compare"
#: How many addresses the crawl asks for, in the long form and in the short one.
ADDRESSES = (1_000, 200)
PAGE = f"{PATH}/frameworks/django/"
BEGINNINGS = (
    "/", "/compare/django-vs-flask/", "/robots.txt", "/llms.txt", "/sitemap.xml", "/changes.atom", "/matrix.json",
    "/compare/django-vs-flask.md", "/embed/compare/django-vs-flask/", "/api/v1/", "/api/v1/openapi.json",
    "/api/v1/claims?limit=1", "/choose/?building=api", "/search/?q=flask", "/nowhere/", "/admin/login/", "/live/",
)  # fmt: skip
#: What answers in another way when nothing but its path is asked for, by its end.
ELSEWISE = {"/nowhere/": 404, "/oembed": 400, "/admin/": 302, "/freeze/": 405}
STATED = ("content-security-policy", "cross-origin-resource-policy", "x-content-type-options")


def drill(scene: Scene) -> Iterator[Row]:
    with site(scene, path=PATH) as here:
        yield from _crawled(here, scene.long(*ADDRESSES))
        yield from _stored(here)
        yield from _edited(here)
        yield from _beside(here)
        yield from _away(here)


def _crawled(here: Site, most: int) -> Iterator[Row]:
    waiting = [f"{PATH}{path}" for path in BEGINNINGS]
    seen, outside, wrong = set(waiting), [], []
    answers: list[Request] = []
    while waiting and len(answers) < most:
        answer = here.ask(waiting.pop(0), Accept_Encoding="identity")
        answers.append(answer)
        expected = next((status for end, status in ELSEWISE.items() if answer.path.endswith(end)), 200)
        wrong += [answer] * (answer.status != expected)
        kind = answer.headers.get("content-type", "")
        addresses = named(answer.content, kind, f"https://127.0.0.1:{here.port}")
        outside += [
            f"{answer.path} names {each}" for each in addresses if not f"{each}/".startswith(f"{PATH}/")
        ]
        found = {each for address in sorted(addresses) if (each := leads_on(address))} - seen
        seen |= found
        waiting += sorted(found)
    yield row(f"{len(answers)} addresses answer", *wrong)
    yield row("none of them leads out of the path", *outside)
    lacking = [
        f"{each.path} has no {name}" for each in answers for name in STATED if name not in each.headers
    ]
    yield row("each states what browsers may do with it", *lacking)


def _stored(here: Site) -> Iterator[Row]:
    page = here.ask(PAGE, Accept_Encoding="identity").content.decode()
    files = sorted(set(re.findall(rf'"({PATH}/static/[^"]+\.[0-9a-f]{{12}}\.(?:css|js))"', page)))
    for path in (*files, PAGE):
        here.ask_often(path, 3)
    answers = [here.ask(path) for path in files]
    lasting = [each for each in answers if "immutable" in each.headers.get("cache-control", "")]
    yield at_least(
        f"of {len(files)} static files, that never change", len(lasting), max(len(files), 1), "files"
    )
    yield row("they come from nginx, and so does a page", *_unlike([*answers, here.ask(PAGE)], "hit"))
    desk = [here.ask(f"{PATH}/admin/login/") for _ in range(4)]
    faults = [each for each in desk if "hit" in each.headers.get("cache-status", "")]
    yield row("nothing of the desk is stored", *faults, *["with no-store"] * (not _is_private(desk[0])))


def _edited(here: Site) -> Iterator[Row]:
    editor = Editor.of(here.instance, "editor")
    rating, *_ = editor.ratings()
    form = editor.get(rating).form | {"verdict": ["Drilled"], "reason": ["Read again."], "_save": ["Save"]}
    saved = editor.post(rating, form)
    yield row(
        "an editor signs in and saves a rating",
        *["nothing is said"] * ("was changed successfully" not in saved.text),
    )
    again = editor.get(rating).form
    yield row("and finds it saved", *[again.get("verdict")] * (again.get("verdict") != ["Drilled"]))
    cookie = here.ask(f"{PATH}/admin/login/").headers.get("set-cookie", "")
    yield row("cookies stay at the desk", *[cookie] * (f"Path={PATH}/admin/;" not in f"{cookie};"))


def _beside(here: Site) -> Iterator[Row]:
    others = [
        here.ask(path) for path in ("/", "/frameworks/", RATINGS, "/static/touchstone.css", "/matrix.png")
    ]
    yield row("the other site has all else", *[each for each in others if each.content != ANOTHER.encode()])
    bare = here.ask(PATH)
    place = bare.headers.get("location", "")
    yield row("the path without its slash leads to it", *[place] * (not place.endswith(f"{PATH}/")))


def _away(here: Site) -> Iterator[Row]:
    here.end_portal()
    sleep(2.5)  # so that what is stored is no longer fresh
    yield row(
        "without the portal, a page seen before is answered", *_unlike([here.ask(PAGE)], "detail=stale")
    )
    unseen = here.ask(f"{PATH}/sources/?q=never-seen-before")
    wrong = [unseen] * (unseen.status != 503) + ["without Retry-After"] * (
        "retry-after" not in unseen.headers
    )
    yield row("another is refused at once, with words", *wrong, *["slowly"] * (unseen.seconds > 1))
    yield row("and the other site goes on", *[each for each in [here.ask("/")] if not each.is_answered])


def _is_private(answer: Request) -> bool:
    return "no-store" in answer.headers.get("cache-control", "")


def _unlike(answers: list[Request], state: str) -> list[str]:
    found = [(each, each.headers.get("cache-status", "")) for each in answers]
    return [f"{each}, {said}" for each, said in found if each.status != 200 or state not in said]
