"""The whole portal on the example topic: nothing fails, and nothing speaks of web frameworks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.another_topic.words import WORDS

TOPIC = settings.BASE_DIR / "examples" / "task-queues"
#: What scripts and style sheets may show: texts in quotes of more than one word.
SHOWN = re.compile(r"""(?<![\w"])"[^"\n]* [^"\n]*"|`[^`\n]* [^`\n]*`""")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_another_topic_is_served_whole_and_in_its_own_words(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "PYTEST_VERSION")}
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.another_topic"],
        cwd=settings.BASE_DIR,
        env={**kept, "TOPIC": str(TOPIC), "VAR_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stdout) == (0, ""), outcome.stderr
    answers = sum(int(line.split()[0]) for line in outcome.stderr.splitlines() if "answers were read" in line)
    assert answers > 300


def test_scripts_and_style_sheets_say_nothing_of_web_frameworks() -> None:
    static = settings.BASE_DIR / "static"
    shown = {
        f"{path.name}: {text}"
        for path in [*static.glob("*.js"), *static.glob("*.css"), static / "favicon.svg"]
        for text in SHOWN.findall(COMMENT.sub("", path.read_text()))
    }
    assert len(shown) > 150
    assert [text for text in shown if WORDS.search(re.sub(r"\$\{[^}]*\}", "", text))] == []
