"""What crawlers and language models are told."""

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from comparisons.models import UseCase
from frameworks.models import Criterion, Framework
from frameworks.pages.conditional import revalidated

PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> TemplateResponse:
    """Crawlers may read all but the desk. Views of the matrix, too: whoever shares one wants it shown with its card."""
    return TemplateResponse(request, "portal/robots.txt", content_type=PLAIN_TEXT)


@require_safe
@revalidated
def llms(request: HttpRequest) -> TemplateResponse:
    """What the portal is and where everything stands, for language models that look something up."""
    context = {
        "maximum": settings.COMPARE_MAX,
        "frameworks": Framework.objects.published(),
        "criteria": Criterion.objects.in_order(),
        "use_cases": UseCase.objects.all(),
    }
    return TemplateResponse(request, "portal/llms.txt", context, content_type=PLAIN_TEXT)
