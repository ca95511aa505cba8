"""Keep facts and answers in memory, as in production; all other tests run without."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django import Settings

from frameworks.models import Revision
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


@pytest.fixture(scope="module")
def _kept_world(world: None) -> Iterator[None]:
    forget_everything()
    yield
    forget_everything()


@pytest.fixture
def kept_world(_kept_world: None) -> Iterator[None]:
    """The small world, which a test only reads: what one test has had in memory serves the others of its module."""
    before = Revision.objects.count()
    with override_settings(KEEP_IN_MEMORY=True, VERSION_SECONDS=3_600):
        yield
    assert Revision.objects.count() == before, (
        "A test that changes facts asks for `world`, not for `kept_world`."
    )
