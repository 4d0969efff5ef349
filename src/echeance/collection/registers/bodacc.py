"""Client of the open data of the BODACC: announcements of collective proceedings about firms.

Several firms are asked about in one request, by their SIREN; the answers are paged. Source: the
published description of the data set « annonces-commerciales » (explore API 2.1). The address is
that of the interface, up to and without ``/catalog``; without one nothing is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from echeance.core.insolvency import FAMILY, Notice, read_notice
from echeance.parties.registers.http import Patience, Register, SilentError

BATCH = 20
PAGE = 100
PAGES_MAX = 20
FILE_BYTES_MAX = 20 * 1024 * 1024
_PATH = "/catalog/datasets/annonces-commerciales/records"


def configured_client(*, patience: Patience | None = None) -> BodaccClient | None:
    """The client of the installation; none when no address is configured, or a wrong one."""
    url = settings.REGISTERS.get("bodacc_url", "")
    if not url:
        return None
    try:
        return BodaccClient(url, patience=patience)
    except SilentError:
        return None


class BodaccClient:
    """The announcements, asked for over HTTP. One object a thread; close it."""

    def __init__(self, base_url: str, *, patience: Patience | None = None) -> None:
        """Prepare, without connecting.

        Raises:
            SilentError: The address is neither ``https`` nor of this machine.
        """
        self._register = Register(base_url, patience=patience or Patience())

    def close(self) -> None:
        """Close the connections."""
        self._register.close()

    def notices(self, sirens: Sequence[str], *, since: date) -> Iterator[Notice]:
        """Announcements about firms published from a day on, batch by batch, oldest first.

        Raises:
            SilentError: The register does not answer, or not what its description says.
        """
        unique = list(dict.fromkeys(sirens))
        for start in range(0, len(unique), BATCH):
            yield from self._batch(unique[start : start + BATCH], since)

    def _batch(self, sirens: Sequence[str], since: date) -> Iterator[Notice]:
        named = ",".join(f'"{one}"' for one in sirens)
        where = (
            f"registre in ({named}) and familleavis='{FAMILY}' "
            f"and dateparution>=date'{since.isoformat()}'"
        )
        for page in range(PAGES_MAX):
            status, document = self._register.get(
                _PATH,
                {
                    "where": where,
                    "order_by": "dateparution",
                    "limit": str(PAGE),
                    "offset": str(page * PAGE),
                },
            )
            if status != 200:
                raise SilentError("refused")
            rows = document.get("results")
            if not isinstance(rows, list):
                raise SilentError("unreadable")
            yield from records(rows)
            if len(rows) < PAGE:
                return
        raise SilentError("endless")


def records(rows: Sequence[Any]) -> Iterator[Notice]:
    """Announcements of records; what is none is passed over."""
    for row in rows:
        if isinstance(row, dict) and (notice := read_notice(row)):
            yield notice


def read_file(content: bytes) -> list[Notice]:
    """Announcements of a file: the answer of the interface as it was saved, or a list of records.

    Raises:
        ValueError: It is neither, or too large; the reason in French.
    """
    if len(content) > FILE_BYTES_MAX:
        raise ValueError("il dépasse 20 Mo")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("il ne se lit pas") from None
    rows = document.get("results") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise ValueError("il ne contient pas d'annonces")  # noqa: TRY004  the file, not its type
    return list(records(rows))
