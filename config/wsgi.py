import os

from django.core.wsgi import get_wsgi_application

from .surrogate import cacheable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = cacheable(get_wsgi_application())
