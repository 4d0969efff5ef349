"""What billing needs before the first invoice: series, look, articles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import (
    ItemsInvalidError,
    NoSeriesError,
    SeriesInvalidError,
    StyleInvalidError,
)
from echeance.billing.events import ItemSaved, SeriesCreated, StyleSaved
from echeance.billing.models import DocumentStyle, InvoiceSeries, Item
from echeance.billing.rules import numbering
from echeance.billing.types import (
    CORRECTIVE,
    CREDIT_NOTE,
    GLOBAL_CREDIT,
    INVOICE,
    PREPAYMENT,
    SELF_BILLED,
    SELF_BILLED_CREDIT,
    ItemFacts,
    StyleFacts,
)
from echeance.core.dates import month_end
from echeance.core.einvoice.facturx import default_template
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.tax import ACCEPTED_RATES, Exemption
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

FIRST_PREFIXES = {
    CORRECTIVE: "FR",
    SELF_BILLED: "AF",
    SELF_BILLED_CREDIT: "AA",
    GLOBAL_CREDIT: "RG",
}
"""Prefix of the first series of each kind that set-up does not make."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LOGOS = {b"\x89PNG\r\n\x1a\n": "logo.png", b"\xff\xd8\xff": "logo.jpg", b"<svg": "logo.svg"}
_LOGO_BYTES_MAX = 2_000_000
_TEMPLATE_BYTES_MAX = 500_000


@transaction.atomic
def set_up_billing(
    *,
    actor: Actor,
    invoice_prefix: str = "FA",
    credit_note_prefix: str = "AV",
    prepayment_prefix: str = "AC",
) -> list[InvoiceSeries]:
    """Give a company its series; harmless when repeated.

    Raises:
        SeriesInvalidError: A prefix cannot be used.
    """
    actor.require(Right.EDIT_COMPANY)
    known = {row.kind: row for row in InvoiceSeries.objects.filter(company=actor.company)}
    for kind, prefix in (
        (INVOICE, invoice_prefix),
        (CREDIT_NOTE, credit_note_prefix),
        (PREPAYMENT, prepayment_prefix),
    ):
        if kind not in known:
            known[kind] = create_series(actor=actor, kind=kind, prefix=prefix)
    return list(known.values())


@transaction.atomic
def create_series(*, actor: Actor, kind: str, prefix: str, digits: int = 6) -> InvoiceSeries:
    """Create the series of a kind of document.

    Raises:
        SeriesInvalidError: The prefix is malformed or taken, or the kind has its series.
    """
    actor.require(Right.EDIT_COMPANY)
    # Two creations at once would both see a free prefix.
    Company.objects.select_for_update().get(pk=actor.company.pk)
    mine = InvoiceSeries.objects.filter(company=actor.company)
    problem = numbering.prefix_problem(prefix)
    if not problem and mine.filter(prefix=prefix).exists():
        problem = "une autre série l'utilise"
    if not problem and mine.filter(kind=kind).exists():
        problem = "ce genre de document a déjà sa série"
    if not problem and not 3 <= digits <= 10:
        problem = "le numéro a entre 3 et 10 chiffres"
    if problem:
        raise SeriesInvalidError(prefix, problem)
    series = InvoiceSeries.objects.create(
        company=actor.company, kind=kind, prefix=prefix, digits=digits, created_at=clock.now()
    )
    journal.record(SeriesCreated(series.pk, prefix, kind), actor=actor)
    return series


def first_series(actor: Actor, *, kind: str, supplier_id: int | None = None) -> InvoiceSeries:
    """The first series of a kind, made when the first document of that kind is issued.

    A company set up before the kind existed has none yet. A self-billing series belongs to its
    supplier and carries its code.

    Raises:
        NoSeriesError: Billing was not set up.
    """
    Company.objects.select_for_update().get(pk=actor.company.pk)
    mine = InvoiceSeries.objects.filter(company=actor.company)
    prefix = FIRST_PREFIXES.get(kind, "")
    if not prefix or not mine.exists():
        raise NoSeriesError
    if supplier_id is not None:
        prefix += re.sub(
            r"[^A-Za-z0-9]", "", parties.party_for(actor=actor, party_id=supplier_id).code
        )
        prefix = prefix[:12]
    taken = set(mine.values_list("prefix", flat=True))
    rank, first = 1, prefix
    while prefix in taken:
        rank += 1
        prefix = f"{first[: 12 - len(str(rank))]}{rank}"
    series = InvoiceSeries.objects.create(
        company=actor.company,
        kind=kind,
        prefix=prefix,
        supplier_id=supplier_id,
        created_at=clock.now(),
    )
    journal.record(SeriesCreated(series.pk, prefix, kind), actor=actor)
    return series


def save_style(
    *,
    actor: Actor,
    color: str = "#1f4e79",
    logo: bytes = b"",
    template: str = "",
) -> DocumentStyle:
    """Choose how the next documents look; those already issued keep theirs.

    The template is tried on a specimen first.

    Args:
        actor: Who chooses.
        color: Accent, ``#rrggbb``.
        logo: PNG, JPEG or SVG; empty for none.
        template: Typst source; empty for that of the house.

    Raises:
        StyleInvalidError: A colour, logo or template that cannot be used.
    """
    actor.require(Right.EDIT_COMPANY)
    if not _COLOR.fullmatch(color):
        raise StyleInvalidError(f"« {color} » n'est pas une couleur (écrivez #1f4e79)")
    logo_name = _logo_name(logo)
    if len(template.encode()) > _TEMPLATE_BYTES_MAX:
        raise StyleInvalidError("le modèle dépasse 500 Ko")
    if template or logo:
        _try_on_a_specimen(template or default_template(), color, logo, logo_name)
    kept = _keep(actor, template.encode(), "modele.typ", "text/plain", "invoice_template")
    logo_kept = _keep(actor, logo, logo_name, _media_type(logo_name), "logo")
    with transaction.atomic():
        style = DocumentStyle.objects.create(
            company=actor.company,
            color=color.lower(),
            logo_id=logo_kept,
            template_id=kept,
            saved_at=clock.now(),
            saved_by=actor.name,
        )
        journal.record(
            StyleSaved(
                actor.company.pk,
                style.color,
                hashlib.sha256(template.encode()).hexdigest() if template else "",
                hashlib.sha256(logo).hexdigest() if logo else "",
            ),
            actor=actor,
        )
    return style


def _try_on_a_specimen(template: str, color: str, logo: bytes, logo_name: str) -> None:
    from echeance.billing.rendering import specimen

    try:
        specimen(template, color, {logo_name: logo} if logo else {}, clock.now())
    except EcheanceError as error:
        raise StyleInvalidError(str(error).rstrip(".")) from error


def _logo_name(logo: bytes) -> str:
    if not logo:
        return ""
    if len(logo) > _LOGO_BYTES_MAX:
        raise StyleInvalidError("le logo dépasse 2 Mo")
    for start, name in _LOGOS.items():
        if logo.lstrip().startswith(start):
            return name
    raise StyleInvalidError("le logo n'est ni un PNG, ni un JPEG, ni un SVG")


def _media_type(name: str) -> str:
    return {"logo.png": "image/png", "logo.jpg": "image/jpeg"}.get(name, "image/svg+xml")


def _keep(actor: Actor, content: bytes, filename: str, media_type: str, kind: str) -> int | None:
    if not content:
        return None
    return archive.store_file(
        actor=with_archive(actor),
        file=NewFile(
            content=content,
            filename=filename,
            media_type=media_type,
            kind=kind,
            subject=f"company:{actor.company.pk}",
            keep_until=kept_until(actor, clock.today()),
        ),
    ).pk


def with_archive(actor: Actor) -> Actor:
    """The actor, allowed to store files: who may make a document may keep it."""
    return replace(actor, rights=actor.rights | {Right.STORE_FILES})


def kept_until(actor: Actor, day: date) -> date:
    """Last day a voucher of that date is kept; the civil year where no fiscal year is open."""
    year = ledger.fiscal_year_of(company=actor.company, day=day)
    return retention_date(year.ends_on if year else month_end(date(day.year, 12, 1)))


def frozen_style(actor: Actor) -> StyleFacts:
    """The look in force, its template kept in the archive so that it can never be lost.

    Storing the template of the house again changes nothing: same bytes, same row.
    """
    style = queries.style_in_force(actor=actor)
    if style and style.template:
        template_id, sha256 = style.template.pk, style.template.sha256
    else:
        content = default_template().encode()
        kept = _keep(actor, content, "modele.typ", "text/plain", "invoice_template")
        assert kept is not None, "the house has a template"
        template_id, sha256 = kept, hashlib.sha256(content).hexdigest()
    return StyleFacts(
        color=style.color if style else "#1f4e79",
        template_file_id=template_id,
        template_sha256=sha256,
        logo_file_id=style.logo_id if style else None,
        logo_name=style.logo.filename if style and style.logo else "",
        footer=style.footer if style else "",
        payment_link=style.payment_link if style else "",
        payment_qr=style.payment_qr if style else True,
        creditor_reference=style.creditor_reference if style else False,
    )


@transaction.atomic
def save_items(*, actor: Actor, items: Sequence[ItemFacts]) -> list[Item]:
    """Create articles, or change those of the same code. All or none; three queries or so.

    Raises:
        ItemsInvalidError: Every problem of every article.
    """
    actor.require(Right.IMPORT_ORDERS)
    problems = [problem for item in items for problem in item_problems(item)]
    codes = [item.code for item in items]
    if len(set(codes)) < len(codes):
        problems.append("un code figure deux fois")
    if problems:
        raise ItemsInvalidError(tuple(problems))
    Item.objects.bulk_create(
        [Item(company=actor.company, **asdict(item)) for item in items],
        update_conflicts=True,
        unique_fields=["company", "code"],
        update_fields=[name for name in ItemFacts.__dataclass_fields__ if name != "code"],
        batch_size=500,
    )
    rows = {row.code: row for row in queries.items(actor=actor).filter(code__in=codes)}
    saved = [rows[code] for code in codes]
    journal.record_many([ItemSaved(row.pk, row.code) for row in saved], actor=actor)
    return saved


def item_problems(item: ItemFacts) -> list[str]:
    """What is wrong in an article, French clauses."""
    problems = []
    if not item.code or not item.name:
        problems.append(f"l'article « {item.code or item.name} » n'a pas de code ou de désignation")
    if item.nature not in {"goods", "services"}:
        problems.append(f"{item.code} : la nature est « goods » ou « services »")
    if item.vat_rate is not None and item.vat_rate not in ACCEPTED_RATES:
        problems.append(f"{item.code} : le taux de TVA {item.vat_rate} % n'existe pas")
    if item.unit_price is not None and item.unit_price <= ZERO:
        problems.append(f"{item.code} : le prix doit être supérieur à zéro")
    if item.exemption and item.exemption not in set(Exemption):
        problems.append(f"{item.code} : le motif d'exonération « {item.exemption} » est inconnu")
    return problems
