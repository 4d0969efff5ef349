"""The payer's own list: archived, applied in one step, never beyond what agrees."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.archive import queries as archive
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.rights import Right
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    MatchExceedsEntryError,
    RemittanceAppliedError,
    RemittanceDiffersError,
    RemittanceEmptyError,
)
from echeance.cash.models import Match, RemittanceAdvice
from echeance.core.remittance.errors import NoRemittanceLineError


def receive(desk, text, party=""):
    return cash.receive_remittance(
        actor=desk.actor,
        content=text.encode(),
        filename="avis.csv",
        party_id=desk.parties[party] if party else None,
    ).pk


def apply(desk, advice, line, **facts):
    return cash.apply_remittance(actor=desk.actor, advice_id=advice, entry_id=line, **facts)


def test_fifty_invoices_are_one_step(desk, django_assert_max_num_queries):
    """Fifty invoices of 12.00, 24.00… and a credit note of 120.00: one list, one match."""
    items = [desk.service(f"FA{n:04}", "05/01", "04/02", f"{n * 10}.00") for n in range(1, 51)]
    credit = desk.credit_note("AV0001", "06/01", "100.00")
    total = sum(12 * n for n in range(1, 51)) - 120
    text = "\n".join(
        ["Facture;Montant", *(f"FA{n:04};{12 * n},00" for n in range(1, 51)),
         "AV0001;-120,00", f"Total;{total},00"]
    )  # fmt: skip
    line = desk.line(f"{total}.00")
    before = desk.state()

    advice = receive(desk, text)
    with django_assert_max_num_queries(75):
        match = apply(desk, advice, line)

    assert desk.lefts(*items, credit) == ["0.00"] * 51
    assert Match.objects.get(pk=match).reasons == ["Avis de règlement « avis.csv » : 51 lignes."]
    row = RemittanceAdvice.objects.get()
    assert (row.match_id, row.party_id) == (match, desk.parties["A"])
    assert archive.content(actor=desk.actor, file_id=row.file_id) == text.encode()

    cash.undo_matches(actor=desk.actor, match_ids=[match])

    assert desk.state() == before
    assert apply(desk, advice, line) != match
    assert desk.proved() == []


def test_what_differs_is_refused_then_applied_where_it_agrees(desk):
    paid, part = desk.service("FA1", "05/01", "04/02"), desk.service("FA2", "05/01", "04/02")
    line = desk.line("220.00")
    advice = receive(desk, "Facture;Montant\nFA1;120,00\nFA2;100,00\nFA9;5,00\nTotal;225,00")

    with pytest.raises(RemittanceDiffersError) as refused:
        apply(desk, advice, line)

    assert refused.value.count == 3
    assert "FA2 : 100,00\u00a0€ annoncés sur 120,00\u00a0€" in refused.value.differences
    assert "FA9 : aucune pièce de ce numéro." in refused.value.differences
    assert "la banque a reçu 220,00\u00a0€" in refused.value.differences
    assert desk.lefts(paid, part) == ["120.00", "120.00"]

    apply(desk, advice, line, accept_differences=True)

    assert desk.lefts(paid, part) == ["0.00", "20.00"]


def test_what_is_left_of_the_payment_stays_on_the_account_of_the_payer(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line("150.00")
    advice = receive(desk, "Facture;Montant\nFA1;120,00")

    apply(desk, advice, line, accept_differences=True)

    assert desk.lefts(invoice) == ["0.00"]
    left = queries.unapplied_by_party(actor=desk.actor)
    assert left == {desk.parties["A"]: Decimal("30.00")}


def test_an_advice_explains_one_receipt(desk):
    desk.service("FA1", "05/01", "04/02")
    advice = receive(desk, "Facture;Montant\nFA1;120,00")
    apply(desk, advice, desk.line("120.00"))

    with pytest.raises(RemittanceAppliedError):
        apply(desk, advice, desk.line("120.00", "16/06"), accept_differences=True)


def test_nothing_open_and_more_than_received_are_refused(desk):
    desk.service("FA1", "05/01", "04/02")
    line = desk.line("100.00")

    with pytest.raises(RemittanceEmptyError):
        apply(desk, receive(desk, "Facture;Montant\nX77;9,00"), line, accept_differences=True)
    with pytest.raises(MatchExceedsEntryError):
        apply(desk, receive(desk, "Facture;Montant\nFA1;120,00"), line, accept_differences=True)
    assert not Match.objects.exists()


def test_the_documents_of_another_customer_are_unknown_to_the_payer_named(desk):
    desk.service("FA1", "05/01", "04/02")
    advice = receive(desk, "Facture;Montant\nFA 1;120,00", "B")

    found = queries.remittance_proposal(actor=desk.actor, advice_id=advice)

    assert [line.finding for line in found.settlement.lines] == ["unknown"]


def test_an_advice_that_comes_by_mail_finds_its_payment_alone(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    advice = receive(desk, "Nous réglons la facture FA1 : 120,00 €\nTotal 120,00")

    assert cash.apply_remittance_alone(actor=desk.actor, advice_id=advice) is None

    line = desk.line("120.00")
    match = cash.apply_remittance_alone(actor=desk.actor, advice_id=advice)

    assert Match.objects.get(pk=match).entry_id == line
    assert desk.lefts(invoice) == ["0.00"]


def test_alone_never_when_two_payments_fit_or_a_line_differs_or_a_person_undid_it(desk):
    desk.service("FA1", "05/01", "04/02")
    desk.service("FA2", "05/01", "04/02")
    clean = receive(desk, "Facture;Montant\nFA1;120,00\nTotal;120,00")
    wrong = receive(desk, "Facture;Montant\nFA2;100,00\nTotal;100,00")
    first, second = desk.line("120.00"), desk.line("120.00", "16/06")
    desk.line("100.00")

    def alone(advice):
        return cash.apply_remittance_alone(actor=desk.actor, advice_id=advice)

    assert (alone(clean), alone(wrong)) == (None, None)
    desk.accept(second, {}, "B")
    done = alone(clean)
    assert Match.objects.get(pk=done).entry_id == first
    cash.undo_matches(actor=desk.actor, match_ids=[done])
    assert alone(clean) is None


def test_a_list_without_a_line_is_refused_and_nothing_is_kept(desk):
    with pytest.raises(NoRemittanceLineError):
        receive(desk, "Bonjour, merci.")

    assert not RemittanceAdvice.objects.exists()


def test_rights_and_other_companies(desk, company, user):
    reader = Actor(company, user, frozenset({Right.READ}))
    desk.service("FA1", "05/01", "04/02")
    advice = receive(desk, "Facture;Montant\nFA1;120,00")

    with pytest.raises(RightMissingError):
        cash.receive_remittance(actor=reader, content=b"FA1;120,00", filename="x")
    with pytest.raises(RightMissingError):
        cash.apply_remittance(actor=reader, advice_id=advice, entry_id=1)
    with pytest.raises(NotFoundError):
        queries.remittance_proposal(actor=desk.actor, advice_id=advice + 1)
    with pytest.raises(NotFoundError):
        cash.receive_remittance(actor=desk.actor, content=b"FA1;120,00", party_id=99)
