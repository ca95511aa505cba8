"""Look at what a topic brings beside its words: its colour, the kinds of its sources, the API with its slugs."""

import json
import shlex
from collections.abc import Iterator
from typing import Any

import schemathesis
from django.conf import settings
from schemathesis.core.failures import FailureGroup

from frameworks.cells import gather
from frameworks.models import Claim, Criterion, Framework, Source
from tests.html import read


def accent(visitor: Any) -> Iterator[str]:
    """Yield what has not the accent of the topic, or is linked to from no page."""
    colours, page = settings.TOPIC.accent, visitor.get("/").content.decode()
    for address, colour in {"/accent.css": colours.light, "/favicon.svg": colours.dark}.items():
        if colour not in visitor.get(address).content.decode() or f'href="{address}"' not in page:
            yield f"{address}: without the accent of the topic, or not linked to"


def kinds_of_sources(visitor: Any) -> Iterator[str]:
    """Yield each place that shows a score and does not say what kinds of sources stand behind it."""
    frameworks, criteria = list(Framework.objects.public()), list(Criterion.objects.scored())
    cells = gather(frameworks, criteria, with_claims=True).values()
    cell = next(cell for cell in cells if cell.score and len(cell.kinds) > 1)
    slug, criterion, source = cell.framework.slug, cell.criterion.slug, cell.claims[0].source
    other = next(framework for framework in frameworks if framework != cell.framework)
    versus = f"/compare/{slug}-vs-{other.slug}"
    copies = [visitor.post(address)["Location"] for address in (f"{versus}/freeze/", "/matrix/freeze/")]
    in_a_word = next(kind for kind in cell.by_kind if kind != Source.Kind.ARTICLE)
    counted = f"{cell.tally.sources}{cell.marks}"
    said = {
        "/": [f", {cell.criterion.name}: {cell.score} of 5, {cell.voices}", f"data-n={counted}", "legend"],
        f"/?open={slug}:{criterion}": [f"Rests on {cell.voices}"],
        f"{versus}/": [counted, cell.voices, "The letters beside the number"],
        f"{versus}/?rows=*&evidence=shown": [f"Rests on {cell.voices}", f"rests on {cell.voices}"],
        f"/frameworks/{slug}/": [counted, cell.voices, "the letters say what these are"],
        f"/frameworks/{slug}/?rows={criterion}": [f"Rests on {cell.voices}"],
        f"/criteria/{criterion}/": [f"Rests on {cell.voices}", f"rests on {cell.voices}"],
        f"/embed{versus}/": [counted, cell.voices],
        f"/embed{copies[0]}": [counted, cell.voices],
        copies[0]: [counted, cell.voices, "The letters beside the number", f"&nbsp;· {in_a_word}"],
        copies[1]: [counted, cell.voices, "The letters beside the number"],
        f"{versus}.csv": [f"({in_a_word})"],
        f"{versus}.md": [f"({in_a_word})"],
        f"{versus}.json": [f'"kind": "{in_a_word}"'],
        f"/sources/{source.key}/": ["Kind of source"] if not source.is_article else [],
        f"/api/v1/ratings/{slug}/{criterion}": ["source_kinds"],
        f"/api/v1/compare/{slug}-vs-{other.slug}": [f'"kind":"{in_a_word}"'],
    }
    for address, words in said.items():
        text = visitor.get(address).content.decode().replace('": "', '":"' if "/api/" in address else '": "')
        yield from (f"{address}: no “{word}”" for word in words if word not in text)


def api(visitor: Any) -> Iterator[str]:
    """Yield each example of the API's page that leads nowhere, and each answer that is not as its description says."""
    from config.wsgi import application

    for example in read(visitor.get("/api/").content).texts("pre.command"):
        [address] = [word for word in shlex.split(example) if word.startswith(settings.SITE_URL)]
        if visitor.get(address.removeprefix(settings.SITE_URL)).status_code != 200:
            yield f"/api/: {example}"
    claim = Claim.objects.filter(framework__isnull=False)[0]
    names = [framework.slug for framework in Framework.objects.public()[:2]]
    there = {
        "slug": {"/frameworks/": names[0], "/criteria/": Criterion.objects.scored()[0].slug},
        "key": {"/sources/": Source.objects.all()[0].key, "/claims/": claim.key},
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [
        schema[path]["GET"] for path in json.loads(visitor.get("/api/v1/openapi.json").content)["paths"]
    ]
    for operation in operations:
        parameters = {
            name: next(value for part, value in by_path.items() if part in operation.path)
            for name, by_path in there.items()
            if f"{{{name}}}" in operation.path
        }
        if "{framework}" in operation.path:
            rating = Framework.objects.get(slug=names[0]).ratings.select_related("criterion")[0]
            parameters |= {"framework": names[0], "criterion": rating.criterion.slug}
        if "{versus}" in operation.path:
            parameters["versus"] = "-vs-".join(names)
        if "{snapshot_id}" in operation.path:
            from comparisons.models import Snapshot

            parameters["snapshot_id"] = Snapshot.objects.all()[0].pk
        try:
            answer = operation.Case(path_parameters=parameters).call_and_validate(
                headers={"Accept-Encoding": "identity"}
            )
        except FailureGroup as error:
            yield f"{operation.path}: {error}"
        else:
            if answer.status_code != 200:
                yield f"{operation.path}: {answer.status_code}"
