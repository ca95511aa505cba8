"""How static files are collected."""

from collections.abc import Iterable, Iterator

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hash every file, and compress it by its hashed name alone.

    Pages link to hashed names. Only the page for our own errors, which is read from a file, links to a plain one;
    compressing those as well would take most of the time again, and is done for nobody.
    """

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield each hashed file with each compressed file that is made of it."""
        yield from super().compress_files(sorted(set(paths) & set(self.hashed_files.values())))


class PackagesFinder(AppDirectoriesFinder):
    """Find what pages link to in packages, without what these bring besides: a third of what would be collected."""

    UNUSED = (
        "django_htmx",  # ours is in vendor/
        "redoc*",  # the API is described by Swagger UI
        *("jquery.js", "select2.full.js", "xregexp.js"),  # the admin links to these only in development
    )

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, FileSystemStorage]]:
        """Return the path and the storage of each file."""
        return super().list([*(ignore_patterns or ()), *self.UNUSED])
