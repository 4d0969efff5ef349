"""Debts that may not be paid, in the books: every amount is worked by hand, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.cash.queries import facts
from echeance.collection import commands, queries
from echeance.collection.errors import (
    AllowanceRateError,
    LossTooLargeError,
    NotDoubtedItemError,
    UnpaidEntryInUseError,
    UnpaidEntryUndoneError,
    UnpaidReasonMissingError,
)
from echeance.collection.models import InsolvencyCase, UnpaidEntry
from echeance.collection.types import VatClaim
from echeance.core.bookkeeping import VatNotRecoverableError
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.models import EntryLine, OpenItem
from echeance.ledger.types import EntryFacts, ItemVat, NewAllocation, NewOpenItem, Posting

TODAY = date(2026, 11, 24)
ISSUED = date(2026, 3, 2)
DUE = date(2026, 4, 1)
ACCOUNTS = ("411", "416", "491", "44571", "44574", "512", "654", "6817", "758", "7817")


class Unpaid:
    """Invoices with VAT, and short words for what becomes of them. Amounts are texts."""

    def __init__(self, world):
        self.world, self.actor = world, world.actor
        self.party = world.customer("Berger BTP")

    def invoice(self, ref, *rates, deferred=False, due=DUE, on=ISSUED):
        """Rates are (rate, base, VAT); the item's id comes back."""
        vat = tuple(
            ItemVat("S", Decimal(rate), Decimal(base), Decimal(tax),
                    "receipts" if deferred else "debits")
            for rate, base, tax in rates
        )  # fmt: skip
        net, tax = sum(one.base for one in vat), sum(one.vat for one in vat)
        facts = EntryFacts(
            "VT", on, ref, on, ref,
            (Posting("411000", debit=net + tax, party_id=self.party.pk),
             Posting("706000", credit=net),
             Posting("445740" if deferred else "445710", credit=tax)),
            (NewOpenItem(0, due, "invoice", ref, vat=vat),),
        )  # fmt: skip
        return ledger.post_entries(actor=self.actor, entries=[facts])[0].item_ids[0]

    def goods(self, ref="F1"):
        """1 200,00 € of goods, VAT 200,00 due from the invoice."""
        return self.invoice(ref, ("20", "1000.00", "200.00"))

    def services(self, ref="F2"):
        """1 200,00 € of services, VAT 200,00 due as it is paid."""
        return self.invoice(ref, ("20", "1000.00", "200.00"), deferred=True)

    def mixed(self, ref="F3"):
        """20, 10 and 5,5 %: 120,00 + 110,00 + 105,50 = 335,50 €, VAT 35,50 waiting."""
        return self.invoice(
            ref, ("20", "100.00", "20.00"), ("10", "100.00", "10.00"), ("5.5", "100.00", "5.50"),
            deferred=True,
        )  # fmt: skip

    def doubt(self, *item_ids, on=TODAY):
        return commands.move_to_doubtful(
            actor=self.actor, item_ids=item_ids, on=on, reason="Client injoignable"
        )

    def allow(self, rate, *item_ids, on=TODAY):
        return commands.set_allowance(
            actor=self.actor, item_ids=item_ids, rate_percent=Decimal(rate), on=on, reason="Revue"
        )

    def lose(self, *item_ids, on=TODAY, **facts):
        return commands.write_off_losses(
            actor=self.actor, item_ids=item_ids, on=on, reason="Certificat", **facts
        )

    def undo(self, *rows, on=TODAY):
        return commands.undo_unpaid(actor=self.actor, entry_ids=[row.pk for row in rows], on=on)

    def liquidation(self, judgment_on=date(2026, 10, 14)):
        return InsolvencyCase.objects.create(
            company=self.actor.company, party=self.party, kind="liquidation",
            judgment_on=judgment_on, opened_at=clock.now(), opened_by="Léa",
        )  # fmt: skip

    def pays(self, item_id, amount, on=TODAY):
        """Money of the bank given to an item, on the account it stands on."""
        account = OpenItem.objects.get(pk=item_id).account.number
        value = Decimal(amount)
        facts = EntryFacts(
            "BQ", on, "VIR", on, "Virement",
            (Posting("512000", debit=value), Posting(account, credit=value, party_id=self.party.pk)),
            (NewOpenItem(1, on, "receipt", "VIR"),),
        )  # fmt: skip
        (posted,) = ledger.post_entries(actor=self.actor, entries=[facts])
        ledger.allocate(
            actor=self.actor, allocations=[NewAllocation(item_id, posted.item_ids[0], value, on)]
        )

    def balances(self):
        """Balance of each account of the story that has one."""
        found = {
            one: ledger_queries.account_balance(actor=self.actor, account=one) for one in ACCOUNTS
        }
        return {one: str(amount) for one, amount in found.items() if amount}

    def sound(self):
        """Whether the books prove themselves, and the page agrees with the accounts."""
        findings = ledger_queries.verify(self.actor.company)
        assert findings == []
        assert queries.unpaid_totals(actor=self.actor).agrees
        return True


@pytest.fixture
def unpaid(world) -> Unpaid:
    return Unpaid(world)


def test_a_doubtful_debt_stands_on_416_with_its_vat_still_waiting(unpaid):
    item_id = unpaid.services()

    (row,) = unpaid.doubt(item_id)

    assert unpaid.balances() == {"416": "1200.00", "44574": "-200.00"}
    carried = OpenItem.objects.get(pk=row.open_item_id)
    assert (carried.due_date, carried.document_ref, carried.kind) == (DUE, "F2", "invoice")
    assert str(row.amount) == "1200.00"
    assert unpaid.sound()


def test_a_payment_of_a_doubtful_debt_still_makes_its_vat_due(unpaid):
    (row,) = unpaid.doubt(unpaid.services())

    unpaid.pays(row.open_item_id, "300.00")

    assert unpaid.balances() == {
        "416": "900.00", "512": "300.00", "44574": "-150.00", "44571": "-50.00",
    }  # fmt: skip
    assert unpaid.sound()


def test_only_what_is_left_of_a_part_paid_debt_is_carried(unpaid):
    item_id = unpaid.mixed()
    unpaid.pays(item_id, "100.00", on=date(2026, 6, 1))
    # 100 of 335,50: VAT due 5,96 (20 %), 2,98 (10 %), 1,64 (5,5 %): 24,92 wait.
    assert unpaid.balances()["44574"] == "-24.92"

    (row,) = unpaid.doubt(item_id)

    assert str(row.amount) == "235.50"
    assert unpaid.balances()["416"] == "235.50"
    assert unpaid.balances()["44574"] == "-24.92"
    unpaid.pays(row.open_item_id, "235.50")
    assert unpaid.balances() == {"512": "335.50", "44571": "-35.50"}
    assert unpaid.sound()


def test_the_allowance_is_a_share_of_what_is_open_without_vat(unpaid):
    (row,) = unpaid.doubt(unpaid.goods())

    (half,) = unpaid.allow("50", row.open_item_id)
    (more,) = unpaid.allow("80", row.open_item_id)
    (less,) = unpaid.allow("30", row.open_item_id)

    assert [(one.kind, str(one.amount)) for one in (half, more, less)] == [
        ("allowance", "500.00"), ("allowance", "300.00"), ("reversal", "500.00"),
    ]  # fmt: skip
    assert unpaid.balances() == {
        "416": "1200.00", "44571": "-200.00", "491": "-300.00", "6817": "800.00",
        "7817": "-500.00",
    }  # fmt: skip
    assert unpaid.allow("30", row.open_item_id) == []
    assert unpaid.sound()


def test_an_allowance_never_exceeds_the_debt_without_vat(unpaid):
    (row,) = unpaid.doubt(unpaid.mixed())

    (full,) = unpaid.allow("100", row.open_item_id)

    assert str(full.amount) == "300.00"
    with pytest.raises(AllowanceRateError):
        unpaid.allow("100.01", row.open_item_id)


def test_the_allowance_of_a_debt_paid_since_is_taken_back(unpaid):
    (row,) = unpaid.doubt(unpaid.goods())
    unpaid.allow("50", row.open_item_id)
    unpaid.pays(row.open_item_id, "1200.00")

    (back,) = unpaid.allow("50", row.open_item_id)

    assert (back.kind, str(back.amount)) == ("reversal", "500.00")
    assert unpaid.balances()["512"] == "1200.00"
    assert "491" not in unpaid.balances()


def test_a_loss_under_liquidation_claims_the_vat_back(unpaid):
    unpaid.liquidation()
    (row,) = unpaid.doubt(unpaid.goods())
    unpaid.allow("50", row.open_item_id)

    (loss,) = unpaid.lose(row.open_item_id, claim=VatClaim())

    assert (str(loss.amount), str(loss.vat_amount)) == ("1200.00", "200.00")
    assert unpaid.balances() == {"654": "1000.00", "6817": "500.00", "7817": "-500.00"}
    assert loss.file is not None
    assert loss.file.filename == "F1-impayee-tva.pdf"
    assert unpaid.sound()


def test_without_a_claim_the_vat_due_is_part_of_the_loss(unpaid):
    (loss,) = unpaid.lose(unpaid.goods())

    assert not loss.vat_amount
    assert unpaid.balances() == {"654": "1200.00", "44571": "-200.00"}
    assert loss.file is None
    assert unpaid.sound()


def test_vat_on_receipts_leaves_the_waiting_account_with_the_loss(unpaid):
    (loss,) = unpaid.lose(unpaid.mixed())

    assert unpaid.balances() == {"654": "300.00"}
    assert not loss.vat_amount
    assert unpaid.sound()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, "il faut un jugement de liquidation"),
        ({"proof": "PV de carence", "proved_on": date(2026, 11, 25)}, "attendez ce jour"),
        ({"proof": "PV de carence", "proved_on": date(2023, 5, 2)}, "31/12/2025"),
        ({"proof": "PV de carence"}, "il faut un jugement de liquidation"),
    ],
)
def test_the_vat_is_not_claimed_back_without_ground_or_out_of_time(unpaid, facts, why):
    item_id = unpaid.goods()

    with pytest.raises(VatNotRecoverableError) as caught:
        unpaid.lose(item_id, claim=VatClaim(**facts))

    assert why in str(caught.value)
    assert UnpaidEntry.objects.count() == 0
    assert unpaid.balances() == {"411": "1200.00", "44571": "-200.00"}


def test_a_proof_other_than_a_judgment_is_kept_as_ground(unpaid):
    claim = VatClaim(proof="PV de carence de Me Lenoir", proved_on=date(2026, 9, 1))

    (loss,) = unpaid.lose(unpaid.goods(), claim=claim)

    assert unpaid.balances() == {"654": "1000.00"}
    assert str(loss.vat_amount) == "200.00"


def test_vat_on_receipts_has_nothing_to_claim_back(unpaid):
    unpaid.liquidation()

    with pytest.raises(VatNotRecoverableError) as caught:
        unpaid.lose(unpaid.services(), claim=VatClaim())

    assert "il n'y a rien à récupérer" in str(caught.value)


def test_a_part_is_lost_each_rate_by_its_share(unpaid):
    # 100,65 of 335,50 is 30 %: 36,00 + 33,00 + 31,65; VAT 6,00 + 3,00 + 1,65 = 10,65.
    item_id = unpaid.mixed()

    unpaid.lose(item_id, amount=Decimal("100.65"))

    assert unpaid.balances() == {"411": "234.85", "654": "90.00", "44574": "-24.85"}
    assert unpaid.sound()
    with pytest.raises(LossTooLargeError):
        unpaid.lose(item_id, amount=Decimal("234.86"))


def receipt(unpaid, amount):
    return unpaid.world.receipt(unpaid.party, amount, TODAY)


def test_what_is_received_of_a_loss_owes_its_vat_again(unpaid):
    unpaid.liquidation()
    (loss,) = unpaid.lose(unpaid.goods(), claim=VatClaim())

    got = [
        commands.record_recovery(
            actor=unpaid.actor, loss_id=loss.pk, receipt_item_id=receipt(unpaid, amount),
            amount=Decimal(amount), on=TODAY,
        )
        for amount in ("100.00", "100.00", "1000.00")
    ]  # fmt: skip

    # 100 × 200 / 1 200 = 16,67; 200 → 33,33, less 16,67 = 16,66; the rest clears: 166,67.
    assert [str(one.vat_amount) for one in got] == ["16.67", "16.66", "166.67"]
    assert unpaid.balances() == {
        "512": "1200.00", "654": "1000.00", "758": "-1000.00", "44571": "-200.00",
    }  # fmt: skip
    assert unpaid.sound()
    with pytest.raises(LossTooLargeError):
        commands.record_recovery(
            actor=unpaid.actor, loss_id=loss.pk, receipt_item_id=receipt(unpaid, "1.00"),
            amount=Decimal("1.00"), on=TODAY,
        )  # fmt: skip


def test_vat_that_was_never_claimed_back_is_not_owed_twice(unpaid):
    (loss,) = unpaid.lose(unpaid.goods())

    commands.record_recovery(
        actor=unpaid.actor, loss_id=loss.pk, receipt_item_id=receipt(unpaid, "600.00"),
        amount=Decimal("600.00"), on=TODAY,
    )  # fmt: skip

    assert unpaid.balances() == {
        "512": "600.00", "654": "1200.00", "758": "-600.00", "44571": "-200.00",
    }  # fmt: skip


def test_vat_on_receipts_is_due_on_what_is_received_of_a_loss(unpaid):
    (loss,) = unpaid.lose(unpaid.services())

    commands.record_recovery(
        actor=unpaid.actor, loss_id=loss.pk, receipt_item_id=receipt(unpaid, "600.00"),
        amount=Decimal("600.00"), on=TODAY,
    )  # fmt: skip

    assert unpaid.balances() == {
        "512": "600.00", "654": "1000.00", "758": "-500.00", "44571": "-100.00",
    }  # fmt: skip
    assert unpaid.sound()


def test_undoing_the_whole_story_gives_the_books_back(unpaid):
    unpaid.liquidation()
    item_id = unpaid.goods()
    before = unpaid.balances()
    rows = unpaid.doubt(item_id)
    rows += unpaid.allow("40", rows[0].open_item_id)
    rows += unpaid.lose(rows[0].open_item_id, claim=VatClaim())

    assert unpaid.undo(*rows) == 3

    assert unpaid.balances() == before
    assert OpenItem.objects.get(pk=item_id).open_amount == Decimal("1200.00")
    assert queries.doubtful_debts(actor=unpaid.actor, on=TODAY) == []
    assert unpaid.sound()


def test_undoing_a_loss_gives_its_allowance_back(unpaid):
    (row,) = unpaid.doubt(unpaid.goods())
    unpaid.allow("40", row.open_item_id)
    before = unpaid.balances()
    (loss,) = unpaid.lose(row.open_item_id)

    unpaid.undo(loss)

    assert unpaid.balances() == before
    assert queries.allowances(actor=unpaid.actor) == {row.open_item_id: Decimal("400.00")}
    assert unpaid.sound()


def test_an_act_on_which_another_rests_is_not_undone_before_it(unpaid):
    (row,) = unpaid.doubt(unpaid.goods())
    (allowance,) = unpaid.allow("40", row.open_item_id)

    with pytest.raises(UnpaidEntryInUseError):
        unpaid.undo(row)
    unpaid.undo(allowance)
    unpaid.pays(row.open_item_id, "200.00")
    with pytest.raises(UnpaidEntryInUseError) as caught:
        unpaid.undo(row)

    assert "payée en partie" in str(caught.value)
    with pytest.raises(UnpaidEntryUndoneError):
        unpaid.undo(allowance)


def test_a_debt_no_longer_doubted_goes_back_to_411_without_its_allowance(unpaid):
    (row,) = unpaid.doubt(unpaid.services())
    unpaid.allow("50", row.open_item_id)
    unpaid.pays(row.open_item_id, "240.00")

    assert commands.take_back_doubtful(
        actor=unpaid.actor, item_ids=[row.open_item_id], on=TODAY
    ) == 1  # fmt: skip

    assert unpaid.balances() == {
        "411": "960.00", "512": "240.00", "6817": "500.00", "7817": "-500.00",
        "44571": "-40.00", "44574": "-160.00",
    }  # fmt: skip
    assert unpaid.sound()


def test_what_is_not_an_open_debt_is_refused(unpaid, world):
    item_id = unpaid.goods()
    credit = receipt(unpaid, "50.00")
    unpaid.pays(item_id, "1200.00")

    for wrong in (credit, item_id):
        with pytest.raises(NotDoubtedItemError):
            unpaid.doubt(wrong)
    with pytest.raises(NotDoubtedItemError):
        unpaid.allow("50", unpaid.goods("F9"))
    with pytest.raises(UnpaidReasonMissingError):
        commands.move_to_doubtful(
            actor=unpaid.actor, item_ids=[unpaid.goods("F8")], on=TODAY, reason="  "
        )


def test_very_late_and_insolvent_debts_are_proposed(unpaid, world):
    late = unpaid.invoice("VIEILLE", ("20", "100.00", "20.00"), due=date(2026, 5, 27))
    unpaid.invoice("JUSTE", ("20", "100.00", "20.00"), due=date(2026, 5, 28))
    other = world.customer("Colin")
    InsolvencyCase.objects.create(
        company=unpaid.actor.company, party=other, kind="receivership",
        judgment_on=date(2026, 11, 2), opened_at=clock.now(), opened_by="Léa",
    )  # fmt: skip
    (frozen,) = world.invoice(other, "GELEE", ("60.00", date(2026, 12, 31)))

    found = queries.to_doubt(actor=unpaid.actor, on=TODAY)

    assert [(row.item_id, row.reason) for row in found] == [
        (late, "plus de 180 jours de retard"),
        (frozen, "procédure collective du 02/11/2026"),
    ]


def test_doubtful_debts_are_no_longer_reminded_but_still_count_as_owed(unpaid, world):
    from echeance.billing import queries as billing

    unpaid.doubt(unpaid.goods())

    assert [row.party_id for row in world.dry_run()] == []
    account = billing.account(actor=unpaid.actor, party_id=unpaid.party.pk, on=TODAY)
    assert account.due == Decimal("1200.00")


def test_entries_of_one_act_balance_and_name_the_document(unpaid):
    rows = unpaid.doubt(unpaid.goods(), unpaid.services())

    lines = EntryLine.objects.filter(entry__in=[row.entry_id for row in rows])

    assert {line.entry.document_ref for line in lines} == {"F1", "F2"}
    assert sum(line.debit - line.credit for line in lines) == 0


def test_the_matching_still_offers_a_doubtful_debt(unpaid):
    (row,) = unpaid.doubt(unpaid.goods())

    assert [one.item_id for one in facts.receivables(actor=unpaid.actor)] == [row.open_item_id]
