"""What a reminder claims and says: pure. Who is reminded is :func:`echeance.core.dunning.assess`.

Sources: C. com. L441-10 II and D441-5 (interest, 40 €), CCP L2192-13 and D2192-35 (public
buyers), C. conso. (a consumer owes neither).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from echeance.collection.errors import MissingMergeFieldError, UnknownMergeFieldError
from echeance.collection.rules_penalties import unclaimed_interest
from echeance.collection.types import (
    Claim,
    CollectionPolicy,
    NotedPenalty,
    ReminderLine,
    UnclaimedInterest,
)
from echeance.core.dates import Semester
from echeance.core.dunning import (
    NOTICE_DAYS,
    RATES,
    RateTerms,
    SemesterRates,
    Send,
    plain_slices,
    recovery_indemnity,
)
from echeance.core.money import ZERO, format_amount, format_number
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line

# A text is written by a person: only plain names are replaced, nothing of it is evaluated.
_FIELD = re.compile(r"\{([^{}\n]*)\}")
_BLANK_LINES = re.compile(r"\n{3,}")
MERGE_FIELDS = (
    *("client", "credits", "delai", "factures", "jour", "net", "penalites", "reglement"),
    *("societe", "total"),
)
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
    for name in (*_FIELD.findall(template.subject), *_FIELD.findall(template.body)):
        if name not in MERGE_FIELDS:
            raise UnknownMergeFieldError(field=name, known=", ".join(MERGE_FIELDS))
    for name in NEEDED_IN_BODY:
        if name not in _FIELD.findall(template.body):
            raise MissingMergeFieldError(field=name)


def merge(text: str, fields: Mapping[str, str]) -> str:
    """A text with its fields filled in; the paragraph of an empty field goes.

    >>> merge("Bonjour {client},", {"client": "Dupont {total}"})
    'Bonjour Dupont {total},'
    """
    filled = _FIELD.sub(lambda found: fields[found[1]], text)
    return _BLANK_LINES.sub("\n\n", filled).strip()


@dataclass(slots=True)
class Reckoner:
    """Interest of the items of a day: the table of rates is read once for all of them.

    Attributes:
        on: Last day of interest.
        policy: Contract rate and imputation.
        rates: The table in force.
    """

    on: date
    policy: CollectionPolicy
    rates: Mapping[Semester, SemesterRates] = field(default_factory=lambda: RATES)
    _terms: dict[CustomerKind, RateTerms] = field(default_factory=dict)

    def interest(
        self, claim: Claim, due_date: date, customer: CustomerKind, noted: NotedPenalty | None
    ) -> UnclaimedInterest:
        """What an item bears that no note has claimed.

        Raises:
            NoLegalRateError: The rates of a semester are unknown.
        """
        if claim.is_penalty or due_date >= self.on or customer is CustomerKind.CONSUMER:
            return NOTHING
        terms = self._terms.get(customer)
        if terms is None:
            terms = RateTerms(customer, self.policy.contract_rate, self.rates)
            self._terms[customer] = terms
        if noted is not None or claim.payments or claim.credit_notes:
            return unclaimed_interest(
                claim,
                due_date,
                until=self.on,
                customer=customer,
                policy=self.policy,
                noted=noted,
                insolvency_date=claim.insolvency_date,
                rates=self.rates,
                terms=terms,
            )
        return UnclaimedInterest(
            plain_slices(
                claim.amount - claim.disputed,
                due_date,
                until=self.on,
                terms=terms,
                insolvency_date=claim.insolvency_date,
            )
        )


NOTHING = UnclaimedInterest()
_NO_INDEMNITY = Decimal("0.00")


def lines_of(
    send: Send,
    claims: Mapping[int, Claim],
    *,
    customer: CustomerKind,
    on: date,
    policy: CollectionPolicy,
    noted: Mapping[int, NotedPenalty] | None = None,
    reckoner: Reckoner | None = None,
) -> tuple[ReminderLine, ...]:
    """The items of a reminder with the interest and the 40 € they bear on a day.

    Interest runs on what is not disputed, and only what no penalty note has claimed is said. The
    40 € stand on the first late item of each document: instalments of one invoice owe them once.

    Args:
        send: What :func:`echeance.core.dunning.assess` chose to name.
        claims: Facts of each of its items.
        customer: Whose law applies, but for the claims that say another.
        on: Last day of interest.
        policy: Contract rate and imputation.
        noted: What penalty notes have claimed, by item.
        reckoner: The day's, when there are many customers; its day and policy then count.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    reckoner = reckoner or Reckoner(on, policy)
    noted = noted or {}
    late: dict[tuple[str, str], list[tuple[date, date | None]]] = {}
    for item in send.items:
        claim = claims[item.item_id]
        if item.due_date < on and not claim.is_penalty:
            document = (claim.debtor, item.document_ref)
            late.setdefault(document, []).append((item.due_date, claim.insolvency_date))
    lines = []
    for item in send.items:
        claim = claims[item.item_id]
        whose = claim.customer or customer
        claimed = noted.get(item.item_id)
        interest = reckoner.interest(claim, item.due_date, whose, claimed)
        indemnity = _NO_INDEMNITY
        if item.due_date < on and not (claimed and claimed.indemnity):
            dues = late.pop((claim.debtor, item.document_ref), None)
            if dues:
                indemnity = recovery_indemnity(whose, [due for due, _ in dues], dues[0][1])
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
                indemnity=indemnity,
                debtor=claim.debtor,
                is_penalty=claim.is_penalty,
                adjustment=interest.adjustment,
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
    credits: Decimal = ZERO,  # noqa: A002  the field of the message
) -> tuple[str, str]:
    """Subject and body of a reminder, in the language of its text.

    Args:
        template: The text.
        lines: What is asked for.
        client: Name of who is written to.
        sender: Who writes.
        on: The day.
        customer: Whose law applies.
        shows_penalties: Whether interest and the 40 € are said.
        credits: Money received and credit notes not applied; where it is less than the total, the
            net is said below it, whether or not the text has a place for it.
    """
    words = _WORDS[template.language]
    penalties = words.penalties(lines, on, customer) if shows_penalties else []
    payment = words.payment(sender) if sender.iban else ""
    total = sum((line.amount for line in lines), ZERO)
    deducted = ZERO < credits < total
    fields = {
        "client": client,
        "credits": format_amount(credits) if deducted else "",
        "delai": f"{on + timedelta(days=NOTICE_DAYS):%d/%m/%Y}",
        "factures": "\n".join(words.invoice(line) for line in lines),
        "jour": f"{on:%d/%m/%Y}",
        "net": format_amount(total - credits if deducted else total),
        "penalites": "\n".join(penalties),
        "reglement": payment,
        "societe": sender.name,
        "total": format_amount(total),
    }
    body = template.body
    if deducted and "{net}" not in body:
        body = _with_net(body, words.net.format(credits=fields["credits"], net=fields["net"]))
    subject = clean_line(merge(template.subject, fields))[:SUBJECT_LENGTH_MAX]
    return subject, merge(body, fields)


def _with_net(body: str, net: str) -> str:
    """A text with the net said after the paragraph of the total."""
    place = body.index("{total}")
    end = body.find("\n\n", place)
    end = len(body) if end < 0 else end
    return f"{body[:end]}\n\n{net}{body[end:]}"


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
    net: str
    penalty_note: str
    owed_by: str
    adjustment: str

    def invoice(self, line: ReminderLine) -> str:
        """One line of the table of invoices."""
        due = self.penalty_note if line.is_penalty else self.due
        parts = [
            due.format(number=line.document_ref, day=line.due_date),
            self.owed_by.format(name=line.debtor) if line.debtor else "",
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
            if line.adjustment:
                amount = format_amount(line.adjustment)
                yield self.adjustment.format(number=line.document_ref, amount=amount)
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
        adjustment="- {number}, régularisation des pénalités déjà facturées : {amount}",
        net="Avoirs et acomptes à déduire : {credits}\nNet à régler : {net}",
        penalty_note="- Pénalités déjà facturées {number}, échéance du {day:%d/%m/%Y}",
        owed_by=", {name}",
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
        adjustment="- {number}, adjustment of the penalties already charged: {amount}",
        net="Credits and advance payments to deduct: {credits}\nNet to pay: {net}",
        penalty_note="- Penalties already charged {number}, due on {day:%d/%m/%Y}",
        owed_by=", {name}",
    ),
}

LANGUAGES = tuple(_WORDS)
