"""The rooms of the code: what may import what, how full a folder may be, and whether the map is as the code is."""

from pathlib import Path

import pytest

from bin.architecture import FLOORS, MAP, ROOMS, Graph, circle, crowded, draw


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph.read()


def test_rooms_import_only_from_lower_floors(graph: Graph) -> None:
    floor_of = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    upwards = [
        f"{module} imports {other}"
        for module, imported in graph.modules.items()
        for other in imported
        for room, other_room in [(module.split(".")[0], other.split(".")[0])]
        if room != other_room and floor_of[room] >= floor_of[other_room]
    ]
    assert upwards == []


def test_modules_chambers_and_rooms_have_no_circular_imports(graph: Graph) -> None:
    assert [circle(graph.modules), circle(graph.chambers), circle(graph.rooms)] == [[], [], []]


def test_folders_hold_at_most_fifteen_modules() -> None:
    assert crowded(15) == {}


def test_map_includes_every_top_level_package() -> None:
    packages = {path.parent.name for path in MAP.parent.parent.glob("*/__init__.py")}
    assert packages - {"tests"} == set(ROOMS)


def test_map_agrees_with_current_imports(graph: Graph) -> None:
    assert MAP.read_text() == draw(graph), "run `make map`"


def test_graph_reads_imports_of_each_kind(tmp_path: Path) -> None:
    files = {
        "desk/__init__.py": "",
        "desk/forms.py": "from . import lists\nfrom .lists import Row\nimport comparisons.matrix\n",
        "desk/lists.py": "def late():\n    from desk.forms import Form\n",
        "comparisons/__init__.py": "",
        "comparisons/matrix.py": "from decimal import Decimal\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    graph = Graph.read(tmp_path)
    assert graph.modules["desk.forms"] == {"desk.lists", "comparisons.matrix"}
    assert graph.rooms["desk"] == {"comparisons"}
    assert circle(graph.modules) == ["desk.forms", "desk.lists"]
    assert crowded(1, tmp_path) == {"desk": 2}
