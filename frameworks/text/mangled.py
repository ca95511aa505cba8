"""Repair addresses that mail, chat and word processors have mangled. Pure: only what is unambiguous is changed."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import unquote, unquote_plus, urlencode

Pair = tuple[str, str]

#: Characters that nobody sees: soft hyphens, zero-width blanks and joiners, marks of direction, variation selectors.
INVISIBLE = dict.fromkeys(
    ord(sign)
    for sign in map(chr, range(0xAD, 0x10000))
    if unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f" or sign in "\u034f\u180e"
)
#: Dashes that stand where a hyphen was typed.
DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
#: What chat clients and sentences leave at either end of an address.
AROUND = " \t()[]{}<>,.;:!?'\"`*|\\^…“”„‟‘’‚‛«»‹›、。"
#: What analytics, mailings and social networks add to an address; no page here reads any of it.
TRACKING = re.compile(
    r"(utm|mtm|matomo|piwik|pk|hsa|oly|at|stm|ns|sb|sc|trk|mkt|vero|ga|_ga|_hs|__hs|ref)_\w*|_ga|_gl|_ke|__s|ref|referrer"
    r"|\w*clid|gclsrc|gbraid|wbraid|msclkid|igshid|igsh|li_fat_id|mc_[ce]id|_hsenc|_hsmi|__hstc|__hssc|__hsfp|hsCtaTracking"
    r"|mkt_tok|s_cid|cmpid|spm|si|xtor|epik|wickedid|_branch_match_id|guccounter|ncid|cvid|oicd|share_id|sharetype"
    r"|__twitter_impression",
    re.IGNORECASE,
)
#: The parameter with free text. What looks like further parameters in it is one only if it has the name of one of ours.
FREE_TEXT = "q"
#: Parameters that contain an address with parameters of its own.
ADDRESSES = frozenset({"address", "url"})
#: Begins a further parameter within a value: `0;w-performance=10`, `0&amp;sort=name`, `0?utm_source=chat`.
FURTHER = re.compile(r"\s*(?:[&;?]\s*(?:amp;|#0*38;|#x0*26;)*)+\s*(?=([a-z_][\w-]*)\s*=)", re.IGNORECASE)
ENTITY = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
AMPERSAND = re.compile(r"^(?:[&;?\s]|amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
WRAPPED = re.compile(r"\s*[\r\n]+\s*")
#: What a value may be after its ends were cleaned: a name, a number, a day, a cell; all other text is left as it is.
SIMPLE = re.compile(r"-?[a-z0-9](?:[a-z0-9:_-]*[a-z0-9])?", re.IGNORECASE)
#: Beyond so many parameters Django refuses the request.
MOST = 1_000


def plain(text: str) -> str:
    """Return the text without what nobody sees or types: compatibility forms, dashes and broken lines made plain."""
    return unicodedata.normalize(
        "NFKC", WRAPPED.sub("", text.translate(DASHES).translate(INVISIBLE))
    ).translate(DASHES)


def repaired_query(query: str, is_ours: Callable[[str], bool]) -> str | None:
    """Return the query string as it was meant, in which nothing is escaped twice; None if it is as it should be.

    Separators may be `&amp;`, `;` or escaped, names and values may have unseen characters or stray punctuation. What
    looks like a further parameter in free text is one only if `is_ours` says so of its name.
    """
    if query.count("&") > MOST:
        return None
    typed = list(_split(query))
    pairs, before = list(_split(ENTITY.sub("&", query))), None
    for _ in range(4):  # what was escaped more often than this is nobody's accident
        pairs, before = [pair for name, value in pairs for pair in _repaired(name, value, is_ours)], pairs
        if pairs == before:
            break
    if pairs == typed:
        return None
    meant = dict.fromkeys(pair for pair in pairs if not TRACKING.fullmatch(pair[0]))
    return urlencode(list(meant), safe=":,*")


def _split(query: str) -> Iterator[Pair]:
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield unquote_plus(name), unquote_plus(value)


def _repaired(name: str, value: str, is_ours: Callable[[str], bool]) -> Iterator[Pair]:
    """Yield the parameters that a single one stands for: itself, repaired, and those that are hidden in it."""
    text = _unescaped(plain(name))
    first, equals, rest = text.partition("=")
    bare = AMPERSAND.sub("", re.sub(r"\s", "", first)).strip(AROUND).lower()
    if not SIMPLE.fullmatch(bare):
        yield name, value
        return
    if bare in ADDRESSES:
        yield bare, value
        return
    own, further = _cut(f"{rest}={value}" if equals and value else rest or value, bare, is_ours)
    yield bare, own
    for inner, more in further:
        yield from _repaired(inner, more, is_ours)


def _cut(value: str, name: str, is_ours: Callable[[str], bool]) -> tuple[str, list[Pair]]:
    """Return the value alone, and the parameters that follow it within the text."""
    is_free = name == FREE_TEXT
    text = _unescaped(value if is_free else plain(value))
    starts = [match for match in FURTHER.finditer(text) if not is_free or is_ours(match[1].lower())]
    ends = [*[match.start() for match in starts[1:]], len(text)]
    further = [
        text[match.end() : end].partition("=") for match, end in zip(starts, ends, strict=bool(starts))
    ]
    own = text[: starts[0].start()] if starts else text
    bare = own.strip(AROUND)
    if is_free:
        alone = own
    elif SIMPLE.fullmatch(bare):
        alone = bare
    elif own.strip(AROUND.replace("*", "")) == "*":
        alone = "*"  # stands for every row
    else:
        alone = own if starts else value
    return alone, [(inner, rest) for inner, _, rest in further]


def _unescaped(text: str) -> str:
    """Return the text without escapes that are left after decoding it, unless they are no text."""
    for _ in range(4):
        once = unquote(text)
        if once == text or "\ufffd" in once or not ESCAPED.search(text):
            break
        text = plain(once)
    return text


def repaired_paths(path: str, is_ours: Callable[[str], bool]) -> Iterator[str]:
    """Yield what a path that leads nowhere may have been meant to be, the likeliest first.

    Each begins with exactly one slash. A path that contains an escaped question mark has a query then.
    """
    whole = ENTITY.sub("&", _unescaped(plain(path)))
    text, _, query = re.sub(r"&(?=[a-z][\w-]*=)", "?", whole, count=1).partition("?")
    segments = [
        re.sub(r"[\s_+]+", "-", bare) for part in re.split(r"[/\\]+", text) if (bare := part.strip(AROUND))
    ]
    joined = "/" + "/".join(segments)
    ends = [joined] if "." in joined.rpartition("/")[2] else [f"{joined}/" if segments else "/", joined]
    found = dict.fromkeys([*ends, *(end.lower() for end in ends)])
    query = repaired_query(query, is_ours) or query
    yield from (f"{end}?{query}" if query else end for end in found)


def unknown(names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each parameter that a page does not know, unless it only serves to track readers."""
    for name in dict.fromkeys(names):
        if name.strip() and name not in known and not TRACKING.fullmatch(name):
            label = name if len(name) <= 160 else f"{name[:159]}…"
            yield f"This page has no parameter “{label}”. It was ignored."
