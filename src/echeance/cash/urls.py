"""Addresses of the bank room."""

from django.urls import path

from echeance.cash.views import accounts, entry, matching, payers

app_name = "cash"
urlpatterns = [
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
    path("encaissements/payeurs/", payers.payers, name="payers"),
    path("encaissements/payeurs/oubli/", payers.payers_forget, name="payers_forget"),
    path("encaissements/payeurs/rappel/", payers.payers_recall, name="payers_recall"),
    path("encaissements/releves/", accounts.statements, name="statements"),
    path("encaissements/comptes/", accounts.bank_accounts, name="bank_accounts"),
]
