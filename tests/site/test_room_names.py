"""A string that names a room above is an import in disguise: of an address, a template, a module, a kind of fact."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

#: What each room may not name. The administration is the desk's.
ABOVE = {
    "pictures": ("frameworks", "comparisons", "portal", "desk", "admin"),
    "frameworks": ("comparisons", "portal", "desk", "admin"),
    "comparisons": ("portal", "desk", "admin"),
    "portal": ("desk", "admin"),
    "desk": ("portal",),
}


def sources(room: str) -> Iterator[Path]:
    yield from sorted((settings.BASE_DIR / room).rglob("*.py"))


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The strings that a file works with, and their lines; not its docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def naming(room: str, pattern: str) -> list[str]:
    return [
        f"{path.relative_to(settings.BASE_DIR)}:{line} {text}"
        for path in sources(room)
        for line, text in strings(path)
        if re.search(pattern, text)
    ]


@pytest.mark.parametrize("room", ABOVE)
def test_rooms_name_no_address_or_module_of_a_higher_room(room: str) -> None:
    assert naming(room, rf"(^|[^\w./-])({'|'.join(ABOVE[room])})([:._]\w|/\w+\.html)") == []


def test_frameworks_room_does_not_mention_use_cases() -> None:
    assert naming("frameworks", r"\buse[-_ ]?cases?\b") == []
