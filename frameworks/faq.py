"""Questions and answers as search engines read them. No queries."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .models import Answer, Question

#: What could end a script or open a comment within one, written so that JSON still reads the same.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


def faq_page(questions: Iterable[Question]) -> dict[str, Any]:
    """As schema.org's FAQPage. It knows one accepted answer: here it holds every source's, by name, and the dispute.

    Costs no query after `Question.objects.in_full()`.
    """
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.text,
                "url": settings.SITE_URL.rstrip("/") + question.get_absolute_url(),
                "acceptedAnswer": {"@type": "Answer", "text": _said(question)},
            }
            for question in questions
        ],
    }


def _said(question: Question) -> str:
    answers = [_with_source(answer) for answer in question.answers.all()]
    return " ".join([*answers, *filter(None, [question.dispute])])


def _with_source(answer: Answer) -> str:
    return f"{answer.source.short_name}: {answer.stance}. {answer.text}"


def data_block(data: dict[str, Any]) -> SafeString:
    """The data within a page. A browser runs none of it, so that the content security policy lets it stand."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above
