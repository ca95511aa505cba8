"""Repair addresses that mail, chat and word processors have mangled. Pure: only what is unambiguous is changed."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from html import unescape
from urllib.parse import quote, quote_plus, unquote, unquote_plus

#: A parameter and its value; None if it came without an equals sign.
Pair = tuple[str, str | None]

#: Characters that nobody sees: soft hyphens, zero-width blanks and joiners, marks of direction, variation selectors.
INVISIBLE = dict.fromkeys(
    ord(sign)
    for sign in map(chr, range(0xAD, 0x10000))
    if unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f" or sign in "\u034f\u180e"
)
#: Dashes that stand where a hyphen was typed.
DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
#: What chat clients and sentences leave at either end of an address.
AROUND = " \t()[]{}<>,.;:!?'\"`*|\\^…“”„‟‘’‚‛«»‹›、。\ufffd"
#: What analytics, mailings and social networks add to an address; no page here reads any of it.
TRACKING = re.compile(
    r"(utm|mtm|matomo|piwik|pk|hsa|oly|at|stm|ns|sb|sc|trk|mkt|vero|ga|_ga|_hs|__hs|ref)_\w*|_ga|_gl|_ke|__s|ref|referrer"
    r"|\w*cl(ick)?id|gclsrc|gbraid|wbraid|msclkid|igshid|igsh|li_fat_id|mc_[ce]id|_hsenc|_hsmi|__hstc|__hssc|__hsfp"
    r"|hsCtaTracking|mkt_tok|s_cid|cmpid|spm|si|xtor|epik|wickedid|_branch_match_id|guccounter|ncid|cvid|oicd|share_id|sharetype"
    r"|__twitter_impression|srsltid|(gad|sfmc|wt|fb|amp|rdt|elq|dm|ck|zanox|tw)_\w+|__(cft|tn|xts|eep|so)__(\[\w*\])?"
    r"|mibextid|from|isappinstalled|ved|usg|hl|sa|ei|usqp|aqs|sxsrf|sca_esv|rcm|lipi|trackingid|trk|ef_id|s_kwcid|_kx"
    r"|tblci|zanpid|_openstat|fref|notif_t|elqtrackid|nr_email_referer|s?data|reserved|ust|wprov|_bta_\w+|campaign_?id"
    r"|sfnsn|sccid|gaa_\w+|nsukey|_x_tr_\w+|(__)?cf_chl_\w+|j?sessionid|phpsessid",
    re.IGNORECASE,
)
#: Those without an underscore, which no slug has, that nobody would give to a facet or question either.
NO_SLUGS = frozenset(
    {"fbclid", "gclid", "dclid", "yclid", "twclid", "ttclid", "msclkid", "igshid", "srsltid"}
)
#: A value in which there is room for no further parameter.
HARMLESS = re.compile(r"[\w.~!*+-]*", re.ASCII)
#: The parameter with free text, which is left as it is.
FREE_TEXT = "q"
#: Parameters that contain an address with parameters of its own.
ADDRESSES = frozenset({"address", "url"})
#: Begins a further parameter within a value: `0;w-performance=10`, `0&amp;sort=name`, `0?utm_source=chat`,
#: `0|sort=name`; and within free text, which has blanks, commas and bars of its own.
FURTHER = re.compile(
    r"\s*(?:(?:[&;?|,\s]|amp;)\s*(?:amp;|#0*38;|#x0*26;)*)+\s*(?=([a-z_][\w-]*)\s*=)", re.IGNORECASE
)
FURTHER_IN_TEXT = re.compile(FURTHER.pattern.replace(r"[&;?|,\s]", "[&;?]"), re.IGNORECASE)
#: A character as programs write it in scripts and JSON, `\u0026` or `\x26`, and as old ones escape it, `%u0026`.
CODED = re.compile(r"(?:[\\%]+u[0-9a-fA-F]{4}|\\+x[0-9a-fA-F]{2})+")
#: The backslash that Markdown, LaTeX and shells put before a sign.
BACKSLASH = re.compile(r"\\+(?=[-_.~&?=#%*])")
ENTITY = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
#: Other signs that were escaped for HTML; in a path or a query nobody means the name of one.
SIGN = re.compile(
    r"&(?:#[0-9]{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});|&(?:gt|lt|quot|nbsp)(?![\w=-])", re.IGNORECASE
)
#: A name of ours and its value, with a colon for the equals sign.
COLON = re.compile(r"\s*([a-z][\w-]*)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
#: What follows a value in running text or markup: `10's`, `10](https://…)`, `10</a>`, `10#top`, `10:~:text=…`, `10|a>`,
#: `10[a]`.
TAIL = re.compile(
    r"(?:['’`´]s\b|[\])}>\"”»]+:?\s*\(?https?:|</?[a-z]|#|:~:|\\+[nrt]\b|\||\[|\]\[).*",
    re.IGNORECASE | re.DOTALL,
)
#: And what follows a path there: from the first character on that no path of ours contains.
NO_PATH = re.compile(r"[^a-z0-9_./-].*", re.IGNORECASE | re.DOTALL)
#: Marks, tags, and what links in chat, wikis and mails go on with, which are no name: `|Django>`, `](https:`,
#: `[Django]`, ` "title")`, `#top`, `, and`, ` - Title`, `=20`, `\n`; and what has names of further segments, except for
#: links and markup.
MARKS = re.compile(
    r"(?:[^\w\x00-\x1f\x7f]|_)*|\s*(?:[][(){}|#\"']|:~:).*|[,;]\s.*|\s+[-|:·]\s.*|(?:=[0-9a-f]{2})+"
    r"|(?:\\[nrt])+|(?:(?:</[a-z]+|<(?:br|https?)\b)[ /]*[>:]?/?)+",
    re.IGNORECASE | re.DOTALL,
)
FURTHER_SEGMENT = re.compile(r"(?!\]|<|\)).*/\s*\w", re.DOTALL)
#: What other systems add to the address of a page.
ENDINGS = re.compile(r"\.(?:[sx]?html?|php|aspx?|jsp)$", re.IGNORECASE)
INDEX = re.compile(r"(?:index|default)\.(?:[sx]?html?|php|aspx?|jsp)", re.IGNORECASE)
WORDS = frozenset({"amp", "print", "feed"})
#: Where a mail that was not decoded breaks a line within a word; `=20` is a sign.
SOFT_BREAK = re.compile(r"=\s*(?=[\w-]{3}|(?![0-9a-f]{2})[\w-])", re.IGNORECASE)
#: What begins a query where the question mark was lost: `/&sort=name`, `;sort=name`.
PARAMETER = re.compile(r"([&;])(?=([a-z][\w-]*)=)", re.IGNORECASE)
#: Scheme and host, where a whole address stands for a path: a wiki that takes each link for one of its own; and the
#: `#!` of sites that are one page.
HOST = re.compile(r"^/*(?:https?:/+[^/]+|#!?)(?=/+\w)", re.IGNORECASE)
AMPERSAND = re.compile(r"^(?:[&;?\s]|amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
#: How programs number the values of a list: `framework[0]=django`.
INDEXED = re.compile(r"\[\d+\]$")
ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
#: Where a line is broken, or may be.
WRAPPED = re.compile(r"\s*[\r\n]+\s*|<wbr\s*/?>", re.IGNORECASE)
#: What a value may be after its ends were cleaned: a name, a number, a day, a cell; all other text is left as it is.
SIMPLE = re.compile(r"-?[a-z0-9](?:[a-z0-9:_-]*[a-z0-9])?", re.IGNORECASE)
#: Several of them, with commas. Several words are a name that somebody has typed.
LIST = re.compile(rf"{SIMPLE.pattern}(?:\s*,\s*{SIMPLE.pattern})*", re.IGNORECASE)
#: A query in which nothing can have been mangled: such parameters, each with such a value or none.
UNHARMED = re.compile(rf"(?:(?:[a-z]|[a-z][a-z0-9_-]*[a-z0-9])=(?:{SIMPLE.pattern})?(?:&|\Z))*")
#: Beyond so many parameters Django refuses the request.
MOST = 1_000


def plain(text: str) -> str:
    """Return the text without what nobody sees or types: compatibility forms, dashes and broken lines made plain."""
    return unicodedata.normalize(
        "NFKC", WRAPPED.sub("", text.translate(DASHES).translate(INVISIBLE))
    ).translate(DASHES)


def repaired_query(query: str, is_ours: Callable[[str], bool]) -> str | None:
    """Return the query string as it was meant, in which nothing is escaped twice; None if it is as it should be.

    Separators may be `&amp;`, `;` or escaped, names and values may have unseen characters or stray punctuation. A name
    with a colon for its equals sign is one only if `is_ours` says so. Free text stays as it is.
    """
    if UNHARMED.fullmatch(query) or query.count("&") > MOST:
        return None
    return _query_as_meant(query, is_ours)


def _query_as_meant(query: str, is_ours: Callable[[str], bool]) -> str | None:
    typed = list(_split(query))
    pairs, before = _joined(_split(_plain_signs(query, quote)), is_ours), None
    for _ in range(4):  # what was escaped more often than this is nobody's accident
        pairs, before = [pair for name, value in pairs for pair in _repaired(name, value, is_ours)], pairs
        if pairs == before:
            break
    if pairs == typed:
        return None
    meant = dict.fromkeys(pair for pair in pairs if not TRACKING.fullmatch(pair[0]))
    # What came without a value stays without one, so that the page can say so.
    return "&".join("=".join(quote_plus(text, ":,*") for text in pair if text is not None) for pair in meant)


def _plain_signs(text: str, written: Callable[[str], str]) -> str:
    """Return the text with ampersands as they are, and other signs that were escaped for HTML as `written`."""
    text = CODED.sub(lambda match: re.sub(r"[^&]+", lambda signs: written(signs[0]), _decoded(match)), text)
    return SIGN.sub(lambda match: written(unescape(match[0])), ENTITY.sub("&", text))


def _decoded(coded: re.Match[str]) -> str:
    """Return the characters that numbers in a script stand for; one beyond the first 65,536 has two numbers."""
    numbers = re.findall(r"[ux](\w+)", coded[0])
    return b"".join(int(number, 16).to_bytes(2, "big") for number in numbers).decode("utf-16-be", "replace")


def _split(query: str) -> Iterator[Pair]:
    for part in query.split("&"):
        if part:
            name, equals, value = part.partition("=")
            yield _text(name), _text(value) if equals else None


def _text(escaped: str) -> str:
    """Return the text as Windows wrote it, if it is not UTF-8."""
    text = unquote_plus(escaped)
    return unquote_plus(escaped, "cp1252") if "\ufffd" in text else text


def _joined(pairs: Iterable[Pair], is_ours: Callable[[str], bool]) -> list[Pair]:
    """Return the parameters with free text in one piece that its own ampersand has divided: `q=R&D`."""
    joined: list[Pair] = []
    for name, value in pairs:
        before, text = joined[-1] if joined else ("", None)
        start = re.split(r"[^\w-]", name.strip().lower(), maxsplit=1)[0]
        is_more = value is None and not is_ours(start) and not TRACKING.fullmatch(name)
        if is_more and text is not None and before.lower() == FREE_TEXT:
            joined[-1] = before, f"{text}&{name}"
        else:
            joined.append((name, value))
    return joined


def _repaired(name: str, value: str | None, is_ours: Callable[[str], bool]) -> Iterator[Pair]:
    """Yield the parameters that a single one stands for: itself, repaired, and those that are hidden in it."""
    text = _unescaped(plain(name))
    first, equals, rest = text.partition("=")
    if value is None and not equals and (colon := COLON.fullmatch(text)) and is_ours(colon[1].lower()):
        first, rest, value = colon[1], colon[2], ""
    bare = INDEXED.sub("", AMPERSAND.sub("", re.sub(r"[\s\\]", "", first))).strip(AROUND).lower()
    if not SIMPLE.fullmatch(bare):
        yield name, value
        return
    if value is None and not equals:
        yield bare, None
        return
    if bare in ADDRESSES:
        yield bare, value
        return
    whole = f"{rest}={value}" if equals and value else rest or value or ""
    if bare != FREE_TEXT:
        bare, whole = _unbroken(bare, whole, is_ours)
    own, further = _cut(whole, bare, is_ours if equals else None)
    yield bare, own
    for inner, more in further:
        yield from _repaired(inner, more, is_ours)


def _unbroken(name: str, value: str, is_ours: Callable[[str], bool]) -> tuple[str, str]:
    """Return name and value without the equals sign of a mail that was not decoded: `w-perfor=mance=10`, `10=0`."""
    before, equals, after = plain(value).partition("=")
    if not (equals and SIMPLE.fullmatch(before) and SIMPLE.fullmatch(after)):
        return name, value
    if not before.isdecimal() and is_ours(name + before):
        return name + before, after
    return name, before + after if is_ours(name) else value


def _cut(value: str, name: str, is_ours: Callable[[str], bool] | None) -> tuple[str, list[tuple[str, str]]]:
    """Return the value alone, and the parameters that follow it within the text.

    None follow free text, unless `is_ours` knows their names: it is given if even the equals sign was escaped.
    """
    is_free = name == FREE_TEXT
    # An equals sign in a mail that was not decoded is `=3D`; no name here begins with a capital.
    text = value if is_free else BACKSLASH.sub("", _unescaped(plain(value)).removeprefix("3D"))
    starts = [
        match
        for match in (FURTHER_IN_TEXT if is_free else FURTHER).finditer(text)
        if not is_free or (is_ours and is_ours(match[1].lower()))
    ]
    ends = [*[match.start() for match in starts[1:]], len(text)]
    further = [
        text[match.end() : end].partition("=") for match, end in zip(starts, ends, strict=bool(starts))
    ]
    own = text[: starts[0].start()] if starts else text
    bare = TAIL.sub("", own.strip(AROUND)).strip(f"{AROUND}&=_~/").rstrip("-")
    if is_free:
        alone = own
    elif LIST.fullmatch(bare):
        alone = bare
    elif own.strip(AROUND.replace("*", "")) == "*":
        alone = "*"  # stands for every row
    else:
        alone = own if starts else value
    return alone, [(inner, rest) for inner, _, rest in further]


def _unescaped(text: str) -> str:
    """Return the text without escapes that are left after decoding it, unless they are no text."""
    for _ in range(4):
        text = CODED.sub(_decoded, text)
        once = unquote(text)
        if once == text or "\ufffd" in once or not ESCAPED.search(text):
            break
        text = plain(once)
    return text


def repaired_paths(path: str, is_ours: Callable[[str], bool]) -> Iterator[str]:
    """Yield what a path that leads nowhere may have been meant to be, the likeliest first.

    Each begins with exactly one slash. A path that contains an escaped question mark has a query then.
    """
    whole = BACKSLASH.sub("", plain(_plain_signs(_unescaped(plain(path)), str)))
    whole = HOST.sub("", whole)
    if (first := PARAMETER.search(whole)) and (first[1] == "&" or is_ours(first[2].lower())):
        whole = f"{whole[: first.start()]}?{whole[first.end() :]}"
    text, _, query = whole.partition("?")
    query = repaired_query(query, is_ours) or query
    unbroken = dict.fromkeys([SOFT_BREAK.sub("", text), text])
    for segments in (segments for each in unbroken for segments in _meanings(each)):
        joined = "/" + "/".join(segments)
        ends = [joined] if "." in joined.rpartition("/")[2] else [f"{joined}/" if segments else "/", joined]
        for end in dict.fromkeys([*ends, *(end.lower() for end in ends)]):
            yield f"{end}?{query}" if query else end


def _meanings(text: str) -> Iterator[list[str]]:
    """Yield the segments of a path: with all its words, without what follows it, without what systems add to it."""
    yield [
        re.sub(r"-?[\s_+]+-?", "-", bare)
        for part in re.split(r"[/\\]+", text)
        if (bare := part.strip(AROUND))
    ]
    if re.search(r"\w\s+\w", text):  # a line that was broken within a name
        yield [bare for part in re.split(r"[/\\]+", text) if (bare := re.sub(r"\s+", "", part).strip(AROUND))]
    kept = NO_PATH.sub("", text)
    segments = [bare for part in kept.split("/") if (bare := part.strip(AROUND).rstrip(f"{AROUND}_~-"))]
    if not segments:
        return
    tail = text[len(kept) :]
    # A segment that is nothing but tail may be a name that does not exist: it is cut only if it is certainly none.
    if not (MARKS.fullmatch(tail) if kept.endswith("/") else not FURTHER_SEGMENT.match(tail)):
        return
    yield segments
    *above, last = segments
    if INDEX.fullmatch(last) or (above and last.lower() in WORDS):
        yield above
    elif ENDINGS.search(last):
        yield [*above, ENDINGS.sub("", last)]


def untracked(address: str) -> str:
    """Return the address without the parameters that certainly only track readers, the others as they were typed.

    A name that could be the slug of a facet or question stays, and so does one whose value may contain a further
    parameter.
    """
    path, _, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if not _only_tracks(part))
    return f"{path}?{kept}" if kept else path


def _only_tracks(part: str) -> bool:
    name, _, value = part.partition("=")
    is_certain = name in NO_SLUGS or ("_" in name and TRACKING.fullmatch(name))
    return bool(is_certain and HARMLESS.fullmatch(value))


def unknown(names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each parameter that a page does not know, unless it only serves to track readers."""
    for name in dict.fromkeys(names):
        if name.strip() and name not in known and not TRACKING.fullmatch(name):
            label = name if len(name) <= 160 else f"{name[:159]}…"
            yield f"This page has no parameter “{label}”. It was ignored."
