"""What billing needs before the first invoice: series, look, articles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive import queries as archive_queries
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.series import create_series
from echeance.billing.errors import ItemsInvalidError, StyleInvalidError
from echeance.billing.events import ItemSaved, StyleSaved
from echeance.billing.models import DocumentStyle, InvoiceSeries, Item
from echeance.billing.rendering import Look, specimen
from echeance.billing.rules.payment_link import pattern_problem
from echeance.billing.types import (
    CREDIT_NOTE,
    INVOICE,
    PREPAYMENT,
    ItemFacts,
    StyleFacts,
)
from echeance.core.dates import month_end
from echeance.core.einvoice.facturx import default_template
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.tax import ACCEPTED_RATES, Exemption
from echeance.core.typesetting import TemplateError
from echeance.core.typesetting_words import in_french
from echeance.ledger import queries as ledger

HOUSE_COLOR = "#1f4e79"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LOGOS = {b"\x89PNG\r\n\x1a\n": "logo.png", b"\xff\xd8\xff": "logo.jpg", b"<svg": "logo.svg"}
_LOGO_BYTES_MAX = 2_000_000
_TEMPLATE_BYTES_MAX = 500_000
_FOOTER_MAX = 400
_FOOTER_LINES_MAX = 4


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


def save_style(
    *,
    actor: Actor,
    color: str = "#1f4e79",
    logo: bytes = b"",
    template: str = "",
    footer: str = "",
    payment_link: str = "",
    payment_qr: bool = True,
    creditor_reference: bool = False,
) -> DocumentStyle:
    """Choose how the next documents look; those already issued keep theirs.

    The template is tried on a specimen first, in a process that is ended when it takes too long.

    Args:
        actor: Who chooses.
        color: Accent, ``#rrggbb``.
        logo: PNG, JPEG or SVG; empty for none.
        template: Typst source; empty for that of the house.
        footer: Lines at the foot of each page.
        payment_link: Pattern of :mod:`echeance.billing.rules.payment_link`; empty for none.
        payment_qr: Print the code that fills a transfer.
        creditor_reference: Quote the RF reference (ISO 11649) instead of the number.

    Raises:
        StyleInvalidError: A colour, logo, link or template that cannot be used.
    """
    actor.require(Right.EDIT_COMPANY)
    if template.strip() == default_template().strip():
        template = ""
    look = Look(
        template=template,
        color=color,
        logo=logo,
        logo_name=logo_name_of(logo),
        footer=footer.strip(),
        payment_link=payment_link.strip(),
        payment_qr=payment_qr,
        creditor_reference=creditor_reference,
    )
    check_look(look)
    if template or logo:
        _try_on_a_specimen(look)
    kept = _keep(actor, template.encode(), "modele.typ", "text/plain", "invoice_template")
    logo_kept = _keep(actor, logo, look.logo_name, _media_type(look.logo_name), "logo")
    return _save(actor, look, template_id=kept, logo_id=logo_kept)


def change_style(*, actor: Actor, look: Look, keep_logo: bool) -> DocumentStyle:
    """The same as :func:`save_style` from a settings page, where the logo may stay as it is.

    Raises:
        StyleInvalidError: A colour, logo, link or template that cannot be used.
    """
    logo = look.logo
    if keep_logo and not logo:
        style = queries.style_in_force(actor=actor)
        if style and style.logo_id is not None:
            logo = archive_queries.content(actor=actor, file_id=style.logo_id)
    return save_style(
        actor=actor,
        color=look.color,
        logo=logo,
        template=look.template,
        footer=look.footer,
        payment_link=look.payment_link,
        payment_qr=look.payment_qr,
        creditor_reference=look.creditor_reference,
    )


def restore_style(*, actor: Actor, style_id: int) -> DocumentStyle:
    """Take a former look again, as a new row: the history stays.

    Raises:
        NotFoundError: Not a look of this company.
    """
    actor.require(Right.EDIT_COMPANY)
    former = DocumentStyle.objects.filter(company=actor.company, pk=style_id).first()
    if former is None:
        raise NotFoundError(what=f"présentation n° {style_id}")
    look = Look(
        color=former.color,
        footer=former.footer,
        payment_link=former.payment_link,
        payment_qr=former.payment_qr,
        creditor_reference=former.creditor_reference,
    )
    return _save(actor, look, template_id=former.template_id, logo_id=former.logo_id)


def check_look(look: Look) -> None:
    """Refuse what no document could be printed with.

    Raises:
        StyleInvalidError: A colour, a link, a footer or a template too large.
    """
    if not _COLOR.fullmatch(look.color):
        raise StyleInvalidError(f"« {look.color} » n'est pas une couleur (écrivez #1f4e79)")
    if len(look.template.encode()) > _TEMPLATE_BYTES_MAX:
        raise StyleInvalidError("le modèle dépasse 500 Ko")
    if len(look.footer) > _FOOTER_MAX or look.footer.count("\n") >= _FOOTER_LINES_MAX:
        raise StyleInvalidError(
            f"le pied de page a {_FOOTER_LINES_MAX} lignes et {_FOOTER_MAX} caractères au plus"
        )
    if problem := pattern_problem(look.payment_link):
        raise StyleInvalidError(problem)


@transaction.atomic
def _save(
    actor: Actor, look: Look, *, template_id: int | None, logo_id: int | None
) -> DocumentStyle:
    style = DocumentStyle.objects.create(
        company=actor.company,
        color=look.color.lower(),
        logo_id=logo_id,
        template_id=template_id,
        footer=look.footer,
        payment_link=look.payment_link,
        payment_qr=look.payment_qr,
        creditor_reference=look.creditor_reference,
        saved_at=clock.now(),
        saved_by=actor.name,
    )
    journal.record(
        StyleSaved(
            actor.company.pk,
            style.color,
            style.template.sha256 if style.template else "",
            style.logo.sha256 if style.logo else "",
        ),
        actor=actor,
    )
    return style


def _try_on_a_specimen(look: Look) -> None:
    try:
        specimen(look, at=clock.now())
    except TemplateError as error:
        place = f" (ligne {error.line})" if error.line else ""
        reason = in_french(error.reason)
        raise StyleInvalidError(
            f"Le modèle de document ne peut pas être composé{place} : {reason}"
        ) from error
    except EcheanceError as error:
        raise StyleInvalidError(str(error).rstrip(".")) from error


def logo_name_of(logo: bytes) -> str:
    """Name of a logo by its first bytes; "" for none.

    Raises:
        StyleInvalidError: Too large, or no picture that a document can print.
    """
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
