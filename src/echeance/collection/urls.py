"""Addresses of the collection room."""

from django.urls import path

from echeance.collection import views

app_name = "collection"
urlpatterns = [
    path("relances/", views.reminders, name="reminders"),
    path("relances/preparation/", views.reminders_prepare, name="reminders_prepare"),
    path("relances/accords/", views.reminders_approve, name="reminders_approve"),
    path("relances/annulations/", views.reminders_cancel, name="reminders_cancel"),
    path("relances/suspensions/", views.customers_hold, name="customers_hold"),
    path("relances/suspensions/levee/", views.customers_resume, name="customers_resume"),
    path("relances/essai/", views.reminder_test, name="reminder_test"),
    path("relances/<int:reminder_id>/", views.reminder, name="reminder"),
    path("relances/<int:reminder_id>/texte/", views.reminder_edit, name="reminder_edit"),
    path("relances/apercu/<int:party_id>/", views.preview, name="preview"),
    path("relances/plan/", views.plans, name="plan"),
    path("relances/plans/creation/", views.plan_new, name="plan_new"),
    path("relances/plans/choix/", views.plan_choose, name="plan_choose"),
    path("relances/plans/choix/annulation/", views.plan_choose_undo, name="plan_choose_undo"),
    path("relances/plans/<int:plan_id>/", views.plan_edit, name="plan_edit"),
    path("relances/plans/<int:plan_id>/enregistrement/", views.plan_save, name="plan_save"),
    path("relances/plans/<int:plan_id>/apercu/", views.plan_preview, name="plan_preview"),
    path("relances/plans/<int:plan_id>/archivage/", views.plan_archive, name="plan_archive"),
    path(
        "relances/plans/<int:plan_id>/versions/<int:version>/",
        views.plan_version,
        name="plan_version",
    ),
    path("relances/plan/creation/", views.plan_set_up, name="plan_set_up"),
    path("relances/plan/<int:rank>/<str:language>/", views.text, name="text"),
    path("relances/clients/<int:party_id>/", views.party, name="party"),
    path("relances/clients/<int:party_id>/volet/", views.party_panel, name="party_panel"),
    path(
        "relances/clients/<int:party_id>/chiffres/", views.account_figures, name="account_figures"
    ),
    path("relances/clients/<int:party_id>/suspension/", views.party_hold, name="party_hold"),
    path("relances/clients/<int:party_id>/promesse/", views.party_promise, name="party_promise"),
    path("suspensions/<int:hold_id>/levee/", views.hold_lift, name="hold_lift"),
    path("creances-douteuses/", views.unpaid, name="unpaid"),
    path("creances-douteuses/gestes/", views.unpaid_act, name="unpaid_act"),
    path("creances-douteuses/annulation/", views.unpaid_undo, name="unpaid_undo"),
    path("creances-douteuses/encaissement/", views.unpaid_received, name="unpaid_received"),
    path("creances-douteuses/classeur/", views.unpaid_sheet, name="unpaid_sheet"),
    path("litiges/", views.disputes, name="disputes"),
    path("litiges/liste/", views.dispute_list, name="dispute_list"),
    path("litiges/export/", views.dispute_export, name="dispute_export"),
    path("litiges/statistiques/", views.dispute_statistics, name="dispute_statistics"),
    path(
        "litiges/statistiques/export/",
        views.dispute_statistics_export,
        name="dispute_statistics_export",
    ),
    path("litiges/etapes/", views.disputes_move, name="disputes_move"),
    path("litiges/responsables/", views.disputes_assign, name="disputes_assign"),
    path("litiges/question/<str:secret>/", views.dispute_question, name="dispute_question"),
    path("litiges/ouverture/", views.dispute_open, name="dispute_open"),
    path("litiges/<int:dispute_id>/", views.dispute, name="dispute"),
    path("litiges/<int:dispute_id>/delai/", views.dispute_deadline, name="dispute_deadline"),
    path("litiges/<int:dispute_id>/pieces/", views.dispute_piece_add, name="dispute_piece_add"),
    path(
        "litiges/<int:dispute_id>/pieces/<int:piece_id>/",
        views.dispute_piece,
        name="dispute_piece",
    ),
    path(
        "litiges/<int:dispute_id>/pieces/<int:piece_id>/ecart/",
        views.dispute_piece_waive,
        name="dispute_piece_waive",
    ),
    path("litiges/<int:dispute_id>/question/", views.dispute_ask, name="dispute_ask"),
    path(
        "litiges/<int:dispute_id>/question/<int:question_id>/retrait/",
        views.dispute_question_withdraw,
        name="dispute_question_withdraw",
    ),
    path("litiges/<int:dispute_id>/avoir/", views.dispute_credit, name="dispute_credit"),
    path(
        "litiges/<int:dispute_id>/avoir/abandon/",
        views.dispute_credit_drop,
        name="dispute_credit_drop",
    ),
    path("litiges/<int:dispute_id>/refus/", views.dispute_refuse, name="dispute_refuse"),
    path(
        "litiges/<int:dispute_id>/refus/envoi/",
        views.dispute_refusal_send,
        name="dispute_refusal_send",
    ),
    path("litiges/<int:dispute_id>/cloture/", views.dispute_close, name="dispute_close"),
    path(
        "litiges/<int:dispute_id>/cloture/annulation/",
        views.dispute_close_undo,
        name="dispute_close_undo",
    ),
    path("litiges/<int:dispute_id>/lecon/", views.dispute_learn, name="dispute_learn"),
]
