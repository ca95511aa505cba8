"""The rubric of a criterion beside a score."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frameworks.models import Criterion


def rubric_of(criterion: Criterion | None) -> SafeString | str:
    """Return the written steps as a list, to be held beside a score."""
    if criterion is None or not criterion.is_scored:
        return "Shown once you have chosen a criterion."
    steps = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", criterion.rubric)
    return format_html('<dl class="rubric">{}</dl>', steps)


def rubrics() -> dict[int, str]:
    """Return the rubrics of all scored criteria, by number, for forms on which a criterion is chosen. One query."""
    return {criterion.pk: rubric_of(criterion) for criterion in Criterion.objects.scored()}
