"""Portals of large buyers: what a person hands over, and what the portal answered."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from datetime import date

from django.db import transaction

from echeance.archive import queries as archive
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import HandoverInvalidError, NothingChosenError
from echeance.billing.events import HandoverRecorded
from echeance.billing.models import PortalHandover
from echeance.billing.rules import portals as rules
from echeance.core.tabular import write_csv

EXPORT_MAX = 200
_HEADERS = (
    "numéro", "date", "client", "SIREN", "SIRET", "bon de commande", "référence de l'acheteur",
    "échéance", "total HT", "total TVA", "total TTC", "devise", "IBAN", "fichier",
)  # fmt: skip


def export_for_portal(*, actor: Actor, invoice_ids: Collection[int]) -> bytes:
    """A ZIP of the sealed files and a CSV of their facts, in the order of the numbers.

    The same documents give the same bytes. At most 200 documents.

    Raises:
        RightMissingError: To send documents.
        NothingChosenError: None of them is sealed.
    """
    actor.require(Right.SEND_DOCUMENTS)
    rows = list(
        queries.to_send(actor=actor).filter(pk__in=invoice_ids).order_by("number")[:EXPORT_MAX]
    )
    if not rows:
        raise NothingChosenError
    names = {row.pk: f"{row}.pdf".replace("/", "-") for row in rows}
    listing = []
    for row in rows:
        document = (row.facts or {}).get("document", {})
        buyer = document.get("buyer", {})
        sirets = [
            one["value"]
            for one in buyer.get("global_identifiers", ())
            if one.get("scheme") == "0009"
        ]
        means = document.get("payment_means", ())
        listing.append(
            (
                str(row),
                row.issue_date.isoformat() if row.issue_date else "",
                row.buyer_name,
                (buyer.get("legal_id") or {}).get("value", ""),
                sirets[0] if sirets else "",
                row.order_reference,
                row.buyer_reference,
                row.due_date.isoformat() if row.due_date else "",
                row.net_total,
                row.vat_total,
                row.gross_total,
                row.currency,
                means[0].get("iban", "") if means else "",
                names[row.pk],
            )
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "factures.csv", write_csv(_HEADERS, listing))
        for row in rows:
            assert row.file_id is not None, "it is sealed"
            _add(packed, names[row.pk], archive.content(actor=actor, file_id=row.file_id))
    return out.getvalue()


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    """A member without date: the same documents make the same bytes."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(member, content)


@transaction.atomic
def record_handovers(
    *,
    actor: Actor,
    invoice_ids: Collection[int],
    status: str,
    on: date | None = None,
    reference: str = "",
    note: str = "",
) -> int:
    """Note what became of documents on their portal; all or none. Four queries.

    Args:
        actor: Needs the right to send documents.
        invoice_ids: Documents that are on a portal.
        status: One of :data:`echeance.billing.rules.portals.LABELS`.
        on: The day; today when None.
        reference: The portal's own number; the last one told when empty.
        note: Free text.

    Raises:
        HandoverInvalidError: An unknown status, a day to come, a document on no portal, or a
            status that cannot follow the last one.
    """
    actor.require(Right.SEND_DOCUMENTS)
    day = on or clock.today()
    if status not in rules.LABELS:
        raise HandoverInvalidError(f"l'état « {status} » est inconnu")
    if day > clock.today():
        raise HandoverInvalidError(f"le {day:%d/%m/%Y} est dans le futur")
    last: dict[int, PortalHandover] = {}
    for row in (
        PortalHandover.objects.select_for_update(of=("self",))
        .filter(company=actor.company, invoice_id__in=invoice_ids)
        .select_related("invoice")
        .order_by("pk")
    ):
        last[row.invoice_id] = row
    if missing := set(invoice_ids) - set(last):
        raise HandoverInvalidError(f"le document n° {min(missing)} n'est sur aucun portail")
    for row in last.values():
        if not rules.may_follow(status, row.status):
            raise HandoverInvalidError(
                f"{row.invoice} : « {rules.LABELS[status]} » ne peut pas suivre "
                f"« {rules.LABELS[row.status]} »"
            )
    rows = [
        PortalHandover(
            company=actor.company,
            invoice_id=pk,
            portal=row.portal,
            status=status,
            reference=reference.strip()[:60] or row.reference,
            note=note.strip()[:200],
            on=day,
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
        for pk, row in last.items()
    ]
    PortalHandover.objects.bulk_create(rows)
    journal.record_many(
        [HandoverRecorded(row.invoice_id, row.portal, status, row.reference) for row in rows],
        actor=actor,
    )
    return len(rows)
