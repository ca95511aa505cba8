"""Serve the changes of the frameworks in a comparison as Atom."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse

from frameworks.models import Framework
from frameworks.pages.feeds import FeedSubject, HistoryFeed


class ComparisonFeed(HistoryFeed):
    """The feed of a comparison, the same whatever the order of the frameworks."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FeedSubject:
        slugs = sorted(set(kwargs["slugs"]))
        # Looked up in memory: an address may contain characters that the database refuses in a query.
        known = {framework.slug: framework for framework in Framework.objects.public()}
        if not 2 <= len(slugs) <= settings.COMPARE_MAX or not known.keys() >= set(slugs):
            raise Http404("No such comparison.")
        return FeedSubject.frameworks(
            [known[slug] for slug in slugs],
            page=reverse("comparisons:side_by_side", args=[slugs]),
            path=reverse("comparisons:feed", args=[slugs]),
        )
