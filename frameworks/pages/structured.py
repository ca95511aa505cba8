"""Describe pages to search engines in schema.org's terms, as JSON-LD. No queries.

Only what the page itself shows is included. The editors' scores are left out: schema.org knows ratings by reviewers
and by users, and these are neither.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from frameworks.models import Answer, Component, Criterion, Framework, Question, Source

from .addresses import absolute, home

Data = dict[str, Any]

#: Characters that could end a script or open a comment within one, as JSON escapes.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


def data_block(data: Data) -> SafeString:
    """Return the script element that holds the data. Browsers run none of it, so the security policy allows it."""
    document = {"@context": "https://schema.org", **_without_empty_values(data)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def website(search: str) -> Data:
    """Describe the portal; `search` is the path of its search page."""
    return {
        "@type": "WebSite",
        "name": settings.SITE_NAME,
        "url": absolute(home()),
        "description": settings.TOPIC.description,
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
    """Describe the way from the front page to this one; `steps` are names and paths, the page itself last."""
    way = [(settings.SITE_NAME, home()), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(way, start=1)
        ],
    }


def framework(framework: Framework) -> Data:
    """Describe a framework as what the topic says it is."""
    return {
        "@type": settings.TOPIC.schema_type,
        "name": framework.name,
        "description": framework.tagline,
        "applicationCategory": _category(settings.TOPIC.schema_type),
        "url": absolute(framework.get_absolute_url()),
        "sameAs": list(filter(None, [framework.website, framework.repository])),
    }


def _category(schema_type: str) -> str:
    """Return the category of an application, which nothing else has; empty for that."""
    return "DeveloperApplication" if schema_type == "SoftwareApplication" else ""


def component(component: Component) -> Data:
    """Describe a component as what the topic says it is."""
    return {
        "@type": settings.TOPIC.component_schema_type,
        "name": component.name,
        "description": component.summary,
        "applicationCategory": _category(settings.TOPIC.component_schema_type),
        "url": absolute(component.get_absolute_url()),
        "sameAs": component.website,
    }


def criterion(criterion: Criterion) -> Data:
    """Describe a criterion as a defined term."""
    return {
        "@type": "DefinedTerm",
        "name": criterion.name,
        "description": criterion.question,
        "url": absolute(criterion.get_absolute_url()),
        "inDefinedTermSet": absolute(reverse("frameworks:criteria")),
    }


def source(source: Source) -> Data:
    """Describe the cited text, not our page about it."""
    return {
        "@type": "Article",
        "headline": source.title,
        "creditText": source.authors,
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else {},
        "url": source.url,
        "mainEntityOfPage": absolute(source.get_absolute_url()),
    }


def ranking(name: str, frameworks: Iterable[Framework]) -> Data:
    """Describe a list of frameworks, in the order in which a page shows them."""
    return {
        "@type": "ItemList",
        "name": name,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": framework.name,
                "url": absolute(framework.get_absolute_url()),
            }
            for position, framework in enumerate(frameworks, start=1)
        ],
    }


def faq_page(questions: Iterable[Question]) -> Data:
    """Describe questions with their answers.

    An FAQPage allows one accepted answer, so that holds the answer of every source, by name, and the dispute.

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


def _without_empty_values(data: Data) -> Data:
    """Return the data without what nobody has stated."""
    return {name: value for name, value in data.items() if value not in ("", [], {})}
