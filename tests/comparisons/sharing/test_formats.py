"""Comparisons as CSV, JSON and Markdown: the same values in each, nothing runs, and the CSV goes back unchanged."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pytest_django import DjangoAssertNumQueries, Settings

from comparisons.comparison.content import (
    CellContent,
    Content,
    CriterionContent,
    FrameworkContent,
    SourceContent,
)
from comparisons.sharing import exports, snapshots
from comparisons.sharing.exports import RATING, REMARKS, FileOrigin, Part
from frameworks.models import Rating, Revision
from frameworks.models.evidence.claims import ClaimContent
from frameworks.record import revisions
from frameworks.tables import kinds, reading, sheets
from tests import factories
from tests.draws import examples
from tests.frameworks.tables.importing import confirm, counts, preview, shown, upload
from tests.html import Element, read
from tests.items import make_items

pytestmark = pytest.mark.django_db

MATRIX, LIVE = "/matrix", "/compare/django-vs-flask"
ENDINGS = ["csv", "json", "md"]
NASTY = "=1+1 | a\\ [x](y) `c` <b>&amp;</b> *s* ~~d~~ #12 @ada\nwww.a.b, http://c.d :tada: $e$ “ü”"


@pytest.fixture
def flask() -> Rating:
    """Two frameworks on three criteria: rated, with a claim not scored yet, silent; and texts that try to break out."""
    django, flask = (factories.make_framework(name=name) for name in ("Django", "Flask"))
    factories.make_framework(name="Hidden", is_published=False)
    group = factories.make_group(slug="group", name="@Group")
    asynchronous, docs, tests = (
        factories.make_criterion(slug=slug, name=name, group=group, position=place, default_weight=weight)
        for place, (slug, name, weight) in enumerate(
            [("async", "Async", 3), ("docs", "=Docs|#1", 2), ("tests", "Tests", 1)]
        )
    )
    article = factories.make_source(key="002", short_name="[Article]|1", url="https://example.com/a_b")
    factories.make_claim(
        framework=flask,
        criterion=asynchronous,
        source=article,
        term="=1+1 | a\\ [x](y)",
        paraphrase=NASTY,
        line=7,
    )
    factories.make_claim(
        framework=flask,
        criterion=asynchronous,
        source=article,
        reading=5,
        note="-2+3",
        paraphrase="Ünder way.",
    )
    factories.make_claim(framework=flask, criterion=asynchronous, reading=2, joint_criterion=docs)
    rating = factories.make_rating(
        framework=flask, criterion=asynchronous, score=4, verdict="=HYPERLINK(1)|@ada", rationale=NASTY
    )
    factories.make_rating(
        framework=django, criterion=asynchronous, score=2, verdict="\t+cmd", rationale="-1\r\n'x"
    )
    factories.make_rating(framework=django, criterion=docs, score=5, reviewed_on=timezone.localdate())
    factories.make_rating(framework=django, criterion=tests, score=1, is_published=False)
    return rating


def frozen(client: Client) -> str:
    return str(client.post(f"{LIVE}/freeze/")["Location"]).rstrip("/")


def address(client: Client, view: str) -> str:
    return frozen(client) if view == "snapshot" else view


VIEWS = [MATRIX, LIVE, "snapshot"]


def rows_of(data: bytes) -> list[dict[str, str]]:
    sheet = reading.read("x.csv", data)
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


# Back through the import


def uploaded(client: Client, data: bytes) -> Element:
    return preview(client, upload(client, "rating", SimpleUploadedFile("comparison.csv", data)))


def test_csv_export_uses_the_rating_import_columns() -> None:
    columns = kinds.KINDS["rating"].columns
    assert [name for name in columns if name in RATING] == RATING
    assert [*set(columns) - set(RATING)] == ["is_published"]
    assert not set(REMARKS) & set(columns)


@pytest.mark.parametrize("view", [*VIEWS, f"{MATRIX}?as-of={{today}}"])
def test_csv_reimport_changes_nothing_when_unedited(
    ada: Client, flask: Rating, client: Client, view: str
) -> None:
    path, _, query = address(client, view.format(today=timezone.localdate())).partition("?")
    before = list(Revision.objects.values())
    page = uploaded(ada, client.get(f"{path}.csv?{query}").content)
    assert counts(page) == "All 6 New 0 Changed 0 Same 6 Refused 0"
    assert "No row differs from the current content, so there is nothing to import." in page.text
    assert "For information only, and ignored: (framework name), (rank), (fit)" in page.text
    said = {line[1]: line[3] for line in shown(page)}
    assert said["flask/async"] == "No change."
    # An unpublished rating stands there, of which the file says nothing.
    assert said["django/tests"] == "The row has no values, so nothing changes."
    assert list(Revision.objects.values()) == before


def changed(data: bytes, key: str, **cells: str) -> bytes:
    sheet = reading.read("x.csv", data)
    places = {name: sheet.header.index(name) for name in ("framework", "criterion", *cells)}
    for row in sheet.rows:
        if f"{row[places['framework']]}/{row[places['criterion']]}" == key:
            for name, cell in cells.items():
                row[places[name]] = cell
    return sheets.write(sheet, "csv")


def test_csv_reimport_applies_edited_cells(ada: Client, flask: Rating, client: Client) -> None:
    data = changed(client.get(f"{MATRIX}.csv").content, "flask/async", score="3", **{"(fit)": "99"})
    url = upload(ada, "rating", SimpleUploadedFile("x.csv", data))
    assert counts(preview(ada, url)) == "All 6 New 0 Changed 1 Same 5 Refused 0"
    confirm(ada, url)
    flask.refresh_from_db()
    assert (flask.score, flask.rationale, flask.is_published, flask.version) == (3, NASTY, True, 2)


def test_csv_reimport_creates_unpublished_rating_for_empty_cell(
    ada: Client, flask: Rating, client: Client
) -> None:
    data = changed(
        client.get(f"{LIVE}.csv").content, "flask/tests", score="3", verdict="Some", rationale="New."
    )
    confirm(ada, upload(ada, "rating", SimpleUploadedFile("x.csv", data)))
    assert not Rating.objects.get(framework__slug="flask", criterion__slug="tests").is_published


def test_csv_reimport_reports_ratings_changed_since_the_export(
    ada: Client, flask: Rating, client: Client
) -> None:
    live, kept = client.get(f"{LIVE}.csv").content, client.get(f"{frozen(client)}.csv").content
    flask.score = 1
    revisions.save(flask, by=factories.MAKER, reason="Looked again.", seen=1)
    for data, sentence in [
        (live, "Somebody else has changed this since. Your file adds nothing, so it will not be changed."),
        (kept, "version: This already exists. Enter in the column “version” the version that you saw"),
    ]:
        said = {line[1]: line[3] for line in shown(uploaded(ada, data))}
        assert said["django/async"] == "No change."
        assert sentence in said["flask/async"]


def test_csv_reimport_ignores_emptied_row_only_without_version(
    ada: Client, flask: Rating, client: Client
) -> None:
    empty = dict.fromkeys(["score", "verdict", "rationale", "reviewed_on"], "")
    data = client.get(f"{MATRIX}.csv").content
    page = uploaded(ada, changed(data, "flask/async", **empty, version=""))
    assert counts(page) == "All 6 New 0 Changed 0 Same 6 Refused 0"
    # With its version it speaks of the rating, and that must not be empty.
    page = uploaded(ada, changed(data, "flask/async", **empty))
    assert counts(page) == "All 6 New 0 Changed 0 Same 5 Refused 1"


def test_csv_reimport_asks_about_unknown_column(ada: Client, flask: Rating, client: Client) -> None:
    data = client.get(f"{MATRIX}.csv").content.replace(b"(fit)", b"fit", 1)
    page = uploaded(ada, data)
    assert counts(page) == "All 6 New 0 Changed 0 Same 6 Refused 0"
    assert page.one("form.file-columns label").text == "fit"


# Spreadsheets


@pytest.mark.parametrize("view", VIEWS)
def test_csv_export_escapes_formulas(flask: Rating, client: Client, view: str) -> None:
    data = client.get(f"{address(client, view)}.csv").content
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert {"'=HYPERLINK(1)|@ada", "'+cmd", "'-1\r\n'x", "'=Docs|#1", "'@Group"} < set(cells)


# The same values in each


@pytest.mark.parametrize("view", VIEWS)
def test_exports_agree_across_csv_json_and_markdown(flask: Rating, client: Client, view: str) -> None:
    path = address(client, view)
    data = client.get(f"{path}.json").json()
    content = cast(Content, {name: data[name] for name in Content.__annotations__})
    assert [one["slug"] for one in content["frameworks"]] == {
        MATRIX: ["flask", "django"],
        LIVE: ["django", "flask"],  # as the address has them
        "snapshot": ["django", "flask"],
    }[view]
    assert {one["slug"] for one in content["criteria"]} == {"async", "docs", "tests"}
    assert [cell["state"] for cell in content["cells"] if cell["framework"] == "flask"] == [
        "rated",
        "evidence",
        "silent",
    ]
    assert len(content["claims"]) == 5
    said_by_csv(content, client.get(f"{path}.csv").content)
    pages = {source["key"]: source["page"] for source in data["sources"]}
    said_by_markdown(content, client.get(f"{path}.md").content.decode(), pages, turned=view != MATRIX)


def said_by_csv(content: Content, data: bytes) -> None:
    rows = rows_of(data)
    frameworks = {one["slug"]: one for one in content["frameworks"]}
    criteria = {one["slug"]: one for one in content["criteria"]}
    assert len(rows) == len(content["cells"])
    for row, cell in zip(rows, content["cells"], strict=True):
        framework, criterion = frameworks[cell["framework"]], criteria[cell["criterion"]]
        low, high = framework["band"] or (None, None)
        said = {
            **{name: cell[name] for name in RATING if name != "version"},  # type: ignore[literal-required]
            "(framework name)": framework["name"],
            "(rank)": framework["rank"],
            "(fit)": framework["fit"],
            "(fit at least)": low,
            "(fit at most)": high,
            "(rated %)": framework["coverage"],
            "(criterion name)": criterion["name"],
            "(group)": criterion["group"],
            "(question)": criterion["question"],
            "(weight)": content["weights"][cell["criterion"]],
            "(state)": cell["state"],
            "(disputed)": "yes" if cell["disputed"] else "no",
        }
        assert {name: row[name] for name in said} == {
            name: "" if value is None else str(value) for name, value in said.items()
        }
        lines = row["(claims)"].split("\n") if row["(claims)"] else []
        cited = [next(one for one in content["claims"] if one["key"] == key) for key in cell["claims"]]
        for line, claim in zip(lines, cited, strict=True):
            assert line.startswith(f"[{claim['key']}] ")
            for word in (
                f"line {claim['line']}, ",
                f"“{one_line(claim['term'])}”" if claim["term"] else "",
                one_line(claim["paraphrase"]),
                f"(read as {claim['reading']})" if claim["reading"] else "",
                one_line(claim["note"]),
            ):
                assert word in line
        for source in content["sources"]:
            named = f"{one_line(source['name'])}: " in row["(sources)"]
            assert named or source["key"] not in {claim["source"] for claim in cited}


def one_line(text: str) -> str:
    return " ".join(text.split())


# Markdown as it is rendered

RENDER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: Keeps apart what a forge would link, and is not seen.
APART = "\u200b"


def rendered(markdown: str) -> Element:
    return read(RENDER.render(markdown))


def words(element: Element) -> str:
    return element.text.replace(APART, "")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace(APART, "")


def said_by_markdown(content: Content, markdown: str, pages: dict[str, str], *, turned: bool) -> None:
    assert not re.search(r"(?<!`)@(?!&#8203;)\w", markdown)
    body, notes, links = apart(markdown)
    page = rendered(body)
    [table] = page.all("table")
    grid = [[words(cell) for cell in row.children if isinstance(cell, Element)] for row in table.all("tr")]
    frameworks, criteria = content["frameworks"], content["criteria"]
    cells = {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}
    figures = [figures_of(framework) for framework in frameworks]
    weights = [str(content["weights"][criterion["slug"]]) for criterion in criteria]
    scores = [
        [said_in_table(cells[one["slug"], criterion["slug"]]) for criterion in criteria] for one in frameworks
    ]
    names, heads = [plain(one["name"]) for one in frameworks], [plain(one["name"]) for one in criteria]
    bare = [[re.sub(r"(\[\^\d+\])+$", "", cell) for cell in row] for row in grid]
    if turned:
        assert bare[0] == ["Criterion", "Weight", *names]
        assert bare[1:5] == [
            [head, "", *(one[place] for one in figures)]
            for place, head in enumerate(["Rank", "Fit", "Band", "Rated"])
        ]
        assert bare[5:] == [
            [heads[place], weights[place], *(row[place] for row in scores)] for place in range(len(criteria))
        ]
    else:
        assert bare[0] == ["Rank", "Framework", "Fit", "Band", "Rated", *heads]
        assert bare[1] == ["", "Weight", "", "", "", *weights]
        assert bare[2:] == [
            [one[0], name, *one[1:], *row] for one, name, row in zip(figures, names, scores, strict=True)
        ]
    marks = [mark for row in grid for cell in row for mark in re.findall(r"\[\^(\d+)\]$", cell)]
    assert marks == sorted(notes, key=int) if turned else set(marks) == set(notes)
    told = [cell for cell in in_order(content, cells, turned=turned) if cell["state"] != "silent"]
    for number, cell in enumerate(told, 1):
        said_in_note(content, cell, f"{notes[str(number)]}\n\n{links}", pages)


def apart(markdown: str) -> tuple[str, dict[str, str], str]:
    """The text, its footnotes by number, and the addresses that they name: what a forge puts together."""
    lines = markdown.split("\n")
    ends = [place for place, line in enumerate(lines) if re.match(r"\[(\^\d+|source-[\w-]+)\]: ", line)]
    body, rest = "\n".join(lines[: ends[0]] if ends else lines), lines[ends[0] :] if ends else []
    notes: dict[str, str] = {}
    number = ""
    for line in rest:
        if found := re.match(r"\[\^(\d+)\]: (.*)", line):
            number = found[1]
            notes[number] = found[2]
        elif line.startswith("    "):
            notes[number] += f"\n{line[4:]}"
        else:
            assert not line or line.startswith("[source-")
    return body, notes, "\n".join(line for line in rest if line.startswith("[source-"))


def in_order(
    content: Content, cells: dict[tuple[str, str], CellContent], *, turned: bool
) -> list[CellContent]:
    frameworks = [one["slug"] for one in content["frameworks"]]
    criteria = [one["slug"] for one in content["criteria"]]
    if turned:
        return [cells[framework, criterion] for criterion in criteria for framework in frameworks]
    return [cells[framework, criterion] for framework in frameworks for criterion in criteria]


def figures_of(framework: FrameworkContent) -> list[str]:
    band = framework["band"]
    return [
        "not ranked" if framework["rank"] is None else str(framework["rank"]),
        "–" if framework["fit"] is None else str(framework["fit"]),
        "–" if band is None else f"{band[0]}–{band[1]}",
        f"{framework['coverage']}%",
    ]


def said_in_table(cell: CellContent) -> str:
    if cell["state"] == "silent":
        return "no source rates this"
    said = "not scored yet" if cell["score"] is None else f"{cell['score']} {cell['verdict']}"
    return plain(f"{said}{' ≠' if cell['disputed'] else ''}")


def said_in_note(content: Content, cell: CellContent, note: str, pages: dict[str, str]) -> None:
    page = rendered(note)
    reason = words(page.one("p"))
    [framework] = [one["name"] for one in content["frameworks"] if one["slug"] == cell["framework"]]
    [criterion] = [one["name"] for one in content["criteria"] if one["slug"] == cell["criterion"]]
    score = cell["score"] or "not scored yet"
    assert reason.startswith(f"{plain(framework)}, {plain(criterion)}: {score}.")
    assert plain(cell["rationale"]) in reason
    said = {link["href"]: words(item) for item in page.all("li") for link in item.all("a")}
    cited = [claim for claim in content["claims"] if claim["key"] in cell["claims"]]
    assert set(said) == {pages[claim["source"]] for claim in cited}
    for claim in cited:
        reading = f" (read as {claim['reading']})" if claim["reading"] else ""
        term = f"“{claim['term']}”" if claim["term"] else claim["paraphrase"]
        assert plain(f"line {claim['line']}, {term}{reading}") in said[pages[claim["source"]]]
    # Nothing of it became markup: neither links of its own, nor anything else.
    tags = {element.tag for element in page.descendants}
    assert tags <= {"p", "strong", "ul", "li", "a"}
    assert len(page.all("a")) == len(said)


# Any content at all

some = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
nasty = st.lists(
    st.sampled_from(NASTY.split() + list("|\\`*_[]<>#@&~$'\"=+-\t\r\n:!(){}^.1")), max_size=12
).map("".join)
texts = some | nasty
named = texts.map(lambda text: f"N{text}") | texts.map(lambda text: f"{text}n")
steps = st.none() | st.integers(1, 5)
points = st.none() | st.integers(0, 100)


@st.composite
def contents(draw: Any) -> Content:
    frameworks = [f"x{number}" for number in range(draw(st.integers(1, 3)))]
    criteria = [f"x{number}" for number in range(draw(st.integers(1, 3)))]
    sources = [f"s{number}" for number in range(draw(st.integers(1, 2)))]
    claims: list[ClaimContent] = []
    cells: list[CellContent] = []
    for framework in frameworks:
        for criterion in criteria:
            score = draw(steps)
            own = [
                ClaimContent(
                    key=f"k{len(claims) + number}",
                    source=source,
                    line=draw(st.integers(1, 999)),
                    part="prose",
                    term=draw(texts),
                    paraphrase=draw(named),
                    reading=draw(steps),
                    note=draw(texts),
                )
                for number, source in enumerate(sources[: draw(st.integers(0 if score is None else 1, 2))])
            ]
            claims += own
            cells.append(
                CellContent(
                    framework=framework,
                    criterion=criterion,
                    state="rated" if score else "evidence" if own else "silent",
                    score=score,
                    verdict=draw(named) if score else "",
                    rationale=draw(named) if score else "",
                    departure=draw(texts) if score else "",
                    reviewed_on=draw(st.none() | st.dates().map(str)) if score else None,
                    disputed=bool(own) and draw(st.booleans()),
                    claims=[claim["key"] for claim in own],
                )
            )
    return Content(
        format=1,
        frameworks=[
            FrameworkContent(
                slug=slug,
                name=draw(named),
                rank=draw(st.none() | st.integers(1, 3)),
                fit=draw(points),
                band=draw(st.none() | st.tuples(st.integers(0, 50), st.integers(50, 100))),
                coverage=draw(st.integers(0, 100)),
            )
            for slug in frameworks
        ],
        criteria=[
            CriterionContent(slug=slug, name=draw(named), group=draw(named), question=draw(texts))
            for slug in criteria
        ],
        weights={slug: draw(st.integers(0, 10)) for slug in [*criteria, "elsewhere"]},
        cells=cells,
        claims=claims,
        sources=[
            SourceContent(
                key=key,
                name=f"{key}{draw(texts)}",
                title=draw(texts),
                authors=draw(texts),
                publisher=draw(texts),
                date=draw(texts),
                interest=draw(texts),
                url="https://example.com/",
            )
            for key in sources
        ],
    )


@examples(25, suppress_health_check=list(HealthCheck))
@given(content=contents(), title=named, notice=named, turned=st.booleans())
def test_exports_round_trip_any_content(content: Content, title: str, notice: str, turned: bool) -> None:
    pages = {source["key"]: f"https://example.com/{source['key']}/" for source in content["sources"]}
    origin = FileOrigin(
        site="Touchstone",
        title=title,
        address="https://example.com/?w-a=1",
        facts=title,
        source_page=pages.__getitem__,
        notices=[f"Note: {notice}"],
    )
    whole = [Part(content, {})]
    said_by_csv(content, b"".join(exports.write_csv(lambda: whole, origin)))
    data = json.loads("".join(exports.write_json(lambda: whole, origin)))
    for source in data["sources"]:
        assert source.pop("page") == pages[source["key"]]
    assert {name: data[name] for name in content} == json.loads(snapshots.canonical(content))
    assert (data["title"], data["notices"]) == (title, [f"Note: {notice}"])
    markdown = "".join(exports.write_markdown(lambda: whole, origin, turned=turned))
    said_by_markdown(content, markdown, pages, turned=turned)
    page = rendered(apart(markdown)[0])
    assert words(page.one("h1")) == plain(title)
    assert words(page.one("blockquote")) == plain(f"Note: {notice}")
    assert [link["href"] for link in page.all("a")] == ["https://example.com/?w-a=1"]
    assert {element.tag for element in page.descendants} <= {
        *("h1", "p", "a", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "strong")
    }


# What a file is told by its address


def get(client: Client, url: str) -> dict[str, Any]:
    return cast(dict[str, Any], client.get(url).json())


def test_json_export_states_revision_address_weights_and_notices(
    flask: Rating, client: Client, settings: Settings
) -> None:
    settings.SITE_URL = "https://t.example"
    data = get(client, f"{LIVE}.json?w-async=5&use-case=nothing&as-of=tomorrow")
    newest = Revision.objects.get(model="rating", key="django/docs")  # then only what nobody may see
    assert data["revision"] == {
        "number": newest.pk,
        "at": newest.at.isoformat(timespec="milliseconds")[:-6] + "Z",
    }
    assert (data["site"], data["title"]) == ("Touchstone", "Django and Flask side by side")
    assert data["address"] == f"https://t.example{LIVE}/?w-async=5&w-docs=2&w-tests=1"
    assert data["weights"] == {"async": 5, "docs": 2, "tests": 1}
    assert (data["as_of"], data["use_case"], data["format"]) == (None, None, 1)
    assert data["notices"] == [
        "Date: This is not a date such as 2026-11-20. It was ignored.",
        "Use case: There is no such use case. It was ignored.",
    ]
    assert "Ünder way." in client.get(f"{LIVE}.json").content.decode()


def test_json_export_names_the_newest_revision_also_where_the_clock_was_put_back_since(
    flask: Rating, client: Client
) -> None:
    flask.verdict = "Another"
    ahead = timezone.now() + timedelta(hours=1)
    step = revisions.save(flask, by=factories.MAKER, reason="Looked again.", seen=1, at=ahead)
    assert step
    assert get(client, f"{MATRIX}.json")["revision"]["number"] == step.pk


def test_json_export_ignores_unpublished_changes_in_its_revision(flask: Rating, client: Client) -> None:
    newest = get(client, f"{MATRIX}.json")["revision"]
    factories.make_framework(name="Secret", is_published=False)
    assert get(client, f"{MATRIX}.json")["revision"] == newest
    factories.make_framework(name="Open")
    assert get(client, f"{MATRIX}.json")["revision"]["number"] > newest["number"]


def test_json_export_of_snapshot_states_its_time_and_never_changes(flask: Rating, client: Client) -> None:
    path = frozen(client)
    before = client.get(f"{path}.json").content
    flask.score = 1
    revisions.save(flask, by=factories.MAKER, reason="Looked again.", seen=1)
    assert client.get(f"{path}.json").content == before
    data = json.loads(before)
    assert data["snapshot"]["id"] == path.split("/")[-1]
    assert data["snapshot"]["stood_at"] == data["snapshot"]["frozen_at"]
    assert "revision" not in data
    assert all(source["page"].endswith(f"{path}/#source-{source['key']}") for source in data["sources"])


def test_matrix_export_follows_filters_sort_and_weights(flask: Rating, client: Client) -> None:
    for sort in ("name", "-name", "docs", "-fit"):
        query = f"sort={sort}&criteria=docs&w-tests=9&q=a"
        data = get(client, f"{MATRIX}.json?{query}")
        page = read(client.get(f"/?{query}").content)
        names = [link.text for link in page.all("table.grid tbody th.name a")]
        assert len(names) == 2
        assert [one["name"] for one in data["frameworks"]] == names
        assert [one["slug"] for one in data["criteria"]] == ["docs"]
        assert data["weights"] == {"async": 3, "docs": 2, "tests": 9}
    markdown = client.get(f"{MATRIX}.md?{query}").content.decode()
    assert "Not shown, but included in the fit: async 3, tests 9." in markdown


def test_matrix_export_is_empty_when_no_framework_passes_the_filters(flask: Rating, client: Client) -> None:
    assert get(client, f"{MATRIX}.json?q=zzz")["frameworks"] == []
    assert "No frameworks match these filters." in client.get(f"{MATRIX}.md?q=zzz").content.decode()
    assert client.get(f"{MATRIX}.csv?q=zzz").content.count(b"\n") == 1


def test_side_by_side_export_omits_equal_criteria_for_only_differences(flask: Rating, client: Client) -> None:
    factories.make_criterion(name="Silent for all")
    assert len(get(client, f"{LIVE}.json")["criteria"]) == 4
    assert [one["slug"] for one in get(client, f"{LIVE}.json?only=differences")["criteria"]] == [
        "async",
        "docs",
    ]


# How it is answered


@pytest.mark.parametrize("view", VIEWS)
def test_exports_send_content_type_filename_etag_and_canonical_link(
    flask: Rating, client: Client, view: str, settings: Settings
) -> None:
    settings.SITE_URL = "https://t.example"
    path, page = address(client, view), "/" if view == MATRIX else f"{address(client, view)}/"
    today, same = timezone.localdate(), {"X-Request-ID": "the-same-for-both"}
    name = {
        MATRIX: f"touchstone-{today}",
        LIVE: f"django-vs-flask-{today}",
        "snapshot": f"django-vs-flask-{today}-{path.removeprefix('/s/')[:8]}",
    }[view]
    for ending, kind, disposition in [
        ("csv", "text/csv; charset=utf-8", "attachment"),
        ("json", "application/json; charset=utf-8", "inline"),
        ("md", "text/markdown; charset=utf-8", "inline"),
    ]:
        answer = client.get(f"{path}.{ending}", headers=same)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Content-Disposition"] == f'{disposition}; filename="{name}.{ending}"'
        assert answer["Link"] == f'<https://t.example{page}>; rel="canonical"'
        assert answer.get("X-Robots-Tag") == ("noindex" if view == "snapshot" else None)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        head = client.head(f"{path}.{ending}", headers=same)
        assert (head.status_code, head.content, dict(head.items())) == (200, b"", dict(answer.items()))
        again = client.get(f"{path}.{ending}", headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        strong = answer["ETag"].startswith('"')
        assert (strong, "immutable" in answer.get("Cache-Control", "")) == (view == "snapshot",) * 2
        assert client.post(f"{path}.{ending}").status_code == 405


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "path, status, sentence",
    [
        ("/compare/flask", 400, "Name 2 to 5 frameworks, as in first-vs-second."),
        ("/compare/-vs-", 400, "Name 2 to 5 frameworks, as in first-vs-second."),
        ("/compare/flask-vs-hidden", 404, "There is no framework called “hidden” here."),
        ("/compare/a-vs-b-vs-flask-vs-%00", 404, "There is no framework called “a”, “b” or “\0” here."),
        (f"/compare/{'x' * 50_000}-vs-flask", 404, f"There is no framework called “{'x' * 59}…” here."),
        ("/compare/" + "-vs-".join("abcdefg"), 404, "“a”, “b”, “c”, “d” or “e” here."),
        (
            "/compare/flask-vs-django{old}",
            404,
            "On 1 January 2020 there was no framework called “flask” or “django” here.",
        ),
        (f"/s/{'a' * 26}", 404, "There is no permanent copy at this address."),
    ],
)
def test_exports_explain_invalid_comparisons_and_unknown_snapshots(
    flask: Rating, client: Client, path: str, status: int, sentence: str, ending: str
) -> None:
    query = "?as-of=2020-01-01" if "{old}" in path else ""
    answer = client.get(f"{path.replace('{old}', '')}.{ending}{query}")
    assert answer.status_code == status
    if ending == "json":
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], sentence in problem["detail"]) == (status, True)
    else:
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert sentence in answer.content.decode()


def test_side_by_side_export_of_more_than_five_is_that_of_the_matrix(client: Client) -> None:
    slugs = sorted(factories.make_framework().slug for _ in range(6))
    answer = client.get(f"/compare/{'-vs-'.join(slugs)}.md?baseline={slugs[0]}")
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/matrix.md?{'&'.join(f'among={slug}' for slug in slugs)}&baseline={slugs[0]}",
    )


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("path", [MATRIX, LIVE])
@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "w-async=9" + "9" * 5000,
        "as-of=0000-00-00",
        "baseline=%ff&sort=x&criteria=|",
        f"q={'x' * 50_000}",
    ],
)
def test_exports_tolerate_hostile_parameters(
    flask: Rating, client: Client, path: str, query: str, ending: str
) -> None:
    assert client.get(f"{path}.{ending}?{query}").status_code == 200


def test_matrix_export_works_on_an_empty_portal(client: Client) -> None:
    assert get(client, f"{MATRIX}.json")["revision"] is None
    assert "before the first revision" in client.get(f"{MATRIX}.md").content.decode()
    assert client.get(f"{MATRIX}.csv").content.startswith(b"\xef\xbb\xbfframework,criterion,")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("ending", ENDINGS)
def test_exports_query_count_is_constant(
    client: Client, count: int, ending: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_items(count)
    kept = frozen_of(client)
    for path, queries in [(MATRIX, 15), ("/compare/f0-vs-f1", 15), (kept, 1)]:
        with django_assert_num_queries(queries):
            client.get(f"{path}.{ending}")


def frozen_of(client: Client) -> str:
    return str(client.post("/compare/f0-vs-f1/freeze/")["Location"]).rstrip("/")


# In the pages


@pytest.mark.parametrize("view", ["/", f"{LIVE}/", "snapshot"])
def test_comparison_pages_link_to_exports_of_the_shown_view(flask: Rating, client: Client, view: str) -> None:
    url = f"{frozen(client)}/" if view == "snapshot" else f"{view}?w-async=5"
    page = read(client.get(url).content)
    links = [link for link in page.all("details#menu-take a") if link.text in {"CSV", "JSON", "Markdown"}]
    assert [link.text for link in links] == ["Markdown", "CSV", "JSON"]
    buttons = page.all("details#menu-take button[data-copy-file]")
    assert [(button.text, button["data-copy-file"]) for button in buttons] == [
        (f"Copy as {link.text}", link["href"]) for link in links
    ]
    if view != "snapshot":
        assert all(link["href"].endswith("?w-async=5&w-docs=2&w-tests=1") for link in links)
        fragment = read(client.get(url, headers={"HX-Request": "true"}).content)
        assert {link["href"] for link in links} <= {
            link["href"] for link in fragment.all("details#menu-take a")
        }
    data = get(client, links[2]["href"])
    assert data["weights"]["async"] == (3 if view == "snapshot" else 5)
    assert data["address"].endswith(url if view == "snapshot" else f"{view}?w-async=5&w-docs=2&w-tests=1")


def test_names_of_files_tell_views_and_days_apart(flask: Rating, client: Client) -> None:
    def name(address: str) -> str:
        return client.get(address)["Content-Disposition"].partition('"')[2].removesuffix('.csv"')

    today = timezone.localdate()
    assert name("/matrix.csv?among=django&among=flask") == f"touchstone-django-vs-flask-{today}"
    assert name(f"/matrix.csv?as-of={today}") == name("/matrix.csv") == f"touchstone-{today}"
    weighed = {name(f"/compare/django-vs-flask.csv?w-async={weight}") for weight in (8, 9)}
    assert len(weighed) == 2
    assert all(re.fullmatch(rf"django-vs-flask-[0-9a-f]{{8}}-{today}", each) for each in weighed)
    long = "&".join(f"among={factories.make_framework(slug='x' * 40 + str(each)).slug}" for each in range(9))
    assert len(name(f"/matrix.csv?{long}")) < 130


def test_llms_txt_lists_the_matrix_exports(client: Client) -> None:
    told = client.get("/llms.txt").content.decode()
    for ending in ENDINGS:
        assert f"{MATRIX}.{ending})" in told
