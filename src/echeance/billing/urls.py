"""Web routes of billing."""

from django.urls import path

from echeance.billing.views import account, invoice, invoices, orders, routes

app_name = "billing"
urlpatterns = [
    path("factures/", invoices.invoices, name="invoices"),
    path("factures/export/", invoices.export, name="invoices_export"),
    path("factures/lot/", invoices.act, name="invoices_act"),
    path("factures/<int:invoice_id>/", invoice.invoice, name="invoice"),
    path("factures/<int:invoice_id>/xml/", invoice.xml, name="invoice_xml"),
    path("factures/<int:invoice_id>/modifier/", invoice.edit, name="invoice_edit"),
    path("factures/<int:invoice_id>/supprimer/", invoice.discard, name="invoice_discard"),
    path("factures/<int:invoice_id>/emettre/", invoice.issue, name="invoice_issue"),
    path("factures/<int:invoice_id>/fichier/", invoice.seal, name="invoice_seal"),
    path("factures/<int:invoice_id>/envoyer/", invoice.send, name="invoice_send"),
    path("factures/<int:invoice_id>/retirer/", invoice.withdraw, name="invoice_withdraw"),
    path("factures/<int:invoice_id>/avoir/", invoice.credit, name="invoice_credit"),
    path("a-facturer/", orders.orders, name="orders"),
    path("a-facturer/lot/", orders.act, name="orders_act"),
    path("a-facturer/import/", orders.import_file, name="orders_import"),
    path("a-facturer/<int:order_id>/", orders.order, name="order"),
    path("clients/soldes/", account.balances, name="balances"),
    path("clients/<int:party_id>/compte/", account.account, name="account"),
    path("clients/<int:party_id>/releve/", account.statement, name="statement"),
    path("clients/<int:party_id>/annuaire/", routes.route, name="route"),
]
