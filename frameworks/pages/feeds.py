"""Publish changes as Atom feeds: all of them, or those that concern some frameworks."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import get_text_list

from frameworks.models import Framework, Revision
from frameworks.models.history import RevisionQuerySet
from frameworks.record import changelog
from frameworks.record.changelog import ChangelogEntry

from .addresses import absolute, below_home

ENTRIES = 30
#: The namespace in which a feed's path makes its id.
FEEDS = UUID("5b1c7a3e-6a0f-5d43-9f6e-1f0b6f2d9a57")
#: Characters that XML cannot hold, not even escaped.
NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Atom(Atom1Feed):
    """An Atom feed without the characters that XML cannot hold."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        cleaned = {name: plain(value) if isinstance(value, str) else value for name, value in item.items()}
        super().add_item_elements(handler, cleaned)

    def latest_post_date(self) -> datetime:
        """Return the time of the newest entry; of an empty feed a fixed time, because it has not changed since."""
        return super().latest_post_date() if self.items else datetime(1970, 1, 1, tzinfo=UTC)


def plain(text: str) -> str:
    """Return the text without characters that XML cannot hold."""
    return NOT_XML.sub("", text)


@dataclass(frozen=True)
class FeedSubject:
    """What a feed reports on: the path of the page that it belongs to, its own path, and the revisions."""

    title: str
    page: str
    path: str
    steps: RevisionQuerySet

    @classmethod
    def frameworks(cls, frameworks: Collection[Framework], *, page: str, path: str) -> "FeedSubject":
        """Build the subject of a feed of all public changes to these frameworks."""
        names = get_text_list([framework.name for framework in frameworks], "and")
        steps = Revision.objects.public().about(*(framework.slug for framework in frameworks))
        return cls(f"Changes to {names}", page, path, steps)


class HistoryFeed(Feed):
    """The newest changesets, each with who made it, why, and its first steps."""

    feed_type = Atom
    description_template = "frameworks/feed_entry.html"

    def title(self, about: FeedSubject) -> str:
        return plain(f"{about.title} · {settings.SITE_NAME}")

    def subtitle(self, about: FeedSubject) -> str:
        return "Every change of a rating, a claim or another fact, with its reason, newest first."

    def link(self, about: FeedSubject) -> str:
        return absolute(about.page)

    def feed_guid(self, about: FeedSubject) -> str:
        """Return an id of the feed that stays when the portal moves: made of the feed's path alone."""
        return f"urn:uuid:{uuid5(FEEDS, below_home(about.path))}"

    def feed_url(self, about: FeedSubject) -> str:
        return absolute(about.path)

    def items(self, about: FeedSubject) -> list[ChangelogEntry]:
        return changelog.entries(list(about.steps.last_of_changesets()[:ENTRIES]), about.steps)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {"entry": context["item"], "site": settings.SITE_URL}

    def item_title(self, entry: ChangelogEntry) -> str:
        return entry.first.reason

    def item_link(self, entry: ChangelogEntry) -> str:
        return absolute(reverse("frameworks:changeset", args=[entry.changeset]))

    def item_guid(self, entry: ChangelogEntry) -> str:
        """Return an id that stays when the portal moves to another scheme or host: the changeset's own number."""
        return f"urn:uuid:{entry.changeset}"

    def item_author_name(self, entry: ChangelogEntry) -> str:
        return entry.first.public_author

    def item_pubdate(self, entry: ChangelogEntry) -> datetime:
        return entry.first.at

    def item_updateddate(self, entry: ChangelogEntry) -> datetime:
        return entry.at


class FrameworkFeed(HistoryFeed):
    """The newest changesets that concern one framework."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FeedSubject:
        framework = get_object_or_404(Framework.objects.public(), slug=kwargs["slug"])
        path = reverse("frameworks:framework_feed", args=[framework.slug])
        return FeedSubject.frameworks([framework], page=framework.get_absolute_url(), path=path)
