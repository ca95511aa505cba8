"""Every type of page with the portal's own content, and the widths to look at it."""

import pytest

from tests import factories

#: Every type of page, with the portal's own content.
PAGES = {
    "matrix": "/",
    "matrix in use": "/?interface=asgi&w-performance=9&baseline=django&framework=django&framework=sanic&why=shown",
    "matrix, a cell open": "/?open=fastapi:performance",
    "matrix, emptied": "/?q=zzz&interface=asgi",
    "matrix, reduced to six": "/compare/django-vs-flask-vs-fastapi-vs-litestar-vs-cherrypy-vs-sanic/",
    "matrix, not understood": "/?w-performance=abc&min-x=1&open=x:y",
    "side by side": "/compare/django-vs-flask-vs-fastapi/?rows=performance&rows=security&why=shown",
    "side by side of five": "/compare/django-vs-flask-vs-fastapi-vs-litestar-vs-cherrypy/?only=differences",
    "snapshot": f"/s/{factories.KEPT}/",
    "snapshot, what has changed": f"/s/{factories.KEPT}/changes/",
    "chooser": "/compare/",
    "matrix for a use case": "/?use-case=high-concurrency",
    "side by side for a use case": "/compare/django-vs-fastapi/?use-case=relational-application",
    "use cases": "/use-cases/",
    "use case": "/use-cases/api-in-django/",
    "use case in dispute": "/use-cases/microservices/",
    "decision helper": "/choose/",
    "decision helper, answered": "/choose/?building=web-app&building=api&size=large",
    "decision helper, not understood": "/choose/?size=huge&building=castle",
    "frameworks": "/frameworks/",
    "framework": "/frameworks/fastapi/?rows=performance&rows=documentation",
    "framework named in passing": "/frameworks/cherrypy/",
    "criteria": "/criteria/",
    "criterion": "/criteria/performance/",
    "criterion that only describes": "/criteria/strengths/",
    "sources": "/sources/",
    "source": "/sources/000/",
    "disagreements": "/disagreements/",
    "benchmarks": "/benchmarks/",
    "questions": "/questions/",
    "components": "/components/",
    "component": "/components/django-rest-framework/",
    "capabilities": "/capabilities/",
    "capabilities, some ticked": "/capabilities/?need=orm&need=authentication&need=async",
    "method": "/method/",
    "glossary": "/glossary/",
    "embed": "/embed/?framework=django&framework=flask",
    "search": "/search/",
    "search, something found": "/search/?q=flask",
    "search, nothing found": "/search/?q=zzzz",
    "changes": "/changes/",
    "history of a cell": "/frameworks/fastapi/performance/history/",
    "objection": "/frameworks/fastapi/performance/objection/",
    "objection sent": "/frameworks/fastapi/performance/objection/sent/",
    "api": "/api/",
}


#: Pages for what is not there or went wrong.
ERRORS = {
    "no such page": "/nowhere/",
    "no such changeset": "/changes/11111111-2222-4333-8444-000000000000/",
    "unknown in comparison": "/compare/django-vs-nobody/",
    "bad request": "/?" + "&".join(f"p{number}=1" for number in range(1200)),
    "our error": "/broken/",
}


#: Those on which axe runs in `test_accessibility.py`, when all that they show while they are used is on show.
JUDGED_IN_USE = {
    PAGES[name]
    for name in (
        "matrix",
        "matrix, a cell open",
        "matrix, not understood",
        "framework",
        "capabilities, some ticked",
        "search, something found",
        "sources",
        "questions",
    )
}


WIDTHS = [320, 390, 768, 1280, 1600]


EVERYWHERE = [*PAGES.values(), *ERRORS.values()]


#: In four parts, so that several processes share them: planting the content for each page takes longer than the page.
some_pages = pytest.mark.parametrize("paths", [EVERYWHERE[part::4] for part in range(4)])
