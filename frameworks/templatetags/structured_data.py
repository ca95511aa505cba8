"""Write structured data into templates: `{% breadcrumb_data "Frameworks" index_url %}`.

Each tag renders what a function of `frameworks.pages.structured` returns.
"""

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.safestring import SafeString

from frameworks.models import Component, Criterion, Framework, Question, Source
from frameworks.pages import structured

register = template.Library()


@register.simple_tag
def website_data(search: str) -> SafeString:
    """Describe the portal; `search` is the path of its search page."""
    return structured.data_block(structured.website(search))


@register.simple_tag
def breadcrumb_data(*names_and_paths: str) -> SafeString:
    """Describe the way to a page: name and path of each step in turn, without the front page."""
    return structured.data_block(
        structured.breadcrumb(*zip(names_and_paths[::2], names_and_paths[1::2], strict=True))
    )


@register.simple_tag
def framework_data(framework: Framework) -> SafeString:
    """Describe the framework that a page is about."""
    return structured.data_block(structured.framework(framework))


@register.simple_tag
def component_data(component: Component) -> SafeString:
    """Describe the component that a page is about."""
    return structured.data_block(structured.component(component))


@register.simple_tag
def criterion_data(criterion: Criterion) -> SafeString:
    """Describe the criterion that a page is about."""
    return structured.data_block(structured.criterion(criterion))


@register.simple_tag
def source_data(source: Source) -> SafeString:
    """Describe the cited text that a page is about."""
    return structured.data_block(structured.source(source))


class OfFramework(Protocol):
    """A row of any table of frameworks."""

    @property
    def framework(self) -> Framework: ...


@register.simple_tag
def ranking_data(name: str, rows: Iterable[OfFramework]) -> SafeString:
    """Describe the frameworks of a table's rows, in their order."""
    return structured.data_block(structured.ranking(name, [row.framework for row in rows]))


@register.simple_tag
def faq_data(questions: Iterable[Question]) -> SafeString:
    """Describe questions with the answers of all sources."""
    return structured.data_block(structured.faq_page(questions))
