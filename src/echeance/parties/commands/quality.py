"""Findings of the quality queue accepted, set aside, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.core.words import clean_line
from echeance.parties import queries
from echeance.parties.commands.bank_accounts import confirm_bank_account
from echeance.parties.commands.contacts import add_contacts, change_contact
from echeance.parties.commands.merging import merge_parties, undo_merge
from echeance.parties.commands.parties import change_parties, close_parties
from echeance.parties.commands.registers import check_registers
from echeance.parties.commands.rows import lock
from echeance.parties.errors import NothingToFixError, ReasonMissingError
from echeance.parties.events import BankAccountChanged, PartyChanged, QualityDismissed
from echeance.parties.models import Party, PartyBankAccount, QualityBatch, QualityDismissal
from echeance.parties.quality import Anomaly, FixKind, QualityFinding
from echeance.parties.types import ContactFacts

_FIXES_MAX = 500


@dataclass(frozen=True, slots=True)
class FixResult:
    """What became of one correction.

    Attributes:
        key: Of the finding.
        party_name: Whose.
        done: Whether it was made, or undone.
        error: Why not, when it was not; its sentence is translated by the doors.
    """

    key: str
    party_name: str
    done: bool
    error: EcheanceError | None = None


@dataclass(slots=True)
class FixReport:
    """What became of the corrections asked for, in their order.

    Attributes:
        batch_id: By which they are undone; 0 when none was made.
        gone: Keys no longer found: somebody corrected them meanwhile, or nothing corrects them.
    """

    batch_id: int = 0
    results: list[FixResult] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many were made."""
        return sum(result.done for result in self.results)


def accept_fixes(*, actor: Actor, keys: Collection[str]) -> FixReport:
    """Make the corrections proposed for findings; each stands or falls alone.

    Fields of all parties are written together; the rest goes finding by finding. Registers are
    asked last, outside of any transaction.

    Args:
        actor: Who accepts; has the right to edit parties, and to confirm bank details where an
            account is confirmed.
        keys: Of findings with a fix, 500 at most a call; those that are gone are said.

    Raises:
        NothingToFixError: No key.
    """
    actor.require(Right.EDIT_PARTIES)
    wanted = list(dict.fromkeys(keys))[:_FIXES_MAX]
    if not wanted:
        raise NothingToFixError
    found = {one.key: one for one in _findings(actor, wanted) if one.fix}
    report = FixReport(gone=[key for key in wanted if key not in found])
    chosen = [found[key] for key in wanted if key in found]
    asked = [one for one in chosen if _kind(one) is FixKind.ASK_REGISTERS]
    lines: list[dict[str, Any]] = []
    with transaction.atomic():
        lock(actor)
        for one, line in _apply(actor, [one for one in chosen if one not in asked], report):
            lines.append({"key": one.key, "party": one.party_id, **line})
        if lines:
            batch = QualityBatch.objects.create(
                company=actor.company, lines=lines, done_at=clock.now(), done_by=actor.name
            )
            report.batch_id = batch.pk
    if asked:
        check_registers(actor=actor, party_ids={one.party_id for one in asked})
        report.results += [FixResult(one.key, one.party_name, done=True) for one in asked]
    order = {key: rank for rank, key in enumerate(wanted)}
    report.results.sort(key=lambda result: order[result.key])
    return report


def _kind(one: QualityFinding) -> FixKind:
    assert one.fix is not None, "only findings with a fix are kept"
    return one.fix.kind


def _findings(actor: Actor, keys: Collection[str]) -> list[QualityFinding]:
    """Present findings of the kinds that the keys name; others need not be looked for."""
    known = {code.value: code for code in Anomaly}
    codes = {known[name] for key in keys if (name := key.partition(":")[0]) in known}
    return queries.quality_findings(actor=actor, codes=codes) if codes else []


def _apply(
    actor: Actor, chosen: list[QualityFinding], report: FixReport
) -> list[tuple[QualityFinding, dict[str, Any]]]:
    done = _set_fields(actor, [one for one in chosen if _kind(one) is FixKind.SET_FIELDS], report)
    for one in chosen:
        if _kind(one) is not FixKind.SET_FIELDS:
            line = _tried(one, report, lambda one=one: _ACTS[_kind(one)](actor, one))  # type: ignore[misc]
            if line is not None:
                done.append((one, line))
    return done


def _tried(
    one: QualityFinding, report: FixReport, act: Callable[[], dict[str, Any]]
) -> dict[str, Any] | None:
    """Do one thing in its own savepoint; what refuses it is told beside it."""
    try:
        with transaction.atomic():
            line = act()
    except EcheanceError as error:
        report.results.append(FixResult(one.key, one.party_name, done=False, error=error))
        return None
    report.results.append(FixResult(one.key, one.party_name, done=True))
    return line


def _set_fields(
    actor: Actor, chosen: list[QualityFinding], report: FixReport
) -> list[tuple[QualityFinding, dict[str, Any]]]:
    """Fields of parties: all at once, else one by one to tell which is refused."""
    rows = Party.objects.in_bulk([one.party_id for one in chosen])
    changes: dict[int, dict[str, object]] = {}
    lines: list[tuple[QualityFinding, dict[str, Any]]] = []
    for one in chosen:
        assert one.fix is not None, "only findings with a fix are kept"
        changes.setdefault(one.party_id, {}).update(one.fix.changes)
        row = rows[one.party_id]
        before = {name: getattr(row, name) for name in one.fix.changes}
        lines.append((one, {"did": FixKind.SET_FIELDS.value, "before": before,
                            "after": one.fix.changes}))  # fmt: skip
    try:
        with transaction.atomic():
            change_parties(actor=actor, changes=changes)
    except EcheanceError:
        return [
            (one, line)
            for one, line in lines
            if _tried(one, report, lambda one=one, line=line: _set_alone(actor, one, line))  # type: ignore[misc]
        ]
    report.results += [FixResult(one.key, one.party_name, done=True) for one, _ in lines]
    return lines


def _set_alone(actor: Actor, one: QualityFinding, line: dict[str, Any]) -> dict[str, Any]:
    assert one.fix is not None, "only findings with a fix are kept"
    change_parties(actor=actor, changes={one.party_id: one.fix.changes})
    return line


def _retire(actor: Actor, one: QualityFinding) -> dict[str, Any]:
    change_contact(actor=actor, contact_id=_target(one), changes={"is_active": False})
    return {"did": FixKind.RETIRE_CONTACT.value, "target": _target(one)}


def _add_contact(actor: Actor, one: QualityFinding) -> dict[str, Any]:
    assert one.fix is not None, "only findings with a fix are kept"
    (row,) = add_contacts(actor=actor, contacts=[ContactFacts(one.party_id, **one.fix.changes)])
    return {"did": FixKind.ADD_CONTACT.value, "target": row.pk}


def _confirm(actor: Actor, one: QualityFinding) -> dict[str, Any]:
    confirm_bank_account(actor=actor, account_id=_target(one))
    return {"did": FixKind.CONFIRM_ACCOUNT.value, "target": _target(one)}


def _close(actor: Actor, one: QualityFinding) -> dict[str, Any]:
    close_parties(actor=actor, party_ids=[one.party_id])
    return {"did": FixKind.CLOSE_PARTY.value}


def _merge(actor: Actor, one: QualityFinding) -> dict[str, Any]:
    gone = one.subject_id if _target(one) == one.party_id else one.party_id
    merge = merge_parties(actor=actor, party_id=gone, into_id=_target(one))
    return {"did": FixKind.MERGE.value, "target": merge.pk}


def _target(one: QualityFinding) -> int:
    assert one.fix is not None, "only findings with a fix are kept"
    return one.fix.target_id


_ACTS: Mapping[FixKind, Callable[[Actor, QualityFinding], dict[str, Any]]] = {
    FixKind.RETIRE_CONTACT: _retire,
    FixKind.ADD_CONTACT: _add_contact,
    FixKind.CONFIRM_ACCOUNT: _confirm,
    FixKind.CLOSE_PARTY: _close,
    FixKind.MERGE: _merge,
}


# -- undone ---------------------------------------------------------------------------------------


@transaction.atomic
def undo_fixes(*, actor: Actor, batch_id: int) -> FixReport:
    """Take back corrections accepted together, the last first; each stands or falls alone.

    A value somebody changed since is left, and said. Answers of registers stay. A batch undone
    already is left as it is.

    Raises:
        NotFoundError: Not a batch of this company.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    batch = queries.quality_batch_for(actor=actor, batch_id=batch_id)
    report = FixReport(batch_id=batch.pk)
    if batch.undone_at is not None:
        return report
    names = dict(
        Party.objects.filter(pk__in={line["party"] for line in batch.lines}).values_list(
            "pk", "name"
        )
    )
    for line in reversed(batch.lines):
        name = names.get(line["party"], "")
        try:
            with transaction.atomic():
                done = _BACK[FixKind(line["did"])](actor, line)
        except EcheanceError as error:
            report.results.append(FixResult(line["key"], name, done=False, error=error))
        else:
            report.results.append(FixResult(line["key"], name, done=done))
    batch.undone_at, batch.undone_by = clock.now(), actor.name
    batch.save(update_fields=["undone_at", "undone_by"])
    return report


def _unset(actor: Actor, line: dict[str, Any]) -> bool:
    row = Party.objects.get(company=actor.company, pk=line["party"])
    if any(getattr(row, name) != value for name, value in line["after"].items()):
        return False
    (row,) = change_parties(actor=actor, changes={row.pk: line["before"]})
    # What is deduced (an electronic address from the SIREN) does not become empty again.
    return all(getattr(row, name) == value for name, value in line["before"].items())


def _unretire(actor: Actor, line: dict[str, Any]) -> bool:
    change_contact(actor=actor, contact_id=line["target"], changes={"is_active": True})
    return True


def _unadd(actor: Actor, line: dict[str, Any]) -> bool:
    change_contact(actor=actor, contact_id=line["target"], changes={"is_active": False})
    return True


def _unconfirm(actor: Actor, line: dict[str, Any]) -> bool:
    actor.require(Right.EDIT_BANK_DETAILS)
    row = PartyBankAccount.objects.select_for_update().get(company=actor.company, pk=line["target"])
    if row.confirmed_at is None or row.ended_at is not None:
        return False
    change = {f"RIB {row.pk} : confirmed_by": (row.confirmed_by, "")}
    row.confirmed_at, row.confirmed_by = None, ""
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    journal.record(BankAccountChanged(row.party_id, row.pk, change), actor=actor)
    return True


def _reopen(actor: Actor, line: dict[str, Any]) -> bool:
    row = Party.objects.select_for_update().get(company=actor.company, pk=line["party"])
    if row.closed_at is None or row.merged_into_id is not None or row.erased_at is not None:
        return False
    change = {"closed_at": (row.closed_at.isoformat(), "")}
    row.closed_at = None
    row.save(update_fields=["closed_at"])
    journal.record(PartyChanged(row.pk, change), actor=actor)
    return True


def _unmerge(actor: Actor, line: dict[str, Any]) -> bool:
    undo_merge(actor=actor, merge_id=line["target"])
    return True


_BACK: Mapping[FixKind, Callable[[Actor, dict[str, Any]], bool]] = {
    FixKind.SET_FIELDS: _unset,
    FixKind.RETIRE_CONTACT: _unretire,
    FixKind.ADD_CONTACT: _unadd,
    FixKind.CONFIRM_ACCOUNT: _unconfirm,
    FixKind.CLOSE_PARTY: _reopen,
    FixKind.MERGE: _unmerge,
}


# -- set aside ------------------------------------------------------------------------------------


@transaction.atomic
def dismiss_findings(
    *, actor: Actor, keys: Collection[str], reason: str, until: date | None = None
) -> int:
    """Set findings aside: they come back after a day, or when what is wrong changes.

    Args:
        actor: Who sets aside; has the right to edit parties.
        keys: Of findings; those that are gone are passed over.
        reason: Why, kept with it.
        until: Last day they stay aside; without end when absent.

    Returns:
        How many were set aside.

    Raises:
        NothingToFixError: No key.
        ReasonMissingError: No reason.
    """
    actor.require(Right.EDIT_PARTIES)
    if not keys:
        raise NothingToFixError
    told = clean_line(reason)[:200]
    if not told:
        raise ReasonMissingError
    lock(actor)
    wanted = set(keys)
    chosen = [one for one in _findings(actor, wanted) if one.key in wanted]
    # One whose day has passed makes room for the new one.
    over = QualityDismissal.objects.filter(
        company=actor.company, until__lt=clock.today(), withdrawn_at=None
    )
    over.update(withdrawn_at=clock.now())
    QualityDismissal.objects.bulk_create(
        QualityDismissal(
            company=actor.company,
            party_id=one.party_id,
            code=one.code.value,
            value=one.key.rpartition(":")[2],
            reason=told,
            until=until,
            dismissed_at=clock.now(),
            dismissed_by=actor.name,
        )
        for one in chosen
    )
    journal.record_many(
        [QualityDismissed(one.party_id, one.code.value, told) for one in chosen], actor=actor
    )
    return len(chosen)


@transaction.atomic
def withdraw_dismissals(*, actor: Actor, dismissal_ids: Collection[int]) -> int:
    """Show again what was set aside. Returns how many were."""
    actor.require(Right.EDIT_PARTIES)
    return QualityDismissal.objects.filter(
        company=actor.company, pk__in=set(dismissal_ids), withdrawn_at=None
    ).update(withdrawn_at=clock.now())
