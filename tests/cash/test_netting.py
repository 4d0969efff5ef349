"""Set-off under an agreement, exact both ways; credits that customers forget."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cash.treasury import treasury  # noqa: F401
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import NettingImpossibleError, NettingUndoneError
from echeance.cash.models import Netting
from echeance.parties.models import Party
from ledger.books import day, item


@pytest.fixture
def both(treasury):  # noqa: F811
    """A is customer and supplier, under an agreement of 1 January."""
    party = treasury.parties["A"]
    Party.objects.filter(pk=party).update(is_supplier=True)
    cash.agree_netting(actor=treasury.actor, party_id=party, signed_on=day("01/01"))
    return party


def net(treasury, party, amount, when="30/06"):  # noqa: F811
    return cash.make_netting(
        actor=treasury.actor, party_id=party, on=day(when), amount=Decimal(amount)
    )


def test_the_smaller_side_is_set_off_from_the_oldest_due(treasury, both):  # noqa: F811
    first = treasury.service("F1", "01/05", "31/05")
    second = treasury.service("F2", "01/05", "15/06")
    later = treasury.service("F3", "01/05", "01/07")
    bill = treasury.purchase("X1", "01/06", net="125.00", party="A")
    before = treasury.state()
    proposal = queries.propose_netting(actor=treasury.actor, party_id=both, on=day("30/06"))
    assert [(one.document_ref, one.amount) for one in proposal.receivables] == [
        ("F1", Decimal("120.00")),
        ("F2", Decimal("30.00")),
    ]
    assert [(one.document_ref, one.amount) for one in proposal.payables] == [
        ("X1", Decimal("150.00"))
    ]

    row = net(treasury, both, "150.00")

    assert treasury.left(first, second, later, bill) == [
        0,
        Decimal("90.00"),
        Decimal("120.00"),
        0,
    ]
    assert (treasury.balance("411"), treasury.balance("401")) == (Decimal("210.00"), 0)
    assert treasury.balance("44571") == Decimal("-25.00")  # 20.00, and 5.00 of 30 out of 120
    assert treasury.verified()

    cash.undo_netting(actor=treasury.actor, netting_id=row.pk)

    assert treasury.state() == before
    assert treasury.verified()
    with pytest.raises(NettingUndoneError):
        cash.undo_netting(actor=treasury.actor, netting_id=row.pk)


def test_without_an_agreement_in_force_nothing_is_set_off(treasury, both):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05")
    treasury.purchase("X1", "01/06", party="A")
    agreement = queries.netting_agreement(actor=treasury.actor, party_id=both, on=day("01/06"))
    cash.end_netting_agreement(actor=treasury.actor, agreement_id=agreement.pk, on=day("15/06"))

    with pytest.raises(NettingImpossibleError) as refused:
        net(treasury, both, "120.00")

    assert "aucune convention n'est en vigueur le 30/06/2026" in str(refused.value)
    assert not Netting.objects.exists()


def test_an_amount_that_has_changed_since_it_was_seen_is_refused(treasury, both):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05")
    treasury.purchase("X1", "01/06", net="50.00", party="A")

    with pytest.raises(NettingImpossibleError) as refused:
        net(treasury, both, "59.99")

    assert "60.00 €" in str(refused.value)


def test_nothing_due_on_one_side_is_nothing_to_set_off(treasury, both):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05")

    assert queries.propose_netting(actor=treasury.actor, party_id=both, on=day("30/06")) is None
    with pytest.raises(NettingImpossibleError):
        net(treasury, both, "1.00")


def test_an_agreement_needs_a_party_that_is_both_and_is_made_once(treasury, both):  # noqa: F811
    for party in (both, treasury.parties["B"]):
        with pytest.raises(NettingImpossibleError):
            cash.agree_netting(actor=treasury.actor, party_id=party, signed_on=day("01/02"))


def test_dormant_credits_are_listed_with_age_and_prescription(treasury):  # noqa: F811
    treasury.receipt("R1", "01/03", "45.00")
    treasury.post("VT AV1 02/06", "411000 C24.00 B; 707000 D24.00", item(0, "02/06", "credit_note"))
    treasury.receipt("R2", "01/06", "10.00")

    found = queries.dormant_credits(actor=treasury.actor, on=day("31/08"), days=90)

    assert [(one.document_ref, one.party_name, one.open_amount, one.age_days) for one in found] == [
        ("R1", "Alma", Decimal("45.00"), 183),
        ("R2", "Alma", Decimal("10.00"), 91),
    ]
    assert found[0].prescribed_on.isoformat() == "2031-03-01"
