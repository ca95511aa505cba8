"""The portal's settings, with a bare view beside its pages and a count of the requests that reach a view."""

from config.settings import *  # noqa: F403 - these are the settings
from config.settings import MIDDLEWARE as SHIPPED

ROOT_URLCONF = "benchmarks.bench.urls"
MIDDLEWARE = [*SHIPPED, "benchmarks.bench.calling.counting_views"]
