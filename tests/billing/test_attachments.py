"""Pieces joined to a document: inside its file for programs and readers, or beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest

from billing.conftest import draft, issued, line
from billing.test_languages import text_of
from billing.test_seal_invoices import VALID, Judge
from echeance.archive import commands as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries, rendering
from echeance.billing.commands.attachments import usual_pieces
from echeance.billing.errors import AttachmentInvalidError, InvoiceAlreadyIssuedError
from echeance.billing.models import Delivery, Order
from echeance.billing.rules import attachments as rules
from echeance.billing.rules import frozen
from echeance.billing.types import AttachmentFacts
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.pdfa.check import check_pdfa
from echeance.transmission.models import MessageFile

CSV = "article;quantité\r\nÉtagère;2\r\n".encode()
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def stored(actor, content=CSV, filename="bon.csv", media_type="text/csv"):
    return archive.store_file(
        actor=actor,
        file=NewFile(content, filename, media_type, "delivery_note", "", date(2036, 12, 31)),
    )


def issue(actor, row):
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[row.pk])
    assert result.number, result.findings
    row.refresh_from_db()
    return row


def embedded(pdf):
    with pikepdf.open(BytesIO(pdf)) as document:
        return {name: file.get_file().read_bytes() for name, file in document.attachments.items()}


def test_a_piece_is_in_the_xml_and_in_the_pdf(ready, lefevre):
    row = draft(ready, lefevre)
    file = stored(ready)
    billing.attach_to_draft(
        actor=ready,
        invoice_id=row.pk,
        attachments=[AttachmentFacts(file.pk, "BON_LIVRAISON", "Bon de livraison BL-12")],
    )

    issue(ready, row)

    pdf = rendering.Renderer(ready).render(frozen.thaw(row.facts))
    [piece] = read_cii(queries.xml(actor=ready, invoice_id=row.pk)).invoice.attachments
    assert (piece.reference, piece.description) == ("Bon de livraison BL-12", "BON_LIVRAISON")
    assert (piece.filename, piece.mime_code, piece.content) == ("bon.csv", "text/csv", CSV)
    files = embedded(pdf)
    assert files["bon.csv"] == CSV
    assert files["factur-x.xml"] == queries.xml(actor=ready, invoice_id=row.pk)
    assert check_pdfa(pdf) == []
    assert "Bon de livraison BL-12" in text_of(pdf)
    assert rendering.Renderer(ready).render(frozen.thaw(row.facts)) == pdf


@pytest.mark.slow
def test_a_document_with_a_piece_passes_the_official_rules(ready, lefevre):
    row = draft(ready, lefevre)
    billing.attach_to_draft(
        actor=ready,
        invoice_id=row.pk,
        attachments=[AttachmentFacts(stored(ready).pk, "BON_LIVRAISON", "BL-12")],
    )
    issue(ready, row)

    report = billing.seal_invoices(actor=ready, invoice_ids=[row.pk])

    row.refresh_from_db()
    assert report.sealed == 1, row.verdict


def test_a_piece_beside_goes_with_the_mail_and_not_inside(ready, lefevre):
    row = draft(ready, lefevre)
    file = stored(ready, b"plan", "plan.dwg", "application/octet-stream")
    billing.attach_to_draft(
        actor=ready,
        invoice_id=row.pk,
        attachments=[AttachmentFacts(file.pk, "DOCUMENT_ANNEXE", "Plan", is_embedded=False)],
    )
    issue(ready, row)
    billing.seal_invoices(actor=ready, invoice_ids=[row.pk], validator=Judge(VALID))
    row.refresh_from_db()

    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])

    files = list(MessageFile.objects.order_by("order").values_list("file_id", flat=True))
    assert files == [row.file_id, file.pk]
    assert b"plan.dwg" not in queries.xml(actor=ready, invoice_id=row.pk)


def test_an_issued_document_keeps_its_pieces(ready, lefevre):
    row = issued(ready, lefevre, line())
    facts = [AttachmentFacts(stored(ready).pk, "RIB", "RIB")]

    with pytest.raises(InvoiceAlreadyIssuedError):
        billing.attach_to_draft(actor=ready, invoice_id=row.pk, attachments=facts)
    with pytest.raises(InvoiceAlreadyIssuedError):
        billing.detach(actor=ready, invoice_id=row.pk, file_ids=[facts[0].file_id])


def test_what_is_wrong_is_told_whole_and_nothing_is_joined(ready, lefevre):
    row = draft(ready, lefevre)
    zipped = stored(ready, b"PK..", "tout.zip", "application/zip")
    one, other = stored(ready, PNG, "a.png", "image/png"), stored(ready)

    with pytest.raises(AttachmentInvalidError) as refusal:
        billing.attach_to_draft(
            actor=ready,
            invoice_id=row.pk,
            attachments=[
                AttachmentFacts(zipped.pk, "FACTURE", "Tout"),
                AttachmentFacts(one.pk, "LISIBLE", "Vue"),
                AttachmentFacts(other.pk, "LISIBLE", "Autre vue"),
            ],
        )

    assert len(refusal.value.problems) == 3
    assert "application/zip n'entre pas" in str(refusal.value)
    assert "une seule représentation lisible" in str(refusal.value)
    assert not row.attachments.exists()


def test_joining_again_changes_the_label_and_detaching_keeps_the_file(ready, lefevre):
    row = draft(ready, lefevre)
    file = stored(ready)
    for label in ("BL-12", "BL-12 signé"):
        billing.attach_to_draft(
            actor=ready,
            invoice_id=row.pk,
            attachments=[AttachmentFacts(file.pk, "BON_LIVRAISON", label)],
        )
    assert [one.label for one in row.attachments.all()] == ["BL-12 signé"]

    assert billing.detach(actor=ready, invoice_id=row.pk, file_ids=[file.pk]) == 1

    assert not row.attachments.exists()
    assert StoredFile.objects.filter(pk=file.pk).exists()


def test_two_files_of_one_name_are_told_apart(ready, lefevre):
    row = draft(ready, lefevre)
    files = [stored(ready, CSV + bytes([65 + rank]), "bon.csv") for rank in range(2)]
    billing.attach_to_draft(
        actor=ready,
        invoice_id=row.pk,
        attachments=[AttachmentFacts(one.pk, "BON_LIVRAISON", "BL") for one in files],
    )
    issue(ready, row)

    pdf = rendering.Renderer(ready).render(frozen.thaw(row.facts))

    assert set(embedded(pdf)) == {"factur-x.xml", "bon.csv", "bon (2).csv"}


@pytest.mark.parametrize(
    ("filename", "content", "media_type"),
    [
        ("x.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("x.png", PNG, "image/png"),
        ("x.csv", CSV, "text/csv"),
        ("x.csv", b"a\x00b", "application/octet-stream"),
        ("facture.pdf", b"<script>", "application/octet-stream"),
        ("x.xlsx", b"PK\x03\x04....xl/workbook.xml", rules.MEDIA_TYPES[4]),
    ],
)
def test_a_file_is_what_its_bytes_say(filename, content, media_type):
    assert rules.media_type_of(filename, content) == media_type


def test_an_uploaded_file_that_cannot_be_joined_is_not_kept(ready, lefevre):
    row = draft(ready, lefevre)

    for content, problem in ((b"", "est vide"), (b"x" * 10_000_001, "dépasse 10 Mo")):
        with pytest.raises(AttachmentInvalidError, match=problem):
            billing.attach_upload(
                actor=ready,
                invoice_id=row.pk,
                content=content,
                filename="x.csv",
                code="DOCUMENT_ANNEXE",
            )

    assert not StoredFile.objects.filter(kind="attachment").exists()


def test_a_customer_who_wants_its_delivery_notes_has_them_without_asking(ready, lefevre):
    row = draft(ready, lefevre)
    order = Order.objects.create(
        company=ready.company, source="standard", number="CDE-1", party=lefevre,
        order_date=date(2026, 11, 20), net_total=Decimal("10.00"), received_at=clock.now(),
        accepted_at=clock.now(),
    )  # fmt: skip
    pdf = stored(ready, b"%PDF-1.7 bl", "bl-12.pdf", "application/pdf")
    Delivery.objects.create(
        company=ready.company, order=order, number="BL-12", delivered_on=date(2026, 11, 21),
        recorded_at=clock.now(), recorded_by="Ana", file=pdf, invoice=row,
    )  # fmt: skip
    assert usual_pieces(actor=ready, invoice_ids=[row.pk]) == []

    billing.set_customer_channel(
        actor=ready, party_id=lefevre.pk, channel="auto", delivery_notes=True
    )
    issue(ready, row)

    [joined] = frozen.thaw(row.facts).printed.files
    assert (joined.code, joined.label, joined.file_id) == ("BON_LIVRAISON", "BL-12", pdf.pk)
    assert b"bl-12.pdf" in queries.xml(actor=ready, invoice_id=row.pk)
