# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""How documents leave, on pages: the way of each, letters in batches, portals by hand, copies."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.conftest import draft, issued, lefevre, line, ready
from billing.test_languages import text_of
from billing.test_seal_invoices import VALID, Judge
from echeance.billing import commands as billing
from echeance.billing.models import BillingRule, InvoiceAttachment
from echeance.transmission.models import Message, PostalBatch, PostalItem

HTMX = {"HX-Request": "true"}


@pytest.fixture
def signed(client, ready, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def sealed(ready, lefevre):
    row = issued(ready, lefevre, line())
    billing.seal_invoices(actor=ready, invoice_ids=[row.pk], validator=Judge(VALID))
    row.refresh_from_db()
    return row


def said(page):
    return page.content.decode().replace("&#x27;", "'")


def test_the_document_says_how_it_leaves_and_why(signed, sealed):
    panel = signed.get(f"/factures/{sealed.pk}/depart/", headers=HTMX)

    assert "Courriel" in said(panel)
    assert "C'est l'adresse de facturation du client" in said(panel)
    assert "<html" not in said(panel)
    assert "<html" in said(signed.get(f"/factures/{sealed.pk}/depart/"))


def test_a_person_chooses_the_post_and_the_letter_waits(signed, sealed):
    signed.post(f"/factures/{sealed.pk}/canal/", {"channel": "post"})
    page = signed.post(f"/factures/{sealed.pk}/envoyer/", follow=True)

    assert "Le document attend son départ." in said(page)
    waiting = signed.get("/envois/courrier/")
    assert sealed.number in said(waiting)
    assert "13001 MARSEILLE" in said(waiting)


def test_letters_are_printed_then_noted_posted(signed, ready, sealed):
    billing.choose_channel(actor=ready, invoice_ids=[sealed.pk], channel="post")
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    printed = signed.post("/envois/courrier/imprimer/", follow=True)
    again = signed.post("/envois/courrier/imprimer/", follow=True)
    batch = PostalBatch.objects.get()
    posted = signed.post(
        f"/envois/courrier/lots/{batch.pk}/poste/",
        {"on": "2026-11-24", "proof": SimpleUploadedFile("b.pdf", b"%PDF-1.4", "application/pdf")},
        follow=True,
    )

    assert "Le lot 1 est prêt" in said(printed)
    assert "Aucun courrier n'attend d'être imprimé" in said(again)
    assert "posté le 24/11/2026 par lea@" in said(posted)
    batch.refresh_from_db()
    assert batch.proof is not None
    assert PostalItem.objects.get().state == "posted"


def test_a_letter_is_taken_back_before_it_is_printed(signed, ready, sealed):
    billing.choose_channel(actor=ready, invoice_ids=[sealed.pk], channel="post")
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    signed.post("/envois/courrier/retirer/", {"chosen": PostalItem.objects.get().pk})

    assert PostalItem.objects.get().state == "withdrawn"


def test_a_portal_is_served_by_hand(signed, ready, lefevre, sealed):
    signed.post(
        f"/clients/{lefevre.pk}/envoi/",
        {"channel": "portal", "second_channel": "mail", "portal": "Grand Groupe"},
    )
    rule = BillingRule.objects.get()
    assert (rule.channel, rule.second_channel, rule.portal) == ("portal", "mail", "Grand Groupe")
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    page = signed.get("/envois/portails/")
    taken = signed.post("/envois/portails/lot/", {"do": "export", "chosen": sealed.pk})
    noted = signed.post(
        "/envois/portails/lot/",
        {"do": "note", "chosen": sealed.pk, "status": "deposee", "on": "2026-11-24",
         "reference": "GG-7"},
        follow=True,
    )  # fmt: skip

    assert "Grand Groupe" in said(page)
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        assert f"{sealed.number}.pdf" in packed.namelist()
    assert "Notés : 1." in said(noted)
    assert "GG-7" in said(signed.get("/envois/portails/?etat=deposee"))


@pytest.mark.parametrize(
    ("ways", "problem"),
    [
        ({"channel": "portal"}, "donnez le nom du portail"),
        ({"channel": "mail", "second_channel": "mail"}, "le même que le premier"),
    ],
)
def test_ways_that_cannot_be_are_refused(signed, lefevre, ways, problem):
    page = signed.post(f"/clients/{lefevre.pk}/envoi/", ways)

    assert page.status_code == 422
    assert problem in said(page)
    assert not BillingRule.objects.exists()


def test_a_copy_is_printed_marked_and_sent_again(signed, sealed):
    copy = signed.get(f"/factures/{sealed.pk}/duplicata/")
    page = signed.post(f"/factures/{sealed.pk}/copie/", {"by": "mail"}, follow=True)

    assert "DUPLICATA" in text_of(copy.content)
    assert "Le duplicata est dans la boîte d'envoi, retenu." in said(page)
    assert Message.objects.get().subject_line.startswith("Duplicata – Facture")


def test_a_piece_is_joined_to_a_draft_and_taken_away(signed, ready, lefevre):
    row = draft(ready, lefevre)
    url = f"/factures/{row.pk}/pieces/"
    bad = SimpleUploadedFile("tout.zip", b"PK\x03\x04")
    good = SimpleUploadedFile("bl.csv", b"a;b\r\n1;2\r\n")

    refused = signed.post(url, {"file": bad, "code": "BON_LIVRAISON"}, follow=True)
    joined = signed.post(
        url, {"file": good, "code": "BON_LIVRAISON", "label": "BL-12"}, follow=True
    )

    assert "n'entre pas dans une facture électronique" in said(refused)
    assert "La pièce est jointe." in said(joined)
    piece = InvoiceAttachment.objects.get()
    assert "BL-12" in said(signed.get(f"/factures/{row.pk}/depart/", headers=HTMX))
    signed.post(f"{url}retrait/", {"file": piece.file_id})
    assert not InvoiceAttachment.objects.exists()


def test_empty_lists_say_what_comes_there(signed):
    assert "Aucun courrier n'attend" in said(signed.get("/envois/courrier/"))
    assert "Rien dans cet état" in said(signed.get("/envois/portails/"))
