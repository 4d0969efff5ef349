"""What customers say on the platforms stops reminders, opens questions, and can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing.conftest import issued, lefevre, line, ready  # noqa: F401  fixtures
from billing.test_report_receipts import paid, service
from billing.test_seal_invoices import VALID, Judge
from echeance.assistant import commands
from echeance.assistant.answers import NEXT_STEP_LABELS, answer
from echeance.assistant.duties import platform
from echeance.assistant.errors import NotUndoableError
from echeance.assistant.models import DayRun, Decision
from echeance.assistant.reversals import undo
from echeance.assistant.types import Duty, Outcome, Reversal
from echeance.base.models import JournalEvent, WorkItem
from echeance.billing import commands as billing
from echeance.billing.models import Invoice
from echeance.collection import commands as collection
from echeance.collection.models import Dispute, Hold, Promise
from echeance.collection.queries import dry_run
from echeance.collection.types import DisputeReason
from echeance.core.lifecycle import STATUSES, Amount, Reason
from echeance.ledger import queries as ledger
from echeance.transmission import commands as transmission
from echeance.transmission.models import Flow, LifecycleStatus
from echeance.transmission.types import CompanyRole, NewStatus

DAY = date(2026, 11, 24)
ALL = "120,00\u00a0€"
AT = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)


@pytest.fixture
def company(ready):  # noqa: F811
    """A company that chases."""
    collection.set_up_plan(actor=ready)
    return ready


@pytest.fixture
def invoice(company, lefevre):  # noqa: F811
    """Made available to its customer: 120.00 €."""
    row = issued(company, lefevre, line("Conseil", "1", "100"))
    say(company, row, 200, minute=-10)
    say(company, row, 203, minute=-9)
    return row


def say(actor, row, code, *, minute=0, reasons=(), amounts=(), role=CompanyRole.SELLER):
    number = row if isinstance(row, str) else row.number
    transmission.record_statuses(
        actor=actor,
        statuses=[
            NewStatus(
                document_ref=number,
                code=code,
                issuer=STATUSES[code].issuers[0],
                status_at=AT + timedelta(minutes=minute),
                source=f"flux-{role.value}-{number}-{code}-{minute}",
                company_role=role,
                reasons=reasons,
                amounts=amounts,
            )
        ],
    )


def heeded(actor):
    """Decisions of a day about statuses."""
    report = commands.run_day(actor=actor, on=DAY)
    return [one for one in report.decisions if one.duty is Duty.HEED]


def question(kind):
    return WorkItem.objects.get(kind=kind, closed_at=None)


def test_a_dispute_stops_reminders_with_its_reason_in_plain_french(company, invoice):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR", "9 reçus sur 10", "CNP"),))

    [decision] = heeded(company)

    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.reason_code) == (Decimal("120.00"), "QTE_ERR")
    assert dispute.note == "9 reçus sur 10"
    assert decision.outcome is Outcome.ACTED
    assert decision.act == f"litige ouvert sur {invoice.number} : {ALL} ne sont plus relancés"
    assert decision.reasons == (
        "Statut 207 « En litige » du 23/11/2026 à 09 h 05.",
        "Une quantité est fausse.",
        "Le client écrit : « 9 reçus sur 10 ».",
        "Le client demande un avoir partiel.",
        "Comparez avec le bon de livraison ; s'il a raison, faites un avoir.",
    )
    asked = question("platform.contested")
    assert (
        asked.title == f"Boulangerie Lefèvre conteste {invoice.number} : Une quantité est fausse."
    )
    assert asked.amount == Decimal("120.00")


def test_a_status_is_heeded_once_and_the_same_day_again_does_nothing(company, invoice):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))

    assert len(heeded(company)) == 1
    assert heeded(company) == []
    assert (
        Dispute.objects.count() == WorkItem.objects.filter(kind="platform.contested").count() == 1
    )


def test_undoing_the_dispute_chases_again_and_cannot_be_done_twice(company, invoice):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))
    heeded(company)
    decision = Decision.objects.get(duty=Duty.HEED)
    assert decision.reversal == Reversal.INTERNAL

    told = undo(actor=company, decision_id=decision.pk)

    assert told == "Litige clos ou pause levée : la facture est relancée de nouveau."
    assert Dispute.objects.get().outcome == "unfounded"
    with pytest.raises(NotUndoableError):
        undo(actor=company, decision_id=decision.pk)


@pytest.mark.parametrize(
    ("amounts", "contested"),
    [
        ((Amount("MNATTC", Decimal("30.00")),), "30.00"),
        ((Amount("MAPTTC", Decimal("100.00"), Decimal(20)),), "20.00"),
        ((Amount("MNATTC", Decimal("10.00")), Amount("MNATTC", Decimal("5.50"))), "15.50"),
        ((Amount("MNATTC", Decimal("500.00")),), "120.00"),
        ((), "120.00"),
        ((Amount("MAPTTC", Decimal("500.00")),), "120.00"),
    ],
)
def test_a_partial_approval_disputes_the_part(company, invoice, amounts, contested):
    say(company, invoice, 206, reasons=(Reason("PU_ERR"),), amounts=amounts)

    heeded(company)

    assert Dispute.objects.get().amount == Decimal(contested)


def test_a_suspension_pauses_and_its_answer_tells_the_platform(company, invoice):
    say(company, invoice, 208, reasons=(Reason("JUSTIF_ABS", action="PIN"),))

    [decision] = heeded(company)
    hold = Hold.objects.get()
    assert (hold.open_item.document_ref, hold.until) == (invoice.number, None)
    assert decision.reversal is Reversal.INTERNAL

    asked = question("platform.suspended")
    told = answer(actor=company, work_item_id=asked.pk, choice="completed")

    assert told == "La plateforme sera prévenue que la pièce est envoyée ; les relances reprennent."
    given = LifecycleStatus.objects.get(code=209)
    assert (given.direction, given.document_ref) == ("out", invoice.number)
    hold.refresh_from_db()
    assert hold.lifted_at
    assert not WorkItem.objects.filter(kind="platform.suspended", closed_at=None).exists()


@pytest.mark.parametrize(
    ("code", "reason", "sentence"),
    [
        (210, "DOUBLON", "est refusée : "),
        (213, "REJ_SEMAN", "est rejetée : "),
    ],
)
def test_what_is_turned_away_starts_the_correction(company, lefevre, code, reason, sentence):  # noqa: F811
    row = issued(company, lefevre, line("Conseil", "1", "100"))
    say(company, row, code, reasons=(Reason(reason),))

    [decision] = heeded(company)
    assert decision.outcome is Outcome.ASKED
    assert "avoir interne, puis nouvelle facture sous un nouveau numéro" in decision.act
    assert Hold.objects.get(lifted_at=None).open_item.document_ref == row.number
    asked = question("platform.turned_away")
    assert asked.title.startswith(f"{row.number} {sentence}")
    told = answer(actor=company, work_item_id=asked.pk, choice="credit_internal")

    note = Invoice.objects.get(kind="381")
    assert (note.preceding, note.gross_total, note.status) == (row, Decimal("120.00"), "draft")
    assert told.startswith(f"Avoir interne préparé en brouillon ({note.pk})")


@pytest.mark.parametrize(
    ("amounts", "day"),
    [
        # The day the buyer tells; five days after the status when he tells none.
        (
            (Amount("MPA", Decimal("120.00"), None, datetime(2026, 12, 1, tzinfo=UTC)),),
            "2026-12-01",
        ),
        ((), "2026-11-28"),
        (
            (Amount("MPA", Decimal("120.00"), None, datetime(2026, 11, 2, tzinfo=UTC)),),
            "2026-11-24",
        ),
    ],
)
def test_a_payment_announced_is_a_promise(company, invoice, amounts, day):
    say(company, invoice, 211, amounts=amounts)

    [decision] = heeded(company)

    promise = Promise.objects.get()
    assert (str(promise.promised_on), promise.amount) == (day, Decimal("120.00"))
    assert decision.act.startswith(f"paiement de {invoice.number} attendu le ")


@pytest.mark.parametrize(
    ("code", "reason", "choice"),
    [
        (221, "ROUTAGE_ERR", "check_directory"),
        (200, "NON_TRANSMISE", "check_directory"),
    ],
)
def test_what_did_not_arrive_is_asked_about(company, lefevre, code, reason, choice):  # noqa: F811
    row = issued(company, lefevre, line("Conseil", "1", "100"))
    say(company, row, code, reasons=(Reason(reason),))

    [decision] = heeded(company)

    assert decision.outcome is Outcome.ASKED
    asked = question("platform.astray")
    assert [one["key"] for one in asked.answers] == [choice, "by_hand"]
    told = answer(actor=company, work_item_id=asked.pk, choice=choice)
    assert told == NEXT_STEP_LABELS[choice]


def test_what_was_not_taken_in_is_deposited_again_by_its_answer(company, lefevre):  # noqa: F811
    row = issued(company, lefevre, line("Conseil", "1", "100"))
    billing.seal_invoices(actor=company, invoice_ids=[row.pk], validator=Judge(VALID))
    billing.deposit_invoices(actor=company, invoice_ids=[row.pk])
    Flow.objects.update(state="refused", finished_at=AT)
    say(company, row, 501, reasons=(Reason("IRR_ANTIVIRUS"),))

    [decision] = heeded(company)
    asked = question("platform.astray")
    told = answer(actor=company, work_item_id=asked.pk, choice="deposit_again")

    assert decision.outcome is Outcome.ASKED
    assert told == "Facture mise de nouveau en dépôt, sous le même numéro."
    assert list(Flow.objects.order_by("pk").values_list("document_ref", "state")) == [
        (row.number, "refused"),
        (row.number, "queued"),
    ]


@pytest.mark.parametrize("code", [204, 205, 214])
def test_what_only_informs_decides_nothing(company, invoice, code):
    say(company, invoice, code)

    assert heeded(company) == []
    assert WorkItem.objects.filter(kind__startswith="platform.").count() == 0


def test_a_contradiction_and_a_stranger_are_told_and_stop_nobody(company, invoice):
    say(company, invoice, 204, minute=1)
    say(company, invoice, 213, minute=2, reasons=(Reason("DOUBLON"),))
    say(company, "INCONNUE-1", 207, minute=3, reasons=(Reason("QTE_ERR"),))
    say(company, invoice, 207, minute=4, reasons=(Reason("QTE_ERR"),))

    decisions = heeded(company)

    assert [one.act for one in decisions] == [
        f"statut « Rejetée » de {invoice.number} écarté",
        "statut « En litige » d'une facture inconnue : INCONNUE-1",
        f"litige ouvert sur {invoice.number} : {ALL} ne sont plus relancés",
    ]
    assert question("platform.contradiction").subject == f"invoice:{invoice.number}"
    assert question("platform.stray").subject == "invoice:INCONNUE-1"


@pytest.mark.parametrize(
    ("own", "added", "act"),
    [
        ("120.00", [], "litige reçu sur {number} : rien de plus à suspendre"),
        ("50.00", ["70.00"], "litige ouvert sur {number} : 70,00\u00a0€ ne sont plus relancés"),
    ],
)
def test_what_a_person_had_disputed_is_not_disputed_again(company, invoice, own, added, act):
    [item] = ledger.items_of_document(actor=company, document_refs=[invoice.number])[invoice.number]
    mine = collection.open_dispute(
        actor=company,
        item_id=item.item_id,
        reason_code=DisputeReason.AUTRE,
        amount=Decimal(own),
    )
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))

    [decision] = heeded(company)

    assert [str(one.amount) for one in Dispute.objects.exclude(pk=mine.pk)] == added
    assert decision.act == act.format(number=invoice.number)


def test_a_dispute_that_is_not_founded_is_closed_by_its_answer(company, invoice):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))
    heeded(company)

    asked = question("platform.contested")
    told = answer(actor=company, work_item_id=asked.pk, choice="unfounded")

    assert told == "Litige clos : la facture est relancée de nouveau."
    assert Dispute.objects.get().outcome == "unfounded"


def test_a_batch_that_is_killed_is_done_again_whole(company, invoice, monkeypatch):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))
    with monkeypatch.context() as patch:
        patch.setattr(platform.counters, "move", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            commands.run_day(actor=company, on=DAY)
    assert Dispute.objects.count() == WorkItem.objects.count() == 0

    assert len(heeded(company)) == 1
    assert Dispute.objects.count() == 1


def test_what_a_killed_day_had_heeded_is_told_by_the_next(company, invoice, monkeypatch):
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))
    with monkeypatch.context() as patch:
        patch.setattr(
            commands.duties, "DUTIES", [(Duty.HEED, lambda day: platform.heed(day) and 1 / 0)]
        )
        with pytest.raises(ZeroDivisionError):
            commands.run_day(actor=company, on=DAY)
    assert DayRun.objects.get().finished_at is None
    assert JournalEvent.objects.filter(action="assistant.status_heeded").count() == 1

    [decision] = heeded(company)

    assert decision.act == f"litige ouvert sur {invoice.number} : {ALL} ne sont plus relancés"
    assert decision.reasons[-1].startswith("La journée a été arrêtée")
    kept = Decision.objects.get(duty=Duty.HEED)
    undo(actor=company, decision_id=kept.pk)
    assert Dispute.objects.get().closed_at


def test_what_was_cashed_is_told_in_the_day(company, lefevre):  # noqa: F811
    row = issued(company, lefevre, service("100"))
    say(company, row, 200)
    paid(company, row, "120.00")

    report = commands.run_day(actor=company, on=DAY)

    [decision] = [one for one in report.decisions if one.duty is Duty.TELL_RECEIPTS]
    assert decision.act == f"encaissement de {row.number} à déclarer : {ALL}"
    assert decision.reasons == (f"Par taux de TVA : {ALL} à 20 %.",)
    assert Flow.objects.get().document_ref == row.number


@pytest.mark.parametrize(
    ("code", "facts", "gates"),
    [
        (205, {}, []),
        (207, {"reasons": (Reason("QTE_ERR"),)}, ["disputed"]),
        (208, {"reasons": (Reason("JUSTIF_ABS"),)}, ["suspended"]),
        (210, {"reasons": (Reason("DOUBLON"),)}, ["suspended"]),
        (211, {}, ["promise"]),
    ],
)
def test_nothing_is_asked_of_a_customer_who_has_said_why_it_is_not_paid(
    company,
    lefevre,  # noqa: F811
    code,
    facts,
    gates,
):
    late = issued(company, lefevre, line("Conseil", "1", "100"), on=date(2026, 9, 1))
    say(company, late, 203, minute=-9)
    say(company, late, code, **facts)
    heeded(company)

    [row] = dry_run(actor=company, on=DAY)

    assert [one.code for one in row.reasons if one.code != "bank_stale"] == gates


def test_what_is_said_of_a_purchase_is_not_about_our_invoice(company, invoice):
    reasons = (Reason("QTE_ERR"),)
    say(company, invoice, 207, reasons=reasons, role=CompanyRole.BUYER)

    assert heeded(company) == []
    assert Dispute.objects.count() == 0


def test_batches_follow_each_other_to_the_last_status(company, invoice, monkeypatch):
    monkeypatch.setattr(platform, "_BATCH", 2)
    for minute in range(4):
        say(company, invoice, 204, minute=minute)
    say(company, invoice, 207, minute=5, reasons=(Reason("QTE_ERR"),))

    assert len(heeded(company)) == 1
    assert heeded(company) == []
