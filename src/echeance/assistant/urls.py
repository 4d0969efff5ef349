"""Web routes of the assistant."""

from django.urls import path

from echeance.assistant import views

app_name = "assistant"
urlpatterns = [
    path("journee/", views.day, name="day"),
    path("journee/questions/<int:work_item_id>/", views.question_answer, name="question_answer"),
    path("factures/<int:invoice_id>/pourquoi/", views.why_panel, name="why_panel"),
    path(
        "journee/decisions/<int:decision_id>/annulation/",
        views.decision_undo,
        name="decision_undo",
    ),
    path("regles/", views.policy_page, name="policy"),
]
