"""Keep a piece of a page: `{% kept mark framework.slug score with open_base %}…{% endkept %}`."""

from itertools import count

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from frameworks.serving import pieces, version

register = template.Library()

_numbers = count()


class KeptNode(template.Node):
    def __init__(self, nodelist: NodeList, keys: list[FilterExpression], slots: list[str]) -> None:
        self.nodelist = nodelist
        self.keys = keys
        #: Each slot with what stands for its value in the piece: no page contains such a character.
        self.slots = {name: mark_safe(f"\x02{name}\x03") for name in slots}  # noqa: S308 - our own text
        self.number = next(_numbers)

    def render(self, context: Context) -> str:
        mark, *parts = (key.resolve(context) for key in self.keys)
        if not mark or not version.keeps():
            return self.nodelist.render(context)
        key = (self.number, mark, *map(pieces.hashable, parts))
        piece = pieces.find(key)
        if piece is None:
            with context.push(**self.slots):
                piece = self.nodelist.render(context)
            pieces.keep(key, piece)
        for name, stand_in in self.slots.items():
            piece = piece.replace(stand_in, conditional_escape(context[name]))
        return mark_safe(piece)  # noqa: S308 - rendered and escaped above


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Render the block once for each key, and take it from memory after that.

    The first key is the version of the facts that the block shows; if it is empty, nothing is kept. Together the keys
    must name all that the block depends on. After `with` come the names of slots: variables that the block only
    prints, such as the beginning of an address, whose values are put in each time.
    """
    _, *words = token.split_contents()
    names = words[words.index("with") + 1 :] if "with" in words else []
    keys = words[: len(words) - len(names) - 1] if names else words
    if not keys:
        raise template.TemplateSyntaxError("{% kept %} takes the version of what it shows, and further keys.")
    nodelist = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptNode(nodelist, [parser.compile_filter(key) for key in keys], names)
