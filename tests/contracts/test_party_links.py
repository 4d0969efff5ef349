"""What becomes of every link to a party when it is merged: a new link without an answer fails.

A link is *moved* by the merge and put back by its undoing; or *resolved*: the row keeps the party
it was written with, and the named queries read it as of the one that stays; or *frozen*: what it
says is true of that party at that time, and nobody looks for it under another.
"""

from importlib import import_module

import pytest
from django.apps import apps

from echeance.parties.commands import merging
from echeance.parties.models import Party

MOVED = {
    "parties.Party.merged_into",
    "parties.Contact.party",
    "parties.PartyAddress.party",
    "parties.PartyBankAccount.party",
    "parties.Establishment.party",
    "parties.BuyerService.party",
    "parties.SepaMandate.party",
    "parties.RegistryCheck.party",
}
RESOLVED = {
    "parties.Party.parent": "parties.queries.parents_of_all",
    "ledger.EntryLine.party": "ledger.queries.party_balances",
    "ledger.OpenItem.party": "ledger.queries.open_items",
    "ledger.Lettering.party": "parties.queries.merged_parties",
    "billing.Invoice.buyer": "billing.queries.invoices",
    "billing.Order.party": "billing.queries.orders",
    "collection.Dispute.party": "collection.queries.disputes",
    "collection.Hold.party": "collection.queries.holds",
    "collection.Promise.party": "collection.queries.promises",
    "collection.CallTask.party": "collection.queries.call_history",
    "collection.PaymentPlan.party": "collection.queries.payment_plans",
    "collection.RecoveryStep.party": "collection.queries.recovery_steps",
    "collection.PenaltyNote.party": "collection.queries.penalty_notes",
    "collection.Reminder.party": "collection.queries.reminders_of",
    "collection.PlanChoice.party": "collection.queries.plan_book",
    "collection.CustomerReply.party": "collection.queries.unread_replies",
    "collection.InsolvencyCase.party": "collection.queries.insolvent_parties",
    "collection.InsolvencyNotice.party": "collection.queries.insolvency_notices",
    "collection.UnpaidEntry.party": "collection.queries.unpaid_entries",
    # Sources of billing: the run reads each piece as of the party that stays.
    "billing.TimeEntry.party": "billing.queries.time_entries",
    "billing.Contract.party": "billing.queries.contract_list",
    "billing.Market.party": "billing.queries.groups_to_bill",
    "billing.Deposit.party": "billing.queries.groups_to_bill",
    "billing.Disbursement.party": "billing.queries.disbursements",
    "billing.RebateAgreement.party": "parties.queries.with_merged",
    "billing.PayerShare.party": "billing.queries.shares_of",
    "billing.PayerShare.payer": "parties.queries.snapshots",
    "billing.InvoicePayer.party": "parties.queries.snapshots",
    "billing.InvoiceSeries.supplier": "parties.queries.snapshots",
    "billing.SelfBillingMandate.supplier": "parties.queries.snapshots",
    "billing.Quote.party": "billing.queries.quote_list",
    "cash.PayerLink.party": "cash.queries.payer_links",
    "cash.NettingAgreement.party": "parties.queries.with_merged",
}
FROZEN = {
    # The two parties of the merge itself.
    "parties.PartyMerge.gone",
    "parties.PartyMerge.stays",
    # Said of the values of that record.
    "parties.QualityDismissal.party",
    # The party that stays is billed by its own rule.
    "billing.BillingRule.party",
    # Orders given to the bank and what was handed over, as they were.
    "cash.PaymentInstruction.party",
    "cash.BillOfExchange.party",
    "cash.Cheque.party",
    "cash.TillMovement.party",
    "cash.ReceivableAssignment.assignee",
    "cash.ReturnedPayment.party",
    "cash.RemittanceAdvice.party",
    # What was claimed, agreed, booked or decided of that customer then.
    "collection.AccountStatement.party",
    "collection.PayerProfile.party",
    # Traces of what was sent, received or decided then.
    "transmission.Message.party",
    "transmission.PostalItem.party",
    "transmission.ReceivedFlow.party",
    "assistant.Decision.party",
}


def links():
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Party
    }


def test_every_link_to_a_party_has_its_answer():
    assert links() == MOVED | set(RESOLVED) | FROZEN
    assert len(links()) == len(MOVED) + len(RESOLVED) + len(FROZEN)


def test_the_merge_moves_what_is_said_to_be_moved():
    moved = {f"{table._meta.label}.party" for table, _ in merging._MODELS.values()}

    assert moved - {"parties.Party.party"} == MOVED - {"parties.Party.merged_into"}


@pytest.mark.parametrize("name", sorted(set(RESOLVED.values())))
def test_the_query_that_resolves_exists(name):
    module, _, query = name.rpartition(".")

    assert callable(getattr(import_module(f"echeance.{module}"), query))
