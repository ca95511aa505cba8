"""Serve all changes as an Atom feed."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from frameworks.models import Revision
from frameworks.pages.feeds import FeedSubject, HistoryFeed


class ChangesFeed(HistoryFeed):
    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FeedSubject:
        return FeedSubject(
            "Changes",
            page=reverse("frameworks:changes"),
            path=reverse("portal:changes_feed"),
            steps=Revision.objects.public(),
        )
