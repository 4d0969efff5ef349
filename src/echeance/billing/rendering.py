"""From the frozen facts of a document to its Factur-X file, and to its official verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from echeance.archive import queries as archive
from echeance.base.actor import Actor
from echeance.billing.rules.attachments import with_attachments
from echeance.billing.rules.document import Composed, with_number
from echeance.billing.rules.frozen import FrozenDocument
from echeance.billing.rules.payment_link import payment_link
from echeance.billing.types import CREDIT_KINDS, SELF_BILLED_KINDS
from echeance.core.creditor_reference import creditor_reference
from echeance.core.einvoice import model
from echeance.core.einvoice import view as page
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.facturx import default_template, facturx_pdf
from echeance.core.einvoice.labels import printed_language
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.money import ZERO
from echeance.core.typesetting import FileAttachment, Typesetter
from echeance.core.typesetting_bounded import BoundedTypesetter

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
        self._typesetters: dict[tuple[int, int | None], Typesetter | BoundedTypesetter] = {}

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

    def _typesetter(self, frozen: FrozenDocument) -> Typesetter | BoundedTypesetter:
        style = frozen.style
        key = (style.template_file_id, style.logo_file_id)
        if key not in self._typesetters:
            template = archive.content(actor=self._actor, file_id=style.template_file_id)
            files = {}
            if style.logo_file_id is not None:
                files[style.logo_name] = archive.content(
                    actor=self._actor, file_id=style.logo_file_id
                )
            self._typesetters[key] = typesetter_of(template.decode(), files)
        return self._typesetters[key]


def _extras(frozen: FrozenDocument) -> page.Extras:
    style, printed, document = frozen.style, frozen.printed, frozen.document
    due = document.totals.amount_due if document.totals else ZERO
    others = sum((one.amount for one in printed.payers), ZERO)
    due = due - others - printed.retained_amount
    # A self-billed invoice is paid by who makes it.
    pays = document.type_code not in {*CREDIT_KINDS, *SELF_BILLED_KINDS} and due > ZERO
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


def _fonts(typesetter: Typesetter | BoundedTypesetter) -> tuple[str, ...]:
    """The families of the house that are there: Typst warns of any other."""
    present = {family.casefold() for family in typesetter.font_families}
    return tuple(family for family in _FAMILIES if family.casefold() in present)


@cache
def validator() -> OfficialValidator:
    """The official validator of this process; its workers start with the first file."""
    return OfficialValidator(workers=2)


@dataclass(frozen=True, slots=True)
class Look:
    """How documents would look: what a person tries before it is kept.

    Attributes:
        template: Typst source; that of the house when empty.
        logo_name: Its name, extension included; "" for none.
    """

    template: str = ""
    color: str = "#1f4e79"
    logo: bytes = b""
    logo_name: str = ""
    footer: str = ""
    payment_link: str = ""
    payment_qr: bool = True
    creditor_reference: bool = False
    language: str = "fr"


def specimen(look: Look, *, at: datetime, company: str = "Société Exemple") -> bytes:
    """A document of a fictional sale, to see a look before it is kept.

    Raises:
        TemplateError: It cannot be set, or takes too long.
    """
    document = _specimen_document(at.date(), company, rf=look.creditor_reference)
    typesetter = typesetter_of(
        look.template or default_template(),
        {look.logo_name: look.logo} if look.logo else {},
    )
    assert document.totals is not None, "the specimen has its totals"
    view = page.invoice_view(
        document,
        appearance=page.Appearance(color=look.color, logo=look.logo_name, fonts=_fonts(typesetter)),
        language=printed_language(look.language),
        extras=page.Extras(
            payment_qr=look.payment_qr,
            payment_link=payment_link(
                look.payment_link,
                number=document.number,
                amount=document.totals.amount_due,
                currency="EUR",
                reference=document.remittance_information,
            ),
            footer=look.footer,
            attached=("Bon de commande BC-7788",),
        ),
    )
    return facturx_pdf(write_cii(document), typesetter=typesetter, view=view, timestamp=at)


def draft_pdf(composed: Composed, look: Look, *, at: datetime) -> bytes:
    """What a draft would print today, under « BROUILLON »: it asks for no payment.

    Raises:
        TemplateError: It cannot be set, or takes too long.
    """
    document = with_number(composed, "BROUILLON").document
    typesetter = typesetter_of(
        look.template or default_template(),
        {look.logo_name: look.logo} if look.logo else {},
    )
    view = page.invoice_view(
        document,
        appearance=page.Appearance(color=look.color, logo=look.logo_name, fonts=_fonts(typesetter)),
        language=printed_language(composed.language),
        instalments=[page.Instalment(part.due_date, part.amount) for part in composed.instalments],
        mentions=composed.mentions,
        extras=page.Extras(payment_qr=False, footer=look.footer),
    )
    return facturx_pdf(write_cii(document), typesetter=typesetter, view=view, timestamp=at)


def typesetter_of(template: str, files: Mapping[str, bytes]) -> Typesetter | BoundedTypesetter:
    """Sets a template: the house's own here, any other in a process that can be ended."""
    kind = Typesetter if template == default_template() else BoundedTypesetter
    return kind(template, font_paths=font_paths(), files=files)


def _specimen_document(day: date, company: str, *, rf: bool) -> model.Invoice:
    seller = model.Address(
        line_one="1 rue du Modèle", post_code="75001", city="Paris", country_code="FR"
    )
    buyer = model.Address(
        line_one="3 place du Marché", post_code="13001", city="Marseille", country_code="FR"
    )
    due = day + timedelta(days=30)
    lines = tuple(
        model.InvoiceLine(
            id=str(rank),
            name=name,
            description=description,
            quantity=Decimal(quantity),
            unit_code=unit,
            unit_price=Decimal(price),
            net_amount=Decimal(amount),
            vat_category="S",
            vat_rate=Decimal(rate),
        )
        for rank, (name, description, quantity, unit, price, amount, rate) in enumerate(
            (
                ("Étagère en chêne", "120 × 30 cm", "2", "C62", "149.90", "299.80", "20"),
                ("Pose", "", "3.5", "HUR", "52", "182.00", "20"),
                ("Guide d'entretien", "", "1", "C62", "18.20", "18.20", "5.5"),
            ),
            1,
        )
    )
    number = "SPECIMEN-2026-042"
    return model.Invoice(
        number=number,
        issue_date=day,
        type_code="380",
        currency="EUR",
        due_date=due,
        delivery=model.Delivery(delivery_date=day),
        order_reference="BC-7788",
        payment_terms="30 jours",
        business_process="M1",
        specification_id="urn:cen.eu:en16931:2017",
        notes=(
            model.Note(
                "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €", "PMT"
            ),
            model.Note(
                "Tout retard de paiement entraîne des pénalités au taux de refinancement de la "
                "BCE majoré de 10 points, exigibles sans rappel",
                "PMD",
            ),
            model.Note("Escompte pour paiement anticipé : néant", "AAB"),
        ),
        seller=model.Party(
            name=company,
            legal_id=model.Identifier("552100554", "0002"),
            vat_id="FR96552100554",
            address=seller,
        ),
        buyer=model.Party(name="Client Exemple", address=buyer),
        payment_means=(
            model.PaymentMeans(type_code="58", iban="FR7630006000011234567890189", bic="AGRIFRPP"),
        ),
        remittance_information=creditor_reference(number) if rf else number,
        totals=model.Totals(
            line_total=Decimal("500.00"),
            net_total=Decimal("500.00"),
            vat_total=Decimal("97.36"),
            gross_total=Decimal("597.36"),
            amount_due=Decimal("597.36"),
        ),
        vat_breakdown=tuple(
            model.VatBreakdown(
                taxable_amount=Decimal(base),
                tax_amount=Decimal(vat),
                vat_category="S",
                vat_rate=Decimal(rate),
            )
            for base, vat, rate in (("481.80", "96.36", "20"), ("18.20", "1.00", "5.5"))
        ),
        lines=lines,
    )
