"""By which way each document leaves, and which ways were taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import BillingRule, Invoice, InvoiceDispatch, PortalHandover
from echeance.billing.queries.documents import billing_emails, to_send
from echeance.billing.rules import channels as rules
from echeance.billing.rules.channels import ChannelFacts, Choice
from echeance.billing.rules.portals import TO_DELIVER
from echeance.parties.models import Party, PartyAddress
from echeance.transmission import postal
from echeance.transmission import queries as transmission
from echeance.transmission.platform import configured

if TYPE_CHECKING:
    from django.db.models import QuerySet

_ROUTING = "0225"
_BETWEEN_FIRMS = "B2B"
REACHED = frozenset(range(202, 213))
"""Statuses that a document can have only once the buyer's platform has it: received to paid."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a document as things stand.

    Attributes:
        choice: The one in force: already taken, or to be taken.
        facts: What decided it.
        taken: Ways taken, oldest first, the failed ones included.
        emails: Billing contacts that can be reached.
        address: Lines of the postal address.
    """

    choice: Choice
    facts: ChannelFacts
    taken: tuple[InvoiceDispatch, ...]
    emails: tuple[str, ...]
    address: tuple[str, ...]


def ways(*, actor: Actor, rows: Sequence[Invoice]) -> dict[int, Way]:
    """The way of each document. Six queries, whatever their number.

    What was taken stays: a customer's rule that changes counts for the next documents. After a
    failure the second way is in force only once it is taken (see ``take_second_channels``).
    """
    actor.require(Right.READ)
    buyers = {row.buyer_id for row in rows}
    emails = billing_emails(actor=actor, party_ids=buyers)
    known = BillingRule.objects.filter(company=actor.company, party_id__in=buyers)
    of_customer = {row.party_id: row for row in known}
    public = set(
        Party.objects.filter(pk__in=buyers, category=Party.Category.PUBLIC).values_list(
            "pk", flat=True
        )
    )
    mail_addresses = {
        row.party_id: row
        for row in PartyAddress.objects.filter(
            party_id__in=buyers, kind=PartyAddress.Kind.MAIL, ended_at=None
        ).order_by("pk")
    }
    taken: dict[int, list[InvoiceDispatch]] = defaultdict(list)
    for dispatch in InvoiceDispatch.objects.filter(
        company=actor.company, invoice_id__in=[row.pk for row in rows]
    ).order_by("rank"):
        taken[dispatch.invoice_id].append(dispatch)
    has_platform = configured.has_platform()
    found = {}
    for row in rows:
        address = _address(row, mail_addresses.get(row.buyer_id))
        rule = of_customer.get(row.buyer_id)
        document: dict[str, Any] = (row.facts or {}).get("document", {})
        electronic = document.get("buyer", {}).get("electronic_address") or {}
        frames = [
            one.get("text") for one in document.get("notes", ()) if one.get("subject_code") == "BAR"
        ]
        facts = ChannelFacts(
            of_document=row.channel,
            of_customer=rule.channel if rule else rules.Channel.AUTO.value,
            second=rule.second_channel if rule else "",
            public=row.buyer_id in public,
            between_firms=frames == [_BETWEEN_FIRMS],
            routed=electronic.get("scheme") == _ROUTING,
            has_platform=has_platform,
            has_email=bool(emails.get(row.buyer_id)),
            has_address=not postal.problem(address),
            portal=rule.portal if rule else "",
        )
        found[row.pk] = Way(
            _in_force(facts, taken[row.pk]),
            facts,
            tuple(taken[row.pk]),
            tuple(emails.get(row.buyer_id, ())),
            address,
        )
    return found


def never_sent(*, actor: Actor, numbers: Collection[str] | QuerySet[Any, str]) -> set[str]:
    """Those of some documents that were issued here and never left for the customer.

    A deposit, a letter, a delivery on a portal count, and so does a mail that a server took; what
    failed does not, nor what still waits in the outbox. Numbers of documents not issued here
    (opening balances, imports) are absent. What a buyer or its platform has answered proves that it
    has the document. One query, and three more when some have not left.
    """
    actor.require(Right.READ)
    out = InvoiceDispatch.objects.filter(invoice=OuterRef("pk"), failed_at=None)
    waiting = Invoice.objects.filter(
        ~Exists(out.exclude(channel__in=[rules.Channel.MAIL, rules.Channel.PORTAL])),
        company=actor.company,
        number__in=numbers,
        status=Invoice.Status.ISSUED,
        mandate=None,
    )
    found = dict(waiting.values_list("pk", "number"))
    if not found:
        return set()
    handed = PortalHandover.objects.filter(company=actor.company, invoice_id__in=found)
    left = set(handed.exclude(status=TO_DELIVER).values_list("invoice_id", flat=True))
    subjects = {f"invoice:{pk}": pk for pk in found}
    sent = transmission.sent_refs(actor=actor, subjects=subjects)
    left |= {subjects[subject] for subject in sent}
    unproved = {number for pk, number in found.items() if pk not in left and number}
    told = transmission.statuses_of(actor=actor, document_refs=unproved)
    return {
        number for number in unproved if not any(one.event.code in REACHED for one in told[number])
    }


def _in_force(facts: ChannelFacts, taken: Sequence[InvoiceDispatch]) -> Choice:
    running = [one for one in taken if one.failed_at is None]
    asked = facts.of_document not in {"", rules.Channel.AUTO}
    if running and not (asked and running[-1].channel != facts.of_document):
        last = running[-1]
        return Choice(rules.Channel(last.channel), last.why)
    if asked or not taken:
        return rules.choose(facts)
    return rules.fall_back(facts, {rules.Channel(one.channel) for one in taken})


def _address(row: Invoice, mail: PartyAddress | None) -> tuple[str, ...]:
    """Where its letter goes: the customer's address for mail, else the one it was issued with."""
    if mail is not None:
        lines = (
            mail.name or row.buyer_name,
            mail.address_line,
            mail.address_extra,
            f"{mail.postcode} {mail.city}".strip(),
            "" if mail.country == "FR" else mail.country,
        )
        return tuple(text for text in lines if text)
    # A self-billed document goes to the supplier it is made for, its seller.
    side = "buyer" if row.mandate_id is None else "seller"
    buyer: dict[str, Any] = (row.facts or {}).get("document", {}).get(side, {})
    address: dict[str, str] = buyer.get("address") or {}
    country = address.get("country_code", "")
    printed = (
        str(buyer.get("name", "")),
        address.get("line_one", ""),
        address.get("line_two", ""),
        address.get("line_three", ""),
        f"{address.get('post_code', '')} {address.get('city', '')}".strip(),
        "" if country in {"FR", ""} else country_of(country),
    )
    return tuple(text for text in printed if text)


def country_of(code: str) -> str:
    """Name of a country in French, in capitals, as the post wants it."""
    from echeance.core.einvoice.labels import country_name

    return country_name(code, "fr").upper()


def customer_rule(*, actor: Actor, party_id: int) -> BillingRule | None:
    """The billing rule of a customer; none: the usual one. One query."""
    actor.require(Right.READ)
    return BillingRule.objects.filter(company=actor.company, party_id=party_id).first()


def running_dispatches(
    *, actor: Actor, channels: Collection[str] = ()
) -> QuerySet[InvoiceDispatch]:
    """Ways taken that have not failed, oldest first, with their document. One query."""
    actor.require(Right.READ)
    rows = InvoiceDispatch.objects.filter(company=actor.company, failed_at=None)
    if channels:
        rows = rows.filter(channel__in=channels)
    return rows.select_related("invoice").order_by("pk")


def to_dispatch(*, actor: Actor) -> QuerySet[Invoice]:
    """Sealed documents that have taken no way yet, oldest first. One query."""
    taken = InvoiceDispatch.objects.filter(invoice=OuterRef("pk"))
    return to_send(actor=actor).filter(~Exists(taken))


def portal_documents(*, actor: Actor, portal: str = "") -> list[tuple[Invoice, PortalHandover]]:
    """Documents on portals with their last status, the oldest first. Two queries."""
    actor.require(Right.READ)
    rows = PortalHandover.objects.filter(company=actor.company)
    if portal:
        rows = rows.filter(portal=portal)
    last: dict[int, PortalHandover] = {}
    for row in rows.select_related("invoice").order_by("pk"):
        last[row.invoice_id] = row
    return [(row.invoice, row) for row in last.values()]
