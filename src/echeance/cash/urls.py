"""Addresses of the bank room."""

from django.urls import path

from echeance.cash import views

app_name = "cash"
urlpatterns = [
    path("encaissements/", views.matching, name="matching"),
    path("encaissements/rapprochements/", views.matches_apply, name="matches_apply"),
    path("encaissements/annulations/", views.matches_undo, name="matches_undo"),
    path("encaissements/lignes/<int:entry_id>/", views.entry, name="entry"),
    path("encaissements/lignes/<int:entry_id>/reponse/", views.entry_answer, name="entry_answer"),
    path("encaissements/releves/", views.statements, name="statements"),
    path("encaissements/comptes/", views.bank_accounts, name="bank_accounts"),
]
