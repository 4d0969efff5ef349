"""Reception: one document, one transaction; what cannot be read waits, and stops nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from tests.transmission.platform.conftest import bought, info_of, invoice

from echeance.archive import queries as archive
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import JournalEvent, WorkItem
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.ubl import write_ubl
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts
from echeance.practice.platform.faults import Fault
from echeance.transmission import commands
from echeance.transmission.commands import reception
from echeance.transmission.errors import NotAnInvoiceReceivedError, NotQuarantinedError
from echeance.transmission.models import FlowCursor, LifecycleStatus, ReceivedFlow
from echeance.transmission.platform.types import FlowSyntax
from echeance.transmission.types import PollReport, ReceptionState

pytestmark = pytest.mark.django_db

GOOD = write_cii(bought("B-1"))


@pytest.fixture
def poll(company, client, platform_time):
    """One turn of polling, some minutes later."""

    def poll(minutes=1):
        platform_time.pass_(minutes=minutes)
        with clock.at(platform_time.now):
            return commands.poll_platform(company=company, platform=client)

    return poll


@pytest.fixture
def bakery(actor):
    return supplier(actor, "F001", "Boulangerie Lefèvre", "404833048")


def supplier(actor, code, name, siren):
    facts = PartyFacts(code=code, name=name, category="professional", siren=siren, is_supplier=True)
    return parties.create_parties(actor=actor, parties=[facts])[0]


def test_an_invoice_of_a_supplier_is_archived_read_and_attached(actor, platform, poll, bakery):
    platform.store.receive(GOOD, "B-1.xml")
    platform.store.receive(write_ubl(bought("B-2")), "B-2.xml", FlowSyntax.UBL)

    assert poll() == PollReport(received=2)

    first, second = ReceivedFlow.objects.order_by("number")
    assert (first.document_ref, first.document_type, first.seller_siren) == (
        "B-1",
        "380",
        "404833048",
    )
    assert first.party == bakery
    assert archive.content(actor=actor, file_id=first.file_id) == GOOD
    assert (second.document_ref, second.syntax) == ("B-2", "UBL")
    assert poll() == PollReport()


def test_a_file_nobody_can_read_goes_to_quarantine_and_the_next_one_is_read(platform, poll):
    platform.store.receive(b"%PDF-1.7 tronqu", "casse.pdf")
    platform.store.receive(b"", "vide.xml")
    platform.store.receive(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "bombe.xml")
    platform.store.receive(write_cii(invoice("A-1", seller=None)), "autre.xml")
    platform.store.receive(GOOD, "B-1.xml")

    assert poll() == PollReport(received=1, quarantined=4)

    aside = ReceivedFlow.objects.filter(state=ReceptionState.QUARANTINED).order_by("number")
    assert [row.reason_code for row in aside] == [
        "einvoice.damaged_pdf",
        "archive.empty_file",
        "einvoice.doctype_forbidden",
        "transmission.wrong_buyer",
    ]
    assert [row.file is None for row in aside] == [False, True, False, False]
    questions = WorkItem.objects.filter(kind="transmission.quarantine")
    assert {one.evidence["name"] for one in questions} == {
        "casse.pdf",
        "vide.xml",
        "bombe.xml",
        "autre.xml",
    }


def test_a_fault_of_ours_keeps_one_document_aside_not_the_others(platform, poll, monkeypatch):
    read = reception.read_document

    def faulty(content, filename=""):
        if filename == "piege.xml":
            raise RecursionError
        return read(content, filename)

    monkeypatch.setattr(reception, "read_document", faulty)
    platform.store.receive(write_cii(bought("B-9")), "piege.xml")
    platform.store.receive(GOOD, "B-1.xml")

    assert poll() == PollReport(received=1, quarantined=1)
    row = ReceivedFlow.objects.get(state=ReceptionState.QUARANTINED)
    assert "erreur inattendue (RecursionError)" in row.reason

    monkeypatch.setattr(reception, "read_document", read)
    actor = reception.system(row.company)
    assert commands.retry_received(actor=actor, received_ids=[row.pk]) == PollReport(received=1)
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts, row.document_ref) == ("received", "", 2, "B-9")
    assert not WorkItem.objects.filter(closed_at=None).exists()


def test_a_retry_that_fails_again_keeps_its_reason_and_its_question(actor, platform, poll):
    platform.store.receive(b"pas une facture", "lettre.txt")
    poll()
    row = ReceivedFlow.objects.get()

    again = commands.retry_received(actor=actor, received_ids=[row.pk])

    row.refresh_from_db()
    assert again == PollReport(quarantined=1)
    assert (row.state, row.attempts) == ("quarantined", 2)
    assert WorkItem.objects.filter(closed_at=None).count() == 1


def test_only_what_is_in_quarantine_is_read_again(actor, company, platform, poll):
    platform.store.receive(GOOD, "B-1.xml")
    poll()
    row = ReceivedFlow.objects.get()

    with pytest.raises(NotQuarantinedError, match="n'est pas en quarantaine"):
        commands.retry_received(actor=actor, received_ids=[row.pk])
    with pytest.raises(NotFoundError):
        commands.retry_received(actor=actor, received_ids=[row.pk + 1])
    with pytest.raises(RightMissingError):
        commands.retry_received(actor=Actor(company, None, frozenset()), received_ids=[])


def test_a_download_that_is_not_what_was_announced_is_fetched_again(actor, platform, poll, client):
    flow = platform.store.receive(GOOD, "B-1.xml")
    download = client.download
    client.download = lambda flow_id: replace(download(flow_id), content=b"<autre/>")
    assert poll() == PollReport(quarantined=1)
    row = ReceivedFlow.objects.get()
    assert (row.reason_code, row.file) == ("transmission.fingerprint", None)
    assert row.sha256 == flow.sha256

    client.download = download
    again = commands.retry_received(actor=actor, received_ids=[row.pk], platform=client)

    assert again == PollReport(received=1)
    row.refresh_from_db()
    assert row.file.sha256 == hashlib.sha256(GOOD).hexdigest()


def test_the_same_document_under_two_numbers_counts_once(platform, poll):
    platform.store.receive(GOOD, "B-1.xml")
    platform.store.receive(GOOD, "B-1-bis.xml")

    assert poll() == PollReport(received=1, repeated=1)
    assert list(ReceivedFlow.objects.order_by("number").values_list("state", flat=True)) == [
        "received",
        "repeated",
    ]


def test_statuses_are_recorded_with_their_message(actor, platform, client, poll, content):
    client.deposit(content, info_of(content))
    poll()
    for _ in range(6):
        poll()

    rows = list(LifecycleStatus.objects.order_by("status_at", "pk"))
    assert [(row.document_ref, row.code, row.anomaly) for row in rows] == [
        ("FA-1", code, "") for code in (200, 201, 202, 203, 205)
    ]
    assert b"CrossDomain" in archive.content(actor=actor, file_id=rows[0].file_id)


def test_a_turn_cut_short_is_taken_up_where_it_was(platform, poll):
    for number in range(3):
        platform.store.receive(write_cii(bought(f"B-{number}")), f"B-{number}.xml")
    platform.faults.force("flows.get", *[Fault.UNAVAILABLE] * 3)

    cut = poll()
    assert "ne répond pas" in cut.interrupted
    assert cut == PollReport(interrupted=cut.interrupted)
    assert not FlowCursor.objects.exists()

    assert poll() == PollReport(received=3)
    assert FlowCursor.objects.get().updated_after == platform.store.flows()[-1].updated_at


def test_an_invoice_attached_to_the_wrong_supplier_is_attached_to_another(
    actor, company, platform, poll, bakery
):
    platform.store.receive(GOOD, "B-1.xml")
    poll()
    row = ReceivedFlow.objects.get()
    right = supplier(actor, "F002", "Moulins réunis", "732829320")

    moved = commands.reassign(actor=actor, received_id=row.pk, party_id=right.pk)

    assert moved.party == right
    event = JournalEvent.objects.get(action="transmission.document_reassigned")
    assert (event.facts["party_before"], event.facts["party"]) == (bakery.pk, right.pk)
    with pytest.raises(NotFoundError):
        commands.reassign(actor=actor, received_id=row.pk, party_id=right.pk + 1)
    with pytest.raises(RightMissingError):
        commands.reassign(
            actor=Actor(company, None, frozenset()), received_id=row.pk, party_id=right.pk
        )


def test_two_suppliers_of_one_siren_leave_the_choice_to_a_person(actor, platform, poll, bakery):
    supplier(actor, "F002", "Boulangerie Lefèvre, dépôt", "404833048")
    platform.store.receive(GOOD, "B-1.xml")
    poll()

    assert ReceivedFlow.objects.get().party is None


def test_a_document_in_quarantine_belongs_to_nobody_yet(actor, platform, poll, bakery):
    platform.store.receive(b"pas une facture", "lettre.txt")
    poll()

    with pytest.raises(NotAnInvoiceReceivedError, match="ne se rattache à aucun fournisseur"):
        commands.reassign(
            actor=actor, received_id=ReceivedFlow.objects.get().pk, party_id=bakery.pk
        )
