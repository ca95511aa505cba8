"""Keep pieces of pages: `{% kept mark framework.slug score with open_base %}…{% endkept %}`."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from itertools import count
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from frameworks.serving import pieces, version
from frameworks.serving.pieces import Piece

register = template.Library()

_numbers = count()


class KeptNode(template.Node):
    #: No `{% block %}` is in a piece, so none need be looked for there, which Django does at each request.
    child_nodelists = ()

    def __init__(
        self,
        nodelist: NodeList,
        keys: list[FilterExpression],
        slots: dict[str, FilterExpression],
        together: FilterExpression | None,
    ) -> None:
        self.nodelist = nodelist
        self.keys = keys
        self.slots = slots
        self.together = together
        self.number = next(_numbers)

    def render(self, context: Context) -> str:
        mark, *parts = (key.resolve(context) for key in self.keys)
        values = self.together.resolve(context) if self.together else {}
        values |= {name: value.resolve(context) for name, value in self.slots.items()}
        if not mark or not version.keeps():
            with context.push(**values):
                return self.nodelist.render(context)
        key = (self.number, mark, *map(pieces.hashable, parts))
        piece = pieces.find(key) or _made(self.nodelist, context, key, values)
        filled = piece.filled({name: escaped(value) for name, value in values.items()})
        return mark_safe(filled)  # noqa: S308 - rendered and escaped


class KeptEachNode(template.Node):
    child_nodelists = ()

    def __init__(
        self,
        nodelist: NodeList,
        item: str,
        items: FilterExpression,
        key: str,
        keys: list[FilterExpression],
        slots: dict[str, FilterExpression],
        attributes: dict[str, str],
    ) -> None:
        self.nodelist = nodelist
        self.item = item
        self.items = items
        self.key = key
        self.keys = keys
        self.slots = slots
        self.attributes = attributes
        self.number = next(_numbers)

    def render(self, context: Context) -> str:
        items = self.items.resolve(context)
        each = self._from_memory if version.keeps() else self._anew
        return mark_safe("".join(each(items, context)))  # noqa: S308 - rendered and escaped

    def _from_memory(self, items: list[Any], context: Context) -> Iterator[str]:
        values = {name: escaped(value.resolve(context)) for name, value in self.slots.items()}
        common = (self.number, *(pieces.hashable(key.resolve(context)) for key in self.keys))
        for item in items:
            key = (*common, getattr(item, self.key))
            if (piece := pieces.find(key)) is None:
                with context.push(**{self.item: item}):
                    piece = _made(self.nodelist, context, key, [*self.slots, *self.attributes])
            if piece.slots:
                for name, of in self.attributes.items():
                    values[name] = escaped(getattr(item, of))
            yield piece.filled(values)

    def _anew(self, items: list[Any], context: Context) -> Iterator[str]:
        same = {name: value.resolve(context) for name, value in self.slots.items()}
        for item in items:
            own = {name: getattr(item, of) for name, of in self.attributes.items()}
            with context.push(**{self.item: item, **same, **own}):
                yield self.nodelist.render(context)


def escaped(value: object) -> str:
    """Return what a template prints for a value, as `conditional_escape` does, in a fraction of its time."""
    return value if isinstance(value, SafeString) else _escaped(str(value))


#: A page has the same names and slugs in hundreds of places.
_escaped = lru_cache(maxsize=4_096)(escape)


def _made(nodelist: NodeList, context: Context, key: tuple[object, ...], slots: Iterable[str]) -> Piece:
    """Render the block with its slots left open, and keep it."""
    with context.push(**{name: pieces.stand_in(name) for name in slots}):
        piece = Piece.of(nodelist.render(context))
    pieces.keep(key, piece)
    return piece


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Render the block once for each key, and take it from memory after that.

    The first key is the version of the facts that the block shows; if it is empty, nothing is kept. Together the keys
    must name all that the block depends on. After `with` come slots, `name` or `name=value`: variables that the block
    only prints, such as the beginning of an address, whose values are put in each time. `**values` is a new dictionary
    of slots.
    """
    _, *words = token.split_contents()
    keys, slots = _divided([word for word in words if not word.startswith("**")])
    together = [word.removeprefix("**") for word in words if word.startswith("**")]
    if not keys:
        raise template.TemplateSyntaxError("{% kept %} takes the version of what it shows, and further keys.")
    nodelist = _block(parser, "endkept")
    return KeptNode(
        nodelist,
        [parser.compile_filter(key) for key in keys],
        {name: parser.compile_filter(value) for name, value in slots.items()},
        parser.compile_filter(together[0]) if together else None,
    )


@register.tag
def kept_each(parser: Parser, token: Token) -> KeptEachNode:
    """Render the block for each item, once for each value of one of its attributes and of further keys, if any.

    `{% kept_each entry in row.entries by shown view.as_of with anchor=entry.anchor open_base %}…{% endkept_each %}`.
    Together the keys must name all that the block depends on. Slots are as in `{% kept %}`; an attribute of the item is
    taken from each.
    """
    _, item, _, items, by, key, *words = token.split_contents()
    keys, slots = _divided(words)
    if by != "by":
        raise template.TemplateSyntaxError("{% kept_each item in items by attribute … with slots %}")
    nodelist, of_item = _block(parser, "endkept_each"), f"{item}."
    return KeptEachNode(
        nodelist,
        item,
        parser.compile_filter(items),
        key,
        [parser.compile_filter(key) for key in keys],
        {
            name: parser.compile_filter(value)
            for name, value in slots.items()
            if not value.startswith(of_item)
        },
        {name: value.removeprefix(of_item) for name, value in slots.items() if value.startswith(of_item)},
    )


def _block(parser: Parser, end: str) -> NodeList:
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return nodelist


def _divided(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the keys, and the slots that come after `with`, by name."""
    at = words.index("with") if "with" in words else len(words)
    slots = (word.partition("=") for word in words[at + 1 :])
    return words[:at], {name: value or name for name, _, value in slots}
