"""Sending: held, checked again, released; a doubt takes the message back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.conftest import issued, line
from billing.test_seal_invoices import VALID, Judge
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.transmission.models import Message, MessageFile

LATER = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)


@pytest.fixture
def sealed(ready, lefevre):
    row = issued(ready, lefevre, line(), order_reference="BC-7")
    billing.seal_invoices(actor=ready, validator=Judge(VALID))
    row.refresh_from_db()
    return row


def test_a_sealed_invoice_waits_in_the_outbox_with_its_file(ready, sealed):
    report = billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    message = Message.objects.get()
    assert report.message_ids == {sealed.pk: message.pk}
    assert (message.to, message.kind, message.subject, message.status) == (
        ["compta@lefevre.example"],
        "invoice",
        f"invoice:{sealed.pk}",
        "held",
    )
    assert message.hold_until == clock.now() + timedelta(minutes=15)
    assert message.subject_line == "Facture FA-2026-000001 – Atelier Morel"
    assert message.body == (
        "Bonjour,\n\n"
        "Veuillez trouver ci-joint la facture FA-2026-000001 du 24/11/2026 (votre commande BC-7), "
        "d'un montant de 359,76\u00a0€ TTC.\n\n"
        "Échéance : 24/12/2026.\n"
        "Règlement par virement sur le compte FR76 3000 6000 0112 3456 7890 189, en rappelant la "
        "référence FA-2026-000001.\n\n"
        "Cordialement,\nAtelier Morel\n"
    )
    assert MessageFile.objects.get().file_id == sealed.file_id


def test_asking_twice_sends_once(ready, sealed):
    first = billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])
    second = billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    assert first == second
    assert Message.objects.count() == 1


def test_the_policy_gives_the_hold(ready, sealed):
    base.save_policy(actor=ready, document={"billing": {"hold_minutes": 0}})

    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    assert Message.objects.get().hold_until == clock.now()


def test_a_customer_without_an_address_is_asked_about(ready):
    party = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="C2",
                name="Muet SARL",
                siren="732829320",
                address_line="1 rue",
                postcode="75001",
                city="Paris",
            )
        ],
    )[0]
    row = issued(ready, party)
    billing.seal_invoices(actor=ready, validator=Judge(VALID))

    report = billing.queue_invoices(actor=ready, invoice_ids=[row.pk])

    assert report.skipped == {row.pk: "Muet SARL n'a pas de contact de facturation joignable"}
    assert WorkItem.objects.get().title == "À quelle adresse envoyer les factures de Muet SARL ?"
    assert not Message.objects.exists()


def test_a_held_message_is_released_after_its_last_check(ready, sealed):
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])

    early = billing.release_invoices(actor=ready, now=clock.now())
    late = billing.release_invoices(actor=ready, now=LATER)

    message = Message.objects.get()
    assert (early.released, late.released) == ((), (message.pk,))
    assert message.status == "released"


def test_a_changed_recipient_takes_the_message_back(ready, lefevre, sealed):
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])
    parties.add_contacts(
        actor=ready,
        contacts=[ContactFacts(lefevre.pk, email="autre@lefevre.example", purpose="billing")],
    )

    report = billing.release_invoices(actor=ready, now=LATER)

    message = Message.objects.get()
    assert report.released == ()
    assert report.withdrawn == {message.pk: "les contacts de facturation du client ont changé"}
    assert message.status == "withdrawn"
    assert WorkItem.objects.get().title == (
        "« Facture FA-2026-000001 – Atelier Morel » n'est pas partie : les contacts de "
        "facturation du client ont changé."
    )


def test_an_invoice_credited_meanwhile_does_not_leave(ready, sealed):
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])
    note = billing.draft_credit_note(actor=ready, invoice_id=sealed.pk, reason="Erreur")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])

    report = billing.release_invoices(actor=ready, now=LATER)

    assert list(report.withdrawn.values()) == ["la facture a été entièrement créditée depuis"]


def test_a_withdrawn_message_may_be_prepared_again_by_a_person(ready, lefevre, sealed):
    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk])
    parties.add_contacts(
        actor=ready,
        contacts=[ContactFacts(lefevre.pk, email="autre@lefevre.example", purpose="billing")],
    )
    billing.release_invoices(actor=ready, now=LATER)

    billing.queue_invoices(actor=ready, invoice_ids=[sealed.pk], again=True)

    fresh = Message.objects.get(status="held")
    assert fresh.to == ["compta@lefevre.example", "autre@lefevre.example"]
    assert Message.objects.count() == 2


def test_a_credit_note_speaks_of_its_invoice(ready, lefevre, sealed):
    note = billing.draft_credit_note(actor=ready, invoice_id=sealed.pk, reason="Erreur")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    billing.seal_invoices(actor=ready, validator=Judge(VALID))

    billing.queue_invoices(actor=ready, invoice_ids=[note.pk])

    message = Message.objects.get()
    assert message.subject_line == "Avoir AV-2026-000001 – Atelier Morel"
    assert "sur la facture FA-2026-000001." in message.body
    assert note.gross_total == Decimal("359.76")
