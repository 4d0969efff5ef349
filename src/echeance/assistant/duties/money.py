"""Duties about money that comes in: the bank's files, and what they pay."""

from __future__ import annotations

from echeance.assistant import inbox
from echeance.assistant.duties.day import Day
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.base import policy
from echeance.cash import commands as cash
from echeance.cash import queries as cash_queries
from echeance.cash.errors import StatementKnownError
from echeance.cash.types import CashPolicy, MatchProposal, NewTransfer, StatementReport
from echeance.core.bank.errors import FileTooLargeError
from echeance.core.errors import EcheanceError
from echeance.core.money import format_amount


def take_bank(day: Day) -> list[NewDecision]:
    """Import the bank files that wait; a file that cannot be read is refused with its reason."""
    if day.inbox is None:
        return []
    return [
        _take_statement(day, one) for one in inbox.statements(day.inbox, day.actor.company.siren)
    ]


def _take_statement(day: Day, file: inbox.Incoming) -> NewDecision:
    subject = f"bank_file:{file.path.name}"[:80]
    content = file.read()
    try:
        reports = cash.import_statements(actor=day.actor, content=content, filename=file.path.name)
    except StatementKnownError as error:
        file.done()
        return NewDecision(
            Duty.TAKE_BANK, subject, Outcome.REFUSED, "relevé déjà importé", (str(error),)
        )
    except EcheanceError as error:
        file.refused(str(error))
        if not isinstance(error, FileTooLargeError):  # its end was not read
            cash.hold_file(actor=day.actor, content=content, filename=file.path.name, error=error)
        return NewDecision(Duty.TAKE_BANK, subject, Outcome.REFUSED, "relevé refusé", (str(error),))
    file.done()
    return NewDecision(
        Duty.TAKE_BANK,
        subject,
        Outcome.ACTED,
        "relevé importé",
        tuple(_told(report) for report in reports),
        Reversal.INTERNAL,
    )


def _told(report: StatementReport) -> str:
    if report.kind != "statement":
        waiting = f", {report.waiting} en attente de leur relevé" if report.waiting else ""
        return f"{report.account_name} : {report.known_entries} lignes complétées{waiting}."
    known = f", {report.known_entries} déjà connues" if report.known_entries else ""
    return (
        f"{report.account_name} : {report.new_entries} lignes nouvelles{known}, solde de "
        f"{format_amount(report.closing_balance)} au {report.closing_date:%d/%m/%Y}."
    )


def match(day: Day) -> list[NewDecision]:
    """Book the payments whose explanation is proved unique; ask about the others."""
    limits = policy.read(day.actor.company, CashPolicy)
    moved = _transfers(day, limits)
    proposals = cash.propose_matches(actor=day.actor)
    amounts = {
        entry.pk: entry.amount
        for entry in cash_queries.entries_to_match(
            actor=day.actor, entry_ids=[one.entry_id for one in proposals]
        )
    }
    alone = [
        one
        for one in proposals
        if one.decision == "apply"
        and day.policy.match
        and limits.auto_apply
        and (limits.auto_apply_limit is None or amounts[one.entry_id] <= limits.auto_apply_limit)
        and cash_queries.applies_alone(proposal=one, limits=limits)
    ]
    cash.accept_matches(actor=day.actor, matches=[one.first for one in alone])
    applied = {one.entry_id for one in alone}
    told = [_match_decision(one, applied=one.entry_id in applied) for one in proposals]
    return [*moved, *told, *_payments(day, limits), *_returns(day, limits)]


def _transfers(day: Day, limits: CashPolicy) -> list[NewDecision]:
    """Money moved between own accounts, when both banks say so: nobody paid it."""
    found = [
        (out, came)
        for out, came in cash_queries.proved_transfers(actor=day.actor)
        if day.policy.match
        and limits.auto_apply
        and (limits.auto_apply_limit is None or out.amount <= limits.auto_apply_limit)
    ]
    cash.match_transfers(
        actor=day.actor, transfers=[NewTransfer(out.pk, came.pk) for out, came in found]
    )
    return [
        NewDecision(
            Duty.MATCH,
            f"statement_entry:{line.pk}",
            Outcome.ACTED,
            f"virement interne rapproché : {format_amount(line.amount)}",
            (_moved(out.bank_account.name, came.bank_account.name),),
            Reversal.INTERNAL,
        )
        for out, came in found
        for line in (out, came)
    ]


def _moved(out: str, came: str) -> str:
    return (
        f"{out} le débite, {came} le crédite du même montant, aucune autre ligne ne convient et "
        "les deux libellés le disent."
    )


def _payments(day: Day, limits: CashPolicy) -> list[NewDecision]:
    """Payments made that prove what they pay; those that hesitate are asked, others stay listed."""
    proposals = cash.propose_payments(actor=day.actor)
    alone = [
        one
        for one in proposals
        if one.decision == "apply"
        and day.policy.match
        and limits.auto_apply
        and limits.auto_apply_limit is None
    ]
    cash.accept_matches(actor=day.actor, matches=[one.first for one in alone])
    return [
        NewDecision(
            Duty.MATCH,
            f"statement_entry:{one.entry_id}",
            Outcome.ACTED,
            f"paiement rapproché : {one.candidates[0].label}"[:200],
            one.reasons,
            Reversal.INTERNAL,
            party_id=one.party_id,
        )
        for one in alone
    ] + [
        NewDecision(
            Duty.MATCH,
            f"statement_entry:{one.entry_id}",
            Outcome.ASKED,
            "question posée sur un paiement",
            tuple(dict.fromkeys(part for part in (one.question, *one.reasons) if part)),
            facts={"candidates": [candidate.label for candidate in one.candidates]},
            party_id=one.party_id,
        )
        for one in proposals
        if one.decision == "ask"
    ]


def _returns(day: Day, limits: CashPolicy) -> list[NewDecision]:
    """Payments that came back: those proved reopen what they had paid, the others are asked."""
    proposals = cash.propose_returns(actor=day.actor)
    may = day.policy.match and limits.auto_apply and limits.auto_apply_limit is None
    proved = [one for one in proposals if one.decision == "apply" and may]
    cash.accept_returns(actor=day.actor, returns=[one.candidates[0] for one in proved])
    return [
        NewDecision(
            Duty.MATCH,
            f"statement_entry:{one.entry_id}",
            Outcome.ACTED if one in proved else Outcome.ASKED,
            "paiement revenu : échéances rouvertes"
            if one in proved
            else "question posée sur un paiement revenu",
            one.reasons,
            Reversal.INTERNAL if one in proved else Reversal.NONE,
        )
        for one in proposals
    ]


def _match_decision(proposal: MatchProposal, *, applied: bool) -> NewDecision:
    subject = f"statement_entry:{proposal.entry_id}"
    labels = [candidate.label for candidate in proposal.candidates]
    if applied:
        return NewDecision(
            Duty.MATCH,
            subject,
            Outcome.ACTED,
            f"encaissement rapproché : {labels[0]}"[:200],
            proposal.reasons,
            Reversal.INTERNAL,
            party_id=proposal.party_id,
        )
    if proposal.decision == "apply":
        return NewDecision(
            Duty.MATCH,
            subject,
            Outcome.ASKED,
            "rapprochement proposé",
            ("Vos règles demandent une confirmation.", *proposal.reasons),
            facts={"candidates": labels},
            party_id=proposal.party_id,
        )
    return NewDecision(
        Duty.MATCH,
        subject,
        Outcome.ASKED,
        "question posée sur un encaissement",
        tuple(dict.fromkeys(one for one in (proposal.question, *proposal.reasons) if one)),
        facts={"candidates": labels},
        party_id=proposal.party_id,
    )
