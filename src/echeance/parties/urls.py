"""Web routes of the parties."""

from django.urls import path

from echeance.parties import views

app_name = "parties"
_PARTY = "clients/<int:party_id>/"
_ACCOUNT = f"{_PARTY}comptes/<int:account_id>/"
_ESTABLISHMENT = f"{_PARTY}etablissements/<int:establishment_id>/"
urlpatterns = [
    path("clients/", views.customers, name="customers"),
    path("clients/export/", views.export, name="customers_export"),
    path("clients/nouveau/", views.customer_new, name="customer_new"),
    path("clients/qualite/", views.quality, name="quality"),
    path("clients/qualite/ecartees/", views.quality_aside, name="quality_aside"),
    path("clients/qualite/<int:batch_id>/annuler/", views.quality_undo, name="quality_undo"),
    path("clients/doublons/", views.duplicates, name="duplicates"),
    path("clients/doublons/<int:party_id>/<int:other_id>/", views.merge, name="merge"),
    path("clients/fusions/<int:merge_id>/annuler/", views.merge_undo, name="merge_undo"),
    path(_PARTY, views.customer, name="customer"),
    path(f"{_PARTY}historique/", views.history, name="history"),
    path(f"{_PARTY}donnees/", views.personal_data, name="personal_data"),
    path(f"{_PARTY}donnees/export/", views.personal_data_export, name="personal_data_export"),
    path(f"{_PARTY}modifier/", views.customer_edit, name="customer_edit"),
    path(f"{_PARTY}contacts/nouveau/", views.contact_new, name="contact_new"),
    path(f"{_PARTY}contacts/<int:contact_id>/", views.contact_edit, name="contact_edit"),
    path(f"{_PARTY}contacts/<int:contact_id>/retirer/", views.contact_end, name="contact_end"),
    path(f"{_PARTY}comptes/nouveau/", views.account_new, name="account_new"),
    path(f"{_ACCOUNT}confirmer/", views.account_confirm, name="account_confirm"),
    path(f"{_ACCOUNT}retirer/", views.account_end, name="account_end"),
    path(f"{_PARTY}etablissements/nouveau/", views.establishment_new, name="establishment_new"),
    path(_ESTABLISHMENT, views.establishment_edit, name="establishment_edit"),
    path(f"{_ESTABLISHMENT}retirer/", views.establishment_end, name="establishment_end"),
    path(f"{_PARTY}services/nouveau/", views.service_new, name="service_new"),
    path(f"{_PARTY}services/<int:service_id>/retirer/", views.service_end, name="service_end"),
    path(f"{_PARTY}groupe/", views.group, name="group"),
    path(f"{_PARTY}encours/autorise/", views.credit, name="credit"),
    path(f"{_PARTY}bloquer/", views.hold, name="hold"),
    path(f"{_PARTY}debloquer/", views.release, name="release"),
    path(f"{_PARTY}mandats/nouveau/", views.mandate_new, name="mandate_new"),
    path(
        f"{_PARTY}mandats/<int:mandate_id>/revoquer/", views.mandate_revoke, name="mandate_revoke"
    ),
    path(f"{_PARTY}registres/", views.registers_ask, name="registers_ask"),
    path(f"{_PARTY}registres/corrections/", views.registers_accept, name="registers_accept"),
]
