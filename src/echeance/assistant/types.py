"""Facts of the assistant: duties, outcomes, decisions, the account of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class Duty(StrEnum):
    """The recurring duties, in the order of the day: it is a safe one."""

    TAKE_ORDERS = "take_orders"
    TAKE_BANK = "take_bank"
    HEED = "heed"
    MATCH = "match"
    TELL_RECEIPTS = "receipts"
    FOLLOW_UP = "follow_up"
    BILL = "bill"
    SEAL = "seal"
    DEPOSIT = "deposit"
    SEND = "send"
    REMIND = "remind"


DUTY_LABELS: dict[Duty, str] = {
    Duty.TAKE_ORDERS: "Commandes reçues",
    Duty.TAKE_BANK: "Relevés bancaires",
    Duty.HEED: "Statuts des plateformes",
    Duty.MATCH: "Rapprochement des encaissements",
    Duty.TELL_RECEIPTS: "Encaissements déclarés aux plateformes",
    Duty.FOLLOW_UP: "Promesses, échéanciers et appels",
    Duty.BILL: "Facturation",
    Duty.SEAL: "Fichiers et contrôle officiel",
    Duty.DEPOSIT: "Dépôt sur la plateforme",
    Duty.SEND: "Envoi des factures",
    Duty.REMIND: "Relances",
}


class Outcome(StrEnum):
    """The three piles of a day."""

    ACTED = "acted"
    ASKED = "asked"
    REFUSED = "refused"


class Reversal(StrEnum):
    """What undoing an act means, said before and after the click."""

    NONE = "none"
    INTERNAL = "internal"
    HELD = "held"
    SENT = "sent"
    LEGAL = "legal"


REVERSAL_LABELS: dict[Reversal, str] = {
    Reversal.NONE: "rien à annuler",
    Reversal.INTERNAL: "annulable : retour exact à l'état précédent",
    Reversal.HELD: "retirable tant que ce n'est pas parti",
    Reversal.SENT: "parti : un message rectificatif sera préparé",
    Reversal.LEGAL: "légal : s'annule par un avoir, jamais par une suppression",
}


@dataclass(frozen=True, slots=True)
class DayPolicy:
    """What the assistant does by itself in a day; what is off is proposed instead.

    Attributes:
        issue: Issue the invoices whose preflight finds nothing, up to the limit of billing.
        match: Book the payments proved unique.
        send: Send the sealed invoices.
        remind: Send the reminders whose gates are open.
    """

    SECTION: ClassVar[str] = "day"

    issue: bool = True
    match: bool = True
    send: bool = True
    remind: bool = True


@dataclass(frozen=True, slots=True)
class Founding:
    """What a company starts with, beside its identity; the defaults are the usual ones.

    Attributes:
        fiscal_year_start: First day of the running fiscal year; 1 January of this year when absent.
        iban: Account that customers pay to; none is declared when empty.
        color: Accent of its documents, ``#rrggbb``; that of the house when empty.
        logo: PNG, JPEG or SVG.
        penalty_rate_percent: Yearly rate of its sales conditions; the law's own when absent.
    """

    fiscal_year_start: date | None = None
    account_name: str = "Compte courant"
    iban: str = ""
    bic: str = ""
    invoice_prefix: str = "FA"
    credit_note_prefix: str = "AV"
    color: str = ""
    logo: bytes = b""
    penalty_rate_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewDecision:
    """An act, or an act not done, and why.

    Attributes:
        duty: Which duty decided.
        subject: ``kind:reference`` of the object.
        outcome: Acted, asked a person, or refused by a rule or the policy.
        act: What was done or not done: one short French phrase.
        reasons: French sentences.
        reversal: What undoing it means.
        facts: What the decision rests on, JSON-ready, so that it can be replayed.
        party_id: Customer concerned, if one is.
    """

    duty: Duty
    subject: str
    outcome: Outcome
    act: str
    reasons: tuple[str, ...]
    reversal: Reversal = Reversal.NONE
    facts: Mapping[str, object] = field(default_factory=dict)
    party_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reversible:
    """What undoing a decision would undo: a match, a reminder, or what a status stopped."""

    match_id: int = 0
    reminder_id: int = 0
    dispute_ids: tuple[int, ...] = ()
    hold_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DayReport:
    """The account of a day: what this run decided, and what the worker released apart.

    Attributes:
        on: The day.
        decisions: In the order they were taken; only those that are new.
        released: Invoices and reminders handed to the outbox's sender by this run.
        sent: Messages the mail server accepted during this run.
    """

    on: date
    decisions: tuple[NewDecision, ...]
    released: int = 0
    sent: int = 0

    def count(self, outcome: Outcome) -> int:
        """Decisions of one pile."""
        return sum(decision.outcome is outcome for decision in self.decisions)
