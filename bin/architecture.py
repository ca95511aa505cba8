"""Draw the map of the code from its imports: `python bin/architecture.py` writes docs/architecture.svg.

A room is a top-level folder of Python code, a chamber a folder or a module within one. An arrow from one room to
another says that the first imports the second. tests/site/test_architecture.py keeps the same graph free of circles.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "architecture.svg"
#: The rooms from the top floor down. A room imports from lower floors alone; `config` also names what it wires.
FLOORS = (
    ("config", "benchmarks"),
    ("desk", "portal"),
    ("comparisons",),
    ("frameworks",),
    ("pictures", "topics"),
)
ROOMS = tuple(room for floor in FLOORS for room in floor)
#: Folders that nothing imports: Django runs the migrations, and benchmark environments run the applications.
LEFT_OUT = {"migrations", "apps"}

Arrows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Graph:
    """Every module of the rooms, by dotted name, with the modules that it imports."""

    modules: Arrows

    @classmethod
    def read(cls, root: Path = ROOT) -> "Graph":
        """Read the imports of all files, those inside functions included. Raises SyntaxError for what is no Python."""
        files = {
            _dotted(path.relative_to(root)): path for room in ROOMS for path in _python_files(root, room)
        }
        return cls({name: frozenset(_imports(name, path, files)) for name, path in files.items()})

    @cached_property
    def chambers(self) -> Arrows:
        """Return the imports by folder; a module directly in a room counts as its own chamber."""
        return self._grouped(lambda name: ".".join(name.split(".")[:2]))

    @cached_property
    def rooms(self) -> Arrows:
        """Return the imports by room."""
        return self._grouped(lambda name: name.split(".")[0])

    def _grouped(self, group_of: Callable[[str], str]) -> Arrows:
        grouped: dict[str, set[str]] = defaultdict(set)
        for name, imported in self.modules.items():
            group = group_of(name)
            grouped[group] |= {group_of(other) for other in imported} - {group}
        return {group: frozenset(imported) for group, imported in grouped.items()}


def circle(arrows: Arrows) -> list[str]:
    """Return the names along one circle of imports; empty where there is none."""
    visited: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in visited:
            return []
        for other in sorted(arrows.get(name, ())):
            if names := walk(other, [*path, name]):
                return names
        visited.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(arrows))), [])


def crowded(limit: int, root: Path = ROOT) -> dict[str, int]:
    """Return the folders of the rooms that hold more than `limit` modules beside each other, with how many."""
    counts: dict[str, int] = defaultdict(int)
    for room in ROOMS:
        for path in _python_files(root, room):
            counts[str(path.parent.relative_to(root))] += path.name != "__init__.py"
    return {folder: count for folder, count in counts.items() if count > limit}


def _python_files(root: Path, room: str) -> list[Path]:
    paths = sorted((root / room).rglob("*.py"))
    return [path for path in paths if not LEFT_OUT.intersection(path.relative_to(root).parts[:-1])]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str, path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """Yield the modules of the rooms that this one imports."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            # `from package import module` names a module, `from module import name` the module itself.
            names = [inner if (inner := f"{base}.{alias.name}") in known else base for alias in node.names]
        else:
            continue
        yield from (name for name in names if name in known and name != module)


# The drawing


class Box(NamedTuple):
    """A room as it is drawn: its place and size in pixels."""

    left: float
    top: float
    width: float
    height: float


WIDTH, MARGIN, GAP = 960, 24, 64
LINE, PADDING, TITLE = 20, 16, 52
NAME, CHARACTER = (
    92,
    7,
)  # room for the name of a folder, and for one letter of a line that is broken, in pixels
LABEL = "The rooms of the code and what imports what"
HEAD = """<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
<path d="M0 0 8 4 0 8z"/></marker>"""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2a33 }
.room { fill: #fbf8f1; stroke: #8a8f8c }
.name { font: 600 17px Georgia, serif }
.what { fill: #55616a }
.arrow { stroke: #1f6f78; stroke-width: 1.5; fill: none; marker-end: url(#head) }
#head path { fill: #1f6f78 }
@media (prefers-color-scheme: dark) {
  text { fill: #e8e4da } .room { fill: #1c2327; stroke: #6b7478 } .what { fill: #a9b2b5 }
  .arrow { stroke: #62b3bc } #head path { fill: #62b3bc }
}"""


def draw(graph: Graph, root: Path = ROOT) -> str:
    """Return the map as SVG: a box for each room with its chambers, an arrow for each import between rooms.

    An arrow that others already imply, by way of a room between, is left out.
    """
    boxes = _boxes(graph, root)
    height = max(box.top + box.height for box in boxes.values()) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{LABEL}">',
        f"<style>{STYLE}\n</style>",
        HEAD,
        *(line for room, box in boxes.items() for line in _room(room, box, graph, root) if line),
        *(_arrow(boxes[upper], boxes[lower]) for upper, lower in _direct(graph.rooms)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(room: str, width: float, graph: Graph, root: Path) -> list[tuple[str, str]]:
    """Return what a room of this width holds, as lines of a name and what it is: its folders, then its modules."""
    inside = sorted(name.split(".")[1] for name in graph.chambers if name.startswith(f"{room}."))
    folders = [name for name in inside if (root / room / name).is_dir()]
    modules = [name for name in inside if name not in folders]
    lines = []
    for folder in folders:
        if text := _headline(root / room / folder):
            first, *rest = wrap(text, int((width - 2 * PADDING - NAME) / CHARACTER))
            lines += [(f"{folder}/", first), *((" ", line) for line in rest)]
        else:
            modules.append(f"{folder}/")
    return lines + [("", line) for line in wrap(" · ".join(modules), int((width - 2 * PADDING) / CHARACTER))]


def _boxes(graph: Graph, root: Path) -> dict[str, Box]:
    boxes, top = {}, float(MARGIN)
    for floor in FLOORS:
        width = (WIDTH - 2 * MARGIN - GAP * (len(floor) - 1)) / len(floor)
        height = TITLE + max(len(_lines(room, width, graph, root)) for room in floor) * LINE + PADDING
        for place, room in enumerate(floor):
            boxes[room] = Box(MARGIN + place * (width + GAP), top, width, height)
        top += height + GAP
    return boxes


def _room(room: str, box: Box, graph: Graph, root: Path) -> Iterator[str]:
    left, top = box.left + PADDING, box.top + 26
    yield (
        f'<rect class="room" x="{box.left:.0f}" y="{box.top:.0f}" width="{box.width:.0f}"'
        f' height="{box.height:.0f}" rx="3"/>'
    )
    yield f'<text class="name" x="{left:.0f}" y="{top:.0f}">{escape(room)}/</text>'
    yield f'<text class="what" x="{left:.0f}" y="{top + LINE:.0f}">{escape(_headline(root / room))}</text>'
    for number, (name, what) in enumerate(_lines(room, box.width, graph, root)):
        y = box.top + TITLE + 16 + number * LINE
        indent = NAME if name else 0
        yield f'<text x="{left:.0f}" y="{y:.0f}">{escape(name)}</text>' if name else ""
        yield f'<text class="what" x="{left + indent:.0f}" y="{y:.0f}">{escape(what)}</text>'


def _headline(folder: Path) -> str:
    """Return the first line of a folder's docstring; empty where it has none."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return text.partition("\n")[0].rstrip(".")


def _direct(arrows: Arrows) -> list[tuple[str, str]]:
    """Return the arrows that are not implied by arrows through a third room."""
    return [
        (upper, lower)
        for upper in ROOMS
        for lower in ROOMS
        if lower in arrows[upper]
        and not any(lower in arrows[between] for between in arrows[upper] if between != lower)
    ]


def _arrow(upper: Box, lower: Box) -> str:
    """Draw an arrow from the bottom of one box to the top of another, straight down where they lie above each other."""
    start = upper.left + upper.width / 2
    end = min(max(start, lower.left + PADDING), lower.left + lower.width - PADDING)
    return (
        f'<path class="arrow" d="M{start:.0f} {upper.top + upper.height:.0f}L{end:.0f} {lower.top - 2:.0f}"/>'
    )


if __name__ == "__main__":
    MAP.write_text(draw(Graph.read()))
    sys.stdout.write(f"Touchstone: {MAP.relative_to(ROOT)} is drawn.\n")
