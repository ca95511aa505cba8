"""The drill of two topics: what it would find, without a server; and the example of a deployment, as one piece."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from benchmarks.instances.__main__ import ALWAYS, TOPICS, check
from benchmarks.instances.instance import Instance

DEPLOY = settings.BASE_DIR / "deploy" / "topics"


@dataclass(frozen=True)
class Pretended(Instance):
    """An instance that has these pages, and answers 404 to all else."""

    pages: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, opener: object = None) -> tuple[int, str]:
        return (200, self.pages[path]) if path in self.pages else (404, "")

    def addresses(self) -> list[str]:
        return [*self.pages]


def faults(**pages: str) -> list[str]:
    """What the drill has against the example topic with these pages beside those that it always looks at."""
    always = dict.fromkeys(ALWAYS, "Queue Compass")
    pages_by_path = always | {f"/{name.replace('__', '/')}/": text for name, text in pages.items()}
    first, example = TOPICS
    there, here = Instance(first, Path(), 0), Pretended(example, Path(), 0, pages=pages_by_path)
    return [fault for _, against in check(here, there) for fault in against]


def test_check_finds_names_and_profiles_of_another_topic() -> None:
    assert faults(about="Sanic_queue and Djangos") == []
    assert faults(about="Faster than Sanic.", frameworks__sanic="") == [
        "/about/ says “Sanic”",
        "/frameworks/sanic/ answers 200",
    ]


def test_deployed_topics_have_the_same_hosts_and_ports_everywhere() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text()
    ports = dict(re.findall(r"^ +([a-z]+\.example\.org) +(\d+);$", nginx, re.MULTILINE))
    environments = [
        dict(re.findall(r"^(\w+)=(.+)$", path.read_text(), re.MULTILINE)) for path in DEPLOY.glob("*.env")
    ]
    assert {each["SITE_URL"].removeprefix("https://"): each["PORT"] for each in environments} == ports
    assert len({each["DATABASE_URL"] for each in environments}) == len(ports) == 2
    assert re.findall(r'href="https://([^/"]+)/"', (DEPLOY / "index.html").read_text()) == [*ports]
    assert f"server_name {' '.join(ports)};" in nginx
