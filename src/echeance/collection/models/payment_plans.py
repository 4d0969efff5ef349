"""Payment plans agreed with customers, and the calls made to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import (
    CALL_OUTCOME_LABELS,
    PAYMENT_PLAN_STATE_LABELS,
    PaymentPlanState,
)


class PaymentPlan(models.Model):
    """Échéancier de paiement: what is owed, paid by instalments the customer accepted.

    Whether an instalment was paid is read from the ledger, never stored.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    state = models.CharField(
        "état",
        max_length=10,
        choices=[(one.value, label) for one, label in PAYMENT_PLAN_STATE_LABELS.items()],
        default=PaymentPlanState.DRAFT,
    )
    total = AmountField("total")
    grace_days = models.PositiveSmallIntegerField("jours de tolérance", default=3)
    misses_max = models.PositiveSmallIntegerField("échéances manquées admises", default=0)
    acknowledges_debt = models.BooleanField("vaut reconnaissance de dette", default=True)
    note = models.TextField("précisions", blank=True)
    document = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField("fait le")
    made_by = models.CharField("par", max_length=120)
    proposed_at = models.DateTimeField("proposé le", null=True)
    accepted_on = models.DateField("accepté le", null=True)
    accepted_by = models.CharField("accepté par", max_length=120, blank=True)
    accepted_at = models.DateTimeField("acceptation notée le", null=True)
    link_digest = models.CharField("empreinte du lien", max_length=64, blank=True, default="")
    ended_at = models.DateTimeField("fini le", null=True)
    ended_reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        """One plan in force a customer."""

        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0), name="payment_plan_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "completed", "broken"])
                | Q(accepted_on__isnull=False),
                name="payment_plan_accepted_when",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state"], name="payment_plan_state"),
        ]


class PaymentPlanItem(models.Model):
    """Créance that a payment plan covers, and the amount of it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.CASCADE, related_name="items")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    amount = AmountField("montant")

    class Meta:
        """An item once a plan."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "open_item"], name="payment_plan_item_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_plan_item_positive"),
        ]


class PaymentPlanInstalment(models.Model):
    """Échéance of a payment plan; the last one makes the total exact."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.CASCADE, related_name="instalments")
    rank = models.PositiveSmallIntegerField("rang")
    due_on = models.DateField("date")
    amount = AmountField("montant")

    class Meta:
        """In their order."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "rank"], name="payment_instalment_rank"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_instalment_positive"),
        ]


class CallTask(models.Model):
    """Appel à passer to a customer, and how it went."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    key = models.CharField("clé", max_length=120)
    reason = models.CharField("pourquoi", max_length=200)
    amount = AmountField("montant en jeu", default=0)
    due_on = models.DateField("à passer le")
    assigned_to = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    contact_name = models.CharField("interlocuteur", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    made_at = models.DateTimeField("demandé le")
    made_by = models.CharField("par", max_length=120)
    outcome = models.CharField(
        "issue",
        max_length=12,
        choices=[(one.value, label) for one, label in CALL_OUTCOME_LABELS.items()],
        blank=True,
    )
    note = models.TextField("compte rendu", blank=True)
    effects = models.JSONField("effets", default=dict)
    done_at = models.DateTimeField("passé le", null=True)
    done_by = models.CharField("passé par", max_length=120, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True)
    cancel_reason = models.CharField("motif d'annulation", max_length=200, blank=True)

    class Meta:
        """One matter, one call; an outcome when it was made."""

        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="call_task_key"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, outcome="")
                | (Q(done_at__isnull=False, cancelled_at__isnull=True) & ~Q(outcome="")),
                name="call_task_outcome_iff_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "due_on"],
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="call_task_open",
            ),
        ]
