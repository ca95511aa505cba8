"""Order what a search finds: first what has the words in the fields that come first among those searched."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin.views.main import ORDER_VAR
from django.db import models
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

#: Of a longer search, so many words decide.
WORDS_MAX = 6


def most_relevant_first(
    request: HttpRequest, found: models.QuerySet[Any], words: str, fields: Sequence[str]
) -> models.QuerySet[Any]:
    """Order by how early among the fields each word is found, and then as before; the editor's own order stays."""
    ranks = [_rank(word, fields) for word in _words(words)]
    if not ranks or not fields or request.GET.get(ORDER_VAR):
        return found
    return found.order_by(sum(ranks[1:], ranks[0]), *(found.query.order_by or found.model._meta.ordering))


def _words(text: str) -> Iterator[str]:
    """Yield the words as Django searches for them: quoted ones are one."""
    for number, bit in enumerate(smart_split(text)):
        if number == WORDS_MAX:
            return
        is_quoted = bit.startswith(('"', "'")) and bit[0] == bit[-1]
        yield unescape_string_literal(bit) if is_quoted else bit


def _rank(word: str, fields: Sequence[str]) -> Any:
    """Return twice the place of the first field that has the word, less one where the word is all of it."""
    cases = [
        When(**{f"{name}__{how}": word, "then": Value(2 * place + beyond)})
        for place, name in enumerate(fields)
        for beyond, how in enumerate(("iexact", "icontains"))
    ]
    return Case(*cases, default=Value(2 * len(fields)), output_field=IntegerField())
