"""Find words of the topic that is shipped in an answer for another one."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

#: Words of the topic that is shipped. The addresses, fields and file columns that keep their names are not read.
WORDS = re.compile(
    r"\b(frameworks?|(python|django)(?! \d)|flask|fastapi|litestar|tornado|sanic|quart|web2py|cherrypy|asgi|wsgi|orm"
    r"|(?<!-based )authentication(?! and Authorization)|standards?|librar(y|ies)"
    r"|asynchronous|are you building|articles on)\b",
    re.IGNORECASE,
)
#: What is text for people although it is an attribute.
SPOKEN = {"title", "aria-label", "alt", "placeholder", "label", "content", "summary"}
#: What holds names for programs.
TECHNICAL = {"code", "pre", "kbd", "style"}
ADDRESS = re.compile(r"https?://\S+|(?<![\w.])/[\w./?&=%+{}:-]*|\?[\w-]+=\S*")


class Spoken(HTMLParser):
    """The texts of a page that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        if tag in TECHNICAL or tag == "script":
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if self.within and self.within[-1] == "script":
            self.texts += _values(json.loads(data)) if data.strip().startswith("{") else []
        elif not self.within:
            self.texts.append(data)


def _values(data: Any) -> Iterator[str]:
    """Yield the texts in JSON: no names of fields, and no values that are names for programs."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in {"$ref", "operationId", "required", "enum", "model", "tags"} and not (
                name == "title" and isinstance(value, str) and " " not in value
            ):
                yield from _values(value)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value)
    elif isinstance(data, str) and " " in data:
        yield re.sub(r"`[^`]*`", "", data)


def spoken(response: Any) -> Iterator[str]:
    """Yield the texts of an answer, without the addresses in them."""
    kind = response.get("Content-Type", "").partition(";")[0]
    body = b"".join(response) if response.streaming else response.content
    text = body.decode(errors="replace")
    if kind == "text/html":
        page = Spoken()
        page.feed(text)
        texts = page.texts
    elif kind.endswith("json"):
        texts = list(_values(json.loads(text)))
    elif kind == "text/csv":
        _, _, text = text.partition("\n")  # the columns are names for programs, which an import reads
        texts = text.splitlines()
    else:
        texts = re.sub(r"<[^>]*>", "\n", text).splitlines()
    for each in texts:
        yield ADDRESS.sub(" ", each)


def foreign(response: Any) -> Iterator[str]:
    """Yield the surroundings of each word that the topic has not brought."""
    for text in spoken(response):
        if word := WORDS.search(text):
            yield f"…{' '.join(text[max(0, word.start() - 50) : word.end() + 30].split())}…"
