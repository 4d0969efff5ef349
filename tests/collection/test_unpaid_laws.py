"""Laws of unpaid debts: whatever the rates, the payments and the acts.

The books prove themselves after each act, no allowance exceeds the debt without VAT, and undoing all
of the acts gives back every balance and every open amount.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.test_unpaid_books import TODAY, Unpaid
from echeance.collection import commands, queries
from echeance.collection.types import VatClaim
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.models import OpenItem

RATES = ("20", "10", "5.5")

bases = st.lists(st.integers(1, 90_000), min_size=1, max_size=3)
steps = st.lists(
    st.tuples(st.sampled_from(("doubt", "allow", "lose")), st.integers(1, 100)),
    min_size=1,
    max_size=6,
)


def owed(unpaid):
    """The open debt of the story, wherever it stands, or none."""
    return OpenItem.objects.filter(
        party=unpaid.party, side="debit", open_amount__gt=0, kind="invoice"
    ).first()


def take(unpaid, act, share):
    """One act on the debt, if it is possible; its rows."""
    item = owed(unpaid)
    if item is None:
        return []
    part = max(Decimal("0.01"), (item.open_amount * share / 100).quantize(Decimal("0.01")))
    if act == "doubt":
        return unpaid.doubt(item.pk)
    if act == "allow":
        if not item.account.number.startswith("416"):
            return []
        return unpaid.allow(str(share), item.pk)
    if act == "lose":
        claims = unpaid.claims and any(
            one.vat and one.exigibility == "debits"
            for one in ledger.vat_open(actor=unpaid.actor, item_ids=[item.pk]).get(item.pk, ())
        )
        # The part that is lost may be too small to hold any VAT.
        amount = item.open_amount if claims else part
        return unpaid.lose(item.pk, amount=amount, claim=VatClaim() if claims else None)
    return []


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bases=bases, deferred=st.booleans(), claims=st.booleans(), paid=st.integers(0, 99),
       acts=steps)  # fmt: skip
def test_undoing_every_act_gives_the_books_back(
    world, bases, deferred, claims, paid, acts, monkeypatch
):
    monkeypatch.setattr(
        "echeance.collection.commands.unpaid_books.keep_vat_document", lambda *_: None
    )
    with transaction.atomic():
        unpaid = Unpaid(world)
        unpaid.claims = claims
        unpaid.liquidation(date(2026, 10, 14))
        rates = [
            (rate, str(Decimal(base) / 100),
             str((Decimal(base) * Decimal(rate) / 10_000).quantize(Decimal("0.01"))))
            for rate, base in zip(RATES, bases, strict=False)
        ]  # fmt: skip
        item_id = unpaid.invoice("F1", *rates, deferred=deferred)
        whole = OpenItem.objects.get(pk=item_id).amount
        before_acts = (whole * paid / 100).quantize(Decimal("0.01"))
        if before_acts:
            unpaid.pays(item_id, str(before_acts), on=date(2026, 6, 1))
        before, left = unpaid.balances(), OpenItem.objects.get(pk=item_id).open_amount
        rows = []

        for act, share in acts:
            rows += take(unpaid, act, share)
            assert ledger.verify(unpaid.actor.company) == []
            assert queries.unpaid_totals(actor=unpaid.actor).agrees
            for row in queries.doubtful_debts(actor=unpaid.actor, on=TODAY):
                assert ZERO <= row.allowance <= row.net
                assert row.net + row.vat_deferred + row.vat_due == row.amount

        if rows:
            commands.undo_unpaid(actor=unpaid.actor, entry_ids=[row.pk for row in rows], on=TODAY)
        assert unpaid.balances() == before
        assert OpenItem.objects.get(pk=item_id).open_amount == left
        assert queries.allowances(actor=unpaid.actor) == {}
        assert ledger.verify(unpaid.actor.company) == []
        transaction.set_rollback(True)
