"""The page on the method: the rule, the table of readings, the departures, and what sources say should be weighed."""

import pytest
from django.test import Client

from frameworks.models import Criterion
from tests import factories
from tests.html import Element, read

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/method/") -> Element:
    return read(client.get(address).content)


@pytest.fixture
def ease() -> Criterion:
    return factories.make_criterion(slug="ease", name="Ease", default_weight=3)


def test_method_shows_the_table_of_readings(client: Client, ease: Criterion) -> None:
    row = factories.make_wording(
        criterion=ease, slug="steep", words="steep; steeper", reading=2, explanation="Step 2 names it."
    )
    factories.make_wording(
        criterion=ease, slug="aim", words="aims at ease", explanation="An aim is no finding."
    )
    for framework in (factories.make_framework(), factories.make_framework(is_published=False)):
        factories.make_claim(framework=framework, criterion=ease, term="Steep", wording=row)
    table = page(client).one("#readings details")
    assert table.one("summary").text == "Ease: 2 rows"
    rows = [[cell.text for cell in line.all("th") + line.all("td")] for line in table.all("tbody tr")]
    assert rows == [
        ["“steep”, “steeper”", "2", "Step 2 names it.", "1"],
        ["“aims at ease”", "–not read", "An aim is no finding.", "0"],
    ]
    assert page(client, "/criteria/ease/").one("#row-steep th").text == "“steep”, “steeper”"


def test_method_lists_departures_with_their_reasons(client: Client, ease: Criterion) -> None:
    django = factories.make_framework(slug="django", name="Django")
    factories.make_rating(score=3, read=True)
    assert "None of the scores states a departure at present." in page(client).one("#departures").text
    factories.make_claim(framework=django, criterion=ease, reading=2)
    factories.make_rating(framework=django, criterion=ease, score=4, departure="The line is out of date.")
    factories.make_rating(is_published=False, departure="A draft.")
    departures = page(client).one("#departures")
    assert "They depart from it in 1 of 2 scores:" in departures.text
    assert departures.texts("li") == ["Django, Ease, scored 4: The line is out of date."]
    opened = page(client, "/?open=django:ease").one(".opened-panel")
    assert "The editors depart from the median: The line is out of date." in opened.text


def test_open_cell_says_what_follows_from_each_source(client: Client, ease: Criterion) -> None:
    django = factories.make_framework(slug="django", name="Django")
    almanac, herald = (factories.make_source(short_name=name) for name in ("Almanac", "Herald"))
    for source, reading in ((almanac, 4), (almanac, 5), (herald, 4), (herald, None)):
        factories.make_claim(framework=django, criterion=ease, source=source, reading=reading)
    factories.make_rating(framework=django, criterion=ease, score=4)
    opened = page(client, "/?open=django:ease").one(".opened-panel")
    assert "2 sources, 4 claims. Median of the sources: 4.25, from Almanac 4.5, Herald 4." in opened.text


def test_claim_shows_condition_comparison_and_its_row(client: Client, ease: Criterion) -> None:
    row = factories.make_wording(criterion=ease, slug="easy", words="easy", reading=4)
    factories.make_claim(
        framework=factories.make_framework(slug="django"),
        criterion=ease,
        term="Easy",
        paraphrase="Is easy.",
        condition="if you know it",
        comparison="than Flask",
        wording=row,
    )
    cited = page(client, "/criteria/ease/").one(".claims li")
    assert cited.texts("p") == ["Easy Is easy. Condition: if you know it. Compared: than Flask."]
    assert cited.one("a.reading")["href"] == "/criteria/ease/#row-easy"


@pytest.fixture
def factors(ease: Criterion) -> None:
    """Almanac wants ease and speed weighed, Herald only what is not scored."""
    factories.make_framework()
    almanac, herald = (
        factories.make_source(key=name.lower(), short_name=name) for name in ("Almanac", "Herald")
    )
    speed = factories.make_criterion(slug="speed", name="Speed", default_weight=2)
    factories.make_criterion(slug="age", name="Age", default_weight=1)
    uses = factories.make_criterion(slug="uses", is_scored=False)
    for source, criterion, line in (
        (almanac, ease, 3),
        (almanac, speed, 4),
        (almanac, ease, 9),
        (herald, uses, 1),
    ):
        factories.make_claim(framework=None, criterion=criterion, source=source, line=line, is_factor=True)


def test_method_cites_who_wants_a_criterion_weighed(client: Client, factors: None) -> None:
    rows = [
        [cell.text for cell in line.all("th") + line.all("td")]
        for line in page(client).all("#factors tbody tr")
    ]
    [described] = rows[3:]
    assert described[1:] == ["not scored", "Herald, line 1"]
    assert sorted(rows[:3]) == [
        ["Age", "1", "no source"],
        ["Ease", "3", "Almanac, line 3, line 9"],
        ["Speed", "2", "Almanac, line 4"],
    ]


def test_preset_weighs_what_a_source_wants_weighed_and_nothing_else(client: Client, factors: None) -> None:
    [preset] = page(client).all("#factors p a")
    assert preset.text == "as Almanac weighs"
    [offered] = page(client, "/").all("#menu-presets a")
    assert (offered.text, offered["href"]) == ("Almanac", preset["href"])
    weighed = page(client, preset["href"])
    fields = {field["name"]: field["value"] for field in weighed.all(".weights input")}
    assert fields == {"w-ease": "5", "w-speed": "5", "w-age": "0"}
    assert weighed.one("#menu-presets .menu-value").text == "Almanac"
    assert weighed.one("#menu-presets a")["aria-current"] == "true"
    assert page(client, "/").one("#menu-presets .menu-value").text == "default"
    assert page(client, "/?w-speed=9").one("#menu-presets .menu-value").text == "your own"


def test_presets_of_columns_show_a_group_what_a_source_weighs_or_the_heaviest(
    client: Client, factors: None
) -> None:
    links = {link.text: link["href"] for link in page(client, "/").all("#menu-columns p a")}
    assert links["what Almanac weighs"] == "/?criteria=ease&criteria=speed"
    assert links["the heaviest"] == "/?criteria=ease&criteria=speed"  # weights 3 and 2; that of age is 1
    reduced = page(client, links["what Almanac weighs"])
    assert {head.text for head in reduced.all("tr.heads th")} == {"Framework", "Fit", "Ease", "Speed"}
    assert reduced.one("#menu-columns .menu-value").text == "2 of 3"
    chosen = [link.text for link in reduced.all("#menu-columns p a") if "aria-current" in link]
    assert chosen == ["what Almanac weighs", "the heaviest"]
    weighed = page(client, "/?w-age=10&w-ease=0&sort=name")
    links = {link.text: link["href"] for link in weighed.all("#menu-columns p a")}
    assert links["the heaviest"] == "/?criteria=age&w-age=10&w-ease=0&sort=name"


def test_matrix_offers_no_presets_where_no_source_names_a_factor(client: Client, ease: Criterion) -> None:
    assert page(client, "/").all("#menu-presets") == []


def test_method_lists_the_scores_that_a_tie_decides(client: Client, ease: Criterion) -> None:
    for name, readings in (("Django", (4, 5)), ("Flask", (4, 4)), ("Quart", (1, 2))):
        framework = factories.make_framework(name=name)
        for reading in readings:
            factories.make_claim(framework=framework, criterion=ease, reading=reading)
        factories.make_rating(
            framework=framework, criterion=ease, score={"Django": 4, "Flask": 4, "Quart": 2}[name]
        )
    scores = page(client).one("#scores")
    assert "This decides 2 of 3 scores at present." in scores.text
    assert scores.texts("details li") == [
        "Django, Ease: median 4.5, score 4",
        "Quart, Ease: median 1.5, score 2",
    ]


def test_opened_cell_says_that_a_score_does_not_follow(client: Client, ease: Criterion) -> None:
    django = factories.make_framework(slug="django")
    factories.make_claim(framework=django, criterion=ease, reading=2)
    factories.make_rating(framework=django, criterion=ease, score=5)
    opened = page(client, "/?open=django:ease").one(".opened-panel")
    assert "The score does not follow from it, and no reason is stated." in opened.text
