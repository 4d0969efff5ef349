"""Campaigns: what is ordered to the bank, by two persons, and nothing that was not decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echeance.base import clock
from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.rights import Role
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    AccountNotOrderableError,
    CampaignEmptyError,
    CampaignStateError,
    ExecutionDateError,
    InstructionFixedError,
    InstructionStaleError,
    NothingToOrderError,
    SecondApproverNeededError,
)
from echeance.cash.models import PaymentCampaign, PaymentInstruction
from echeance.cash.types import InstructionChange
from echeance.core.bank.pain_reader import read_pain001, read_pain008
from echeance.core.errors import ConfirmationNeededError
from echeance.parties import commands as parties
from echeance.parties.models import SepaMandate
from echeance.parties.types import MandateFacts
from ledger.books import item

SEVE, ALMA = "DE89370400440532013000", "FR1420041010050500013M02606"
ICS = "FR72ZZZ123456"
NEXT = date(2026, 11, 26)
LATER = date(2026, 12, 10)


@pytest.fixture
def lea(user, company, actor):
    """Léa, who prepares and proposes."""
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    return base_queries.actor_for(user=user, company_id=company.pk)


@pytest.fixture
def paul(company, actor):
    """Paul, treasurer, who approves."""
    user = base.create_user(email="paul@atelier-morel.example", full_name="Paul", password="x")
    base.give_role(actor=actor, user=user, role=Role.TREASURER)
    return base_queries.actor_for(user=user, company_id=company.pk)


def confirmed(desk, lea, party, iban, holder=""):
    """An account of a party that a second person has confirmed."""
    account = parties.add_bank_account(
        actor=desk.actor, party_id=desk.parties[party], iban=iban, holder=holder
    )
    parties.confirm_bank_account(actor=lea, account_id=account.pk)
    return account


def mandate(desk, lea, party="A", sequence="recurrent", signed=date(2026, 1, 5), **facts):
    """A mandate of a customer on a confirmed account."""
    account = confirmed(desk, lea, party, ALMA)
    return parties.add_mandate(
        actor=desk.actor,
        mandate=MandateFacts(
            desk.parties[party], account.pk, signed, sequence=sequence, creditor_id=ICS, **facts
        ),
    )


def debit_account(desk):
    account = desk.accounts[0]
    cash.set_order_identifiers(actor=desk.actor, account_id=account.pk, creditor_id=ICS)
    return account.pk


def transfers(desk, actor, **facts):
    return cash.prepare_transfers(
        actor=actor,
        account_id=desk.accounts[0].pk,
        **{"execution_date": NEXT, **facts},
    )


def debits(desk, actor, on=LATER, **facts):
    return cash.prepare_direct_debits(
        actor=actor, account_id=debit_account(desk), collection_date=on, **facts
    )


def lines(campaign):
    return [
        (line.party.code, str(line.amount), line.status, line.status_text)
        for line in PaymentInstruction.objects.filter(campaign=campaign).order_by("pk")
    ]


def through(campaign, lea, paul):
    """Proposed by Léa, approved by Paul, exported by Léa."""
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk, confirmed=["prenotification"])
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    return cash.export_campaign(actor=lea, campaign_id=campaign.pk)


# -- transfers ------------------------------------------------------------------------------------


def test_a_supplier_is_paid_by_one_transfer_less_its_credit(desk, lea, paul):
    desk.purchase("S-1", "05/10", "1000.00")  # 1 200.00
    desk.purchase("S-2", "06/10", "100.00")  # 120.00
    desk.post("AC AV-1 07/10", "401000 D200.40 S; 607000 C200.40")
    confirmed(desk, lea, "S", SEVE, "Sève SARL")

    campaign = transfers(desk, lea)
    name, content = through(campaign, lea, paul)

    [order] = read_pain001(content)
    [one] = order.transfers
    assert name == f"{campaign.reference}.xml"
    assert (one.payee.name, one.payee.iban) == ("Seve SARL", SEVE)
    assert one.amount == Decimal("1119.60")
    assert one.remittance_text == "S-1 S-2 AV-1"
    assert one.end_to_end_id == f"{campaign.reference}-1"
    assert (order.execution_date, order.debtor.iban) == (NEXT, desk.accounts[0].iban)
    assert order.debtor.address is not None


def test_the_statement_finds_what_each_order_paid(desk, lea, paul):
    first = desk.purchase("S-1", "05/10", "1000.00")
    desk.post("AC AV-1 07/10", "401000 D200.40 S; 607000 C200.40")
    confirmed(desk, lea, "S", SEVE)
    campaign = transfers(desk, lea)
    through(campaign, lea, paul)
    reference = f"{campaign.reference}-1"

    found = queries.instructed_items(actor=lea, end_to_end_ids=[reference, "UNKNOWN"])
    whole = queries.instructed_by_campaign(actor=lea, references=[campaign.reference])

    parts = {(part.item_id, part.amount) for part in found[reference]}
    assert set(found) == {reference}
    assert (first, Decimal("1200.00")) in parts
    assert {amount for _, amount in parts} == {Decimal("1200.00"), Decimal("-200.40")}
    assert whole[campaign.reference] == found[reference]


def test_only_what_is_due_is_paid(desk, lea):
    desk.purchase("S-1", "05/10")
    desk.post("AC S-2 06/10", "401000 C80.00 S; 607000 D80.00", item(0, "31/12", "invoice"))
    confirmed(desk, lea, "S", SEVE)

    campaign = transfers(desk, lea)

    assert lines(campaign) == [("S", "120.00", "waiting", "")]


def test_money_goes_only_to_an_account_a_second_person_confirmed(desk, lea):
    desk.purchase("S-1", "05/10")
    account = parties.add_bank_account(actor=desk.actor, party_id=desk.parties["S"], iban=SEVE)

    campaign = transfers(desk, lea)

    why = "aucun de ses comptes n'est confirmé par une seconde personne."
    assert lines(campaign) == [("S", "120.00", "excluded", why)]
    with pytest.raises(CampaignEmptyError):
        cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    [line] = campaign.instructions.all()
    with pytest.raises(InstructionFixedError, match="compte confirmé"):
        cash.change_instructions(
            actor=lea, campaign_id=campaign.pk, changes=[InstructionChange(line.pk, include=True)]
        )
    parties.confirm_bank_account(actor=lea, account_id=account.pk)
    cash.change_instructions(
        actor=lea,
        campaign_id=campaign.pk,
        changes=[InstructionChange(line.pk, include=True, account_id=account.pk)],
    )
    assert lines(campaign) == [("S", "120.00", "waiting", "")]


def test_between_two_confirmed_accounts_a_person_chooses(desk, lea):
    desk.purchase("S-1", "05/10")
    first = confirmed(desk, lea, "S", SEVE)
    confirmed(desk, lea, "S", ALMA)

    campaign = transfers(desk, lea)

    why = "plusieurs comptes sont confirmés : choisissez celui à payer."
    assert lines(campaign) == [("S", "120.00", "excluded", why)]
    [line] = campaign.instructions.all()
    with pytest.raises(NotFoundError):
        cash.change_instructions(
            actor=lea,
            campaign_id=campaign.pk,
            changes=[InstructionChange(line.pk, include=True, account_id=first.pk + 99)],
        )
    cash.change_instructions(
        actor=lea,
        campaign_id=campaign.pk,
        changes=[InstructionChange(line.pk, include=True, account_id=first.pk)],
    )
    assert campaign.instructions.get().iban == SEVE


def test_credits_that_cover_what_is_due_leave_nothing_to_pay(desk, lea):
    desk.purchase("S-1", "05/10")
    desk.post("AC AV-1 07/10", "401000 D120.00 S; 607000 C120.00")
    confirmed(desk, lea, "S", SEVE)

    campaign = transfers(desk, lea)

    [(_, amount, status, why)] = lines(campaign)
    assert (amount, status) == ("120.00", "excluded")
    assert why.startswith("les avoirs (120,00")
    [line] = campaign.instructions.all()
    with pytest.raises(InstructionFixedError, match="couvrent"):
        cash.change_instructions(
            actor=lea, campaign_id=campaign.pk, changes=[InstructionChange(line.pk, include=True)]
        )


def test_a_customer_is_refunded_only_when_asked(desk, lea):
    credit = desk.credit_note("AV-9", "01/10", "50.00")
    confirmed(desk, lea, "A", ALMA)

    with pytest.raises(NothingToOrderError):
        transfers(desk, lea)
    campaign = transfers(desk, lea, item_ids=[credit])

    assert lines(campaign) == [("A", "60.00", "waiting", "")]


def test_an_item_is_in_one_campaign_at_a_time(desk, lea, paul):
    desk.purchase("S-1", "05/10")
    confirmed(desk, lea, "S", SEVE)
    first = transfers(desk, lea)

    with pytest.raises(NothingToOrderError):
        transfers(desk, lea)
    [line] = first.instructions.all()
    cash.change_instructions(
        actor=lea,
        campaign_id=first.pk,
        changes=[InstructionChange(line.pk, include=False, reason="litige en cours")],
    )
    second = transfers(desk, lea)

    assert lines(first) == [("S", "120.00", "excluded", "litige en cours")]
    assert lines(second) == [("S", "120.00", "waiting", "")]
    with pytest.raises(InstructionFixedError, match="autre campagne"):
        cash.change_instructions(
            actor=lea, campaign_id=first.pk, changes=[InstructionChange(line.pk, include=True)]
        )


# -- two persons ----------------------------------------------------------------------------------


def ready(desk, lea):
    desk.purchase("S-1", "05/10")
    confirmed(desk, lea, "S", SEVE)
    return transfers(desk, lea)


def test_who_proposes_does_not_approve(desk, lea, paul):
    campaign = ready(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)

    with pytest.raises(SecondApproverNeededError) as refused:
        cash.approve_campaign(actor=lea, campaign_id=campaign.pk)
    with pytest.raises(SecondApproverNeededError):
        cash.approve_campaign(actor=desk.actor, campaign_id=campaign.pk)

    assert "lea@atelier-morel.example" in str(refused.value)
    approved = cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    assert (approved.proposed_by, approved.approved_by) == (lea.name, paul.name)


def test_the_assistant_of_billing_does_not_approve(desk, lea, company):
    campaign = ready(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    clerk = base.create_user(email="zoe@atelier-morel.example", full_name="Zoé", password="x")
    base.give_role(actor=desk.actor, user=clerk, role=Role.ASSISTANT)

    with pytest.raises(RightMissingError):
        cash.approve_campaign(
            actor=base_queries.actor_for(user=clerk, company_id=company.pk),
            campaign_id=campaign.pk,
        )


def test_nothing_is_given_out_before_it_is_approved(desk, lea, paul):
    campaign = ready(desk, lea)

    for state in ("draft", "proposed"):
        assert PaymentCampaign.objects.get().state == state
        with pytest.raises(CampaignStateError):
            cash.export_campaign(actor=lea, campaign_id=campaign.pk)
        if state == "draft":
            cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)

    assert cash.export_campaign(actor=lea, campaign_id=campaign.pk)[1]
    assert PaymentCampaign.objects.get().state == "exported"
    assert PaymentInstruction.objects.get().status == "sent"


def test_the_same_file_is_given_out_again(desk, lea, paul):
    campaign = ready(desk, lea)
    first = through(campaign, lea, paul)

    with clock.at(datetime(2026, 11, 25, 10, 0, tzinfo=UTC)):
        again = cash.export_campaign(actor=paul, campaign_id=campaign.pk)

    assert again == first


def test_a_proposed_campaign_is_fixed_until_it_is_withdrawn(desk, lea, paul):
    campaign = ready(desk, lea)
    [line] = campaign.instructions.all()
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    change = [InstructionChange(line.pk, include=False)]

    with pytest.raises(CampaignStateError):
        cash.change_instructions(actor=lea, campaign_id=campaign.pk, changes=change)
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    withdrawn = cash.withdraw_campaign(actor=lea, campaign_id=campaign.pk)

    assert (withdrawn.state, withdrawn.proposed_by, withdrawn.approved_by) == ("draft", "", "")
    cash.change_instructions(actor=lea, campaign_id=campaign.pk, changes=change)


def test_what_changed_since_stops_the_approval(desk, lea, paul):
    campaign = ready(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    [account] = parties_accounts(desk, lea)
    parties.end_bank_account(actor=lea, account_id=account.pk)

    with pytest.raises(InstructionStaleError, match="plus confirmé"):
        cash.approve_campaign(actor=paul, campaign_id=campaign.pk)


def parties_accounts(desk, lea):
    from echeance.parties import queries as party_queries

    return list(party_queries.bank_accounts_of(actor=lea, party_id=desk.parties["S"]))


def test_an_invoice_settled_meanwhile_is_not_paid_twice(desk, lea, paul):
    campaign = ready(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    [part] = campaign.instructions.get().items.all()
    [paid] = desk.post(
        "BQ P1 20/11", "512000 C120.00; 401000 D120.00 S", item(1, "20/11", "refund")
    )
    desk.settle(paid, part.open_item_id, "120.00", "20/11")

    with pytest.raises(InstructionStaleError, match="S-1 a été réglé"):
        cash.export_campaign(actor=lea, campaign_id=campaign.pk)


def test_an_order_of_the_past_is_refused(desk, lea, paul):
    desk.purchase("S-1", "05/10")
    confirmed(desk, lea, "S", SEVE)

    with pytest.raises(ExecutionDateError):
        transfers(desk, lea, execution_date=date(2026, 11, 23))
    campaign = transfers(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    with (
        clock.at(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)),
        pytest.raises(ExecutionDateError, match="27/11/2026"),
    ):
        cash.approve_campaign(actor=paul, campaign_id=campaign.pk)


def test_another_company_sees_nothing(desk, lea, other_actor):
    campaign = ready(desk, lea)

    with pytest.raises(NotFoundError):
        cash.propose_campaign(actor=other_actor, campaign_id=campaign.pk)
    with pytest.raises(NotFoundError):
        queries.campaign_for(actor=other_actor, campaign_id=campaign.pk)
    with pytest.raises(NotFoundError):
        cash.prepare_transfers(
            actor=other_actor, account_id=desk.accounts[0].pk, execution_date=NEXT
        )


@pytest.fixture
def other_actor(db):
    from echeance.base.actor import system
    from echeance.base.types import CompanyFacts

    return system(base.create_company(facts=CompanyFacts(name="Autre", siren="732829320")))


# -- direct debits --------------------------------------------------------------------------------


def test_a_customer_is_debited_for_what_is_due_less_its_credits(desk, lea, paul):
    desk.service("F-1", "01/10", "31/10", "100.00")  # 120.00
    desk.service("F-2", "05/11", "31/12", "50.00")  # not due
    desk.credit_note("AV-1", "02/11", "10.00")  # 12.00
    signed = mandate(desk, lea)

    campaign = debits(desk, lea)
    _, content = through(campaign, lea, paul)

    order = read_pain008(content)
    [one] = order.debits
    assert (one.amount, one.remittance_text) == (Decimal("108.00"), "F-1 AV-1")
    assert (one.mandate_id, one.signed_on) == (signed.reference, date(2026, 1, 5))
    assert (one.sequence_type, one.scheme, one.collection_date) == ("FRST", "CORE", LATER)
    assert (order.creditor_id, one.debtor.iban) == (ICS, ALMA)


def test_the_sequence_follows_what_was_collected(desk, lea, paul):
    desk.service("F-1", "01/10", "31/10")
    signed = mandate(desk, lea)
    first = debits(desk, lea)
    through(first, lea, paul)
    desk.service("F-2", "02/10", "31/10")

    second = debits(desk, lea)
    cash.cancel_campaign(actor=lea, campaign_id=second.pk)
    cash.note_executed(actor=lea, matches={f"{first.reference}-1": None}, on=LATER)
    last = debits(desk, lea, final_mandate_ids=[signed.pk])

    kinds = PaymentInstruction.objects.order_by("pk").values_list("sequence_type", flat=True)
    assert list(kinds) == ["FRST", "RCUR", "FNAL"]
    assert last.instructions.get().items.get().amount == Decimal("120.00")
    assert SepaMandate.objects.get().last_used_on == LATER


@pytest.mark.parametrize(
    ("facts", "spoil", "why"),
    [
        ({}, "revoke", "son mandat est révoqué."),
        ({}, "end", "le compte de son mandat n'est plus en usage."),
        ({"sequence": "one_off"}, "use", "son mandat ponctuel a déjà servi."),
        ({}, "age", "son mandat n'a pas servi depuis 36 mois, il est caduc."),
        ({}, "creditor", "son mandat est donné à un autre identifiant créancier."),
    ],
)
def test_a_dead_mandate_is_an_excluded_line(desk, lea, facts, spoil, why):
    desk.service("F-1", "01/10", "31/10")
    signed = mandate(desk, lea, **facts)
    if spoil == "revoke":
        parties.revoke_mandates(actor=lea, mandate_ids=[signed.pk], reason="demande")
    elif spoil == "end":
        parties.end_bank_account(actor=lea, account_id=signed.bank_account_id)
    elif spoil == "use":
        parties.note_collections(actor=lea, days={signed.pk: date(2026, 6, 1)})
    elif spoil == "age":
        SepaMandate.objects.update(signed_on=date(2023, 12, 10))
    else:
        SepaMandate.objects.update(creditor_id="FR72ZZZ123457")

    campaign = debits(desk, lea)

    assert lines(campaign) == [("A", "120.00", "excluded", why)]


def test_a_customer_without_a_mandate_is_not_debited(desk, lea):
    desk.service("F-1", "01/10", "31/10")

    with pytest.raises(NothingToOrderError):
        debits(desk, lea)


def test_a_mandate_of_one_collection_is_ordered_once(desk, lea):
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea, sequence="one_off")
    debits(desk, lea)
    desk.service("F-2", "02/10", "31/10")

    second = debits(desk, lea)

    why = "son mandat ponctuel est déjà dans une autre campagne."
    assert lines(second) == [("A", "120.00", "excluded", why)]


def test_fourteen_days_of_notice_or_a_shorter_one_agreed(desk, lea):
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea)
    campaign = debits(desk, lea, on=LATER)  # 10 December: notice by 26 November

    with pytest.raises(ConfirmationNeededError) as asked:
        cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    assert asked.value.key == "prenotification"
    with pytest.raises(ExecutionDateError):
        cash.note_prenotifications(actor=lea, campaign_id=campaign.pk, on=date(2026, 11, 25))
    assert cash.note_prenotifications(
        actor=lea, campaign_id=campaign.pk, on=date(2026, 11, 24)
    ) == 1  # fmt: skip

    assert cash.propose_campaign(actor=lea, campaign_id=campaign.pk).state == "proposed"


def test_debits_need_an_ics_and_a_day_ahead(desk, lea):
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea)

    with pytest.raises(AccountNotOrderableError, match="ICS"):
        cash.prepare_direct_debits(actor=lea, account_id=desk.accounts[0].pk, collection_date=LATER)
    with pytest.raises(ExecutionDateError, match="25/11/2026"):
        debits(desk, lea, on=date(2026, 11, 24))


def test_a_mandate_revoked_meanwhile_stops_the_file(desk, lea, paul):
    desk.service("F-1", "01/10", "31/10")
    signed = mandate(desk, lea)
    campaign = debits(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk, confirmed=["prenotification"])
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    parties.revoke_mandates(actor=lea, mandate_ids=[signed.pk], reason="demande")

    with pytest.raises(InstructionStaleError, match="mandat"):
        cash.export_campaign(actor=lea, campaign_id=campaign.pk)
    assert PaymentCampaign.objects.get().state == "approved"
    assert PaymentCampaign.objects.get().file is None


# -- what the bank answers ------------------------------------------------------------------------


def test_an_order_that_came_back_may_be_ordered_again(desk, lea, paul):
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea)
    first = debits(desk, lea)
    through(first, lea, paul)

    cash.note_returned(actor=lea, reasons={f"{first.reference}-1": "AM04"})

    [line] = first.instructions.all()
    assert (line.status, line.status_reason) == ("returned", "AM04")
    assert line.status_text == "Provision insuffisante. Représentez une seule fois, puis relancez."
    assert lines(debits(desk, lea))[0][:3] == ("A", "120.00", "waiting")


def test_an_order_carried_out_holds_its_items_until_its_line_is_explained(desk, lea, paul):
    campaign = ready(desk, lea)
    through(campaign, lea, paul)
    cash.note_executed(actor=lea, matches={f"{campaign.reference}-1": None}, on=NEXT)

    assert len(queries.items_in_campaigns(actor=lea)) == 1
    with pytest.raises(NothingToOrderError):
        transfers(desk, lea)
    with pytest.raises(NotFoundError):
        cash.note_returned(actor=lea, reasons={"UNKNOWN": "AM04"})


# -- cancelled ------------------------------------------------------------------------------------


def test_a_cancelled_campaign_frees_its_items(desk, lea):
    campaign = ready(desk, lea)
    cash.cancel_campaign(actor=lea, campaign_id=campaign.pk)

    assert queries.items_in_campaigns(actor=lea) == set()
    assert lines(transfers(desk, lea)) == [("S", "120.00", "waiting", "")]
    with pytest.raises(CampaignStateError):
        cash.cancel_campaign(actor=lea, campaign_id=campaign.pk)


def test_a_file_given_out_is_cancelled_only_if_the_bank_has_not_got_it(desk, lea, paul):
    campaign = ready(desk, lea)
    through(campaign, lea, paul)

    with pytest.raises(ConfirmationNeededError) as asked:
        cash.cancel_campaign(actor=lea, campaign_id=campaign.pk)
    assert asked.value.key == "not_sent"
    cash.cancel_campaign(actor=lea, campaign_id=campaign.pk, confirmed=["not_sent"])
    assert queries.instructed_items(actor=lea, end_to_end_ids=[f"{campaign.reference}-1"]) == {}


def test_a_file_the_bank_has_answered_on_is_not_cancelled(desk, lea, paul):
    campaign = ready(desk, lea)
    through(campaign, lea, paul)
    cash.note_executed(actor=lea, matches={f"{campaign.reference}-1": None}, on=NEXT)

    with pytest.raises(CampaignStateError):
        cash.cancel_campaign(actor=lea, campaign_id=campaign.pk, confirmed=["not_sent"])


STEPS = ("exclude", "include", "propose", "approve", "withdraw", "notify")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None
)
@given(st.lists(st.sampled_from(STEPS), max_size=8), st.booleans())
def test_whatever_is_done_then_cancelled_leaves_the_books_as_they_were(
    desk, lea, paul, steps, debit
):
    if not SepaMandate.objects.exists():
        desk.purchase("S-1", "05/10")
        confirmed(desk, lea, "S", SEVE)
        desk.service("F-1", "01/10", "31/10")
        desk.credit_note("AV-1", "02/11", "10.00")
        mandate(desk, lea)
    before = desk.state()
    campaign = debits(desk, lea) if debit else transfers(desk, lea)
    [line] = campaign.instructions.all()
    key = {"campaign_id": campaign.pk}

    for step in steps:
        try:
            if step in {"exclude", "include"}:
                change = InstructionChange(line.pk, include=step == "include")
                cash.change_instructions(actor=lea, changes=[change], **key)
            elif step == "propose":
                cash.propose_campaign(actor=lea, confirmed=["prenotification"], **key)
            elif step == "approve":
                cash.approve_campaign(actor=paul, **key)
            elif step == "withdraw":
                cash.withdraw_campaign(actor=lea, **key)
            else:
                cash.note_prenotifications(actor=lea, on=date(2026, 11, 20), **key)
        except (CampaignStateError, CampaignEmptyError):
            continue
    cash.cancel_campaign(actor=lea, **key)

    assert desk.state() == before
    assert queries.items_in_campaigns(actor=lea) == set()
    assert desk.proved() == []


# -- in number ------------------------------------------------------------------------------------


def test_many_suppliers_cost_no_more_queries_than_a_few(desk, lea, django_assert_max_num_queries):
    for number in range(40):
        desk.post(
            f"AC S-{number} 05/10",
            "401000 C10.00 S; 607000 D10.00",
            item(0, "05/10", "invoice"),
        )
    confirmed(desk, lea, "S", SEVE)

    with django_assert_max_num_queries(24):
        campaign = transfers(desk, lea)

    assert lines(campaign) == [("S", "400.00", "waiting", "")]
    assert len(campaign.instructions.get().remittance_text) <= 140
