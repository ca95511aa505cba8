"""What a topic's file may say, and the sentence for each fault in it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from pictures.svg import ACCENT
from topics.contrast import contrast
from topics.topic import GROUNDS, Accent, TieKind, TopicError, read

TOPIC = """\
[site]
name = "Queues"
question = "Which task queue fits?"
description = "Task queues compared."
licence = "Everything here may be copied."

[items]
singular = "task queue"
plural = "task queues"
definition = "A program that runs work later."

[components.kinds]
broker = "message broker"

[components.ties]
uses = { says = "carries the messages of", heading = "Runs on" }

[relations.kinds]
replaces = "replaces"
"""


def topic_file(folder: Path, text: str) -> Path:
    (folder / "topic.toml").write_text(text)
    return folder


def test_shipped_topic_is_read() -> None:
    topic = read(settings.BASE_DIR / "fixtures")
    assert (topic.name, topic.an_item, topic.long_items) == (
        "Touchstone",
        "a framework",
        "Python web frameworks",
    )
    assert list(topic.component_kinds.values())[:2] == ["async layer", "data layer"]
    assert topic.tie_kinds["built-on"] == TieKind("is the base of", "Built on", "base of")


def test_topic_needs_little_and_has_the_shipped_accent(tmp_path: Path) -> None:
    topic = read(topic_file(tmp_path, TOPIC))
    assert (topic.long_item, topic.long_items, topic.an_item) == ("task queue", "task queues", "a task queue")
    assert (topic.use_case_question, topic.components) == ("What do you need it for?", "things")
    assert topic.tie_kinds == {
        "uses": TieKind("carries the messages of", "Runs on", "carries the messages of")
    }
    assert (topic.accent, topic.kind_line, topic.measured, topic.synonyms) == (Accent(), (), "", {})


@pytest.mark.parametrize(
    "item, article, said",
    [("engine", "", "an engine"), ("utility", 'article = "a"', "a utility"), ("Ürün", "", "a Ürün")],
)
def test_topic_article_follows_the_first_letter_unless_given(
    tmp_path: Path, item: str, article: str, said: str
) -> None:
    text = TOPIC.replace('singular = "task queue"', f'singular = "{item}"\n{article}')
    assert read(topic_file(tmp_path, text)).an_item == said


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("[site]", "[site", "line 1: This is not TOML"),
        ('name = "Queues"', "", "line 1: [site] needs “name”, a text."),
        ('name = "Queues"', "name = 7", "line 2: “name” in [site] must be a text of one line, in quotes."),
        ('name = "Queues"', 'name = " "', "line 2: “name” in [site] must be a text of one line"),
        ('name = "Queues"', 'name = "a\\nb"', "line 2: “name” in [site] must be a text of one line"),
        ("Queues", "Q" * 41, "line 2: “name” in [site] is longer than 40 characters."),
        ("plural", "plurl", "line 9: [items] has no key “plurl”. Did you mean “plural”?"),
        ("[relations.kinds]", "[realtions.kinds]", "line 18: There is no table “realtions”."),
        (
            "replaces =",
            "Replaces =",
            "line 19: “Replaces” in [relations.kinds] must be at most 20 lower-case",
        ),
        ("broker =", "-".join(["broker"] * 4) + " =", "line 13: “broker-broker-broker-broker”"),
        ('broker = "message broker"', 'broker = "x"\nbus = "x"', "line 13: Two kinds in [components.kinds]"),
        (', heading = "Runs on"', "", "line 16: [components.ties.uses] needs “heading”, a text."),
        ('{ says = "carries the messages of", heading = "Runs on" }', '"on"', "line 16: “uses” in"),
        ("[components.kinds]", "[components]\nkinds = 1\n[x]", "line 14: There is no table “x”."),
        (
            "[items]",
            'accent = { light = "#ffbb88" }\n[items]',
            "line 7: The light accent #ffbb88 has a contrast of 1.51 on #f8f5ee; text needs at least 4.5.",
        ),
        (
            "[items]",
            'accent = { dark = "red" }\n[items]',
            "line 7: The dark accent must be a colour like #ee8d63",
        ),
        (
            'plural = "task',
            'plural = "a, task',
            "line 9: “plural” in [items] must be a noun without a comma.",
        ),
        (
            "[items]",
            '[examples]\nitems = ["a"]\n[items]',
            "line 8: “items” in [examples] must be a list of two",
        ),
        (
            "[items]",
            '[examples]\nsearches = ["a"]\n[items]',
            "line 8: “searches” in [examples] must be a tool,",
        ),
        ("[items]", "[search]\nstop_words = [1]\n[items]", "line 8: “stop_words” in [search] must be a list"),
    ],
)
def test_topic_names_file_line_and_fault(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TOPIC
    with pytest.raises(TopicError) as refusal:
        read(topic_file(tmp_path, TOPIC.replace(old, new, 1)))
    assert str(refusal.value).startswith(f"{tmp_path / 'topic.toml'}, {said}")


def test_topic_that_is_no_text_or_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"topic\.toml does not exist\. A topic is a folder"):
        read(tmp_path)
    (tmp_path / "topic.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TopicError, match=r"topic\.toml, line 1: The file is not in UTF-8\."):
        read(tmp_path)


def test_shipped_accent_and_grounds_are_those_of_the_style_sheets() -> None:
    for name in ("touchstone.css", "embed.css"):
        tokens = dict(
            re.findall(r"--(\w+): (light-dark\([^)]*\))", (settings.BASE_DIR / "static" / name).read_text())
        )
        assert tokens["accent"] == f"light-dark({Accent().light}, {Accent().dark})"
        for place, token in enumerate(("paper", "card")):
            assert tokens[token] == f"light-dark({GROUNDS['light'][place]}, {GROUNDS['dark'][place]})"
    assert (Accent().light, Accent().dark) == ACCENT


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_texts_that_say_framework_get_the_word_of_the_topic(tmp_path: Path) -> None:
    text = (
        "A framework, two frameworks’ scores. Frameworks of a framework; `framework` and `?framework=` stay."
    )
    assert read(settings.BASE_DIR / "fixtures").worded(text) == text
    assert read(topic_file(tmp_path, TOPIC.replace("task queue", "engine"))).worded(text) == (
        "An engine, two engines’ scores. Engines of an engine; `framework` and `?framework=` stay."
    )
