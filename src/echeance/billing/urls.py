"""Web routes of billing."""

from django.urls import path

from echeance.billing.views import (
    account,
    invoice,
    invoices,
    markets,
    month_end,
    orders,
    routes,
    self_billing,
)

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
    path("a-facturer/<int:order_id>/acompte/", markets.order_deposit, name="order_deposit"),
    path("acomptes/<int:deposit_id>/abandonner/", markets.deposit_cancel, name="deposit_cancel"),
    path("chantiers/", markets.markets, name="markets"),
    path("chantiers/nouveau/", markets.market_new, name="market_new"),
    path("chantiers/<int:market_id>/", markets.market, name="market"),
    path("chantiers/<int:market_id>/calcul/", markets.plan, name="market_plan"),
    path("chantiers/<int:market_id>/situation/", markets.statement, name="market_statement"),
    path("chantiers/<int:market_id>/jalons/", markets.milestones, name="market_milestones"),
    path("chantiers/<int:market_id>/acompte/", markets.deposit, name="market_deposit"),
    path("chantiers/<int:market_id>/reception/", markets.accept, name="market_accept"),
    path("regularisations/", month_end.accruals, name="accruals"),
    path("regularisations/export/", month_end.accruals_export, name="accruals_export"),
    path("regularisations/ecritures/", month_end.accruals_act, name="accruals_act"),
    path("regularisations/<int:accrual_id>/", month_end.accrual, name="accrual"),
    path("remises/", month_end.rebates, name="rebates"),
    path("remises/<int:agreement_id>/avoir/", month_end.rebate_settle, name="rebate_settle"),
    path("autofacturation/", self_billing.self_billing, name="self_billing"),
    path(
        "autofacturation/<int:invoice_id>/reponse/", self_billing.answer, name="self_billing_answer"
    ),
    path(
        "autofacturation/mandats/<int:mandate_id>/revoquer/",
        self_billing.revoke,
        name="mandate_revoke",
    ),
    path("clients/soldes/", account.balances, name="balances"),
    path("clients/<int:party_id>/compte/", account.account, name="account"),
    path("clients/<int:party_id>/releve/", account.statement, name="statement"),
    path("clients/<int:party_id>/annuaire/", routes.route, name="route"),
]
