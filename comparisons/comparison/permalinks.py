"""Convert between the state of a view and its URL.

Everything a visitor sets is in the query string, in one canonical order, so that equal views have equal addresses.
Weights are kept by criterion, never by position. Reading is done by forms; only clean values arrive here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Self
from urllib.parse import urlencode
from zlib import crc32

AS_OF = "as-of"
USE_CASE = "use-case"
MINIMUM = "min-"
NEED = "need"
WEIGHT = "w-"
VERSUS = "-vs-"
#: Reduces the matrix to the frameworks that it names.
AMONG = "among"
#: The parameters beside those that facets and criteria name.
PARAMETERS = frozenset(
    {
        *(
            AS_OF,
            "q",
            AMONG,
            "criteria",
            USE_CASE,
            "sort",
            "baseline",
            "only",
            "framework",
            "open",
            "rows",
            "why",
        ),
        *("evidence", "page", "of", "after", "search"),
    }
)
#: The parameters with several values, beside those of facets.
SEVERAL = frozenset({AMONG, "criteria", "framework", "rows"})
#: What can change without another frameworks coming to stand on a page of the matrix.
BESIDES_ROWS = frozenset({"page", "baseline", "framework", "open", "rows", "why", "evidence"})
#: Stands for every row of a side by side.
ALL_ROWS = "*"
#: Sorting is by fit unless a visitor says otherwise.
DEFAULT_SORT = "fit"


@dataclass(frozen=True)
class View:
    """The state of a page: the day, the filters, the use case and the weights that the visitor has changed, and what
    is shown.

    All names are slugs. An empty value means that the visitor has not set it; without a day it is today.
    """

    as_of: date | None = None
    q: str = ""
    among: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)
    criteria: tuple[str, ...] = ()
    use_case: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    baseline: str = ""
    only: str = ""
    framework: tuple[str, ...] = ()
    open: str = ""
    rows: tuple[str, ...] = ()
    why: str = ""
    evidence: str = ""
    page: int = 1

    @classmethod
    def read(cls, cleaned: Mapping[str, Any], facets: Sequence[str]) -> Self:
        """Build the view from the cleaned data of all forms together. `facets` names those that exist."""
        return cls(
            as_of=cleaned.get(AS_OF),
            q=cleaned.get("q") or "",
            among=tuple(sorted(set(cleaned.get(AMONG) or ()))),
            facets={facet: tuple(sorted(set(values))) for facet in facets if (values := cleaned.get(facet))},
            minimums={
                name.removeprefix(MINIMUM): int(value)
                for name, value in cleaned.items()
                if name.startswith(MINIMUM) and value
            },
            criteria=tuple(cleaned.get("criteria") or ()),
            use_case=cleaned.get(USE_CASE) or "",
            weights={
                name.removeprefix(WEIGHT): value
                for name, value in cleaned.items()
                if name.startswith(WEIGHT) and value is not None
            },
            sort=cleaned.get("sort") or DEFAULT_SORT,
            baseline=cleaned.get("baseline") or "",
            only=cleaned.get("only") or "",
            framework=tuple(dict.fromkeys(cleaned.get("framework") or ())),
            open=cleaned.get("open") or "",
            rows=tuple(cleaned.get("rows") or ()),
            why=cleaned.get("why") or "",
            evidence=cleaned.get("evidence") or "",
            page=cleaned.get("page") or 1,
        )

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Yield names and values in the canonical order: day, filters, columns, weights, what is shown and open."""
        yield from self._of_rows()
        yield from (("framework", slug) for slug in self.framework)
        if self.open:
            yield "open", self.open
        yield from (("rows", name) for name in self.rows)
        if self.why:
            yield "why", self.why
        if self.evidence:
            yield "evidence", self.evidence
        if self.page > 1:
            yield "page", str(self.page)

    def _of_rows(self) -> Iterator[tuple[str, str]]:
        """Yield what decides on rows and columns, their order and their figures."""
        if self.as_of:
            yield AS_OF, self.as_of.isoformat()
        if self.q:
            yield "q", self.q
        yield from ((AMONG, slug) for slug in self.among)
        for facet, values in self.facets.items():
            yield from ((facet, value) for value in values)
        yield from ((MINIMUM + name, str(value)) for name, value in sorted(self.minimums.items()))
        yield from (("criteria", name) for name in self.criteria)
        if self.use_case:
            yield USE_CASE, self.use_case
        yield from ((WEIGHT + name, str(value)) for name, value in sorted(self.weights.items()))
        if self.sort != DEFAULT_SORT:
            yield "sort", self.sort
        if self.baseline:
            yield "baseline", self.baseline
        if self.only:
            yield "only", self.only

    def query(self) -> str:
        """Return the query string without the question mark; empty if nothing is set."""
        return self._query

    @cached_property
    def _query(self) -> str:
        return "&".join(encoded(name, value) for name, value in self.parameters())

    def but(self, **changes: Any) -> Self:
        """Return the view with these fields changed; of other rows it shows the first page."""
        if self.page == 1 and all(getattr(self, name) == value for name, value in changes.items()):
            return self
        return self._with(changes if BESIDES_ROWS.issuperset(changes) else {"page": 1, **changes})

    def _with(self, changes: Mapping[str, Any]) -> Self:
        """Return the view with these fields changed, as `dataclasses.replace` does in several times the time."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__, **changes)
        view.__dict__.pop("_query", None)
        return view

    @property
    def of(self) -> str:
        """Return a short mark of the rows and their order, of which `page` is a part."""
        rows = self.but(page=1, baseline="", framework=(), open="", rows=(), why="", evidence="")
        return f"{crc32(rows.query().encode()):08x}"

    def url(self, path: str, **changes: Any) -> str:
        """Return the address of this view at `path`, with these fields changed."""
        return with_query(path, (self.but(**changes) if changes else self).query())

    def around(self, path: str, part: str, **changes: Any) -> tuple[str, str]:
        """Return the address of this view at `path`, with these fields changed, before and after a `part` of it."""
        before, _, after = self.url(path, **changes).partition(part)
        return before, after

    def without_value(self, facet: str, value: str) -> Self:
        remaining = tuple(other for other in self.facets.get(facet, ()) if other != value)
        # In the old order, so that dropping a chip does not shuffle the address.
        ordered = {name: remaining if name == facet else values for name, values in self.facets.items()}
        return self.but(facets={name: values for name, values in ordered.items() if values})

    def without_minimum(self, criterion: str) -> Self:
        return self.but(minimums={name: value for name, value in self.minimums.items() if name != criterion})

    def unfiltered(self) -> Self:
        """Return the view without filters, and without its use case, whose must-haves choose rows, too."""
        return self.but(q="", among=(), facets={}, minimums={}, use_case="")

    def changed_weights(self, defaults: Mapping[str, int]) -> list[str]:
        """Return the criteria whose weight differs from the default, in the defaults' order."""
        return [name for name, default in defaults.items() if self.weights.get(name, default) != default]

    def plain(self, defaults: Mapping[str, int]) -> Self:
        """Return the view without the weights that equal the default, so that a pinned address shows the same page."""
        return self._with({"weights": {name: self.weights[name] for name in self.changed_weights(defaults)}})

    def pinned(self, defaults: Mapping[str, int]) -> Self:
        """Return the view to pass on. If a weight differs from the default, or there is a use case, it names all
        weights, so that later changes of the defaults do not alter it."""
        if self.use_case or self.changed_weights(defaults):
            return self._with({"weights": {**defaults, **self.weights}})
        return self

    def side_by_side(self) -> Self:
        """Return the part that also applies side by side: day, use case, weights, and what only that page shows."""
        return self.but(
            q="", among=(), facets={}, minimums={}, criteria=(), sort=DEFAULT_SORT, framework=(), open=""
        )


@lru_cache(maxsize=2_000)
def encoded(name: str, value: str) -> str:
    """Return a parameter as it is in an address. A page has the same ones in dozens of addresses."""
    return urlencode([(name, value)], safe=":,*")


def with_query(path: str, query: str) -> str:
    """Return the path with the query, if there is one."""
    return f"{path}?{query}" if query else path


def by_todays_names(key: str, value: str, name: Callable[[str, str], str]) -> tuple[str, str]:
    """Replace former slugs in a parameter that combines a slug with something else.

    `name` returns today's slug for a kind and a slug. Returns the new parameter and its value.
    """
    for prefix in (MINIMUM, WEIGHT):
        if key.startswith(prefix):
            return prefix + name("criterion", key.removeprefix(prefix)), value
    if key == "sort":
        sign = "-" if value.startswith("-") else ""
        return key, sign + name("criterion", value.removeprefix("-"))
    if key == "open":
        framework, colon, criterion = value.partition(":")
        return key, name("framework", framework) + colon + name("criterion", criterion)
    return key, value


def is_parameter(name: str) -> bool:
    """Return whether comparisons have a parameter of this name."""
    return name in PARAMETERS or name.startswith((WEIGHT, MINIMUM))


def versus(slugs: Sequence[str]) -> str:
    """Join slugs to `django-vs-flask`, in the order given."""
    return VERSUS.join(slugs)


def parties(versus: str) -> list[str]:
    """Split `django-vs-flask` into its slugs, each once, in the order given."""
    return list(dict.fromkeys(slug for slug in versus.split(VERSUS) if slug))
