"""Addresses of the bank room."""

from django.urls import path

from echeance.cash.views import accounts, matching

app_name = "cash"
urlpatterns = [
    path("encaissements/", matching.matching, name="matching"),
    path("encaissements/rapprochements/", matching.matches_apply, name="matches_apply"),
    path("encaissements/annulations/", matching.matches_undo, name="matches_undo"),
    path("encaissements/lignes/<int:entry_id>/", matching.entry, name="entry"),
    path(
        "encaissements/lignes/<int:entry_id>/reponse/", matching.entry_answer, name="entry_answer"
    ),
    path("encaissements/releves/", accounts.statements, name="statements"),
    path("encaissements/comptes/", accounts.bank_accounts, name="bank_accounts"),
]
