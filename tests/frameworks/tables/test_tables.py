"""Tables of facts as files: exporting and importing again changes nothing, and what is no such table is refused."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from frameworks.models import Relation, Revision, Versioned
from frameworks.models.constraints import is_satisfied
from frameworks.record import seeding
from frameworks.tables import imports, kinds, reading, sheets, spreadsheets, workbooks
from frameworks.tables.rows import Status
from frameworks.tables.sheets import Sheet, Unreadable, Unwritable
from tests import factories
from tests.factories import one_of_each

ODD = [
    "",
    " leading and trailing ",
    "two\nlines",
    "\n",
    "CR\r and CRLF\r\n",
    'quotes " and ; and , here',
    "ünï–côdé 😀 \u2028 \ufeff",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    "'",
    "''",
    "'tis",
    "'=1",
    "#N/A",
    "_x000D_ as it stands",
    "\x0b \x1f \ufffe",
    "yes",
    "2026-11-20",
    "0012",
    "1e3",
    "null",
]


def table(*rows: str, header: str = "a,b") -> bytes:
    return "\n".join([header, *rows]).encode()


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(package: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook with changed parts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return stream.getvalue()


HEADINGS = {"name": "name", "slug": "slug", "is_published": "is_published"}


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(Unreadable) as found:
        reading.read(name, data, HEADINGS)
    return str(found.value)


# Round trips


@pytest.mark.parametrize("name", sheets.FORMATS)
def test_sheets_round_trip_preserves_odd_values(name: str) -> None:
    sheet = Sheet(["key", "value"], [[str(number), value] for number, value in enumerate(ODD)])
    assert reading.read(f"odd.{name}", sheets.write(sheet, name)) == sheet


@pytest.mark.parametrize("name", ["csv", "json"])
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2
        ),
        min_size=1,
    )
)
def test_sheets_round_trip_preserves_any_text(name: str, rows: list[list[str]]) -> None:
    sheet = Sheet(["key", "a", "b"], [["k", *row] for row in rows])
    assert reading.read(f"any.{name}", sheets.write(sheet, name)) == sheet


def test_sheets_write_escapes_formulas() -> None:
    """A program that runs what starts with = + - @ tab or CR finds an apostrophe there; a workbook's cells are text."""
    sheet = Sheet(["value"], [[value] for value in ODD if value])
    rows = list(csv.reader(io.StringIO(sheets.write(sheet, "csv").decode("utf-8-sig"), newline="")))
    assert not [row for row in rows if row[0].startswith(("=", "+", "-", "@", "\t", "\r"))]
    cells = list(load_workbook(io.BytesIO(sheets.write(sheet, "xlsx"))).worksheets[0].iter_rows())
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert not [
        cell.value for [cell] in cells if str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))
    ]


def test_sheets_write_starts_csv_with_byte_order_mark() -> None:
    assert sheets.write(Sheet(["a"], [["ü"]]), "csv").startswith(b"\xef\xbb\xbf")


def test_sheets_write_rejects_cell_too_long_for_workbook() -> None:
    long = Sheet(["a"], [["x" * 32_768]])
    with pytest.raises(Unwritable, match="32,768 characters is too long for a workbook"):
        sheets.write(long, "xlsx")
    assert reading.read("long.csv", sheets.write(long, "csv")) == long


def test_kinds_cover_every_versioned_model() -> None:
    recorded = {model._meta.model_name for model in apps.get_models() if issubclass(model, Versioned)}
    assert set(kinds.KINDS) == recorded


@pytest.mark.django_db
def test_kinds_key_columns_identify_the_fact() -> None:
    for fact in one_of_each():
        kind = kinds.KINDS[str(fact._meta.model_name)]
        keys = ["/".join(row[: len(kind.key)]) for row in kind.sheet().rows]
        assert keys.count(fact.key_text) == 1
        assert kind.columns[: len(kind.key)] == list(kind.key)


@pytest.mark.django_db
def test_import_of_exported_seed_changes_nothing() -> None:
    seeding.plant(seeding.fixture_files(settings.BASE_DIR / "fixtures"))
    before = Revision.objects.count()
    for kind in kinds.KINDS.values():
        sheet = kind.sheet()
        assert sheet.rows
        for name in sheets.FORMATS if kind.name in {"claim", "rating"} else ["csv"]:
            again = reading.read(f"seed.{name}", sheets.write(sheet, name))
            assert again == sheet
        rows = imports.compare(kind, sheet, 2)
        assert {row.status for row in rows} == {Status.SAME}
        assert imports.confirm(kind, sheet, 2, by=factories.MAKER, reason="Again.") == []
    assert Revision.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", sheets.FORMATS)
def test_import_of_exported_odd_values_changes_nothing(name: str) -> None:
    for number, odd in enumerate(ODD):
        factories.make_source(
            key=f"odd-{number}", short_name=f"S{number}", note=odd, description=odd, line_count=None
        )
    kind = kinds.KINDS["source"]
    again = reading.read(f"odd.{name}", sheets.write(kind.sheet(), name))
    assert {row.status for row in imports.compare(kind, again, 2)} == {Status.SAME}


@pytest.mark.django_db
def test_sheets_write_only_the_header_of_an_empty_table() -> None:
    assert sheets.write(kinds.KINDS["facet"].sheet(), "csv").decode("utf-8-sig").strip() == (
        "slug,name,help,requires_all,position,version"
    )
    assert json.loads(sheets.write(kinds.KINDS["facet"].sheet(), "json")) == []


# Files of other programs


def test_sheets_read_workbook_with_typed_cells_and_blank_rows() -> None:
    """Numbers, dates and ticks come as such; blank rows keep their place, and blank cells at the end are none."""
    read = reading.read(
        "x.XLSX",
        workbook(
            ["score", "reviewed_on", "is_published", "note", None],
            [4, date(2026, 11, 20), True, "text", None],
            [None, None, None, None],
            [4.0, datetime(2026, 1, 2), False, None, ""],  # noqa: DTZ001 - as a workbook has it
            [2.5, None, None, "'tis"],
        ),
    )
    assert read.header == ["score", "reviewed_on", "is_published", "note"]
    assert read.rows == [
        ["4", "2026-11-20", "TRUE", "text"],
        [],
        ["4", "2026-01-02", "FALSE", ""],
        ["2.5", "", "", "'tis"],
    ]


def test_sheets_read_json_with_typed_values() -> None:
    read = reading.read("x.json", b'[{"a": 1, "b": true, "c": null}, {"c": NaN, "b": false, "a": 1e999}]')
    assert read == Sheet(["a", "b", "c"], [["1", "true", ""], ["1e999", "false", ""]])


@pytest.mark.parametrize(
    "text",
    [
        '{"key": "1", "note": null}\n{"key": 2, "note": "x"}\n',  # JSON Lines
        '[["key", "note"], ["1", null], [2, "x"]]',
        '{"columns": ["key", "note"], "index": [0, 1], "data": [["1", null], [2, "x"]]}',
        '{"0": {"key": "1", "note": null}, "1": {"key": 2, "note": "x"}}',
        '{"key": {"0": "1", "1": 2}, "note": {"0": null, "1": "x"}}',
        '{"schema": {"fields": []}, "data": [{"key": "1", "note": null}, {"key": 2, "note": "x"}]}',
    ],
)
def test_sheets_read_json_in_whatever_form_frames_are_saved(text: str) -> None:
    names = {"key": "key", "note": "note"}
    sheet = reading.read("x.jsonl", text.encode(), names)
    assert (sheet.header, sheet.rows) == (["key", "note"], [["1", ""], ["2", "x"]])


def test_dates_may_be_the_seconds_until_their_beginning() -> None:
    day = {date(2026, 11, 20)}
    for zeros in ("", "000", "000000", "000000000"):
        assert {*spreadsheets.dates(f"1795132800{zeros}").values()} == day
    assert spreadsheets.dates("1795132801") == spreadsheets.dates("12345678901") == {}


def test_sheets_read_csv_whose_quotation_marks_follow_a_backslash() -> None:
    sheet = reading.read("x.csv", b'a,b\n"say \\"yes\\"","a \\\\ b"\n')
    assert sheet.rows == [['say "yes"', "a \\ b"]]
    assert sheet.notes == ["Quotation marks inside texts follow a backslash."]
    assert "line 2 has something between" in refusal("x.csv", b'a,b\n"say \\"yes\\"","C:\\dir"\n')


def test_sheets_read_csv_without_byte_order_mark_and_with_blank_lines() -> None:
    assert reading.read("x.csv", table("1,2", "", "3,ü")).rows == [["1", "2"], [], ["3", "ü"]]


@pytest.mark.parametrize(
    "data",
    [
        b"name;slug;;\r\nx;y;;\r\n",
        b"name\tslug\nx\ty",
        b"sep=;\r\nname;slug\r\nx;y\r\n",
        "\ufeffname,slug\nx,y".encode("utf-16-le"),
        "name\tslug\r\nx\ty\r\n".encode("utf-16-be"),
        "name\tslug\r\nx\ty\r\n".encode("utf-16"),
        b'\xef\xbb\xbf"name","slug"\n"x","y"\n\n,\n',
        b"name,,slug,\nx,,y,\n , ,,",
        "\u00a0Name ,SLUG\nx,y".encode(),
        b"Table 1\n\nname|slug\nx|y",
        b"name,slug\rx,y\r",
        b"Name,Slug\nx,y,,,,",
        b'"sep=;",,,\r\nname;slug,,,\r\nx;y,,,\r\n',
        b"sep=\\t\nname\tslug\nx\ty",
        b"sep=;\nname,slug\nx,y",
        b'"name,slug"\r\n"""x"",y"\r\n',
        b'name,slug\r\n"""x"",y"\r\n',
        b'name,slug;;;\r\n"x,""y""";;;\r\n',
        b'"name;slug",,\r\n"""x"";y",,\r\n',
    ],
)
def test_sheets_read_finds_separator_encoding_and_header(data: bytes) -> None:
    read = reading.read("x.csv", data, HEADINGS)
    assert read.header == ["name", "slug"]
    assert [row for row in read.rows if row] == [["x", "y"]]


def test_sheets_read_refuses_older_encodings_that_make_no_words() -> None:
    for encoding, words in {
        "mac_roman": "5 €|“hi”",
        "iso8859-15": "5 €|café 5 €|œuvre",
        "cp1250": "Tomáš Novák|Dvořák|Čapek|město|dům|być|idő|łódź|Škoda|mąż|1 ł",
        "cp1257": "vēsture|valodā|š|ģimenē|kļūda|Lietuvių",
        "cp437": "café|März|Größe|für|España|música|mañana|schön",
        "cp850": "não|café|März|música|Größe|wäre",
    }.items():
        for word in words.split("|"):
            said = refusal("x.csv", f"name,slug\nplain,x\n{word},y".encode(encoding))
            assert "cannot be told: line 3 would read “" in said, (encoding, word)


def test_sheets_read_takes_words_of_western_europe_in_an_older_encoding() -> None:
    for words in (
        "Straße für Übung, Ärger, Öl, GRÖSSE",
        "château, où, déjà-vu, cœur, L’été, maïs, Noël, garçon, 1ère, « oui », ÉTÉ, À propos, voilà…",
        "España, ¿Qué?, ¡Hola!, mañana, pingüino, 1ª, 2º",
        "não, coração, limões, põe, você, mãe, irmãs, cães, Ângela",
        "perché, è, città, più, caffè, così, però, È",
        "København, Århus, smørrebrød, på, Ø, én, å, Malmö, Västerås, ö, Åland",
        "coördinatie, België, ideeën, één, Zoë, Brontë, col·lecció, història, Barça",
        "5 €, €5, £100, 20 °C, n°5, m², ½, ±5 %, § 5, 5 §, „so“, ‚x‘, it’s, “quoted”, Python®, Foo™, a—b",
    ):
        read = reading.read("x.csv", f"name;slug\n{words};y".encode("cp1252"), HEADINGS)
        assert read.rows == [[words, "y"]]


def test_sheets_read_divides_rows_that_were_saved_in_one_column() -> None:
    """Excel in much of Europe opens a file with commas in one column, and saves it so."""
    saved = b'name,slug,note\r\n"x,y,""a, b\nc """"d""""""";;\r\nz,w,v;;\r\n'
    read = reading.read("x.csv", saved, HEADINGS)
    assert read.rows == [["x", "y", 'a, b\nc "d"'], ["z", "w", "v"]]


@pytest.mark.parametrize(
    "encoding, note",
    [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman"), ("utf-8", ""), ("utf-16", "")],
)
def test_sheets_read_takes_older_encodings_and_says_so(encoding: str, note: str) -> None:
    read = reading.read("x.csv", "name,slug\nGrößte – “naïve” été,y".encode(encoding), HEADINGS)
    assert read.rows == [["Größte – “naïve” été", "y"]]
    assert [*read.notes] == (
        [f"The file is not in UTF-8, so it was read as {note}. Check the letters with accents."]
        if note
        else []
    )


def test_sheets_read_names_columns_without_names_and_keeps_rows_that_are_too_long() -> None:
    read = reading.read("x.csv", b",name,Notes,Notes,slug,\n0,x,a,b,y,\n1,x\n2,x,,,y,,more", HEADINGS)
    assert read.header == ["(column A)", "name", "Notes", "(Notes column D)", "slug"]
    assert read.rows == [["0", "x", "a", "b", "y"], ["1", "x", "", "", ""], ["2", "x", "", "", "y", "more"]]
    assert reading.read("x.xlsx", workbook(["name"], ["x", "y"])).header == ["name", "(column B)"]


def test_sheets_write_keeps_text_as_text_in_a_workbook() -> None:
    data = sheets.write(Sheet(["key", "line", "note"], [["000", "12", ""]], typed={"line"}), "xlsx")
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.number_format for cell in page[2]] == ["@", "General", "@"]
    assert page.column_dimensions["A"].number_format == "@"  # of rows that are written below, too


# Refusals


@pytest.mark.parametrize(
    "name, data, sentence",
    [
        (
            "x.doc",
            b"a",
            "must end in .csv, .xlsx, .json, .tsv, .tab, .txt, .xlsm, .ods, .fods, .jsonl or .ndjson.",
        ),
        (
            "x",
            b"a",
            "must end in .csv, .xlsx, .json, .tsv, .tab, .txt, .xlsm, .ods, .fods, .jsonl or .ndjson.",
        ),
        ("x.numbers", b"a", "Save the table as XLSX or CSV and upload that."),
        ("x.xlsx", b"\xd0\xcf\x11\xe0", "The workbook is encrypted, or in an older format of Excel."),
        ("x.csv", b"", "The file is empty."),
        ("x.csv", b" \n\n", "The file is empty."),
        ("x.csv", b"a,b\n", "The file has no rows below the first"),
        ("x.csv", b"a,b\n,\n", "The file has no rows below the first"),
        ("x.csv", b"x" * 10_000_001, "The file is larger than 10 MB."),
        (
            "x.csv",
            "a,b\n1,Жар-Птица".encode("cp1251"),
            "which encoding it is in cannot be told: line 2 would read “",
        ),
        ("x.csv", b"\xff\xfea,b", "The file is damaged: it is not valid UTF-16."),
        ("x.csv", b"a,b\n1,\0", "it contains NUL bytes"),
        ("x.csv", b'a,b\n1,"2', "CSV: line 2 has a quotation mark that is never closed."),
        ("x.csv", b'a,b\n"1"x,2', "CSV: line 2 has something between a closing quotation mark and the next"),
        ("x.csv", b"Name,name\nx,y", "Two columns are called “name”."),
        ("x.csv", table(*["1,2"] * 20_001), "more than 20,000 rows"),
        ("x.csv", table("1," * 50 + "1", header=",".join(map(str, range(51)))), "more than 50 columns"),
        ("x.json", b"{", "The file is not valid JSON: line 1 cannot be read from character 2 on."),
        ("x.json", b"[" * 100_000, "The file is not valid JSON: its values are nested too deeply."),
        ("x.json", b'{"a": 1}\n{"a": 2', "The file is not valid JSON: line 2 cannot be read"),
        ("x.json", b'{"a": {"0": 1}, "b": {"1": 1}}', "Row 2 does not have the same columns"),
        ("x.json", b"{}", "The file must be a list of objects"),
        ("x.json", b"[1]", "The file must be a list of objects"),
        ("x.json", b"[]", "The file has no rows below the first"),
        ("x.json", b'[{"a": -Infinity}]', "-Infinity is not a number"),
        ("x.json", b'[{"a": 1, "a": 2}]', "Two columns are called “a”."),
        ("x.json", b'[{"a": 1}, {"b": 1}]', "Row 2 does not have the same columns as row 1."),
        ("x.json", b'[{"a": [1]}]', "Row 1, column 'a': it must be text, a number, yes or no."),
        (
            "x.json",
            b'[{"a": "\\u0000"}]',
            "Row 1, column 'a': it contains an invalid character, such as NUL.",
        ),
        ("x.json", b'[{"a": "\\ud800"}]', "it contains an invalid character"),
        ("x.json", b'[{"\\ud800": "1"}]', "it contains an invalid character"),
        ("x.xlsx", b"a,b", "The file is not a workbook"),
        ("x.xlsx", b"PK\x03\x04 and no more", "The file is not a workbook"),
        ("x.csv", b"a," * 20_001 + b"\nx", "more than 50 columns"),
        ("x.xlsx", workbook(["a"]), "The file has no rows below the first"),
    ],
    # Workbooks bear the time when they were made: in a test's name it would have each worker find other tests.
    ids=lambda value: "data" if isinstance(value, bytes) else None,
)
def test_sheets_read_rejects_invalid_file_with_message(name: str, data: bytes, sentence: str) -> None:
    assert sentence in refusal(name, data)


def test_sheets_read_rejects_zip_bomb_without_opening_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*args: object, **options: object) -> None:
        raise AssertionError("opened")

    book = workbook(["a"], ["x"])
    monkeypatch.setattr(workbooks, "load_workbook", opened)
    zeros = repacked(book, lambda name, data: b"0" * 50_000_000 if "sheet1" in name else data)
    assert len(zeros) < 100_000
    assert "is too large when unpacked" in refusal("x.xlsx", zeros)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for number in range(201):
            package.writestr(f"{number}.xml", b"<a/>")
    assert "is too large when unpacked" in refusal("x.xlsx", stream.getvalue())
    for content in (b"<a>" * 3_000_001, b"<a b='" + b"x" * 1_000_000):
        tags = repacked(book, lambda name, data, new=content: new if "sheet1" in name else data)  # type: ignore[misc]
        assert "is too large when unpacked" in refusal("x.xlsx", tags)


LAUGHS = '<?xml version="1.0"{}?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_sheets_read_rejects_xml_entities(encoding: str) -> None:
    laughs = LAUGHS.format(f' encoding="{encoding}"').encode(encoding)
    book = repacked(workbook(["a"], ["x"]), lambda name, data: laughs if "sheet1" in name else data)
    assert refusal("x.xlsx", book) == "The workbook defines XML entities. Save it as CSV."


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        (b"<sheetData>", b"<sheetData", "The file is not a readable workbook."),
        (b'r="A2"', b'r="nowhere"', "The file is not a readable workbook."),
        (b'<row r="2"', b'<row r="1048576"', "more than 20,000 rows"),
        (b'r="A2"', b'r="XFD2"', "Row 2 has cells up to column XFD."),
    ],
)
def test_sheets_read_rejects_damaged_and_unbounded_sheets(old: bytes, new: bytes, sentence: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        assert "sheet1" not in name or old in data
        return data.replace(old, new) if "sheet1" in name else data

    assert sentence in refusal("x.xlsx", repacked(workbook(["a"], ["x"]), change))


def test_sheets_read_rejects_part_with_false_size() -> None:
    book = bytearray(
        repacked(workbook(["a"], ["x"]), lambda name, data: data + b" " * 1000 * ("sheet1" in name))
    )
    place = book.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24  # its size in the directory at the end
    book[place : place + 4] = (10).to_bytes(4, "little")
    assert "The file is not a workbook, or it is damaged" in refusal("x.xlsx", bytes(book))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_sheets_read_rejects_part_that_no_spreadsheet_has_packed(packing: int) -> None:
    """A few bytes of these unpack to gigabytes, whatever the size that the file states."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * 1000)
    assert "The file is not a workbook, or it is damaged" in refusal("x.xlsx", stream.getvalue())


def test_sheets_read_chooses_the_sheet_whose_header_fits() -> None:
    def of(*titles: str, hidden: str = "") -> bytes:
        book = Workbook()
        for title in titles:
            page = book.create_sheet(title)
            page.append(["Name", "Slug"] if title.startswith("F") else ["Remember", "this"])
            page.append([title, "x"])
            page.sheet_state = "hidden" if title == hidden else "visible"
        del book["Sheet"]
        return saved(book)

    read = reading.read("x.xlsx", of("Notes", "F1", "More"), HEADINGS)
    assert read == Sheet(["name", "slug"], [["F1", "x"]])
    assert read.notes == ["Read from the sheet “F1”. Not read: “Notes” and “More”."]
    assert reading.read("x.xlsx", of("F1", "F2", hidden="F1"), HEADINGS).rows == [["F2", "x"]]
    assert refusal("x.xlsx", of("F1", "F2", "Notes")) == (
        "The sheets “F1” and “F2” have the same columns. Leave only one of them in the file."
    )
    assert refusal("x.xlsx", of("Notes", "More")).startswith("None of the workbook’s 2 sheets")


def test_sheets_read_takes_values_of_formulas_and_shows_those_that_have_none() -> None:
    book = workbook(["name", "slug"], ["=A1", "#REF!"], ["=A2", "x"])
    read = reading.read("x.xlsx", repacked(book, lambda name, data: data.replace(b"<v />", b"<v>7</v>", 1)))
    assert read.rows == [["7", "#REF!"], ["#FORMULA!", "x"]]


# Checks held against facts that are not saved


def test_sheets_read_opendocument_as_libreoffice_saved_it() -> None:
    """Without its pictures and styles. A flat one is the same XML without the package."""
    package = (Path(__file__).parent / "saved-by-libreoffice.ods").read_bytes()
    content = zipfile.ZipFile(io.BytesIO(package)).read("content.xml")
    flat = content.replace(b"office:document-content", b"office:document")
    for name, data in {"x.ods": package, "x.fods": flat}.items():
        assert reading.read(name, data).rows == [
            ["0", "Zero", "=1+1", "2026-11-20", "12", "two\nlines"],
            ["3-1", "Größe 😀", "+1", "29/11/2026", "5", "a  b"],
            ["TRUE", "@SUM(A1)", "", "2026-11-20", "1000", 'quotes " ; , here'],
        ]
    assert "XML entities" in refusal("x.fods", flat.replace(b"?>", b"?><!DOCTYPE x>", 1))
    assert "not a readable workbook" in refusal("x.fods", flat[:-9])
    wide = flat.replace(
        b'office:value-type="string"', b'table:number-columns-repeated="99999" office:value-type="string"'
    )
    assert "Row 1 has cells up to column" in refusal("x.fods", wide)
    tall = flat.replace(b"<table:table-row ", b'<table:table-row table:number-rows-repeated="9999999" ')
    assert "more than 20,000 rows" in refusal("x.fods", tall)


@pytest.mark.django_db
def test_is_satisfied_agrees_with_the_database() -> None:
    """Every check of every model, on facts that stand and on the same with each plain field put wrong."""
    wrong = [
        None,
        "",
        "UPPER",
        "a-vs-b",
        "ftp://x",
        "HTTP://x.org",
        "https://x y",
        -1,
        0,
        6,
        11,
        4000,
        True,
        False,
    ]
    judged = 0
    for fact in one_of_each():
        for check in (one for one in fact._meta.constraints if isinstance(one, CheckConstraint)):
            assert is_satisfied(check.condition, fact)  # type: ignore[arg-type]
            for field in fact._meta.concrete_fields:
                for value in wrong:
                    if not fits(field, value):
                        continue
                    broken = type(fact)._default_manager.get(pk=fact.pk)
                    setattr(broken, field.attname, value)
                    assert is_satisfied(check.condition, broken) == is_taken(check, broken)  # type: ignore[arg-type]
                    judged += 1
    assert judged > 300


def fits(field: object, value: object) -> bool:
    """Whether a column of the field could be asked for the value at all."""
    kind = getattr(field, "get_internal_type")()  # noqa: B009
    if value is None:
        return bool(getattr(field, "null", False))
    if isinstance(value, bool):
        return bool(kind == "BooleanField")
    return isinstance(value, str) == (kind in {"CharField", "SlugField", "URLField", "TextField"}) and (
        isinstance(value, str) or "Integer" in kind
    )


def is_taken(check: CheckConstraint, fact: Versioned) -> bool:
    try:
        check.validate(type(fact), fact)
    except ValidationError:
        return False
    return True


@pytest.mark.django_db
def test_is_satisfied_compares_two_columns() -> None:
    relation = factories.make_relation()
    relation.other = relation.framework
    [check] = [one for one in Relation._meta.constraints if one.name == "relation_joins_two_frameworks"]
    assert isinstance(check, CheckConstraint)
    assert not is_satisfied(check.condition, relation)  # type: ignore[arg-type]
