"""Addresses of the ledger."""

from django.urls import path

from echeance.ledger import views

app_name = "ledger"
urlpatterns = [
    path("balance-agee/", views.aged_balance, name="aged_balance"),
    path("balance-agee/reprise/", views.open_items_import, name="open_items_import"),
    path("balance-agee/export/", views.aged_balance_export, name="aged_balance_export"),
]
