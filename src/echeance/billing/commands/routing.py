"""The directory of platforms asked where customers receive their e-invoices.

Source: XP Z12-013, directory service (``directory-line/search``).
"""

from __future__ import annotations

from collections.abc import Collection

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError, Kind
from echeance.core.identifiers import ElectronicAddress
from echeance.core.terms import CustomerKind
from echeance.parties import commands as parties
from echeance.parties import queries as records
from echeance.parties.models import RegistryCheck
from echeance.parties.types import RegistryAnswer
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.configured import platform
from echeance.transmission.platform.errors import PlatformNotFoundError

_DIRECTORY = "directory"


def look_up_routes(
    *, actor: Actor, party_ids: Collection[int], client: PlatformClient | None = None
) -> list[RegistryCheck]:
    """Ask the directory where firms receive their invoices, and keep its answers.

    One request a firm, outside of any transaction; consumers and parties without a SIREN are
    passed over. A directory that is not configured or does not answer is kept as ``unavailable``
    with its reason, and raises nothing; once it stays silent the following firms are not asked.
    The address of a party never changes by itself: a difference is proposed
    (:func:`echeance.parties.queries.proposed_changes_of`).

    Args:
        actor: Who asks; has the right to edit parties.
        party_ids: Parties; merged ones stand for those they were merged into, ids of another
            company are passed over.
        client: Of the platform; the configured one when ``None``.

    Returns:
        The rows added, by party.
    """
    actor.require(Right.EDIT_PARTIES)
    found = records.snapshots(actor=actor, party_ids=party_ids)
    firms = {
        one.party_id: one.siren
        for one in found.values()
        if one.siren and one.category != CustomerKind.CONSUMER
    }
    questions = sorted(firms.items())
    if not questions:
        return []
    try:
        opened = client or platform()
    except EcheanceError as error:
        answers = [_silent(party_id, siren, str(error)) for party_id, siren in questions]
    else:
        try:
            answers = _asked(opened, questions)
        finally:
            if client is None:
                opened.close()
    return parties.record_directory_answers(actor=actor, answers=answers)


def _asked(client: PlatformClient, questions: list[tuple[int, str]]) -> list[RegistryAnswer]:
    answers = []
    silent = ""
    for party_id, siren in questions:
        if silent:
            answers.append(_silent(party_id, siren, silent))
            continue
        try:
            rows = client.directory_lines(siren)
        except PlatformNotFoundError:
            rows = []
        except EcheanceError as error:
            if error.kind is Kind.UNAVAILABLE:
                silent = str(error)
            answers.append(_silent(party_id, siren, str(error)))
            continue
        lines = [_line(row.address) for row in rows if row.siren == siren]
        facts = {
            "lines": " | ".join(line for line in dict.fromkeys(lines) if line),
            "platform": rows[0].platform_id if rows else "",
        }
        answers.append(
            RegistryAnswer(
                party_id,
                _DIRECTORY,
                siren,
                "found" if facts["lines"] else "unknown",
                facts if facts["lines"] else {},
            )
        )
    return answers


def _line(address: str) -> str:
    """An address of the directory as parties keep it; nothing for one that cannot be."""
    try:
        return str(ElectronicAddress.parse(address))
    except EcheanceError:
        return ""


def _silent(party_id: int, siren: str, reason: str) -> RegistryAnswer:
    return RegistryAnswer(party_id, _DIRECTORY, siren, "unavailable", {"reason": reason[:300]})
