"""A bare Django project: its settings, its one view, which returns answers from files, and its addresses.

`deploy/gunicorn.conf.py` serves it as it serves the portal. BARE_ANSWERS names the folder with the answers.
"""

import json
import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = __name__
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
# What the server's configuration reads.
SITE_NAME = "Bare Django"
PORT, WEB_CONCURRENCY = int(os.environ["PORT"]), int(os.environ["WEB_CONCURRENCY"])

_ANSWERS = {
    file.stem: (file.read_bytes(), json.loads(file.with_suffix(".json").read_text()))
    for file in Path(os.environ["BARE_ANSWERS"]).glob("*.body")
}


def answer(request: HttpRequest, name: str) -> HttpResponse:
    content, headers = _ANSWERS[name]
    return HttpResponse(content, headers=headers)


urlpatterns = [path("<slug:name>", answer)]
