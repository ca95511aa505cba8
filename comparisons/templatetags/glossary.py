"""Explain a term of art where it stands: `{% term "fit" %}`, or `{% term "fit" "Fit" %}` in other words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comparisons.pages.glossary import BY_SLUG

register = template.Library()


@register.simple_tag
def term(slug: str, words: str = "") -> SafeString:
    """Write a link to the glossary with the definition as its title, which the script shows in place. Once a page."""
    defined = BY_SLUG[slug]
    return format_html(
        '<a class="term" href="{}" title="{}">{}</a>',
        defined.get_absolute_url(),
        defined.meaning,
        words or defined.name,
    )
