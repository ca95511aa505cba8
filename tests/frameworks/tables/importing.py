"""An import as an editor does it: upload, look over, confirm."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desk.editing.guarded import desk_url
from frameworks.tables import kinds, sheets
from frameworks.tables.rows import Status
from frameworks.tables.sheets import Sheet
from tests.desk.reading import text_of
from tests.html import Element, read


def page(kind: str, name: str = "import", *args: Any) -> str:
    return desk_url(kinds.KINDS[kind].model, name, *args)


def upload(client: Client, kind: str, table: Any) -> str:
    """Uploads the table, and says where its preview is."""
    answer = client.post(page(kind), {"file": table})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["location"])


def preview(client: Client, url: str) -> Element:
    return read(client.get(url).content)


def shown(preview: Element) -> list[list[str]]:
    """Row by row what the preview says: number, fact, state, what it changes."""
    return [
        [cell.text for cell in row.children if isinstance(cell, Element)]
        for row in preview.one("table.import-rows").all("tr")
        if row.attributes.get("class") in set(Status)
    ]


def counts(preview: Element) -> str:
    return preview.one("nav.sieve").text


def confirm(client: Client, url: str, **data: str) -> Any:
    return client.post(url, {"reason": "From the table.", **data}, follow=True)


def exported(kind: str) -> list[dict[str, str]]:
    sheet = kinds.KINDS[kind].sheet()
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def file(rows: list[dict[str, str]], name: str = "table.csv") -> SimpleUploadedFile:
    sheet = Sheet(list(rows[0]), [list(row.values()) for row in rows])
    return SimpleUploadedFile(name, sheets.write(sheet, sheets.ending(name)))
