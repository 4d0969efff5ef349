"""From the frozen facts of a document to its Factur-X file, and to its official verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from echeance.archive import queries as archive
from echeance.base.actor import Actor
from echeance.billing.rules.attachments import with_attachments
from echeance.billing.rules.frozen import FrozenDocument
from echeance.billing.rules.payment_link import payment_link
from echeance.billing.types import CREDIT_KINDS
from echeance.core.einvoice import model
from echeance.core.einvoice import view as page
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.facturx import facturx_pdf
from echeance.core.einvoice.labels import printed_language
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.money import ZERO
from echeance.core.typesetting import FileAttachment, Typesetter

_FAMILIES: Final = ("Inter", "Libertinus Serif")


def font_paths() -> list[Path]:
    """Folders of the pinned fonts that are installed."""
    folder = Path(settings.NODE_MODULES) / "@expo-google-fonts" / "inter"
    return [folder] if folder.is_dir() else []


class Renderer:
    """Makes the files of one company's documents; keeps a typesetter for each look.

    For one thread.
    """

    def __init__(self, actor: Actor) -> None:
        """Prepare, without reading anything.

        Args:
            actor: Reads templates and logos in its archive.
        """
        self._actor = actor
        self._typesetters: dict[tuple[int, int | None], Typesetter] = {}

    def render(self, frozen: FrozenDocument, *, duplicate: bool = False) -> bytes:
        """The Factur-X file; the same facts give the same bytes, whenever and by whoever.

        Args:
            frozen: The facts of an issued document.
            duplicate: Mark it as a copy (BOI-TVA-DECLA-30-20-20-20); the XML inside is the same.
        """
        typesetter = self._typesetter(frozen)
        style, printed = frozen.style, frozen.printed
        joined = [(one, self._content(one.file_id)) for one in printed.files if one.is_embedded]
        document = with_attachments(frozen.document, joined)
        assert document.issue_date is not None, "an issued document has its date"
        view = page.invoice_view(
            document,
            appearance=page.Appearance(
                color=style.color, logo=style.logo_name, fonts=_fonts(typesetter)
            ),
            language=printed_language(frozen.language),
            instalments=[
                page.Instalment(part.due_date, part.amount) for part in frozen.instalments
            ],
            mentions=frozen.mentions,
            duplicate=duplicate,
            extras=_extras(frozen),
        )
        return facturx_pdf(
            write_cii(document),
            typesetter=typesetter,
            view=view,
            timestamp=datetime.combine(document.issue_date, time(12), tzinfo=UTC),
            joined=[
                FileAttachment(
                    name=one.filename,
                    content=content,
                    mime_type=one.media_type,
                    description=one.label,
                )
                for one, content in joined
            ],
        )

    def _content(self, file_id: int) -> bytes:
        return archive.content(actor=self._actor, file_id=file_id)

    def _typesetter(self, frozen: FrozenDocument) -> Typesetter:
        style = frozen.style
        key = (style.template_file_id, style.logo_file_id)
        if key not in self._typesetters:
            template = archive.content(actor=self._actor, file_id=style.template_file_id)
            files = {}
            if style.logo_file_id is not None:
                files[style.logo_name] = archive.content(
                    actor=self._actor, file_id=style.logo_file_id
                )
            self._typesetters[key] = Typesetter(
                template.decode(), font_paths=font_paths(), files=files
            )
        return self._typesetters[key]


def _extras(frozen: FrozenDocument) -> page.Extras:
    style, printed, document = frozen.style, frozen.printed, frozen.document
    due = document.totals.amount_due if document.totals else ZERO
    pays = document.type_code not in CREDIT_KINDS and due > ZERO
    return page.Extras(
        payment_qr=style.payment_qr and pays,
        payment_link=payment_link(
            style.payment_link,
            number=document.number,
            amount=due,
            currency=document.currency,
            reference=document.remittance_information or document.number,
        )
        if pays
        else "",
        footer=style.footer,
        retained=(printed.retained_amount, printed.retained_until)
        if printed.retained_amount and printed.retained_until
        else None,
        payers=[page.PayerPart(one.name, one.amount, one.reference) for one in printed.payers],
        exchange=(printed.exchange_rate, printed.exchange_date, printed.exchange_source)
        if printed.exchange_rate
        else None,
        attached=[one.label for one in printed.files],
    )


def _fonts(typesetter: Typesetter) -> tuple[str, ...]:
    """The families of the house that are there: Typst warns of any other."""
    present = {family.casefold() for family in typesetter.font_families}
    return tuple(family for family in _FAMILIES if family.casefold() in present)


@cache
def validator() -> OfficialValidator:
    """The official validator of this process; its workers start with the first file."""
    return OfficialValidator(workers=2)


def specimen(template: str, color: str, files: Mapping[str, bytes], at: datetime) -> bytes:
    """A document of a fictional company, to try a template before it is kept.

    Raises:
        TemplateError: It cannot be set.
    """
    typesetter = Typesetter(template, font_paths=font_paths(), files=files)
    document = _specimen_document(at.date())
    view = page.invoice_view(
        document,
        appearance=page.Appearance(
            color=color, logo=next(iter(files), ""), fonts=_fonts(typesetter)
        ),
    )
    return facturx_pdf(write_cii(document), typesetter=typesetter, view=view, timestamp=at)


def _specimen_document(day: date) -> model.Invoice:
    address = model.Address(
        line_one="1 rue du Modèle", post_code="75001", city="Paris", country_code="FR"
    )
    lines: Sequence[model.InvoiceLine] = (
        model.InvoiceLine(
            id="1",
            name="Prestation de démonstration",
            quantity=Decimal(2),
            unit_code="C62",
            unit_price=Decimal(50),
            net_amount=Decimal("100.00"),
            vat_category="S",
            vat_rate=Decimal(20),
        ),
    )
    return model.Invoice(
        number="SPECIMEN",
        issue_date=day,
        type_code="380",
        currency="EUR",
        due_date=day,
        payment_terms="À réception",
        business_process="S1",
        specification_id="urn:cen.eu:en16931:2017",
        seller=model.Party(name="Société Exemple", address=address),
        buyer=model.Party(name="Client Exemple", address=address),
        totals=model.Totals(
            line_total=Decimal("100.00"),
            net_total=Decimal("100.00"),
            vat_total=Decimal("20.00"),
            gross_total=Decimal("120.00"),
            amount_due=Decimal("120.00"),
        ),
        vat_breakdown=(
            model.VatBreakdown(
                taxable_amount=Decimal("100.00"),
                tax_amount=Decimal("20.00"),
                vat_category="S",
                vat_rate=Decimal(20),
            ),
        ),
        lines=tuple(lines),
    )
