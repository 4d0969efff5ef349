"""Quotes: sent by a link nobody can guess, answered once, turned into the order they describe."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.conftest import TODAY
from echeance.base import clock
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import QuoteInvalidError, QuoteLinkError, QuoteStateError
from echeance.billing.models import Deposit, Invoice, Order, Quote
from echeance.billing.rules import quotes as rules
from echeance.billing.types import ItemFacts, QuoteFacts, QuoteLineFacts

OVEN = QuoteLineFacts("Four à sole", Decimal(1), Decimal("4800.00"), vat_rate=Decimal(20))
FITTING = QuoteLineFacts(
    "Pose", Decimal("6.5"), Decimal("52.00"), nature="services", vat_rate=Decimal(10)
)
WARRANTY = QuoteLineFacts(
    "Extension de garantie",
    Decimal(1),
    Decimal("390.00"),
    nature="services",
    vat_rate=Decimal(20),
    is_option=True,
)
TRAINING = QuoteLineFacts(
    "Formation",
    Decimal(2),
    Decimal("250.00"),
    nature="services",
    discount_percent=Decimal(10),
    vat_rate=Decimal(20),
    is_option=True,
)


def facts(party, *lines, **more):
    return QuoteFacts(
        party.pk, "Four du fournil", lines or (OVEN, FITTING, WARRANTY, TRAINING), **more
    )


def quote(actor, party, *lines, **more) -> Quote:
    return billing.draft_quotes(actor=actor, quotes=[facts(party, *lines, **more)])[0]


def sent(actor, row):
    (one,) = billing.send_quotes(actor=actor, quote_ids=[row.pk])
    return one.token


def accept(token, *options, **more):
    return billing.answer_quote_by_link(
        token=token, accepted=True, name="Ana Lefèvre", agreed=True, options=options, **more
    )


def test_options_count_once_they_are_ticked(ready, lefevre):
    row = quote(ready, lefevre, deposit_percent=Decimal(30))

    # 4800.00 at 20 % = 960.00; 6.5 x 52 = 338.00 at 10 % = 33.80
    assert (row.number, row.net_total, row.vat_total, row.gross_total) == (
        "DV-2026-0001",
        Decimal("5138.00"),
        Decimal("993.80"),
        Decimal("6131.80"),
    )
    assert row.valid_until == date(2026, 12, 24)
    with_both = queries.offer_of(actor=ready, quote=row, on=TODAY, options={3, 4}).totals
    # + 390.00 + 2 x 225.00 = 840.00 at 20 % = 168.00; deposit 30 % of 7139.80
    assert (with_both.net, with_both.vat, with_both.gross, with_both.deposit) == (
        Decimal("5978.00"),
        Decimal("1161.80"),
        Decimal("7139.80"),
        Decimal("2141.94"),
    )


def test_an_accepted_quote_becomes_its_order_and_asks_for_its_deposit(ready, lefevre):
    row = quote(ready, lefevre, deposit_percent=Decimal(30), payment_terms="45 jours fin de mois")
    token = sent(ready, row)

    accepted = accept(token, 4, order_reference="BC-2026-88")

    order = Order.objects.get()
    assert accepted.order == order
    assert (order.source, order.number, order.order_reference, order.net_total) == (
        "devis",
        "DV-2026-0001",
        "BC-2026-88",
        Decimal("5588.00"),
    )
    assert [
        (x.name, x.quantity, x.unit_price, x.discount_percent)
        for x in order.lines.order_by("position")
    ] == [
        ("Four à sole", Decimal(1), Decimal(4800), Decimal(0)),
        ("Pose", Decimal("6.5"), Decimal(52), Decimal(0)),
        ("Formation", Decimal(2), Decimal(250), Decimal(10)),
    ]
    # 30 % of 5588.00
    deposit = Deposit.objects.get()
    assert (deposit.order, deposit.percent, deposit.net_amount) == (
        order,
        Decimal(30),
        Decimal("1676.40"),
    )
    assert deposit.invoice is not None
    assert deposit.invoice.kind == "386"
    # what was accepted is kept whole, with who, when and its digest
    row.refresh_from_db()
    answer = row.answer
    assert (row.status, row.answered_by, row.answered_at) == (
        "accepted",
        "Ana Lefèvre",
        clock.now(),
    )
    assert (answer["options"], answer["content"]["gross"], answer["through"]) == (
        [4],
        "6671.80",
        "link",
    )
    assert answer["content_sha256"] == rules.digest(answer["content"])
    event = JournalEvent.objects.get(action="billing.quote_answered")
    assert (event.facts["by"], event.facts["content_sha256"], event.facts["order_id"]) == (
        "Ana Lefèvre",
        answer["content_sha256"],
        order.pk,
    )


def test_the_order_of_a_quote_is_billed_on_its_terms(ready, lefevre):
    token = sent(ready, quote(ready, lefevre, OVEN, payment_terms="45 jours fin de mois"))
    accept(token)

    report = billing.run_billing(actor=ready, on=TODAY)

    (made,) = report.issued
    invoice = Invoice.objects.get(number=made.number)
    assert (made.gross, invoice.payment_terms) == (Decimal("5760.00"), "fdm45")


def test_only_the_digest_of_the_link_is_kept(ready, lefevre):
    token = sent(ready, quote(ready, lefevre))

    assert len(token) == 43
    row = Quote.objects.get()
    assert row.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(JournalEvent.objects.values_list("facts", flat=True))
    bearer, found = queries.quote_of_link(token=token)
    assert (found, bearer.user, bearer.rights) == (row, None, {Right.READ})


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 43, "A" * 5000])
def test_a_wrong_link_opens_nothing_and_says_no_more(ready, lefevre, token):
    sent(ready, quote(ready, lefevre))

    with pytest.raises(QuoteLinkError, match="n'ouvre aucun devis"):
        queries.quote_of_link(token=token)


def test_a_quote_is_answered_once(ready, lefevre):
    token = sent(ready, quote(ready, lefevre))
    accept(token)

    with pytest.raises(QuoteStateError, match="il est déjà accepté"):
        billing.answer_quote_by_link(token=token, accepted=False, name="Ana", reason="trop cher")

    assert Order.objects.count() == 1


def test_a_refusal_says_why_and_orders_nothing(ready, lefevre):
    token = sent(ready, quote(ready, lefevre))

    row = billing.answer_quote_by_link(
        token=token, accepted=False, name="Ana", reason="nous gardons l'ancien"
    )

    assert (row.status, row.answer["reason"], row.order) == (
        "refused",
        "nous gardons l'ancien",
        None,
    )
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"agreed": False}, "cochez « Bon pour accord »"),
        ({"name": "  "}, "donnez votre nom"),
        ({"options": [1]}, "une option cochée n'est pas de ce devis"),
        ({"options": [99]}, "une option cochée n'est pas de ce devis"),
        ({"accepted": False, "reason": " "}, "dites pourquoi"),
    ],
)
def test_an_answer_that_lacks_something_changes_nothing(ready, lefevre, given, problem):
    token = sent(ready, quote(ready, lefevre))

    with pytest.raises(QuoteInvalidError, match=problem):
        billing.answer_quote_by_link(
            **{"token": token, "accepted": True, "name": "Ana", "agreed": True, **given}
        )

    assert Quote.objects.get().status == "sent"
    assert not Order.objects.exists()


def test_a_quote_is_accepted_until_the_end_of_its_last_day(ready, lefevre):
    token = sent(ready, quote(ready, lefevre, valid_until=date(2026, 11, 30)))

    with (
        clock.at(datetime(2026, 12, 1, 8, tzinfo=UTC)),
        pytest.raises(QuoteStateError, match="sa validité est passée"),
    ):
        accept(token)
    # 22:59 in Paris
    with clock.at(datetime(2026, 11, 30, 21, 59, tzinfo=UTC)):
        assert accept(token).status == "accepted"


def test_a_new_version_replaces_the_one_sent(ready, lefevre):
    first = quote(ready, lefevre)
    old_link = sent(ready, first)

    second = billing.revise_quote(actor=ready, quote_id=first.pk)
    billing.change_quote(actor=ready, quote_id=second.pk, facts=facts(lefevre, OVEN))
    assert Quote.objects.get(pk=first.pk).status == "sent"
    new_link = sent(ready, second)

    assert str(second) == "DV-2026-0001 v2"
    with pytest.raises(QuoteStateError, match="une version plus récente le remplace"):
        accept(old_link)
    accept(new_link)
    assert Order.objects.get().number == "DV-2026-0001-v2"


def test_a_version_never_replaces_one_that_was_accepted(ready, lefevre):
    first = quote(ready, lefevre)
    link = sent(ready, first)
    second = billing.revise_quote(actor=ready, quote_id=first.pk)
    accept(link)

    with pytest.raises(QuoteStateError, match="le client l'a accepté"):
        sent(ready, second)

    assert Quote.objects.get(pk=second.pk).status == "draft"


def test_sending_again_gives_another_link_and_shuts_the_first(ready, lefevre):
    row = quote(ready, lefevre)
    first = sent(ready, row)
    second = sent(ready, row)

    with pytest.raises(QuoteLinkError):
        accept(first)
    assert accept(second).status == "accepted"


def test_a_sent_quote_changes_no_more(ready, lefevre):
    row = quote(ready, lefevre)
    sent(ready, row)

    with pytest.raises(QuoteStateError, match="faites-en une nouvelle version"):
        billing.change_quote(actor=ready, quote_id=row.pk, facts=facts(lefevre, OVEN))
    with pytest.raises(QuoteStateError, match="il reste au dossier"):
        billing.discard_quotes(actor=ready, quote_ids=[row.pk])

    assert row.lines.count() == 4


def test_a_signed_paper_is_noted_by_a_person(ready, lefevre):
    row = quote(ready, lefevre)
    sent(ready, row)

    done = billing.record_quote_answer(
        actor=ready, quote_id=row.pk, accepted=True, name="Ana Lefèvre", options=[3]
    )

    assert (done.answer["through"], done.order.net_total) == ("person", Decimal("5528.00"))


def test_a_line_takes_the_price_and_words_of_its_article(ready, lefevre):
    billing.save_items(
        actor=ready,
        items=[ItemFacts("ETA", "Étagère", unit_price=Decimal("149.90"), vat_rate=Decimal(20))],
    )

    row = quote(ready, lefevre, QuoteLineFacts(item_code="ETA", quantity=Decimal(2)))

    assert [(x.name, x.unit_price) for x in row.lines.all()] == [("Étagère", Decimal("149.90"))]
    assert row.net_total == Decimal("299.80")


def test_every_problem_of_a_quote_is_told_and_nothing_is_written(ready, lefevre):
    with pytest.raises(QuoteInvalidError) as refused:
        quote(
            ready,
            lefevre,
            QuoteLineFacts("", Decimal(0), Decimal("1.1234567"), is_option=True),
            valid_until=date(2026, 11, 23),
            payment_terms="quand il veut",
        )

    assert list(refused.value.problems)[:5] == [
        "sa validité s'arrête le 23/11/2026, avant aujourd'hui",
        "une ligne au moins n'est pas une option",
        "ligne 1 : donnez une désignation",
        "ligne 1 : le prix a 6 décimales au plus et tient en 10 chiffres",
        "ligne 1 : la quantité est positive, à 4 décimales au plus",
    ]
    assert not Quote.objects.exists()


@given(
    st.lists(
        st.tuples(
            st.decimals("0.01", "999", places=2), st.integers(1, 99), st.booleans(), st.booleans()
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_counts_is_what_is_no_option_and_what_is_ticked(lines):
    made = [
        rules.Line(rank, "x", Decimal(quantity), price, is_option=option, is_chosen=chosen)
        for rank, (price, quantity, option, chosen) in enumerate(lines, start=1)
    ]
    ticked = {line.position for line in made if line.is_option and line.is_chosen}

    fixed = {line.position for line in made if not line.is_option}
    assert {line.position for line in rules.counted(made)} == fixed | ticked
    assert {line.position for line in rules.counted(made, ticked)} == fixed | ticked
    assert {line.position for line in rules.counted(made, ())} == fixed


def test_a_digest_tells_any_two_offers_apart(ready, lefevre):
    row = quote(ready, lefevre)
    digests = {
        queries.offer_of(actor=ready, quote=row, on=TODAY, options=options).sha256
        for options in ((), (3,), (4,), (3, 4))
    }

    assert len(digests) == 4
    again = queries.offer_of(actor=ready, quote=row, on=TODAY, options=(4, 3))
    assert again.sha256 in digests
