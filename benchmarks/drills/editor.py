"""An editor at the desk of a served portal, who opens forms, types and saves, as a browser without JavaScript does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import OpenerDirector, Request

from benchmarks.instances.instance import PASSWORD, Instance
from tests.desk.reading import Data, FormReader

#: Seconds that an answer may take.
TIMEOUT = 90
LOGIN = "/admin/login/"
RATINGS = "/admin/frameworks/rating/"
RATING = re.compile(rf"{RATINGS}(\d+)/change/")


@dataclass(frozen=True)
class Page:
    """A page of the desk, after redirects. Status 0: there was no answer."""

    status: int
    text: str

    @property
    def form(self) -> Data:
        """Return the form on the page as it would be posted."""
        return FormReader(self.text).data


@dataclass(frozen=True)
class Editor:
    #: Where the portal is reached, without a slash at the end.
    site: str
    browser: OpenerDirector

    @classmethod
    def of(cls, instance: Instance, name: str) -> Self:
        """Sign in as an administrator of this name, who is made for it."""
        [editor] = cls.all_of(instance, [name])
        return editor

    @classmethod
    def all_of(cls, instance: Instance, names: Sequence[str]) -> list[Self]:
        """Sign in as administrators of these names, who are made for it."""
        instance.make_editors(names)
        return [cls(instance.address, instance.signing_in(name)) for name in names]

    def get(self, path: str) -> Page:
        return self._open(Request(f"{self.site}{path}"))

    def post(self, path: str, data: Data, accept: str = "text/html") -> Page:
        url = f"{self.site}{path}"
        headers = {"Referer": url, "Accept": accept}
        return self._open(Request(url, urlencode(data, doseq=True).encode(), headers))

    def sign_in(self, name: str, form: Data | None = None) -> Page:
        """Sign in as this administrator, by the form on a page that asks for it, or on the page for it."""
        asked = form or self.get(LOGIN).form
        return self.post(LOGIN, asked | {"username": [name], "password": [PASSWORD]})

    def ratings(self) -> list[str]:
        """Return the addresses of the forms of the ratings on the first page of their list."""
        pks = dict.fromkeys(RATING.findall(self.get(RATINGS).text))
        return [f"{RATINGS}{pk}/change/" for pk in pks]

    def _open(self, request: Request) -> Page:
        try:
            with self.browser.open(request, timeout=TIMEOUT) as answer:
                return Page(answer.status, answer.read().decode(errors="replace"))
        except HTTPError as error:
            return Page(error.code, error.read().decode(errors="replace"))
        except (URLError, OSError) as error:
            return Page(0, str(error))
