"""Exports that were opened and saved in other programs, and files as those write them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frameworks.models import Claim, Source
from frameworks.record import revisions
from frameworks.tables import header, imports, kinds, reading, sheets
from frameworks.tables.kinds import KINDS
from frameworks.tables.rows import ImportRow, Status
from tests import factories
from tests.desk.reading import text_of
from tests.factories import one_of_each
from tests.frameworks.tables import programs
from tests.frameworks.tables.importing import counts, preview, upload
from tests.frameworks.tables.importing import page as page_of

pytestmark = pytest.mark.django_db

SAME, NEW, CHANGED, REFUSED = Status.SAME, Status.NEW, Status.CHANGED, Status.REFUSED

#: Keys that spreadsheets take for numbers, dates and TRUE.
KEYS = [
    "000",
    "001",
    "012",
    "1e5",
    "3-1",
    "2026-11",
    "001-60",
    "true",
    "sep-17",
    "123456789012",
    "12345678901234567890",
]
#: Text that they take for anything, run, or break.
TEXTS = [
    "", "=1+1", "+1", "-1", "@SUM(A1)", "10/01/2025", "3.10", "5.2.19", "86%", "true", "1/2", "#N/A", "'tis", "Yes",
    "0012", "two\nlines", 'quotes " ; , \t here', "Größe – “naïve” café", "1e3", "29/11/2026", "None",
]  # fmt: skip
PROGRAMS = [programs.excel, programs.german_excel, programs.libre_office, programs.numbers, programs.pandas]


def compared(kind: str, name: str, data: bytes) -> list[ImportRow]:
    sheet = reading.read(name, data, KINDS[kind].headings)
    header.check_columns(KINDS[kind], sheet.header)
    return imports.compare(KINDS[kind], sheet, sheets.first_row(name))


def told(rows: list[ImportRow]) -> list[str]:
    return [f"{row.key} {row.status}: {row.problems}" for row in rows if row.status != SAME]


def make_world() -> None:
    one_of_each()
    factories.make_figure(setup="1-2", release="3.10")
    for number, key in enumerate(KEYS):
        source = factories.make_source(key=key, line_count=9_000 + number if number else None)
        factories.make_claim(key=f"{number + 1}-{number + 5}", source=source)
        factories.make_answer(source=source, line=number + 1)
    claim = Claim.objects.get(key="1-5")
    factories.make_trait(claims=[claim])
    for number, text in enumerate(TEXTS):
        factories.make_source(
            key=f"text-{number}", short_name=f"Text {number}", note=text, date_stated=text[:120]
        )


@pytest.mark.slow
def test_round_trip_through_other_programs_changes_nothing() -> None:
    make_world()
    for number, kind in enumerate(KINDS.values()):
        exported = sheets.write(kind.sheet(), "csv")
        # Each through one of the programs, in turn, and through all what has the dates, keys and texts.
        through = PROGRAMS if kind.name in {"source", "claim"} else PROGRAMS[number % len(PROGRAMS) :][:1]
        files = {name: data for program in through for name, data in program(exported).items()}
        if through is PROGRAMS:
            files["again.xlsx"] = programs.resaved_workbook(sheets.write(kind.sheet(), "xlsx"))
        for name, data in files.items():
            rows = compared(kind.name, name, data)
            assert (kind.name, name, told(rows)) == (kind.name, name, [])
            assert len(rows) == kind.facts().count()
    assert Source.objects.filter(key__in=KEYS).count() == len(KEYS)
    assert kinds.VERSION in KINDS["source"].typed


def result(kind: str, text: str, name: str = "x.csv") -> list[tuple[Status, str]]:
    """The status and the first problem of each row of a file."""
    rows = compared(kind, name, text.encode())
    return [
        (row.status, " ".join(f"{problem.column}: {problem.sentence}" for problem in row.problems))
        for row in rows
    ]


# Keys


def test_import_recognises_keys_that_a_spreadsheet_has_changed() -> None:
    for key in ("000", "001", "3-1", "7"):
        factories.make_source(key=key)
    source = Source.objects.get(key="000")
    claim = factories.make_claim(key="000-12", source=source)
    assert result("source", "key,note,version\n0,New,1\n1,,1\n01.03.2026,New,1") == [
        (CHANGED, ""), (SAME, ""), (CHANGED, ""),
    ]  # fmt: skip
    [row] = compared("claim", "x.csv", b"key,source,version\n000-12,0,1.0")
    assert (row.status, row.taken_as) == (SAME, (("source", "0", "000"),))
    assert row.fact == claim
    # Without a version, it is the same source, not another one.
    [(status, sentence)] = result("source", "key,note,version\n0,New,")
    assert (status, sentence[:28]) == (REFUSED, "version: This already exists")
    # What no spreadsheet writes has been typed: another key.
    new = "key,short_name,title,read_on,version\n{},A new one,Title,2026-11-20,"
    assert result("source", new.format("007")) == [(NEW, "")]
    assert result("source", new.format("002")) == [(NEW, "")]


def test_import_refuses_keys_that_may_be_several() -> None:
    for key in ("0", "000", "01", "001"):
        factories.make_source(key=key)
    assert result("source", "key,note,version\n0,New,1") == [(CHANGED, "")]
    [(status, sentence), other] = result("source", "key,note,version\n0,First,1\n0,Second,1")
    assert (status, other[0]) == (REFUSED, REFUSED)
    assert sentence == ": Several rows have the key “0”. It may be “0” or “000”: import an XLSX file."
    [(status, sentence)] = result("source", "key,note,version\n1,New,1")
    assert (status, sentence) == (
        REFUSED,
        ": No such source: “1”. Did you mean “001” or “01”?",
    )


def test_import_leaves_a_reference_alone_that_may_be_the_one_that_was_exported() -> None:
    sources = {key: factories.make_source(key=key) for key in ("0", "000", "7")}
    factories.make_claim(key="a-claim", source=sources["000"])
    for cell, status, key in [("0", SAME, "000"), ("7", CHANGED, "7")]:
        [row] = compared("claim", "x.csv", f"key,source,version\na-claim,{cell},1".encode())
        assert row.mine is not None
        assert (row.status, row.mine["source"]) == (status, [key])


def test_import_advice_never_leads_to_a_duplicate() -> None:
    django = factories.make_framework(slug="django", name="Django")
    criterion = factories.make_criterion(slug="learning-curve", name="Learning curve")
    factories.make_rating(framework=django, criterion=criterion)
    for text, sentence in [
        ("framework,criterion,version\nDjango,learning-curve,1", "called “Django”. Did you mean “django”?"),
        ("framework,criterion,version\ndjango,Learning curve,1", "Did you mean “learning-curve”?"),
        ("framework,criterion,version\ndjagno,learning-curve,1", "Did you mean “django”?"),
        (
            "framework,criterion,version\nnothing,learning-curve,1",
            "framework: There is no framework called “nothing”.",
        ),
    ]:
        [(status, said)] = result("rating", text)
        assert status == REFUSED
        assert sentence in said
        assert "leave “version” empty" not in said
    for text, advice in [
        ("slug,name,version\ndjnago,Django,3", "No such framework: “djnago”. Did you mean “django”?"),
        ("slug,name,version\nhorse,Django,3", "No such framework: “horse”."),
        (
            "slug,name,version\nhorse,Horse,3",
            "No such framework: “horse”. To create it, leave “version” empty.",
        ),
    ]:
        [(status, said)] = result("framework", text)
        assert (status, said) == (REFUSED, f": {advice}")


# Values


def test_import_reads_values_as_programs_write_them() -> None:
    rating = factories.make_rating(score=3, verdict="3.10", reviewed_on="2026-11-03")
    key = f"{rating.framework.slug},{rating.criterion.slug}"
    head = "framework,criterion,score,is_published,reviewed_on,version,verdict\n"
    for cells in [
        "3.0,TRUE,2026-11-03 00:00:00,1.0,3.1",
        '"3,0",WAHR,03.11.2026,1,3.10',
        "3,1,11/3/2026,1,3.1",
        "3,1.0,03/11/2026 00:00,1, 3.10 ",
        "3,Yes,3-Nov-26,1,03. Okt",
    ]:
        assert (cells, result("rating", f"{head}{key},{cells}")) == (cells, [(SAME, "")])
    for cells, name, value in [
        ("4.0,ja,2026-11-03,1,3.10", "score", 4),
        ("3,ja,29/11/2026 00:00:00,1,3.10", "reviewed_on", "2026-11-29"),
        ("3,FALSCH,2026-11-03,1,3.10", "is_published", False),
        ("3,yes,NaN,1,3.10", "reviewed_on", None),
        ("3,yes,2026-11-03,1,3.11", "verdict", "3.11"),
    ]:
        [row] = compared("rating", "x.csv", f"{head}{key},{cells}".encode())
        assert row.mine is not None
        assert (row.status, row.mine[name]) == (CHANGED, value)


def test_import_reads_all_dates_of_a_file_in_one_order() -> None:
    one, two = (factories.make_source(read_on="2026-11-20") for _ in range(2))
    for first, second, read in [
        ("03/11/2026", "25/11/2026", "2026-11-03"),
        ("03/11/2026", "11/25/2026", "2026-03-11"),
        ("03.11.2026", "04.11.2026", "2026-11-03"),
    ]:
        rows = compared(
            "source", "x.csv", f"key,read_on,version\n{one.key},{first},1\n{two.key},{second},1".encode()
        )
        assert rows[0].mine is not None
        assert rows[0].mine["read_on"] == read
    [(status, sentence), _] = result(
        "source", f"key,read_on,version\n{one.key},3/11/2026,1\n{two.key},4/11/2026,1"
    )
    assert (status, sentence[:39]) == (REFUSED, "read_on: “3/11/2026” may be 11 March 20")


def test_import_takes_what_a_spreadsheet_has_left_alone_for_untouched_when_others_have_edited() -> None:
    source = factories.make_source(key="000", date_stated="10/01/2025")
    source.note = "Bob’s."
    revisions.save(source, by=factories.MAKER, reason="Meanwhile.", seen=1)
    [row] = compared("source", "x.csv", b"key,date_stated,note,version\n0,2025-01-10,,1")
    assert (row.status, row.problems) == (SAME, ())


def test_import_takes_what_pandas_has_emptied_for_untouched_unless_such_a_word_is_left() -> None:
    for key in ("000", "001"):
        factories.make_source(key=key, note="None")
    [one, two] = compared("source", "x.csv", b"key,note,version\n000,,1\n001,NaN,1")
    assert {one.status, two.status} == {SAME}
    assert [(taken.cell, taken.text) for taken in one.taken_as] == [("", "None")]
    [one, two] = compared("source", "x.csv", b"key,note,version\n000,,1\n001,None,1")
    assert (one.status, two.status) == (Status.CHANGED, SAME)


# Columns and rows


def test_import_leaves_out_empty_columns_and_blank_rows() -> None:
    factories.make_framework(slug="cherrypy", name="CherryPy")
    quart = factories.make_framework(slug="quart", name="Quart")
    assert result(
        "framework", "slug,name,tagline,version,,\r\ncherrypy,CherryPy,Old one,1,,\r\n,,,,,\r\n"
    ) == [(CHANGED, "")]
    assert result("framework", "slug,,name,version\ncherrypy,,CherryPy,1") == [(SAME, "")]
    assert result("framework", " Version;NAME ;Slug;Published\n1;CherryPy;cherrypy;1") == [(SAME, "")]
    assert result("framework", "slug,name,version,tagline\ncherrypy,CherryPy,1") == [(SAME, "")]
    [(status, sentence)] = result("framework", "slug,name,version\ncherrypy,Cherry,Py,1")
    assert status == REFUSED
    assert "The row goes on beyond the last column: “1”." in sentence
    [(status, sentence)] = result(
        "framework", f"slug,name,is_published,version\r\nquart-two, {quart.name},yes,\r\n"
    )
    assert status == REFUSED
    assert "“Quart”" in sentence


def test_import_maps_unknown_columns_on_the_page(ada: Client) -> None:
    factories.make_framework(slug="cherrypy", name="CherryPy")

    def sent(data: str) -> str:
        return upload(ada, "framework", SimpleUploadedFile("x.csv", data.encode()))

    url = sent(",slug,taglin,Notes,version\n0,cherrypy,Old one,Look at it again,1\n")
    page = preview(ada, url)
    assert counts(page) == "All 1 New 0 Changed 0 Same 1 Refused 0"
    assert [label.text for label in page.all("form.file-columns label")] == ["(column A)", "taglin", "Notes"]
    assert page.one("#id_column-2 option[selected]").text == "tagline"
    assert "for example “Old one”" in page.one("form.file-columns").text
    # What is misspelt is not left out by mistake.
    assert not page.all("input[name=reason]")
    assert "Choose first, above the rows," in text_of(ada.post(url, {"reason": "From the table."}))
    answer = ada.post(url, {"columns": "1", "column-0": "name", "column-3": "name"})
    assert "Choose each column once." in text_of(answer)
    for _ in range(2):
        ada.post(url, {"columns": "1", "column-0": "", "column-2": "tagline", "column-3": ""})
    page = preview(ada, url)
    assert counts(page) == "All 1 New 0 Changed 1 Same 0 Refused 0"
    assert "For information only, and ignored: (A), (Notes)." in page.text
    assert not page.all("form.file-columns")
    # Which row is about what can be said, too.
    url = sent("Framework ID,tagline,version\ncherrypy,Old one,1")
    page = preview(ada, url)
    assert "The column “slug” is missing. It identifies each row." in page.one("p.errornote").text
    assert ada.post(url, {"reason": "x"}).status_code == 200
    ada.post(url, {"columns": "1", "column-0": "slug"})
    assert counts(preview(ada, url)) == "All 1 New 0 Changed 1 Same 0 Refused 0"


def test_import_refuses_what_was_opened_in_the_wrong_encoding(ada: Client) -> None:
    """As LibreOffice does it without a window, in which it would ask."""
    factories.make_source(note="naïve")
    data = sheets.write(KINDS["source"].sheet(), "csv").decode("cp1252").encode()
    page = ada.post(page_of("source"), {"file": SimpleUploadedFile("x.csv", data)})
    assert "had opened it in the wrong encoding" in text_of(page)


def test_import_says_how_the_file_was_read(ada: Client) -> None:
    source = factories.make_source(key="000", short_name="Größe")
    data = f"key;short_name;version\r\n0;Größe;{source.version}".encode("cp1252")
    text = text_of(ada.post(page_of("source"), {"file": SimpleUploadedFile("x.csv", data)}, follow=True))
    assert "it was read as Windows-1252" in text
    assert "The columns are separated by semicolons." in text
    assert "key : “0” was taken for “000”" in text
    assert "All 1 New 0 Changed 0 Same 1 Refused 0" in text
