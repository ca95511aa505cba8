"""Give pages about one framework what they show of the judgement: `{% standing_of framework as standing %}`."""

from django import template

from comparisons.comparison.standing import OverallStanding, overall_standing
from frameworks.models import Framework
from frameworks.serving.memory import current_facts

register = template.Library()


@register.simple_tag
def standing_of(framework: Framework) -> OverallStanding | None:
    """Return where the framework stands among all under the default weights."""
    return overall_standing(current_facts(), framework.slug)
