"""The API is what its description says, whatever it is asked: schemathesis reads the one and tries out the other."""

import re
import shlex
from pathlib import Path

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck
from schemathesis import Case

from comparisons.comparison import comparing
from config.wsgi import application
from tests import factories
from tests.draws import examples
from tests.html import read

pytestmark = pytest.mark.django_db(transaction=True)

#: What there is, for addresses that would hardly be guessed.
THERE = {
    "/api/v1/frameworks/{slug}": {"slug": "django"},
    "/api/v1/criteria/{slug}": {"slug": "performance"},
    "/api/v1/sources/{key}": {"key": "003"},
    "/api/v1/claims/{key}": {"key": "000-5-general-performance"},
    "/api/v1/ratings/{framework}/{criterion}": {"framework": "django", "criterion": "performance"},
    "/api/v1/compare/{versus}": {"versus": "django-vs-fastapi"},
    "/api/v1/snapshots/{snapshot_id}": {"snapshot_id": factories.KEPT},
}


#: Of forty parameters, each of their limits would be tried with each other: half an hour, and nothing new.
BOUNDED = {
    "operations": [{"include-path-regex": "/(matrix|compare/)", "phases": {"coverage": {"enabled": False}}}]
}


@pytest.fixture
def described(transactional_db: None) -> schemathesis.BaseSchema:
    """The API over all that is seeded, as its description tells of it."""
    call_command("seed", verbosity=0)
    factories.make_snapshot(comparing.side_by_side(QueryDict(), ["django", "flask"]))
    config = schemathesis.Config.from_dict(BOUNDED)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@examples(5, suppress_health_check=list(HealthCheck))
def test_api_conforms_to_its_openapi_description(case: Case) -> None:
    if all(re.fullmatch(r"[\w-]+", str(value)) for value in case.path_parameters.values()):
        case.path_parameters = THERE.get(case.path, {})
    # What the description speaks of is there today, and was not on every other day.
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(case.query.get("as-of"))):
        del case.query["as-of"]
    # Compressed answers are not unpacked on this way.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})


def test_api_examples_all_return_200(client: Client, described: object) -> None:
    """Those of the manual and those of the page, each as it stands there."""
    manual = (Path(django_settings.BASE_DIR) / "docs" / "api.md").read_text()
    page = read(client.get("/api/").content)
    examples = re.findall(r"^    (curl .+)$", manual, re.MULTILINE) + page.texts("pre.command")
    assert len(examples) == 9
    for example in examples:
        [address] = [word for word in shlex.split(example) if word.startswith(django_settings.SITE_URL)]
        response = client.get(address.removeprefix(django_settings.SITE_URL))
        assert response.status_code == 200, example
