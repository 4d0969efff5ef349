"""Receivables sold: deed, entry in cents, no VAT before the debtor pays, reminders left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cash.treasury import treasury  # noqa: F401
from echeance.archive import queries as archive
from echeance.base import clock
from echeance.base.errors import RightMissingError
from echeance.base.rights import RIGHTS_BY_ROLE, Role
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import AssignmentError, LumpAmountError
from echeance.cash.models import AssignedItem, ReceivableAssignment
from echeance.cash.types import NewAssignment
from echeance.collection import commands as collection
from echeance.collection import queries as reminders
from echeance.collection.models import Dispute
from echeance.core.assignment_note import AssignedClaim, AssignmentNote, mentions
from ledger.books import day


def sell(treasury, *items, reference="CES1", **facts):  # noqa: F811
    return cash.assign_receivables(
        actor=treasury.actor,
        assignment=NewAssignment(
            kind=facts.pop("kind", "factoring"),
            assignee_id=treasury.parties["S"],
            reference=reference,
            on=day("10/06"),
            item_ids=items,
            **facts,
        ),
    )


COSTS = {
    "commission": Decimal("2.40"),
    "interest": Decimal("1.10"),
    "vat": Decimal("0.48"),
    "guarantee_percent": Decimal(10),
}


def part_of(item_id):
    return AssignedItem.objects.get(open_item=item_id).pk


def test_an_assignment_is_posted_and_the_vat_waits_for_the_debtor(treasury):  # noqa: F811
    first = treasury.service("F1", "01/05", "31/07")
    second = treasury.service("F2", "01/05", "31/07", net="100.00")
    before = treasury.state()

    row = sell(treasury, first, second, **COSTS)

    assert treasury.balance("467200") == Decimal("-240.00")
    assert treasury.balance("467300") == Decimal("24.00")
    assert treasury.balance("467100") == Decimal("212.02")  # 240 - 24 - 2.40 - 1.10 - 0.48
    assert treasury.balance("622500") == Decimal("2.40")
    assert treasury.balance("661600") == Decimal("1.10")
    assert treasury.balance("445660") == Decimal("0.48")
    assert treasury.left(first, second) == [Decimal("120.00"), Decimal("120.00")]
    assert treasury.balance("44571") == 0
    assert archive.content(actor=treasury.actor, file_id=row.file_id)[:5] == b"%PDF-"

    cash.cancel_assignment(actor=treasury.actor, assignment_id=row.pk)

    assert treasury.state() == before
    assert queries.assigned_items(actor=treasury.actor) == {}
    assert treasury.verified()


def test_the_debtor_pays_the_factor_and_that_is_undone(treasury):  # noqa: F811
    first = treasury.service("F1", "01/05", "31/07")
    second = treasury.service("F2", "01/05", "31/07", net="33.35")
    row = sell(treasury, first, second, **COSTS)
    sold = treasury.state()

    cash.pay_assigned_item(actor=treasury.actor, assigned_item_id=part_of(first), on=day("31/07"))

    assert treasury.left(first) == [0]
    assert treasury.balance("44571") == Decimal("-20.00")
    assert treasury.balance("467300") == Decimal("4.00")  # 16.00 kept in all, 12.00 given back
    with pytest.raises(AssignmentError):
        cash.cancel_assignment(actor=treasury.actor, assignment_id=row.pk)

    cash.unpay_assigned_item(actor=treasury.actor, assigned_item_id=part_of(first))

    assert treasury.state() == sold
    assert treasury.verified()


def test_all_paid_leaves_only_what_the_factor_owes(treasury):  # noqa: F811
    items = [treasury.service(f"F{n}", "01/05", "31/07", net="33.35") for n in range(3)]
    sell(treasury, *items, guarantee_percent=Decimal(10))

    for one in items:
        cash.pay_assigned_item(actor=treasury.actor, assigned_item_id=part_of(one), on=day("31/07"))

    assert (treasury.balance("467200"), treasury.balance("467300")) == (0, 0)
    assert treasury.balance("467100") == sum(
        (part.amount for part in AssignedItem.objects.all()), Decimal(0)
    )
    assert treasury.verified()


def test_a_receivable_returned_is_chased_again_and_the_return_is_undone(treasury):  # noqa: F811
    item = treasury.service("F1", "01/05", "31/05")
    sell(treasury, item, **COSTS)
    sold = treasury.state()
    assert queries.assigned_items(actor=treasury.actor) == {item: "CES1"}

    cash.return_assigned_item(
        actor=treasury.actor,
        assigned_item_id=part_of(item),
        on=day("01/08"),
        reason="impayé",
    )

    assert queries.assigned_items(actor=treasury.actor) == {}
    assert (treasury.balance("467200"), treasury.balance("467300")) == (0, 0)
    assert treasury.balance("467100") == Decimal("-3.98")  # what it cost stays due to the factor

    cash.undo_return(actor=treasury.actor, assigned_item_id=part_of(item))

    assert treasury.state() == sold
    assert queries.assigned_items(actor=treasury.actor) == {item: "CES1"}


def test_a_sold_invoice_leaves_the_reminders_and_comes_back(treasury):  # noqa: F811
    item = treasury.goods("F1", "01/05", "31/05")
    collection.set_up_plan(actor=treasury.actor)
    sell(treasury, item)

    def told():
        rows = reminders.dry_run(actor=treasury.actor, on=clock.today())
        return " ".join(reason.text for row in rows for reason in row.reasons)

    assert "créance cédée, CES1" in told()
    cash.return_assigned_item(
        actor=treasury.actor, assigned_item_id=part_of(item), on=day("01/08"), reason="impayé"
    )
    assert "créance cédée" not in told()


def test_the_financing_is_booked_and_undone(treasury):  # noqa: F811
    item = treasury.service("F1", "01/05", "31/07")
    row = sell(treasury, item, **COSTS)
    sold = treasury.state()
    line = treasury.line("104.02", "12/06")  # 120 - 12 - 3.98

    match = cash.receive_financing(actor=treasury.actor, assignment_id=row.pk, entry_id=line)

    assert (treasury.balance("467100"), treasury.balance("512000")) == (0, Decimal("104.02"))
    with pytest.raises(AssignmentError):
        cash.cancel_assignment(actor=treasury.actor, assignment_id=row.pk)
    with pytest.raises(LumpAmountError):
        cash.receive_financing(
            actor=treasury.actor, assignment_id=row.pk, entry_id=treasury.line("0.01", "13/06")
        )
    treasury.undo_match(match)
    assert treasury.state() == sold
    cash.cancel_assignment(actor=treasury.actor, assignment_id=row.pk)


def test_what_may_not_be_assigned_is_refused_with_its_reason(treasury):  # noqa: F811
    item, paid = treasury.goods("F1", "01/05", "31/07"), treasury.goods("F2", "01/05", "31/07")
    later = treasury.goods("F4", "11/06", "31/07")
    bill = treasury.purchase("X1", "01/06")
    receipt = treasury.receipt("R1", "02/05", "120.00")
    treasury.settle(paid, receipt, "120.00", "02/05")
    disputed = treasury.goods("F3", "01/05", "31/07")
    Dispute.objects.create(
        company=treasury.actor.company,
        party_id=treasury.parties["A"],
        open_item_id=disputed,
        amount=Decimal("120.00"),
        document_ref="F3",
        reason_code="other",
        opened_at=clock.now(),
        opened_by="lea",
    )
    sell(treasury, item)
    before = treasury.state()

    for items, words in (
        ([paid], "F2 n'est pas une facture client ouverte"),
        ([bill], "X1 n'est pas une facture client ouverte"),
        ([item], "F1 est déjà cédée (CES1)"),
        ([disputed], "F3 est en litige"),
        ([later], "F4 est postérieure à la cession"),
        ([], "choisissez au moins une facture"),
    ):
        with pytest.raises(AssignmentError) as refused:
            sell(treasury, *items, reference="CES2")
        assert words in str(refused.value)
    with pytest.raises(AssignmentError):
        sell(treasury, disputed, reference="CES1")
    assert treasury.state() == before
    assert ReceivableAssignment.objects.count() == 1


def test_costs_never_exceed_what_is_sold(treasury):  # noqa: F811
    item = treasury.goods("F1", "01/05", "31/07")

    with pytest.raises(AssignmentError):
        sell(treasury, item, commission=Decimal("108.01"))
    with pytest.raises(AssignmentError):
        sell(treasury, item, commission=Decimal("-0.01"))


def test_the_treasurer_assigns_and_the_assistant_does_not(treasury):  # noqa: F811
    item = treasury.goods("F1", "01/05", "31/07")
    everybody = treasury.actor
    treasury.actor = replace(everybody, rights=RIGHTS_BY_ROLE[Role.ASSISTANT])
    with pytest.raises(RightMissingError):
        sell(treasury, item)

    treasury.actor = replace(everybody, rights=RIGHTS_BY_ROLE[Role.TREASURER])

    assert sell(treasury, item).state == "assigned"


def test_a_dailly_deed_says_what_the_law_wants(treasury):  # noqa: F811
    note = AssignmentNote(
        "dailly",
        "D1",
        day("10/06"),
        ("Atelier",),
        ("Banque du Lac",),
        (AssignedClaim("Alma", "Lyon", "F1", day("31/07"), Decimal("120.00")),),
        is_notified=False,
        made_at=clock.now(),
    )

    said = " ".join(mentions(note))

    assert "Acte de cession de créances professionnelles" in said
    assert "articles L. 313-23 à L. 313-34 du Code monétaire et financier" in said
    assert "Banque du Lac" in said
    assert "1346-1 du Code civil" in mentions(replace(note, kind="factoring"))[0]
    assert sell(treasury, treasury.goods("F1", "01/05", "31/07"), kind="dailly").file_id
