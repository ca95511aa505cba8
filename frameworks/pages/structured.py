"""What pages say as search engines read it: schema.org's terms, in JSON-LD. No queries.

Only what stands on the page as well. The editors' scores are left out: schema.org knows ratings by reviewers and by
users, and these are neither.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from frameworks.models import Answer, Component, Criterion, Framework, Question, Source

from .addresses import absolute

Data = dict[str, Any]

#: What could end a script or open a comment within one, written so that JSON still reads the same.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


def data_block(data: Data) -> SafeString:
    """The data within a page. A browser runs none of it, so that the content security policy lets it stand."""
    said = {"@context": "https://schema.org", **_what_is_known(data)}
    text = json.dumps(said, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def website(search: str) -> Data:
    """The portal, and the path of its search."""
    return {
        "@type": "WebSite",
        "name": settings.SITE_NAME,
        "url": absolute("/"),
        "description": "Python web frameworks compared on cited evidence.",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute(search) + "?q={search_term_string}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumb(*steps: tuple[str, str]) -> Data:
    """The way from the front page to this one: names and paths, the page itself last."""
    way = [(settings.SITE_NAME, "/"), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(way, start=1)
        ],
    }


def framework(framework: Framework) -> Data:
    return {
        "@type": "SoftwareApplication",
        "name": framework.name,
        "description": framework.tagline,
        "applicationCategory": "DeveloperApplication",
        "url": absolute(framework.get_absolute_url()),
        "sameAs": list(filter(None, [framework.website, framework.repository])),
    }


def component(component: Component) -> Data:
    return {
        "@type": "SoftwareApplication",
        "name": component.name,
        "description": component.summary,
        "applicationCategory": "DeveloperApplication",
        "url": absolute(component.get_absolute_url()),
        "sameAs": component.website,
    }


def criterion(criterion: Criterion) -> Data:
    return {
        "@type": "DefinedTerm",
        "name": criterion.name,
        "description": criterion.question,
        "url": absolute(criterion.get_absolute_url()),
        "inDefinedTermSet": absolute(reverse("frameworks:criteria")),
    }


def source(source: Source) -> Data:
    """The text that is cited, not our page about it."""
    return {
        "@type": "Article",
        "headline": source.title,
        "creditText": source.authors,
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else {},
        "url": source.url,
        "mainEntityOfPage": absolute(source.get_absolute_url()),
    }


def ranking(name: str, frameworks: Iterable[Framework]) -> Data:
    """Frameworks in the order in which a page shows them."""
    return {
        "@type": "ItemList",
        "name": name,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": found.name,
                "url": absolute(found.get_absolute_url()),
            }
            for position, found in enumerate(frameworks, start=1)
        ],
    }


def faq_page(questions: Iterable[Question]) -> Data:
    """It knows one accepted answer: here that holds every source's, by name, and the dispute.

    Costs no query after `Question.objects.in_full()`.
    """
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.text,
                "url": absolute(question.get_absolute_url()),
                "acceptedAnswer": {"@type": "Answer", "text": _answers(question)},
            }
            for question in questions
        ],
    }


def _answers(question: Question) -> str:
    answers = [_with_source(answer) for answer in question.answers.all()]
    return " ".join([*answers, *filter(None, [question.dispute])])


def _with_source(answer: Answer) -> str:
    return f"{answer.source.short_name}: {answer.stance}. {answer.text}"


def _what_is_known(data: Data) -> Data:
    """Without what nobody has stated."""
    return {name: value for name, value in data.items() if value not in ("", [], {})}
