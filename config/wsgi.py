import os

import django

from .charset import Utf8Handler
from .surrogate import cacheable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

application = cacheable(Utf8Handler())
