"""A topic drafted from whatever somebody's comparison looks like: it can be loaded and shown, and nothing is lost
without a word."""

import io
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import Workbook

from desk.topics.checking import check
from frameworks.tables.spreadsheets import FORMULA

LONG = "A name that goes on and on " * 8

PLAIN = "Product,Price,Open source\nAcme,Free,yes\nBolt,12 €,no\n"


def draft(folder: Path, name: str, data: bytes) -> tuple[Path, str, str]:
    """Import a file; return the topic, and what the command says and complains of."""
    file, out, complaints = folder / name, StringIO(), StringIO()
    file.write_bytes(data)
    call_command("import_table", file, into=folder / "topic", stdout=out, stderr=complaints)
    return folder / "topic", out.getvalue(), complaints.getvalue()


def fields(topic: Path, file: str, model: str) -> list[dict[str, Any]]:
    entries = json.loads((topic / file).read_text())
    return [entry["fields"] for entry in entries if entry["model"] == f"frameworks.{model}"]


def workbook(*sheets: list[list[Any]]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    book.remove(book.active)
    for rows in sheets:
        page = book.create_sheet()
        for row in rows:
            page.append(row)
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name, data, items, criteria, cells, said",
    [
        ("a.csv", PLAIN.encode(), ["acme", "bolt"], ["price", "open-source"], 4, ""),
        ("a.tsv", PLAIN.replace(",", "\t").encode("utf-16"), ["acme", "bolt"], ["price", "open-source"], 4, "tabs"),
        # A title above, no name for the first column, signs for nothing, a row that is too long, one without a name.
        ("a.csv", "Ours\n\n;Price;Notes\nA vs B;–;?\nŻółw;1;2;more\n東京;x\n;5\n".encode(), ["a-v-b", "zolw", "row-1"],
         ["price", "notes"], 3, "Left out: Row 5 goes on beyond the last column: “more”."),
        # The same names twice, and names that are too long for any column.
        ("a.csv", f"X,Price,Price,{LONG}\nAcme,1,2,3\nACME,4,5,{LONG}\n{LONG}1,,,\n{LONG}2,,,\n".encode(),
         None, ["price", "price-c", None], 6, ""),
        # Formulas, quotation marks, markup and line breaks.
        ("a.csv", b'X,"A ""new"" <b>"\n=1+2,"=HYPERLINK(""x"")"\n"Two\nlines","<script>\nfoo"\n', ["12", "two-lines"],
         ["a-new-b"], 2, ""),
        ("a.xlsx", workbook([["", "Price"], ["Acme", 5], ["Bolt", None]]), ["acme", "bolt"], ["price"], 1, ""),
        ("a.xlsx", workbook([["Notes"]], [["Ours"], ["Product", "Price"], ["Acme", 5.0]]), ["acme"], ["price"], 1,
         "Read from the sheet"),
        ("a.xlsx", workbook([["Product", "Price", "Sum"], ["Acme", "", "=1+1"]]), ["acme"], ["price", "sum"], 0,
         f"Left out: Row 2, column “Sum”: {FORMULA} is no value"),
        # A title with a comma, headings in two rows as merged cells leave them, an empty column, notes, a second sheet.
        ("a.xlsx", workbook([["Ours, a draft"], [], ["Product", "Cost", None, None, "Speed", "Terms"],
          [None, "Licence", "Support", None, "Read"], ["Acme", 1, 2, None, 3, 4],
          ["Bolt", "n/a", 2], [], ["Status: May"]],
         [["Weight"], ["a", "b"]]), ["acme", "bolt"], ["licence", "support", "read", "terms"], 5,
         "Left out: Row 8, below a blank one, has words in its first cell alone: “Status: May”."),
        # Names of what is compared beside those of columns, and two columns of the same name in two groups.
        ("a.csv", b";Read;;Write;\nProduct;Speed;Cost;Speed;Cost\nAcme;1;2;3;4\n", ["acme"],
         ["read-speed", "read-cost", "write-speed", "write-cost"], 4, "Rows 1 and 2 were read as headings"),
        ("a.csv", b",name,Price\n0,Acme,1\n1,Bolt,2\n", ["acme", "bolt"], ["price"], 2,
         "The first column numbers the rows, so “name” names what is compared."),
        # Of what may separate columns, what does so in each row.
        ("a.csv", b"Ours, a draft\nProduct;Price;Notes\nAcme;1,5;good, fast\n", ["acme"], ["price", "notes"], 2,
         "separated by semicolons"),
        ("a.csv", b"Product,Notes\nAcme,one; two; three\nBolt,four; five; six\n", ["acme", "bolt"], ["notes"], 2, ""),
    ],
    # Not by their contents: those of a workbook differ from second to second.
    ids=["plain", "tabs", "ragged", "same and long names", "formulas", "workbook", "two sheets", "no value",
         "merged headings", "two rows of headings", "numbered rows", "title with comma", "semicolons in cells"],
)  # fmt: skip
def test_import_table_drafts_topic_without_faults(
    tmp_path: Path,
    name: str,
    data: bytes,
    items: list[str] | None,
    criteria: list[str],
    cells: int,
    said: str,
) -> None:
    topic, out, complaints = draft(tmp_path, name, data)
    report = check(topic)
    assert report.problems == []
    unwritten, *waiting = report.notes
    assert "say “To be written”, the first in catalogue.json" in unwritten
    assert [note[:1] for note in waiting] == [str(cells)] * bool(cells)
    slugs = [item["slug"] for item in fields(topic, "catalogue.json", "framework")]
    assert slugs == (items or slugs)
    for criterion, slug in zip(fields(topic, "catalogue.json", "criterion"), criteria, strict=True):
        assert criterion["slug"] == (slug or criterion["slug"])
    assert said in complaints
    assert out.count(f" {len(slugs)} row") == out.count(f" {len(criteria)} criteri") == 1
    assert f" {cells} claim{'s' * (cells != 1)}." in out


def test_import_table_makes_groups_of_the_upper_headings(tmp_path: Path) -> None:
    topic, _, _ = draft(tmp_path, "a.csv", b"Product,Cost,,Terms\n,Licence,Support,\nAcme,1,2,3\n")
    groups = {group["slug"]: group["name"] for group in fields(topic, "catalogue.json", "criteriongroup")}
    assert groups == {"cost": "Cost", "sheet": "Criteria"}
    assert [
        (criterion["name"], *criterion["group"]) for criterion in fields(topic, "catalogue.json", "criterion")
    ] == [
        ("Licence", "cost"),
        ("Support", "cost"),
        ("Terms", "sheet"),
    ]


def test_import_table_points_each_claim_at_its_line(tmp_path: Path) -> None:
    long = "Yes, but only with the plan for teams and up to three users"
    topic, _, _ = draft(tmp_path, "Ours.csv", f'Product,Price,Notes\nAcme,Free,"{long}"\n'.encode())
    assert (topic / "sources/sheet.txt").read_text().splitlines()[1:] == [
        "Acme · Price: Free",
        f"Acme · Notes: {long}",
    ]
    assert [
        (claim["line"], claim["term"], claim["paraphrase"])
        for claim in fields(topic, "claims/claims_sheet.json", "claim")
    ] == [
        (2, "Free", "The sheet says “Free”."),
        (3, "", f"The sheet says “{long}”."),
    ]
    words = (topic / "topic.toml").read_text()
    assert 'name = "Ours"' in words
    # A single row gives no two examples.
    assert 'criteria = ["price", "notes"]' in words
    assert "\nitems = " not in words


@pytest.mark.django_db
def test_import_table_leads_to_a_first_page(tmp_path: Path, client: Client) -> None:
    topic, _, _ = draft(tmp_path, "a.csv", PLAIN.encode())
    call_command("seed", fixtures=topic, stdout=StringIO())
    addresses = ("/", "/sources/sheet/", "/frameworks/acme/", "/compare/acme-vs-bolt/")
    matrix, page, profile, beside = (client.get(address).content.decode() for address in addresses)
    assert "Acme" in matrix
    assert "Open source" in matrix
    assert "The sheet says “12 €”." in page
    # Nothing is offered of what there is none of.
    assert "Use case" not in matrix + beside
    assert "What it is" not in profile


@pytest.mark.parametrize(
    "name, data, sentence",
    [
        ("a.numbers", b"PK", "Save the table as XLSX or CSV"),
        ("a.csv", b" \n", "The file is empty."),
        ("a.csv", b"Just\none\ncolumn\n", "No row names two columns or more"),
        ("a.csv", b"Name^Price\nAcme^5\n", "If “^” separates the columns, write “sep=^” as the first line."),
        pytest.param(
            "a.xlsx", workbook([["Notes"]], [["More"]]), "has a row that names the columns", id="no table"
        ),
        ("a.csv", b"Name,Price\n,5\n", "No row has a name in its first column."),
        ("a.csv", b"Name,Price\n", "no rows below the first"),
        ("a.csv", b'Name,Price\n"Acme,5\n', "a quotation mark that is never closed"),
        (
            "a.csv",
            b"Name," + b",".join(b"c%d" % n for n in range(60)) + b"\nAcme" + b",1" * 60,
            "more than 50 columns",
        ),
        ("a.xlsx", b"PK\x03\x04 none", "is not a workbook"),
    ],
)
def test_import_table_says_why_it_drafts_nothing(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(CommandError, match="No topic was drafted: ") as refusal:
        draft(tmp_path, name, data)
    assert sentence in str(refusal.value)
    assert not (tmp_path / "topic").exists()


def test_import_table_writes_into_no_folder_that_holds_something(tmp_path: Path) -> None:
    draft(tmp_path, "a.csv", PLAIN.encode())
    with pytest.raises(CommandError, match="is not empty"):
        draft(tmp_path, "a.csv", PLAIN.encode())
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_table", settings.BASE_DIR / "none.csv")
