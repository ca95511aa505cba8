"""The desk's pages as a browser has them: their words, and what their forms would post."""

from html.parser import HTMLParser
from typing import Any

from django.db.models import Model

from desk.editing.guarded import desk_url
from frameworks.models import Revision, Versioned

Data = dict[str, list[str]]


class FormReader(HTMLParser):
    """What a browser would post if the editor pressed a button of this page at once."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: Data = {}
        self.buttons: list[str] = []
        self._is_inside = False
        self._textarea: str | None = None
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._is_inside = given.get("method") == "post" and "logout" not in given.get("id", "")
        if not self._is_inside or "__prefix__" in name:
            return
        if tag == "input":
            self._read_input(name, given)
        elif tag == "button" and name:
            self.buttons.append(name)
        elif tag == "textarea":
            self._textarea = name
            self.data[name] = [""]
        elif tag == "select":
            self._select, self._options = (name, "multiple" in given), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))

    def _read_input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            self.buttons.append(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                self.data.setdefault(name, []).append(given.get("value", "on"))
        elif name:
            self.data.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            # As a browser does it: the first line break after the tag does not count, the others are CRLF.
            self.data[self._textarea][0] += data.removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._select:
            name, is_multiple = self._select
            chosen = [value for value, selected in self._options if selected]
            if not chosen and not is_multiple and self._options:
                chosen = [self._options[0][0]]
            if chosen:
                self.data[name] = chosen
            self._select = None


def form_on(response: Any, **changes: Any) -> Data:
    """The form of a page as it would be posted, with these changes. `None` leaves a field out."""
    data = FormReader(response.content.decode()).data
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return data


def change_url(fact: Model) -> str:
    return desk_url(type(fact), "change", fact.pk)


def list_url(model: type[Versioned]) -> str:
    return desk_url(model, "changelist")


def add_url(model: type[Versioned]) -> str:
    return desk_url(model, "add")


def text_of(response: Any) -> str:
    """The words on the page, without tags and with single spaces."""
    reader = WordReader()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.words).split())


class WordReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def last_revision(fact: Versioned) -> Revision:
    revision = Revision.objects.of(fact).first()
    assert revision is not None
    return revision
