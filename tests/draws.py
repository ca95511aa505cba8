"""How much hypothesis draws: little, always the same; much and anew with HYPOTHESIS_PROFILE=nightly."""

import os
from typing import Any

from hypothesis import settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "daily")
#: How many times as much is drawn by night.
NIGHTLY = 40

settings.register_profile("daily", max_examples=25, deadline=None, derandomize=True, database=None)
settings.register_profile("nightly", max_examples=25 * NIGHTLY, deadline=None)
settings.load_profile(PROFILE)


def examples(daily: int, **more: Any) -> settings:
    """Return settings for tests each of whose examples costs pages: this many from day to day."""
    return settings(max_examples=daily * (NIGHTLY if PROFILE == "nightly" else 1), **more)
