"""What a reminder claims and says: pure. Who is reminded is :func:`echeance.core.dunning.assess`.

Sources: C. com. L441-10 II and D441-5 (interest, 40 €), CCP L2192-13 and D2192-35 (public
buyers), C. conso. (a consumer owes neither).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.collection.errors import MissingMergeFieldError, UnknownMergeFieldError
from echeance.collection.types import Claim, CollectionPolicy, ReminderLine
from echeance.core.dunning import Payment, Send, late_interest, recovery_indemnity
from echeance.core.money import ZERO, format_amount, format_number
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line

# A text is written by a person: only plain names are replaced, nothing of it is evaluated.
_FIELD = re.compile(r"\{([^{}\n]*)\}")
_BLANK_LINES = re.compile(r"\n{3,}")
MERGE_FIELDS = ("client", "factures", "jour", "penalites", "reglement", "societe", "total")
NEEDED_IN_BODY = ("factures", "total")
SUBJECT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and where to pay."""

    name: str
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Text of a level in one language."""

    language: str
    subject: str
    body: str


def check_template(template: Template) -> None:
    """Refuse a text that could not be filled in, or that would not say what to pay.

    Raises:
        UnknownMergeFieldError: It names a field that does not exist.
        MissingMergeFieldError: Its body lacks the invoices or the total.
    """
    for field in (*_FIELD.findall(template.subject), *_FIELD.findall(template.body)):
        if field not in MERGE_FIELDS:
            raise UnknownMergeFieldError(field=field, known=", ".join(MERGE_FIELDS))
    for field in NEEDED_IN_BODY:
        if field not in _FIELD.findall(template.body):
            raise MissingMergeFieldError(field=field)


def merge(text: str, fields: Mapping[str, str]) -> str:
    """A text with its fields filled in; the paragraph of an empty field goes.

    >>> merge("Bonjour {client},", {"client": "Dupont {total}"})
    'Bonjour Dupont {total},'
    """
    filled = _FIELD.sub(lambda found: fields[found[1]], text)
    return _BLANK_LINES.sub("\n\n", filled).strip()


def lines_of(
    send: Send,
    claims: Mapping[int, Claim],
    *,
    customer: CustomerKind,
    on: date,
    policy: CollectionPolicy,
) -> tuple[ReminderLine, ...]:
    """The items of a reminder with the interest and the 40 € they bear on a day.

    Interest runs on what is not disputed. The 40 € stand on the first late item of each
    document: instalments of one invoice owe them once.

    Args:
        send: What :func:`echeance.core.dunning.assess` chose to name.
        claims: Facts of each of its items.
        customer: Whose law applies.
        on: Last day of interest.
        policy: Contract rate and imputation.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    late: dict[str, list[date]] = {}
    for item in send.items:
        if item.due_date < on:
            late.setdefault(item.document_ref, []).append(item.due_date)
    lines = []
    for item in send.items:
        claim = claims[item.item_id]
        interest = late_interest(
            claim.amount - claim.disputed,
            item.due_date,
            until=on,
            customer=customer,
            payments=[Payment(day, amount) for day, amount in claim.payments],
            contract_rate=policy.contract_rate,
            imputation=policy.imputation,
        )
        due_dates = late.pop(item.document_ref, []) if item.due_date < on else []
        lines.append(
            ReminderLine(
                item_id=item.item_id,
                document_ref=item.document_ref,
                due_date=item.due_date,
                days_late=max((on - item.due_date).days, 0),
                amount=item.amount,
                disputed=claim.disputed,
                rank=item.rank,
                slices=interest.slices,
                indemnity=recovery_indemnity(customer, due_dates),
            )
        )
    return tuple(lines)


def write(
    template: Template,
    lines: Sequence[ReminderLine],
    *,
    client: str,
    sender: Sender,
    on: date,
    customer: CustomerKind,
    shows_penalties: bool,
) -> tuple[str, str]:
    """Subject and body of a reminder, in the language of its text."""
    words = _WORDS[template.language]
    penalties = words.penalties(lines, on, customer) if shows_penalties else []
    payment = words.payment(sender) if sender.iban else ""
    fields = {
        "client": client,
        "factures": "\n".join(words.invoice(line) for line in lines),
        "jour": f"{on:%d/%m/%Y}",
        "penalites": "\n".join(penalties),
        "reglement": payment,
        "societe": sender.name,
        "total": format_amount(sum((line.amount for line in lines), ZERO)),
    }
    subject = clean_line(merge(template.subject, fields))[:SUBJECT_LENGTH_MAX]
    return subject, merge(template.body, fields)


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences that figures stand in, in one language."""

    due: str
    late: str
    amount: str
    disputed: str
    slice: str
    interest: str
    interest_total: str
    indemnity: str
    indemnity_total: str
    public_sources: str
    sources: str
    pay_to: str

    def invoice(self, line: ReminderLine) -> str:
        """One line of the table of invoices."""
        parts = [
            self.due.format(number=line.document_ref, day=line.due_date),
            self.late.format(days=line.days_late) if line.days_late else "",
            self.amount.format(amount=format_amount(line.amount)),
        ]
        if line.disputed:
            parts.append(self.disputed.format(amount=format_amount(line.disputed)))
        return "".join(parts)

    def penalties(
        self, lines: Sequence[ReminderLine], on: date, customer: CustomerKind
    ) -> list[str]:
        """Interest line by line and the 40 €, so that the customer can redo the sum."""
        return list(self._penalties(lines, on, customer))

    def _penalties(
        self, lines: Sequence[ReminderLine], on: date, customer: CustomerKind
    ) -> Iterator[str]:
        interest = sum((line.interest for line in lines), ZERO)
        indemnity = sum((line.indemnity for line in lines), ZERO)
        if customer is CustomerKind.CONSUMER or not interest + indemnity:
            return
        sources = self.public_sources if customer is CustomerKind.PUBLIC else self.sources
        yield self.interest.format(day=on, sources=sources)
        for line in lines:
            for part in line.slices:
                yield self.slice.format(
                    number=line.document_ref,
                    start=part.start,
                    days=part.days,
                    base=format_amount(part.base),
                    rate=format_number(part.rate_percent),
                    amount=format_amount(part.amount),
                )
        yield self.interest_total.format(amount=format_amount(interest))
        if indemnity:
            count = sum(1 for line in lines if line.indemnity)
            each = format_amount(indemnity / Decimal(count))
            yield self.indemnity.format(count=count, each=each)
            yield self.indemnity_total.format(amount=format_amount(indemnity))

    def payment(self, sender: Sender) -> str:
        """Where to pay."""
        bic = f" (BIC {sender.bic})" if sender.bic else ""
        groups = " ".join(sender.iban[i : i + 4] for i in range(0, len(sender.iban), 4))
        return self.pay_to.format(iban=groups, bic=bic)


_WORDS = {
    "fr": _Words(
        due="- Facture {number}, échéance du {day:%d/%m/%Y}",
        late=" ({days} jours de retard)",
        amount=" : {amount}",
        disputed=" (hors {amount} contestés)",
        slice=(
            "- {number}, {days} jours à compter du {start:%d/%m/%Y} : "
            "{base} × {rate} % × {days} / 365 = {amount}"
        ),
        interest=(
            "S'y ajoutent de plein droit, sans rappel ({sources}), les pénalités de retard "
            "arrêtées au {day:%d/%m/%Y} :"
        ),
        interest_total="Pénalités de retard : {amount}",
        indemnity=(
            "et l'indemnité forfaitaire pour frais de recouvrement : {count} × {each} "
            "(une par facture en retard)"
        ),
        indemnity_total="Indemnités forfaitaires : {amount}",
        public_sources="articles L2192-13, R2192-31 et D2192-35 du code de la commande publique",
        sources="articles L441-10 et D441-5 du code de commerce",
        pay_to="Règlement par virement : IBAN {iban}{bic}",
    ),
    "en": _Words(
        due="- Invoice {number}, due on {day:%d/%m/%Y}",
        late=" ({days} days late)",
        amount=": {amount}",
        disputed=" (without the {amount} you dispute)",
        slice=(
            "- {number}, {days} days from {start:%d/%m/%Y}: "
            "{base} × {rate} % × {days} / 365 = {amount}"
        ),
        interest=(
            "To this the law adds, without notice ({sources}), late interest up to {day:%d/%m/%Y}:"
        ),
        interest_total="Late interest: {amount}",
        indemnity="and the indemnity for recovery costs: {count} × {each} (one a late invoice)",
        indemnity_total="Fixed indemnities: {amount}",
        public_sources="L2192-13, R2192-31 and D2192-35, French public procurement code",
        sources="L441-10 and D441-5, French commercial code",
        pay_to="Payment by transfer: IBAN {iban}{bic}",
    ),
}

LANGUAGES = tuple(_WORDS)
