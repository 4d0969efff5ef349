"""Assistant: the days it ran and what it decided."""

from __future__ import annotations

from django.db import models

from echeance.assistant.types import DUTY_LABELS, REVERSAL_LABELS, Outcome

OUTCOME_LABELS = [
    (Outcome.ACTED.value, "fait"),
    (Outcome.ASKED.value, "demandé"),
    (Outcome.REFUSED.value, "refusé"),
]


class DayRun(models.Model):
    """Journée: one run of the duties for a civil day. A day may be run again; rows are added."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    on = models.DateField("jour")
    started_at = models.DateTimeField("commencée le")
    finished_at = models.DateTimeField("finie le", null=True)
    policy_version = models.PositiveIntegerField("version des règles", default=0)
    acted = models.PositiveIntegerField("faits", default=0)
    asked = models.PositiveIntegerField("demandés", default=0)
    refused = models.PositiveIntegerField("refusés", default=0)

    class Meta:
        """Read by day."""

        indexes = [models.Index(fields=["company", "on"], name="day_run_on")]


class Decision(models.Model):
    """Décision: an act or a non-act, with its reasons. Rows are added, never changed.

    ``fingerprint`` sums up outcome, act and reasons: the same decision about the same subject is
    recorded when it changes, not once a day.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    run = models.ForeignKey(DayRun, on_delete=models.PROTECT, related_name="decisions")
    on = models.DateField("jour")
    recorded_at = models.DateTimeField("enregistrée le")
    duty = models.CharField(
        "tâche", max_length=12, choices=[(duty.value, label) for duty, label in DUTY_LABELS.items()]
    )
    subject = models.CharField("objet", max_length=80)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    outcome = models.CharField("issue", max_length=8, choices=OUTCOME_LABELS)
    act = models.CharField("acte", max_length=200)
    reasons = models.JSONField("raisons", default=list)
    reversal = models.CharField(
        "annulation",
        max_length=8,
        choices=[(reversal.value, label) for reversal, label in REVERSAL_LABELS.items()],
    )
    facts = models.JSONField("faits", default=dict)
    fingerprint = models.CharField("empreinte", max_length=64)

    class Meta:
        """Read by subject, by customer and by day."""

        indexes = [
            models.Index(fields=["company", "subject", "duty"], name="decision_subject"),
            models.Index(fields=["company", "party"], name="decision_party"),
            models.Index(fields=["company", "on"], name="decision_on"),
        ]
