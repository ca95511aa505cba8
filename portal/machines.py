"""Serve the text files for crawlers and language models."""

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from comparisons.models import UseCase
from frameworks.catalogue import LISTED
from frameworks.models import Criterion, Framework
from frameworks.pages.conditional import revalidated

PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> TemplateResponse:
    """Allow everything but the desk. Views of the matrix are allowed so that a shared one is shown with its card."""
    return TemplateResponse(request, "portal/robots.txt", content_type=PLAIN_TEXT)


@require_safe
@revalidated
def llms(request: HttpRequest) -> TemplateResponse:
    """Describe the portal and list its addresses, for language models that look something up."""
    frameworks = list(Framework.objects.published()[: LISTED + 1])
    are_listed = len(frameworks) <= LISTED
    context = {
        "maximum": settings.COMPARE_MAX,
        "frameworks": frameworks[:LISTED],
        "total": len(frameworks) if are_listed else Framework.objects.published().count(),
        "criteria": Criterion.objects.in_order(),
        "use_cases": UseCase.objects.all(),
    }
    return TemplateResponse(request, "portal/llms.txt", context, content_type=PLAIN_TEXT)
