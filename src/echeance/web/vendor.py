"""Third-party browser files: an explicit list, found in ``node_modules``, copied from nowhere.

Whole packages are never published: a ``dist`` folder brings thousands of files, and some name
maps that do not exist, which stops ``collectstatic``. A minified file that ends with
``sourceMappingURL`` needs its map in the list for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage


@dataclass(frozen=True, slots=True)
class Package:
    """Files of one npm package, published under one prefix.

    Attributes:
        prefix: Where the browser finds them, below ``STATIC_URL``.
        folder: Their folder below ``node_modules``.
        patterns: The files, relative to the folder.
    """

    prefix: str
    folder: str
    patterns: tuple[str, ...]


PACKAGES = (
    Package("vendor/htmx", "htmx.org/dist", ("htmx.min.js", "htmx.min.js.map")),
    Package(
        "vendor/inter",
        "@fontsource-variable/inter/files",
        ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"),
    ),
    Package(
        "vendor/pdfjs",
        "pdfjs-dist",
        ("build/pdf.min.mjs", "build/pdf.worker.min.mjs", "standard_fonts/*", "wasm/*"),
    ),
)


class VendorStorage(FileSystemStorage):
    """The folder of one package; ``prefix`` is where ``collectstatic`` puts its files."""

    def __init__(self, package: Package) -> None:
        super().__init__(location=Path(settings.NODE_MODULES) / package.folder)
        self.prefix = package.prefix


class VendorFinder(BaseFinder):
    """Finds the files of :data:`PACKAGES` for ``collectstatic`` and for the development server."""

    def __init__(self) -> None:
        self.packages = [(package, VendorStorage(package)) for package in PACKAGES]

    def check(self, **_options: Any) -> list[CheckMessage]:
        """Say what to run when the assets are not installed."""
        return [
            Error(
                f"{package.folder} is not in {settings.NODE_MODULES}.",
                hint="Run « make dev »: it installs the browser assets.",
                id="web.E001",
            )
            for package, storage in self.packages
            if not Path(storage.location).is_dir()
        ]

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002  as in Django
        """The file behind a public path, or an empty list; a list of them with ``find_all``."""
        found: list[str] = []
        for package, storage in self.packages:
            name = path.removeprefix(f"{package.prefix}/")
            if name == path or not any(fnmatch(name, pattern) for pattern in package.patterns):
                continue
            if storage.exists(name):
                found.append(storage.path(name))
        # Django reads an empty list as « not here », and None as a file named None.
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, VendorStorage]]:
        """Every published file, with the storage that holds it."""
        for package, storage in self.packages:
            for pattern in package.patterns:
                for file in sorted(Path(storage.location).glob(pattern)):
                    name = file.relative_to(storage.location).as_posix()
                    if file.is_file() and not matches_patterns(name, ignore_patterns or ()):
                        yield name, storage
