"""The rubric of a criterion beside a score, with the rule by which words are placed on it."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frameworks.models import Criterion

#: Without JavaScript, the button shows the form again, unsaved, with the rubric of the criterion that was chosen.
NOT_CHOSEN = format_html(
    "Shown once you have chosen a criterion."
    ' <noscript><button type="submit" name="_edit" value="{}">Show the rubric</button></noscript>',
    1,
)


def rubric_of(criterion: Criterion | None) -> SafeString | str:
    """Return the written steps as a list, to be held beside a score."""
    if criterion is None:
        return NOT_CHOSEN
    if not criterion.is_scored:
        return "This criterion is not scored."
    steps = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", criterion.rubric)
    rule = format_html("<p>{}</p>", criterion.reading_rule) if criterion.reading_rule else ""
    return format_html('<dl class="rubric">{}</dl>{}', steps, rule)


def rubrics() -> dict[int, str]:
    """Return the rubrics of all scored criteria, by number, for forms on which a criterion is chosen. One query."""
    return {criterion.pk: rubric_of(criterion) for criterion in Criterion.objects.scored()}
