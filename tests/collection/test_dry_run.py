"""The dry run says who is reminded, of what, for how much, and why the others are not."""

from datetime import date
from decimal import Decimal

import pytest

from echeance.collection import commands, queries
from echeance.collection.errors import NoPlanError
from echeance.collection.types import Decision, DisputeReason
from echeance.parties.commands import change_contact, merge_parties

TODAY = date(2026, 11, 24)


def nb(text):
    """Amounts as they are written: « ~ » stands for the space before the sign."""
    return text.replace("~", "\u00a0").replace("_", "\u202f")


@pytest.mark.parametrize(
    ("due", "decision", "rank"),
    [
        (date(2026, 11, 20), "hold", 0),  # 4 days late
        (date(2026, 11, 19), "send", 1),  # 5
        (date(2026, 11, 10), "send", 1),  # 14
        (date(2026, 11, 9), "send", 2),  # 15
        (date(2026, 10, 26), "send", 2),  # 29
        (date(2026, 10, 25), "send", 3),  # 30
    ],
)
def test_the_level_is_the_highest_reached_even_after_missed_days(world, due, decision, rank):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", due))

    row = world.row(party)

    assert (row.decision.value, row.rank) == (decision, rank)


def test_a_customer_with_nothing_overdue_is_not_shown(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", TODAY))

    assert world.dry_run() == []


def test_the_message_names_every_overdue_invoice_and_their_sum(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-2026-0012", ("1200.00", date(2026, 11, 12)))
    world.invoice(party, "F-2026-0020", ("345.60", date(2026, 11, 22)))
    world.invoice(party, "F-2026-0031", ("999.00", date(2026, 12, 31)))

    row = world.row(party)

    assert row.total == Decimal("1545.60")
    assert row.recipients == ("compta@c1.example",)
    assert row.subject == "Factures en attente de règlement : 1 545,60 €"
    assert row.body == nb(
        """Bonjour,

Sauf erreur de notre part, le règlement suivant ne nous est pas encore parvenu :

- Facture F-2026-0012, échéance du 12/11/2026 (12 jours de retard) : 1_200,00~€
- Facture F-2026-0020, échéance du 22/11/2026 (2 jours de retard) : 345,60~€

Total : 1_545,60~€

Si votre paiement vient de partir, ne tenez pas compte de ce message. Sinon, merci de le prévoir \
dès que possible.

Règlement par virement : IBAN FR76 3000 6000 0112 3456 7890 189 (BIC AGRIFRPP)

Une question, un désaccord ? Répondez simplement à ce message.

Cordialement,
Atelier Morel"""
    )


def test_the_last_level_shows_interest_slice_by_slice_and_the_40_euros(world):
    # 30 days of June at 2.15 + 10, then 20 of July at 2.40 + 10: 119.84 + 81.53.
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.bank_known_to(date(2026, 7, 20))

    row = world.row(party, date(2026, 7, 20))

    assert (row.total, row.interest, row.indemnity) == (
        Decimal("12000.00"),
        Decimal("201.37"),
        Decimal("40.00"),
    )
    assert (
        nb(
            """Total : 12_000,00~€

S'y ajoutent de plein droit, sans rappel (articles L441-10 et D441-5 du code de commerce), les \
pénalités de retard arrêtées au 20/07/2026 :
- F-1, 30 jours à compter du 01/06/2026 : 12_000,00~€ × 12,15 % × 30 / 365 = 119,84~€
- F-1, 20 jours à compter du 01/07/2026 : 12_000,00~€ × 12,40 % × 20 / 365 = 81,53~€
Pénalités de retard : 201,37~€
et l'indemnité forfaitaire pour frais de recouvrement : 1 × 40,00~€ (une par facture en retard)
Indemnités forfaitaires : 40,00~€

Nous vous demandons de régler ce total sous huit jours."""
        )
        in row.body
    )


def test_a_part_payment_cuts_the_interest_and_settles_interest_first(world):
    # 15 days on 12,000: 59.92. The 5,000 pay it, then 4,940.08 of principal: 7,059.92 left.
    # 15 days of June at 12.15: 35.25. 20 days of July at 12.40: 47.97. In all 143.14.
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.pays(party, item, "5000.00", date(2026, 6, 15))
    world.bank_known_to(date(2026, 7, 20))

    row = world.row(party, date(2026, 7, 20))

    assert (row.total, row.interest) == (Decimal("7000.00"), Decimal("143.14"))


def test_principal_first_is_a_declared_policy(world):
    # 59.92, then on 7,000.00: 15 days at 12.15 = 34.95, 20 days at 12.40 = 47.56.
    world.policy(imputation="principal_first")
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.pays(party, item, "5000.00", date(2026, 6, 15))
    world.bank_known_to(date(2026, 7, 20))

    row = world.row(party, date(2026, 7, 20))

    assert row.interest == Decimal("142.43")


def test_an_undone_payment_never_cut_the_interest(world, actor):
    from echeance.ledger import commands as ledger

    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    allocation = world.pays(party, item, "1000.00", date(2026, 6, 15))
    ledger.unallocate(actor=actor, allocation_ids=allocation, on=date(2026, 7, 1))
    world.pays(party, item, "0.01", date(2026, 7, 20))
    world.bank_known_to(date(2026, 7, 20))

    row = world.row(party, date(2026, 7, 20))

    assert (row.decision.value, [reason.code for reason in row.reasons]) == (
        "send",
        ["level_reached"],
    )
    assert (row.total, row.interest) == (Decimal("11999.99"), Decimal("201.37"))


def test_a_consumer_owes_neither_interest_nor_the_40_euros(world):
    party = world.customer("Mme Petit", category="consumer")
    world.invoice(party, "F-1", ("300.00", date(2026, 9, 30)))

    row = world.row(party)

    assert (row.rank, row.interest, row.indemnity) == (3, 0, 0)
    assert "Pénalités" not in row.body
    assert "pénalités" not in row.body
    assert nb("Total : 300,00~€\n\nNous vous demandons de régler") in row.body


def test_a_public_buyer_keeps_the_rate_of_the_semester_interest_began_in(world):
    # 50 days at 2.15 + 8 although the rate changed on 1 July: 166.85.
    party = world.customer("Commune de Brumeville", category="public")
    world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.bank_known_to(date(2026, 7, 20))

    row = world.row(party, date(2026, 7, 20))

    (line,) = row.lines
    assert [(part.days, str(part.rate_percent), str(part.amount)) for part in line.slices] == [
        (50, "10.15", "166.85")
    ]
    assert row.indemnity == Decimal("40.00")
    assert "code de la commande publique" in row.body


def test_two_late_instalments_of_one_invoice_owe_the_40_euros_once(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("500.00", date(2026, 9, 30)), ("500.00", date(2026, 10, 31)))
    world.invoice(party, "F-2", ("80.00", date(2026, 10, 31)))

    row = world.row(party)

    assert [(line.document_ref, str(line.indemnity)) for line in row.lines] == [
        ("F-1", "40.00"),
        ("F-1", "0.00"),
        ("F-2", "40.00"),
    ]
    assert (row.total, row.indemnity) == (Decimal("1080.00"), Decimal("80.00"))


def test_an_english_speaking_customer_is_written_to_in_english(world):
    party = world.customer("Smith Ltd", language="en")
    world.invoice(party, "F-1", ("1200.00", date(2026, 11, 12)))

    row = world.row(party)

    assert row.subject == "Invoices awaiting payment: 1 200,00 €"
    assert nb("- Invoice F-1, due on 12/11/2026 (12 days late): 1_200,00~€") in row.body


def test_a_language_without_texts_is_written_to_in_french(world):
    party = world.customer("Müller GmbH", language="de")
    world.invoice(party, "F-1", ("1200.00", date(2026, 11, 12)))

    assert world.row(party).body.startswith("Bonjour,")


def test_nothing_leaves_when_the_bank_was_never_imported(actor, world):
    from echeance.cash.models import Statement

    Statement.objects.all().delete()
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))

    assert world.codes(party) == ("hold", ["bank_stale"])


def test_nothing_leaves_when_the_bank_is_more_than_two_business_days_old(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))

    fresh = world.codes(party, date(2026, 11, 25))
    stale = world.codes(party, date(2026, 11, 26))

    assert fresh == ("send", ["level_reached"])
    assert stale == ("hold", ["bank_stale"])


def test_nothing_leaves_on_a_sunday(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))
    world.bank_known_to(date(2026, 11, 27))

    row = world.row(party, date(2026, 11, 29))

    assert row.decision is Decision.HOLD
    assert row.until == date(2026, 11, 30)
    assert [reason.text for reason in row.reasons] == ["Le 29/11/2026 n'est pas un jour ouvré."]


@pytest.mark.parametrize(
    ("received", "kind", "decision"),
    [
        ("100.00", "receipt", "hold"),
        ("99.99", "receipt", "send"),
        ("100.00", "credit_note", "hold"),
    ],
)
def test_money_or_credit_that_covers_the_debt_is_applied_before_anything_leaves(
    world, received, kind, decision
):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))
    world.receipt(party, received, date(2026, 11, 20), kind=kind)

    assert world.row(party).decision.value == decision


def test_only_what_is_not_disputed_is_asked_for(world, actor):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    commands.open_dispute(
        actor=actor, item_id=item, amount=Decimal("250.00"), reason_code=DisputeReason.QTE_ERR
    )

    row = world.row(party)

    assert (row.amount_due, row.total) == (Decimal("1000.00"), Decimal("750.00"))
    assert nb(": 750,00~€ (hors 250,00~€ contestés)") in row.body


def test_an_invoice_wholly_disputed_is_left_alone(world, actor):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    commands.open_dispute(actor=actor, item_id=item, reason_code=DisputeReason.QTE_ERR)

    assert world.codes(party) == ("hold", ["disputed"])


def test_a_promise_keeps_its_day_and_no_more(world, actor):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    commands.promise(actor=actor, item_ids=[item], promised_on=date(2026, 11, 24))

    row = world.row(party)
    world.bank_known_to(date(2026, 11, 24))
    after = world.row(party, date(2026, 11, 25))

    assert [reason.text for reason in row.reasons] == ["F-1 : paiement promis pour le 24/11/2026."]
    assert (row.decision, row.until) == (Decision.HOLD, date(2026, 11, 25))
    assert after.decision is Decision.SEND


def test_an_item_on_hold_leaves_the_others_chased(world, actor):
    party = world.customer("Dupont SA")
    (held,) = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    world.invoice(party, "F-2", ("50.00", date(2026, 11, 12)))
    commands.hold_reminders(actor=actor, party_id=party.pk, item_id=held, reason="avoir à venir")

    row = world.row(party)

    assert [line.document_ref for line in row.lines] == ["F-2"]
    assert row.total == Decimal("50.00")


@pytest.mark.parametrize(("until", "decision"), [(date(2026, 11, 24), "hold"), (None, "excluded")])
def test_a_customer_on_hold_is_not_reminded(world, actor, until, decision):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    hold = commands.hold_reminders(
        actor=actor, party_id=party.pk, reason="accord du gérant", until=until
    )

    held = world.codes(party)
    commands.resume_reminders(actor=actor, hold_ids=[hold.pk])
    resumed = world.codes(party)

    assert held == (decision, ["suspended"])
    assert resumed == ("send", ["level_reached"])


def test_two_pauses_hold_until_the_last_one_ends(world, actor):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    for until in (date(2026, 12, 4), date(2026, 11, 27)):
        commands.hold_reminders(actor=actor, party_id=party.pk, reason="attente", until=until)

    assert world.row(party).until == date(2026, 12, 5)


def test_a_customer_nobody_can_be_written_to_is_left_out(world):
    party = world.customer("Dupont SA", email="")
    world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))

    assert world.codes(party) == ("excluded", ["no_contact"])


def test_a_contact_that_is_retired_is_no_contact(world, actor):
    party = world.customer("Dupont SA", email="")
    contact = world.contact(party, "compta@dupont.example")
    world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    change_contact(actor=actor, contact_id=contact.pk, changes={"is_active": False})

    assert world.codes(party) == ("excluded", ["no_contact"])


def test_small_amounts_are_not_worth_a_letter(world):
    world.policy(floor_amount="50.00")
    small, enough = world.customer("Dupont SA"), world.customer("Durand SA")
    world.invoice(small, "F-1", ("49.99", date(2026, 11, 12)))
    world.invoice(enough, "F-2", ("50.00", date(2026, 11, 12)))

    assert world.codes(small) == ("excluded", ["under_floor"])
    assert world.codes(enough) == ("send", ["level_reached"])


def test_interest_is_never_guessed_when_the_rates_are_unknown(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1000.00", date(2026, 11, 30)))
    world.bank_known_to(date(2027, 1, 5))

    row = world.row(party, date(2027, 1, 5))

    assert (row.decision, [reason.code for reason in row.reasons]) == (
        Decision.HOLD,
        ["rates_unknown"],
    )


def test_a_customer_entered_twice_receives_one_message(world, actor):
    kept, double = world.customer("Dupont SA"), world.customer("Dupont", email="")
    world.invoice(kept, "F-1", ("100.00", date(2026, 11, 12)))
    world.invoice(double, "F-2", ("30.00", date(2026, 11, 12)))
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    (row,) = world.dry_run()

    assert (row.party_id, row.total) == (kept.pk, Decimal("130.00"))


def test_sendings_come_first_then_the_largest_amounts(world):
    world.invoice(world.customer("Petit", email=""), "F-1", ("9000.00", date(2026, 11, 12)))
    world.invoice(world.customer("Moyen"), "F-2", ("20.00", date(2026, 11, 12)))
    world.invoice(world.customer("Grand"), "F-3", ("30.00", date(2026, 11, 12)))

    assert [row.party_name for row in world.dry_run()] == ["Grand", "Moyen", "Petit"]


def test_the_number_of_queries_does_not_grow_with_the_customers(world, django_assert_num_queries):
    for number in range(2):
        world.invoice(
            world.customer(f"Client {number}"), f"F-{number}", ("20.00", date(2026, 11, 12))
        )
    with django_assert_num_queries(33):
        world.dry_run()
    for number in range(2, 30):
        party = world.customer(f"Client {number}")
        (item,) = world.invoice(party, f"F-{number}", ("20.00", date(2026, 10, 12)))
        world.pays(party, item, "5.00", date(2026, 11, 2))

    with django_assert_num_queries(34):
        rows = world.dry_run()

    assert len(rows) == 30


def test_without_a_plan_the_dry_run_says_what_to_do(actor):
    with pytest.raises(NoPlanError) as refusal:
        queries.dry_run(actor=actor, on=TODAY)

    assert str(refusal.value) == (
        "Aucun plan de relance : créez celui de la société dans Réglages > Relances."
    )


def test_another_company_sees_none_of_it(world):
    from echeance.base.actor import system
    from echeance.base.commands import create_company
    from echeance.base.types import CompanyFacts

    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))
    neighbour = system(create_company(facts=CompanyFacts(name="Voisin", siren="732829320")))
    commands.set_up_plan(actor=neighbour)

    assert queries.dry_run(actor=neighbour, on=TODAY) == []


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        (
            date(2026, 12, 31),
            "F-1 est à échéance du 31/12/2026 : rien n'est à relancer avant.",
        ),
        (date(2026, 11, 22), "Prochain niveau de relance atteint le 27/11/2026."),
        (
            date(2026, 11, 12),
            "Relance 1 : 1 échéance ouverte, la plus ancienne échue depuis 12 jours.",
        ),
    ],
)
def test_the_next_step_of_an_invoice_is_one_sentence(world, actor, due, sentence):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("100.00", due))

    step = queries.next_step(actor=actor, document_ref="F-1", on=TODAY)

    assert step.sentence == sentence


def test_a_paid_invoice_has_no_next_step(world, actor):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))
    world.pays(party, item, "100.00", date(2026, 11, 20))

    assert queries.next_step(actor=actor, document_ref="F-1", on=TODAY) is None
