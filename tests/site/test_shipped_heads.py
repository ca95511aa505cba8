"""The heads of the pages with the content as it is shipped: what search engines show of them.

Nothing else of the pages is rendered, which would take most of the time.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.template.context import Context
from django.template.loader_tags import BlockNode
from django.test import Client
from django.utils.safestring import SafeString
from pytest_django import DjangoDbBlocker

from tests.html import Element, read_head
from tests.pages import sitemap

pytestmark = pytest.mark.usefixtures("db", "heads_alone")


@pytest.fixture(scope="module", autouse=True)
def _seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def heads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    render = BlockNode.render

    def without_main(block: BlockNode, context: Context) -> SafeString:
        return SafeString() if block.name == "main" else render(block, context)

    monkeypatch.setattr(BlockNode, "render", without_main)


def head(client: Client, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return read_head(answer.content)


def test_every_page_has_unique_title_and_description_of_suitable_length(
    remembering: Client, keeping: None
) -> None:
    """All of the sitemap but the histories of cells and most of the pairs, of which there are hundreds alike."""
    listed = list(sitemap(remembering))
    pairs = [path for path in listed if path.startswith("/compare/") and path != "/compare/"]
    paths = [path for path in listed if path not in pairs and not path.endswith("/history/")] + pairs[:3]
    assert len(paths) > 100
    heads = {path: head(remembering, path) for path in paths}
    titles = {path: head.one("title").text for path, head in heads.items()}
    descriptions = {path: head.one("meta[name=description]")["content"] for path, head in heads.items()}
    assert {path: title for path, title in titles.items() if not 15 <= len(title) <= 75} == {}
    assert {path: text for path, text in descriptions.items() if not 50 <= len(text) <= 210} == {}
    for said in (titles, descriptions):
        assert [text for text, count in Counter(said.values()).items() if count > 1] == []
