"""Pages about many frameworks come in parts of 50, with figures of the whole."""

import pytest
from django.test import Client

from frameworks.models import Claim, Criterion, Framework, Source
from tests import factories
from tests.html import Element
from tests.pages import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("many")]


@pytest.fixture
def opposed(many: None, db: None) -> Source:
    """A source that reads all frameworks as 1, against another that reads all as 5 but the last two as 2 and 1."""
    speed = Criterion.objects.get(slug="speed")
    almanac, shop = (factories.make_source(key=key) for key in ("almanac", "shop"))
    for line, framework in enumerate(Framework.objects.order_by("name"), 1):
        about = {"framework": framework, "criterion": speed, "line": line}
        factories.make_claim(source=almanac, reading=1, **about)
        factories.make_claim(source=shop, reading={50: 2, 51: 1}.get(line, 5), **about)
    factories.make_claim(source=almanac, criterion=speed, framework=None, reading=3, line=90)
    factories.make_claim(
        source=almanac, criterion=speed, framework=Framework.objects.get(slug="f50"), line=91
    )
    return almanac


def sections(page: Element, prefix: str = "") -> list[str]:
    return [section["id"] for section in page.all(".section") if section["id"].startswith(prefix)]


def notices(page: Element) -> list[str]:
    return page.texts("[role=alert] li")


# A source


def test_source_has_its_claims_in_pages_most_first(client: Client, opposed: Source) -> None:
    first, second = get(client, "/sources/almanac/"), get(client, "/sources/almanac/?page=2")
    assert sections(first, "of-") == ["of-f50", *(f"of-f{number:02}" for number in range(49))]
    assert sections(second) == ["of-f49", "in-general"]
    assert [page.texts(".figures dd")[0] for page in (first, second)] == ["53", "53"]
    assert [len(page.all("nav.pages")) for page in (first, second)] == [2, 2]
    assert "This page shows 51 to 52." in " ".join(second.texts("p"))
    assert second.one("link[rel=canonical]")["href"].endswith("/sources/almanac/?page=2")
    assert notices(get(client, "/sources/almanac/?page=9")) == ["There is no such page. This is page 2."]


def test_source_stands_against_the_others_by_all_its_claims(client: Client, opposed: Source) -> None:
    page = get(client, "/sources/almanac/")
    assert page.texts(".figures dd") == ["53", "51", "50"]
    rows = page.all(".stances tbody tr")
    # The claims behind the ratings of Frame 01 and Frame 02 are nearer to it.
    widest = [0, *range(3, 14)]
    assert [row.one("a").text for row in rows] == [f"Frame {number:02}, Speed" for number in widest]
    assert rows[0].texts(".number") == ["1", "5"]
    assert "the twelve widest gaps of 51" in page.one("#against-the-others .aside").text


def test_source_counts_a_joint_reading_in_both_cells_and_readings_as_a_mean(client: Client) -> None:
    speed, ease = Criterion.objects.get(slug="speed"), factories.make_criterion(name="Ease")
    one, other = (factories.make_source(key=key) for key in ("one", "other"))
    about = {"framework": Framework.objects.get(slug="f10")}
    factories.make_claim(source=one, criterion=speed, joint_criterion=ease, reading=4, **about)
    factories.make_claim(source=one, criterion=ease, reading=5, **about)
    factories.make_claim(source=one, criterion=ease, **about)
    factories.make_claim(source=other, criterion=ease, joint_criterion=speed, reading=2, **about)
    rows = get(client, "/sources/one/").all(".stances tbody tr")
    assert [(row.one("a").text, row.texts(".number")) for row in rows] == [
        ("Frame 10, Ease", ["4.5", "2"]),
        ("Frame 10, Speed", ["4", "2"]),
    ]


def test_source_without_many_frameworks_has_no_pages(client: Client) -> None:
    factories.make_source(key="almanac")
    page = get(client, "/sources/almanac/?page=9")
    assert page.all("nav.pages") + page.all(".notices") == []


@pytest.mark.parametrize(
    "line, page",
    [(1, 1), (49, 1), (50, 2), (51, 1), (90, 2)],
    ids=["first", "last", "next", "most", "general"],
)
def test_source_leads_to_the_page_of_a_claim(client: Client, opposed: Source, line: int, page: int) -> None:
    claim = opposed.claims.get(line=line)
    response = client.get(f"/sources/almanac/?claim={claim.key}")
    assert response["Location"] == f"/sources/almanac/?page={page}#{claim.key}"
    assert len(get(client, response["Location"]).all(f"#{claim.key}")) == 1


def test_source_knows_only_its_own_claims(client: Client, opposed: Source) -> None:
    other = Claim.objects.filter(source__key="shop")[0]
    for key in (other.key, "nobody", "%00", ""):
        assert client.get(f"/sources/almanac/?claim={key}").status_code == 200


def test_sources_come_in_pages(client: Client) -> None:
    for number in range(51):
        factories.make_source(key=f"z{number:02}", short_name=f"Text {number:02}")
    total = Source.objects.count()
    pages = [get(client, f"/sources/?page={number}") for number in (1, 2)]
    assert [len(page.all(".source-entry")) for page in pages] == [50, total - 50]
    assert all(
        page.one("meta[name=description]")["content"].startswith(f"The {total} texts") for page in pages
    )


# Disagreements


def test_disagreements_come_in_pages_widest_first(client: Client, opposed: Source) -> None:
    speed = Criterion.objects.get(slug="speed")
    extra = [factories.make_framework(name=name) for name in ("Aye", "Bee")]
    for framework in extra:
        for reading in (1, 3):
            factories.make_claim(framework=framework, criterion=speed, source=opposed, reading=reading)
    first, second = get(client, "/disagreements/"), get(client, "/disagreements/?page=2")
    assert sections(first, "cell-") == [
        *(f"cell-f{number:02}-speed" for number in range(49)),
        "cell-aye-speed",
    ]
    assert sections(second) == ["cell-bee-speed"]
    for page in (first, second):
        assert "51 more scores" in page.one(".lede").text
        assert "In all, 51 scores are in dispute." in page.one(".lede").text
        assert len(page.all(".contents li")) == len(sections(page))


def test_disagreements_of_the_editors_are_on_the_first_page_alone(client: Client, opposed: Source) -> None:
    claims = list(Claim.objects.filter(framework__slug="f00", source__key__in=["almanac", "shop"]))
    factories.make_disagreement(title="How fast", claims=claims)
    speed = Criterion.objects.get(slug="speed")
    for name in ("Aye", "Bee", "Cee"):
        framework = factories.make_framework(name=name)
        for reading in (1, 3):
            factories.make_claim(framework=framework, criterion=speed, reading=reading)
    assert len(sections(get(client, "/disagreements/"))) == 51
    assert get(client, "/disagreements/").all(".contents li")[0].text == "How fast 4 steps apart"
    assert sections(get(client, "/disagreements/?page=2")) == ["cell-cee-speed"]


# Capabilities


def test_capabilities_list_fifty_with_additions(client: Client) -> None:
    admin, component = factories.make_capability(name="Admin"), factories.make_component(name="Panel")
    for framework in Framework.objects.all():
        factories.make_addition(framework=framework, capability=admin, component=component, claims=[])
    built_in, added = get(client, "/capabilities/").all(".overview tbody td")
    assert built_in.text == "none mentioned"
    assert added.text.endswith("Frame 49: Paneland others, 51 in all")
    page = get(client, "/capabilities/?need=admin")
    assert page.one(".count").text.endswith(
        "No framework has it built in; 51 can be completed with additions."
    )
