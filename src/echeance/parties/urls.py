"""Web routes of the parties."""

from django.urls import path

from echeance.parties import views

app_name = "parties"
_PARTY = "clients/<int:party_id>/"
_ACCOUNT = f"{_PARTY}comptes/<int:account_id>/"
urlpatterns = [
    path("clients/", views.customers, name="customers"),
    path("clients/export/", views.export, name="customers_export"),
    path("clients/nouveau/", views.customer_new, name="customer_new"),
    path(_PARTY, views.customer, name="customer"),
    path(f"{_PARTY}modifier/", views.customer_edit, name="customer_edit"),
    path(f"{_PARTY}contacts/nouveau/", views.contact_new, name="contact_new"),
    path(f"{_PARTY}contacts/<int:contact_id>/", views.contact_edit, name="contact_edit"),
    path(f"{_PARTY}contacts/<int:contact_id>/retirer/", views.contact_end, name="contact_end"),
    path(f"{_PARTY}comptes/nouveau/", views.account_new, name="account_new"),
    path(f"{_ACCOUNT}confirmer/", views.account_confirm, name="account_confirm"),
    path(f"{_ACCOUNT}retirer/", views.account_end, name="account_end"),
]
