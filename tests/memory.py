"""Keep facts and answers in memory, as in production; all other tests run without."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from frameworks.serving import answers, pieces, version


def forget_everything() -> None:
    """Start as a new process would."""
    answers.clear()
    pieces.clear()
    version.forget()


@pytest.fixture
def keeping(settings: Settings) -> Iterator[None]:
    """Turn the memory on, and empty it before and after."""
    settings.KEEP_IN_MEMORY = True
    settings.VERSION_SECONDS = 3_600  # so that a busy machine makes no difference
    forget_everything()
    yield
    forget_everything()
