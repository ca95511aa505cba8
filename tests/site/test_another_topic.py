"""The whole portal on the example topic: nothing fails, and nothing speaks of web frameworks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOPIC = settings.BASE_DIR / "examples" / "task-queues"


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
