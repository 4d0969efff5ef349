"""Addresses of the house."""

from django.urls import path

from echeance.web import einvoices, pieces, sheets, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("connexion/", views.sign_in, name="sign_in"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("mot-de-passe/", views.password_change, name="password_change"),
    path("recherche/", views.search, name="search"),
    path("langue/", views.language_switch, name="language_switch"),
    path("societe/", views.company, name="company"),
    path("societe/creer/", views.company_new, name="company_new"),
    path("societe/changer/", views.company_switch, name="company_switch"),
    path("outils/facture-electronique/", einvoices.einvoice, name="einvoice"),
    path("outils/excel/", sheets.sheets, name="sheets"),
    path("outils/excel/export/", sheets.export, name="sheet_export"),
    path("outils/excel/<int:import_id>/", sheets.sheet, name="sheet"),
    path("outils/excel/<int:import_id>/reprendre/", sheets.take, name="sheet_take"),
    path("outils/excel/<int:import_id>/annuler/", sheets.undo, name="sheet_undo"),
    path("clients/<int:party_id>/pieces/", pieces.party_pieces, name="party_pieces"),
    path(
        "clients/<int:party_id>/pieces/<int:link_id>/retirer/",
        pieces.party_piece_remove,
        name="party_piece_remove",
    ),
    path("taches/", views.jobs, name="jobs"),
    path("taches/<int:job_id>/relance/", views.job_retry, name="job_retry"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
