"""Read a TOML file whose faults are to be named with their lines."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

HEADING = re.compile(r"\s*\[([^\[\]]+)\]")
KEY = re.compile(r"""\s*(["']?)([\w.-]+)\1\s*=""")
#: What tomllib adds to its messages.
PLACE = re.compile(r"\s*\((?:at (line \d+), column \d+|at end of document)\)$")
LONGEST = 300  # characters of a text


class TopicError(Exception):
    """What is wrong with a topic, in a sentence that begins with the file and, where there is one, the line."""


@dataclass(frozen=True)
class Table:
    """A table of the file. Whoever reads a key that is missing or wrong gets a TopicError."""

    document: "Document"
    name: str
    values: Mapping[str, Any]

    def refuse(self, key: str, sentence: str) -> NoReturn:
        self.document.refuse(sentence, self.name, key)

    def only(self, *keys: str) -> None:
        """Refuse any other key, since it is probably one of these with a slip in it."""
        for key in self.values:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                meant = f" Did you mean “{near[0]}”?" if near else f" It may have {_listed(keys)}."
                self.refuse(key, f"[{self.name}] has no key “{key}”.{meant}")

    def text(self, key: str, default: str | None = None, *, longest: int = LONGEST) -> str:
        """Return a text of one line; a missing one is the default, if there is one."""
        if key not in self.values and default is not None:
            return default
        value = self.values.get(key)
        if value is None:
            self.refuse(key, f"[{self.name}] needs “{key}”, a text.")
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.refuse(key, f"“{key}” in [{self.name}] must be a text of one line, in quotes.")
        if len(value) > longest:
            self.refuse(key, f"“{key}” in [{self.name}] is longer than {longest} characters.")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty if it is missing."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value.strip() and value.isprintable() for value in values
        ):
            self.refuse(key, f'“{key}” in [{self.name}] must be a list of texts, such as ["one", "two"].')
        return tuple(values)

    def table(self, key: str) -> "Table":
        """Return a table within this one; an empty table if it is missing."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            self.refuse(key, f"“{key}” in [{self.name}] must be a table.")
        return Table(self.document, f"{self.name}.{key}", values)


@dataclass(frozen=True)
class Document:
    """A TOML file with the lines on which its tables and keys are. Raises TopicError where it cannot be read."""

    path: Path
    values: Mapping[str, Any] = field(init=False)
    lines: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise TopicError(
                f"{self.path} does not exist. A topic is a folder with this file in it."
            ) from None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise TopicError(f"{self.path}, line {line}: The file is not in UTF-8.") from None
        except OSError as error:
            raise TopicError(f"{self.path} cannot be read: {error.strerror}.") from None
        object.__setattr__(self, "lines", _lines(text))
        try:
            object.__setattr__(self, "values", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            place = PLACE.search(str(error))
            where = f", {place[1]}" if place and place[1] else ""
            raise TopicError(f"{self.path}{where}: This is not TOML: {PLACE.sub('', str(error))}.") from None

    def refuse(self, sentence: str, *names: str) -> NoReturn:
        """Raise TopicError with the line of the innermost of these names that the file has."""
        paths = (".".join(names[:count]) for count in range(len(names), 0, -1))
        line = next((self.lines[path] for path in paths if path in self.lines), None)
        raise TopicError(f"{self.path}{f', line {line}' if line else ''}: {sentence}")

    def only(self, *names: str) -> None:
        """Refuse any table but these."""
        for name in self.values:
            if name not in names:
                self.refuse(f"There is no table “{name}”. A topic may have {_listed(names)}.", name)

    def table(self, name: str) -> Table:
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            self.refuse(f"“{name}” must be a table: [{name}].", name)
        return Table(self, name, values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _lines(text: str) -> dict[str, int]:
    """Return the line, counted from 1, on which each table and each key begins, by its name in full."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := HEADING.match(line):
            table = match[1].strip()
            parts = table.split(".")
            for count in range(len(parts)):
                lines.setdefault(".".join(parts[: count + 1]), number)
        elif match := KEY.match(line):
            lines.setdefault(f"{table}.{match[2]}".lstrip("."), number)
    return lines
