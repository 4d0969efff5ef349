"""Addresses of the bank room."""

from django.urls import path

from echeance.cash.views import (
    accounts,
    agreements,
    bank_files,
    bills,
    campaigns,
    colleague,
    entry,
    matching,
    outgoing,
    payers,
    treasury,
    waiting,
)

app_name = "cash"
urlpatterns = [
    path("tresorerie/cheques/", treasury.cheques, name="cheques"),
    path("tresorerie/cheques/remises/", treasury.cheques_deposit, name="cheques_deposit"),
    path("tresorerie/cheques/remises/<int:deposit_id>/", treasury.deposit_act, name="deposit_act"),
    path("tresorerie/cheques/<int:cheque_id>/", treasury.cheque, name="cheque"),
    path("tresorerie/caisses/", treasury.tills, name="tills"),
    path("tresorerie/caisses/<int:till_id>/", treasury.till, name="till"),
    path("tresorerie/caisses/<int:till_id>/gestes/", treasury.till_act, name="till_act"),
    path("tresorerie/caisses/<int:till_id>/livre/", treasury.till_export, name="till_export"),
    path("tresorerie/versements/", treasury.payouts, name="payouts"),
    path("tresorerie/versements/<int:batch_id>/", treasury.payout, name="payout"),
    path("tresorerie/cessions/", agreements.assignments, name="assignments"),
    path("tresorerie/cessions/<int:assignment_id>/", agreements.assignment, name="assignment"),
    path("tresorerie/compensations/", agreements.nettings, name="nettings"),
    path("tresorerie/compensations/gestes/", agreements.netting_act, name="netting_act"),
    path("tresorerie/compensations/<int:netting_id>/", agreements.netting, name="netting"),
    path("tresorerie/avoirs-dormants/", agreements.dormant, name="dormant"),
    path("tresorerie/rapprochement/", agreements.reconciliation, name="reconciliation"),
    path(
        "tresorerie/rapprochement/export/",
        agreements.reconciliation_export,
        name="reconciliation_export",
    ),
    path("encaissements/", matching.matching, name="matching"),
    path("encaissements/rapprochements/", matching.matches_apply, name="matches_apply"),
    path("encaissements/annulations/", matching.matches_undo, name="matches_undo"),
    path("encaissements/lignes/<int:entry_id>/", entry.entry, name="entry"),
    path(
        "encaissements/lignes/<int:entry_id>/reponse/", matching.entry_answer, name="entry_answer"
    ),
    path(
        "encaissements/lignes/<int:entry_id>/avis/",
        entry.remittance_receive,
        name="remittance_receive",
    ),
    path(
        "encaissements/lignes/<int:entry_id>/avis/<int:advice_id>/",
        entry.remittance_apply,
        name="remittance_apply",
    ),
    path("encaissements/lignes/<int:entry_id>/attente/", waiting.entry_hold, name="entry_hold"),
    path(
        "encaissements/lignes/<int:entry_id>/verification/", waiting.entry_flag, name="entry_flag"
    ),
    path("encaissements/lignes/<int:entry_id>/question/", colleague.entry_ask, name="entry_ask"),
    path(
        "encaissements/lignes/<int:entry_id>/question/<int:question_id>/retrait/",
        colleague.question_withdraw,
        name="question_withdraw",
    ),
    path("question/<str:secret>/", colleague.question_link, name="question_link"),
    path("encaissements/reprises/", waiting.entries_release, name="entries_release"),
    path("encaissements/sorties/", outgoing.outgoing, name="outgoing"),
    path(
        "encaissements/lignes/<int:entry_id>/sortie/",
        outgoing.outgoing_answer,
        name="outgoing_answer",
    ),
    path("encaissements/payeurs/", payers.payers, name="payers"),
    path("encaissements/payeurs/oubli/", payers.payers_forget, name="payers_forget"),
    path("encaissements/payeurs/rappel/", payers.payers_recall, name="payers_recall"),
    path("encaissements/releves/", accounts.statements, name="statements"),
    path("encaissements/comptes/", accounts.bank_accounts, name="bank_accounts"),
    path(
        "encaissements/comptes/<int:account_id>/identifiants/",
        campaigns.order_identifiers,
        name="order_identifiers",
    ),
    path("campagnes/", campaigns.campaigns, name="campaigns"),
    path("campagnes/nouvelle/", campaigns.campaign_new, name="campaign_new"),
    path("campagnes/reponse/", campaigns.campaign_status, name="campaign_status"),
    path("campagnes/effets/", bills.bills, name="bills"),
    path("campagnes/effets/<int:bill_id>/issue/", bills.bill_end, name="bill_end"),
    path("campagnes/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path(
        "campagnes/<int:campaign_id>/lignes/",
        campaigns.instruction_change,
        name="instruction_change",
    ),
    path("campagnes/<int:campaign_id>/preavis/", campaigns.campaign_notice, name="campaign_notice"),
    path(
        "campagnes/<int:campaign_id>/proposition/",
        campaigns.campaign_propose,
        name="campaign_propose",
    ),
    path(
        "campagnes/<int:campaign_id>/approbation/",
        campaigns.campaign_approve,
        name="campaign_approve",
    ),
    path(
        "campagnes/<int:campaign_id>/retrait/",
        campaigns.campaign_withdraw,
        name="campaign_withdraw",
    ),
    path("campagnes/<int:campaign_id>/remise/", campaigns.campaign_export, name="campaign_export"),
    path(
        "campagnes/<int:campaign_id>/annulation/",
        campaigns.campaign_cancel,
        name="campaign_cancel",
    ),
    path(
        "campagnes/<int:campaign_id>/rapprochement/",
        campaigns.campaign_settle,
        name="campaign_settle",
    ),
    path("campagnes/<int:campaign_id>/fichier/", campaigns.campaign_file, name="campaign_file"),
    path("encaissements/comptes/<int:account_id>/", bank_files.bank_account, name="bank_account"),
    path(
        "encaissements/comptes/<int:account_id>/cloture/",
        bank_files.bank_account_close,
        name="bank_account_close",
    ),
    path("encaissements/fichiers/", bank_files.held_files, name="held_files"),
    path("encaissements/fichiers/<int:held_file_id>/", bank_files.held_file, name="held_file"),
    path(
        "encaissements/fichiers/<int:held_file_id>/suite/",
        bank_files.held_file_close,
        name="held_file_close",
    ),
    path(
        "encaissements/fichiers/<int:held_file_id>/colonnes/",
        bank_files.held_file_layout,
        name="held_file_layout",
    ),
]
