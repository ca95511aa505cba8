"""Pieces of pages: rendered once for each key, with what is left open put in each time."""

from dataclasses import dataclass

import pytest
from django.template import Context, Template, TemplateSyntaxError
from pytest_django import Settings

from frameworks.serving import pieces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keeping")]


class Counted:
    """Prints how often it was printed."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return str(self.times)


@dataclass(frozen=True)
class Item:
    look: str
    name: str


@pytest.fixture
def counted() -> Counted:
    return Counted()


def rendered(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_kept_renders_its_block_once_for_each_key(counted: Counted) -> None:
    template = Template("{% kept mark score %}{{ counted }} {{ score }}{% endkept %}")
    shown = [
        template.render(Context({"mark": mark, "score": score, "counted": counted}))
        for mark, score in [("a", 1), ("a", 1), ("a", 2), ("b", 1)]
    ]
    assert shown == ["1 1", "1 1", "2 2", "3 1"]


def test_kept_keeps_nothing_without_a_mark(counted: Counted) -> None:
    template = Template("{% kept mark %}{{ counted }}{% endkept %}")
    assert [template.render(Context({"mark": "", "counted": counted})) for _ in range(2)] == ["1", "2"]


def test_kept_fills_its_slots_each_time_and_escapes_them() -> None:
    template = Template('{% kept "a" with name **more %}100 % {{ name }}, {{ url }} %s{% endkept %}')
    assert [
        template.render(Context({"name": name, "more": {"url": f"/{name}"}})) for name in ("<b>", "50 %d")
    ] == ["100 % &lt;b&gt;, /&lt;b&gt; %s", "100 % 50 %d, /50 %d %s"]


def test_kept_each_shares_a_piece_among_items_that_look_alike(counted: Counted) -> None:
    items = [Item("plain", "a"), Item("bold", "<b>"), Item("plain", "c")]
    template = (
        "{% kept_each item in items by look with name=item.name end %}"
        "{{ item.look }} {{ counted }} {{ name }}{{ end }}{% endkept_each %}"
    )
    shown = rendered(template, items=items, counted=counted, end=";")
    assert shown == "plain 1 a;bold 2 &lt;b&gt;;plain 1 c;"


def test_kept_each_tells_further_keys_apart(counted: Counted) -> None:
    template = Template("{% kept_each item in items by look day %}{{ counted }}{% endkept_each %}")
    shown = [
        template.render(Context({"items": [Item("plain", "a")], "day": day, "counted": counted}))
        for day in (1, 2, 1)
    ]
    assert shown == ["1", "2", "1"]


def test_kept_and_kept_each_say_the_same_without_memory(settings: Settings) -> None:
    template = Template(
        '{% kept "a" with name %}{{ name }}{% endkept %}'
        "{% kept_each item in items by look with own=item.name %}{{ own }}{{ item.look }}{% endkept_each %}"
    )
    context = {"name": "<a>", "items": [Item("plain", "<b>")]}
    kept = [template.render(Context(context)) for _ in range(2)]
    settings.KEEP_IN_MEMORY = False
    assert kept == [template.render(Context(context))] * 2


@pytest.mark.parametrize("tag", ["{% kept %}{% endkept %}", "{% kept_each a in b of c %}{% endkept_each %}"])
def test_kept_refuses_what_it_cannot_read(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"\{% kept"):
        Template(tag)


def test_pieces_make_values_of_templates_hashable() -> None:
    assert hash(pieces.hashable({"a": [1, {"b": {2}}]})) == hash(pieces.hashable({"a": [1, {"b": {2}}]}))
