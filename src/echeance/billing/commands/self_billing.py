"""Self-billing: mandates of suppliers, documents in their name, their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import IntegrityError, transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.errors import SelfBillingRefusedError
from echeance.billing.events import MandateRevoked, MandateSaved, SelfBillingAnswered
from echeance.billing.models import (
    Invoice,
    InvoiceSeries,
    SelfBillingAnswer,
    SelfBillingMandate,
)
from echeance.billing.rules.self_billing import answer_by, prefix_for
from echeance.billing.types import (
    SELF_BILLED,
    SELF_BILLED_CREDIT,
    SELF_BILLED_KINDS,
    DraftFacts,
    DraftLine,
)
from echeance.core.tax import Exemption
from echeance.parties import queries as parties

_LONGEST_DAYS = 90


@transaction.atomic
def record_mandate(
    *,
    actor: Actor,
    supplier_id: int,
    reference: str,
    signed_on: date,
    ends_on: date | None = None,
    contest_days: int = 15,
    franchise: bool = False,
    file_id: int | None = None,
) -> SelfBillingMandate:
    """Record the mandate of a supplier, with its own series of numbers.

    Args:
        actor: Who records.
        supplier_id: Who gives it; stays liable for its invoices.
        reference: Of the mandate, once a company.
        signed_on: Day of signature; nothing before it is covered.
        ends_on: Last day; none for no end.
        contest_days: Days the supplier has to contest a document; silence then accepts it.
        franchise: The supplier charges no VAT (CGI 293 B).
        file_id: The signed mandate in the archive.

    Raises:
        NotFoundError: The supplier is unknown.
        SelfBillingRefusedError: The reference is taken, the days make no sense, or the supplier
            has no number to be invoiced under.
    """
    actor.require(Right.EDIT_COMPANY)
    reference = reference.strip()[:60]
    supplier = parties.snapshots(actor=actor, party_ids=[supplier_id]).get(supplier_id)
    if supplier is None:
        raise NotFoundError(what=f"fournisseur n° {supplier_id}")
    if reason := _problem(actor, reference, signed_on, ends_on, contest_days):
        raise SelfBillingRefusedError(reason)
    if not supplier.siren and not supplier.vat_id:
        raise SelfBillingRefusedError(
            f"{supplier.name} n'a ni SIREN ni n° de TVA, complétez sa fiche"
        )
    row = SelfBillingMandate.objects.create(
        company=actor.company,
        supplier_id=supplier.party_id,
        reference=reference,
        signed_on=signed_on,
        ends_on=ends_on,
        contest_days=contest_days,
        franchise=franchise,
        file_id=file_id,
    )
    prefix = _series(actor, supplier.party_id, supplier.code)
    journal.record(MandateSaved(row.pk, reference, prefix), actor=actor)
    return row


def _problem(
    actor: Actor, reference: str, signed_on: date, ends_on: date | None, contest_days: int
) -> str:
    if not reference:
        return "donnez une référence au mandat"
    if ends_on is not None and ends_on < signed_on:
        return "le mandat finit avant sa signature"
    if signed_on > clock.today():
        return "le mandat n'est pas encore signé à cette date"
    if not 1 <= contest_days <= _LONGEST_DAYS:
        return f"le fournisseur a de 1 à {_LONGEST_DAYS} jours pour contester"
    if SelfBillingMandate.objects.filter(company=actor.company, reference=reference).exists():
        return "cette référence de mandat est déjà prise"
    return ""


def _series(actor: Actor, supplier_id: int, code: str) -> str:
    """Give the supplier its two series, if it has none; the prefix of its invoices."""
    made = {}
    for kind in (SELF_BILLED, SELF_BILLED_CREDIT):
        known = InvoiceSeries.objects.filter(
            company=actor.company, kind=kind, supplier=supplier_id, closed_at=None
        ).first()
        if known is None:
            known = _new_series(actor, kind, supplier_id, code)
        made[kind] = known.prefix
    return made[SELF_BILLED]


def _new_series(actor: Actor, kind: str, supplier_id: int, code: str) -> InvoiceSeries:
    credit = kind == SELF_BILLED_CREDIT
    for name in (code, ""):
        try:
            with transaction.atomic():
                return InvoiceSeries.objects.create(
                    company=actor.company,
                    kind=kind,
                    prefix=prefix_for(name, supplier_id, credit=credit),
                    supplier_id=supplier_id,
                    created_at=clock.now(),
                )
        except IntegrityError:  # another series has that prefix: the number has none
            continue
    raise SelfBillingRefusedError("le préfixe de sa série est déjà pris, renommez l'autre série")


@transaction.atomic
def revoke_mandate(*, actor: Actor, mandate_id: int) -> SelfBillingMandate:
    """End a mandate now; documents already issued stand. Harmless when repeated.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.EDIT_COMPANY)
    row = (
        SelfBillingMandate.objects.select_for_update()
        .filter(company=actor.company, pk=mandate_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"mandat n° {mandate_id}")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        journal.record(MandateRevoked(row.pk, row.reference), actor=actor)
    return row


@transaction.atomic
def draft_self_billed(
    *,
    actor: Actor,
    mandate_id: int,
    lines: Sequence[DraftLine],
    delivery_date: date | None = None,
    order_reference: str = "",
    construction: bool = False,
    note: str = "",
) -> Invoice:
    """Draft an invoice in the name of a supplier (BT-3 389): it is the seller, the company buys.

    Args:
        actor: Who drafts.
        mandate_id: The mandate, in force today.
        lines: What the supplier did.
        delivery_date: When.
        order_reference: Our order to it.
        construction: Works of a sub-contractor, whose VAT the company owes (CGI 283-2 nonies).
        note: Printed.

    Raises:
        NotFoundError: The mandate is unknown.
        SelfBillingRefusedError: It is not in force.
        DraftInvalidError: A line cannot stand.
    """
    actor.require(Right.DRAFT_INVOICES)
    mandate = queries.mandate_for(actor=actor, mandate_id=mandate_id)
    if not queries.mandate_holds(mandate, clock.today()):
        raise SelfBillingRefusedError(
            f"le mandat {mandate.reference} n'est pas en vigueur aujourd'hui, faites-en signer un"
        )
    exemption = ""
    if mandate.franchise:
        exemption = Exemption.FRANCHISE.value
    elif construction:
        exemption = Exemption.CONSTRUCTION_SUBCONTRACTING.value
    return draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=mandate.supplier_id,
                kind=SELF_BILLED,
                lines=tuple(_exempted(line, exemption) for line in lines),
                mandate_id=mandate.pk,
                delivery_date=delivery_date,
                order_reference=order_reference,
                frame="S5" if construction else "",
                note=note,
            )
        ],
    )[0]


def _exempted(line: DraftLine, exemption: str) -> DraftLine:
    if not exemption or line.exemption:
        return line
    return replace(line, exemption=exemption, vat_rate=None)


@transaction.atomic
def answer_self_billed(
    *, actor: Actor, invoice_id: int, accepted: bool, reason: str = ""
) -> SelfBillingAnswer:
    """Record what a supplier said of a document made in its name.

    Args:
        actor: Who records.
        invoice_id: The document, issued.
        accepted: It accepts it; else it contests it.
        reason: Why, when it contests.

    Raises:
        NotFoundError: Not a document of this company.
        SelfBillingRefusedError: It is not one made in the name of a supplier, it is a draft, it
            has its answer, or the days to contest are over.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = (
        Invoice.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=invoice_id)
        .select_related("mandate")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    if row.kind not in SELF_BILLED_KINDS or row.mandate is None:
        raise SelfBillingRefusedError(f"{row} n'est pas faite au nom d'un fournisseur")
    if row.number is None or row.issue_date is None:
        raise SelfBillingRefusedError(f"{row} n'est pas émise")
    if SelfBillingAnswer.objects.filter(invoice=row).exists():
        raise SelfBillingRefusedError(f"{row.number} a déjà sa réponse")
    last = answer_by(row.issue_date, row.mandate.contest_days)
    if not accepted:
        if not reason.strip():
            raise SelfBillingRefusedError("dites pourquoi le fournisseur conteste")
        if clock.today() > last:
            raise SelfBillingRefusedError(
                f"le délai pour contester {row.number} a fini le {last:%d/%m/%Y}"
            )
    kind = SelfBillingAnswer.Answer.ACCEPTED if accepted else SelfBillingAnswer.Answer.CONTESTED
    return _answered(actor, [(row, kind, reason.strip()[:200])])[0]


@transaction.atomic
def accept_by_silence(*, actor: Actor, on: date | None = None) -> list[SelfBillingAnswer]:
    """Accept the documents whose days to contest are over. Harmless when repeated.

    Args:
        actor: Who records; the assistant, each day.
        on: The day; today when absent.
    """
    actor.require(Right.DRAFT_INVOICES)
    day = on or clock.today()
    rows = [
        (one.invoice, SelfBillingAnswer.Answer.TACIT, "")
        for one in queries.awaited_answers(actor=actor)
        if one.answer_by < day
    ]
    return _answered(actor, rows)


def _answered(actor: Actor, rows: Sequence[tuple[Invoice, str, str]]) -> list[SelfBillingAnswer]:
    now = clock.now()
    answers = SelfBillingAnswer.objects.bulk_create(
        SelfBillingAnswer(
            company=actor.company,
            invoice=row,
            answer=kind,
            reason=reason,
            answered_at=now,
            recorded_by=actor.name,
        )
        for row, kind, reason in rows
    )
    journal.record_many(
        [SelfBillingAnswered(row.pk, row.number or "", kind, reason) for row, kind, reason in rows],
        actor=actor,
    )
    return answers
