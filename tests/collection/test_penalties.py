"""Late interest and the 40 € claimed by notes: never twice, booked, waived, undone."""

from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import TODAY, at
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import RIGHTS_BY_ROLE, Role
from echeance.collection import commands, queries
from echeance.collection.errors import (
    PenaltyDayError,
    PenaltyReasonMissingError,
    PenaltyWaiverTooLargeError,
    PenaltyWaiverUndoneError,
)
from echeance.collection.models import PenaltyLine, PenaltyNote
from echeance.collection.types import DisputeReason, PenaltyState
from echeance.ledger import commands as ledger_commands
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, JournalEntry, OpenItem
from echeance.ledger.types import NewAllocation
from echeance.parties.commands import merge_parties

LAW = Decimal("201.37")  # 12 000 € due on 31 May 2026, paid on 20 July


def issue(world, until=TODAY, **choice):
    return commands.issue_penalty_notes(actor=world.actor, until=until, **choice)


def lines_of(entry_id):
    return [
        (line.account.number, str(line.debit), str(line.credit))
        for line in EntryLine.objects.filter(entry=entry_id)
        .select_related("account")
        .order_by("pk")
    ]


def proved(world):
    return list(ledger.verify(company=world.actor.company))


@pytest.fixture
def late(world):
    """The example of the law: the principal is paid, its interest is not."""
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.pays(party, item, "12000.00", date(2026, 7, 20))
    party.item_id = item
    return party


@pytest.fixture
def note(world, late):
    (claim,) = issue(world).claims
    return PenaltyNote.objects.get(pk=claim.note_id)


def test_the_example_of_the_law_is_claimed_though_its_principal_is_paid(world, late):
    report = issue(world)

    (claim,) = report.claims
    assert (claim.interest, claim.indemnity, claim.total) == (
        LAW,
        Decimal("40.00"),
        Decimal("241.37"),
    )
    assert claim.number == "PN-2026-00001"
    (part,) = claim.parts
    assert [(one.days, str(one.amount)) for one in part.slices] == [(30, "119.84"), (20, "81.53")]


def test_the_entry_is_balanced_outside_vat_in_its_own_journal(world, note):
    entry = JournalEntry.objects.select_related("journal").get(pk=note.entry_id)

    assert entry.journal.code == "PE"
    assert lines_of(entry.pk) == [
        ("411000", "241.37", "0.00"),
        ("763100", "0.00", "201.37"),
        ("758000", "0.00", "40.00"),
    ]
    item = note.open_item
    assert (item.document_ref, item.open_amount, item.due_date) == (
        "PN-2026-00001",
        Decimal("241.37"),
        date(2026, 12, 24),
    )
    assert not item.vat.exists()
    assert proved(world) == []
    event = JournalEvent.objects.get(action="collection.penalty_note_issued")
    assert event.facts["interest"] == "201.37"


def test_the_slices_are_kept_with_the_note(note):
    line = PenaltyLine.objects.get(note=note)

    assert line.slices[0] == {
        "from": "2026-06-01",
        "to": "2026-06-30",
        "days": 30,
        "base": "12000.00",
        "rate": "12.15",
        "amount": "119.84",
    }


def test_a_dry_run_writes_nothing(world, late):
    reader = Actor(world.actor.company, None, RIGHTS_BY_ROLE[Role.AUDITOR])

    report = commands.issue_penalty_notes(actor=reader, until=TODAY, dry_run=True)

    assert report.total == Decimal("241.37")
    assert not PenaltyNote.objects.exists()


def test_claiming_twice_claims_nothing(world, note):
    assert issue(world).claims == ()
    assert PenaltyNote.objects.count() == 1


def test_a_second_note_claims_the_days_since_the_first_and_no_second_indemnity(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))
    with at(date(2026, 9, 30)):
        (first,) = issue(world, until=date(2026, 9, 30)).claims

    (second,) = issue(world, until=date(2026, 10, 31)).claims

    # 1000.00 × 12.40 × 30 / 36500 = 10.1918; × 31 / 36500 = 10.5315
    assert (first.interest, first.indemnity) == (Decimal("10.19"), Decimal("40.00"))
    assert (second.interest, second.indemnity) == (Decimal("10.53"), Decimal(0))
    assert second.parts[0].slices[0].start == date(2026, 10, 1)
    assert second.number == "PN-2026-00002"


def test_a_payment_noted_late_is_taken_off_the_next_note(world):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))
    with at(date(2026, 9, 30)):
        issue(world, until=date(2026, 9, 30))
    world.policy(imputation="principal_first")
    world.pays(party, item, "600.00", date(2026, 9, 15))

    (claim,) = issue(world, until=date(2026, 11, 20)).claims

    (part,) = claim.parts
    # September would now be 15 days of 1000.00 (5.0959) and 15 of 400.00 (2.0384): 7.14, not 10.19
    assert part.adjustment == Decimal("-3.05")
    # 400.00 × 12.40 × 51 / 36500 = 6.9304
    assert [(one.days, str(one.amount)) for one in part.slices] == [(51, "6.93")]
    assert part.interest == Decimal("3.88")


def test_a_correction_larger_than_the_new_days_waits_for_the_next_note(world):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))
    with at(date(2026, 9, 30)):
        issue(world, until=date(2026, 9, 30))
    world.pays(party, item, "1000.00", date(2026, 8, 31))

    assert issue(world).claims == ()


def test_instalments_of_one_invoice_bear_the_indemnity_once_ever(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("500.00", date(2026, 8, 31)), ("500.00", date(2026, 9, 30)))
    with at(date(2026, 9, 15)):
        (first,) = issue(world, until=date(2026, 9, 15)).claims

    (second,) = issue(world).claims

    assert (first.indemnity, second.indemnity) == (Decimal("40.00"), Decimal(0))
    assert [part.due_date for part in second.parts] == [date(2026, 8, 31), date(2026, 9, 30)]


def test_a_note_bears_neither_interest_nor_indemnity(world, note):
    with at(date(2026, 12, 31)):
        report = issue(world, until=date(2026, 12, 31))

    assert report.claims == ()
    assert note.open_item_id in queries.penalty_items(actor=world.actor)


def test_a_consumer_is_left_out_and_it_is_said(world):
    party = world.customer("Mme Petit", category="consumer")
    world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))

    report = issue(world)

    assert report.claims == ()
    (skip,) = report.skipped
    assert skip.reason == "un consommateur ne doit ni pénalités ni indemnité"


def test_what_is_disputed_bears_nothing_meanwhile(world):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))
    commands.open_dispute(
        actor=world.actor, item_id=item, reason_code=DisputeReason.AUTRE, amount=Decimal("600.00")
    )

    (claim,) = issue(world, until=date(2026, 9, 30)).claims

    assert claim.interest == Decimal("4.08")  # 400.00 × 12.40 × 30 / 36500 = 4.0767


def test_an_invoice_wholly_credited_was_never_late(world):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 8, 31)))
    credit = world.receipt(party, "1000.00", date(2026, 9, 15), kind="credit_note")
    ledger_commands.allocate(
        actor=world.actor,
        allocations=[NewAllocation(item, credit, Decimal("1000.00"), date(2026, 9, 15))],
    )

    report = issue(world)

    assert report.claims == ()
    assert report.skipped[0].reason == (
        "annulée par un avoir ou une écriture : rien n'a été payé en retard"
    )


def test_a_public_buyer_keeps_its_rate_and_owes_the_indemnity(world):
    party = world.customer("Mairie", category="public")
    world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))

    (claim,) = issue(world, until=date(2026, 7, 20)).claims

    assert (claim.interest, claim.indemnity) == (Decimal("166.85"), Decimal("40.00"))


def test_only_the_customers_chosen_are_claimed_and_one_note_each(world, late):
    other = world.customer("Martin SARL")
    world.invoice(other, "F-2", ("100.00", date(2026, 8, 31)))
    world.invoice(other, "F-3", ("200.00", date(2026, 9, 30)))

    (claim,) = issue(world, party_ids=[other.pk]).claims

    assert [part.document_ref for part in claim.parts] == ["F-2", "F-3"]
    assert claim.indemnity == Decimal("80.00")


def test_a_customer_merged_since_gets_one_note(world, late):
    other = world.customer("Dupont S.A.")
    world.invoice(other, "F-2", ("100.00", date(2026, 8, 31)))
    merge_parties(actor=world.actor, party_id=other.pk, into_id=late.pk)

    (claim,) = issue(world).claims

    assert [part.document_ref for part in claim.parts] == ["F-1", "F-2"]
    assert queries.penalty_notes(actor=world.actor, party_id=other.pk).count() == 1


def test_days_to_come_are_not_claimed(world, late):
    with pytest.raises(PenaltyDayError) as caught:
        issue(world, until=date(2026, 11, 25))

    assert str(caught.value) == (
        "Les pénalités ne courent pas encore au 25/11/2026 : arrêtez-les au plus tard aujourd'hui."
    )


def test_only_who_issues_invoices_claims(world, late):
    auditor = Actor(world.actor.company, None, RIGHTS_BY_ROLE[Role.AUDITOR])

    with pytest.raises(RightMissingError):
        commands.issue_penalty_notes(actor=auditor, until=TODAY)


def test_the_file_says_the_sum_and_is_made_once(world, note):
    assert commands.seal_penalty_notes(actor=world.actor, note_ids=[note.pk]) == 1
    assert commands.seal_penalty_notes(actor=world.actor, note_ids=[note.pk]) == 0

    note.refresh_from_db()
    assert note.file.filename == "PN-2026-00001.pdf"


def state(world, note):
    row = queries.penalty_note_for(actor=world.actor, note_id=note.pk)
    return queries.penalty_state(total=row.total, left=row.open_item.open_amount, waived=row.waived)


def test_a_note_is_paid_like_any_receivable(world, late, note):
    assert state(world, note) is PenaltyState.OPEN
    world.pays(late, note.open_item_id, "41.37", TODAY)
    assert state(world, note) is PenaltyState.PARTLY
    world.pays(late, note.open_item_id, "200.00", TODAY)
    assert state(world, note) is PenaltyState.PAID


def test_waiving_all_reverses_the_income_and_undoing_it_claims_again(world, note):
    waiver = commands.waive_penalties(actor=world.actor, note_id=note.pk, reason="bon client")

    assert lines_of(waiver.entry_id) == [
        ("411000", "0.00", "241.37"),
        ("763100", "201.37", "0.00"),
        ("758000", "40.00", "0.00"),
    ]
    assert state(world, note) is PenaltyState.WAIVED
    assert issue(world).claims == ()

    commands.undo_waiver(actor=world.actor, waiver_id=waiver.pk)

    assert state(world, note) is PenaltyState.OPEN
    assert ledger.account_balance(actor=world.actor, account="763100") == Decimal("-201.37")
    assert proved(world) == []
    with pytest.raises(PenaltyWaiverUndoneError):
        commands.undo_waiver(actor=world.actor, waiver_id=waiver.pk)


def test_waivers_undone_out_of_order_never_give_up_more_than_was_claimed(world, note):
    first = commands.waive_penalties(
        actor=world.actor, note_id=note.pk, reason="geste", amount=Decimal("201.37")
    )
    commands.waive_penalties(
        actor=world.actor, note_id=note.pk, reason="geste", amount=Decimal("40.00")
    )
    commands.undo_waiver(actor=world.actor, waiver_id=first.pk)
    before = OpenItem.objects.get(pk=note.open_item_id).open_amount
    again = commands.waive_penalties(
        actor=world.actor, note_id=note.pk, reason="geste", amount=Decimal("1.00")
    )

    assert before == LAW
    assert lines_of(again.entry_id)[1] == ("763100", "1.00", "0.00")
    assert proved(world) == []


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "241.38", "0.001"])
def test_a_waiver_is_within_what_is_left(world, note, amount):
    with pytest.raises(PenaltyWaiverTooLargeError):
        commands.waive_penalties(
            actor=world.actor, note_id=note.pk, reason="geste", amount=Decimal(amount)
        )


def test_a_waiver_says_why_and_asks_for_the_right(world, note):
    with pytest.raises(PenaltyReasonMissingError):
        commands.waive_penalties(actor=world.actor, note_id=note.pk, reason="  ")
    assistant = Actor(world.actor.company, None, RIGHTS_BY_ROLE[Role.ASSISTANT])
    with pytest.raises(RightMissingError):
        commands.waive_penalties(actor=assistant, note_id=note.pk, reason="geste")
