"""What stops or bends reminders: disputes, pauses, promises, replies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DISPUTE_STAGE_LABELS,
    PROMISE_SOURCE_LABELS,
    PROMISE_VERDICT_LABELS,
    DisputeOutcome,
    DisputeStage,
    PromiseSource,
)


class Dispute(models.Model):
    """Litige on an item or a part of it: only the rest is chased while it is open."""

    class OutcomeLabel(models.TextChoices):
        """How it ended."""

        FOUNDED = DisputeOutcome.FOUNDED.value, "fondé"
        UNFOUNDED = DisputeOutcome.UNFOUNDED.value, "non fondé"
        SETTLED = DisputeOutcome.SETTLED.value, "transigé"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    amount = AmountField("montant contesté")
    reason_code = models.CharField(
        "motif (statut 207)",
        max_length=20,
        choices=[(code.value, label) for code, label in DISPUTE_REASON_LABELS.items()],
    )
    note = models.TextField("précisions", blank=True)
    opened_at = models.DateTimeField("ouvert le")
    opened_by = models.CharField("par", max_length=120)
    stage = models.CharField(
        "étape",
        max_length=10,
        choices=[(one.value, label) for one, label in DISPUTE_STAGE_LABELS.items()],
        default=DisputeStage.NEW,
    )
    owner = models.ForeignKey("base.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer_by = models.DateField("à régler avant le", null=True)
    invoice_line = models.ForeignKey(
        "billing.InvoiceLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    quantity = AmountField("quantité contestée", scale=6, null=True)
    unit_price = AmountField("écart de prix unitaire HT", scale=6, null=True)
    product = models.CharField("article", max_length=120, blank=True)
    site = models.CharField("site", max_length=120, blank=True)
    carrier = models.CharField("transporteur", max_length=120, blank=True)
    seller = models.CharField("vendeur", max_length=120, blank=True)
    credit_note = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reopens = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="taken_up"
    )
    refusal = models.TextField("refus motivé", blank=True)
    cause = models.CharField("cause", max_length=120, blank=True)
    lesson = models.TextField("à retenir", blank=True)
    closed_at = models.DateTimeField("clos le", null=True)
    closed_by = models.CharField("clos par", max_length=120, blank=True)
    outcome = models.CharField("issue", max_length=10, choices=OutcomeLabel, blank=True)

    class Meta:
        """An outcome when it is closed, none before."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="dispute_outcome_iff_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "open_item"],
                condition=Q(closed_at__isnull=True),
                name="dispute_open",
            ),
        ]


class DisputePiece(models.Model):
    """Pièce à réunir for a dispute: an order, a proof of delivery, a photograph."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="pieces")
    rank = models.PositiveSmallIntegerField("rang")
    label = models.CharField("pièce", max_length=120)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    provided_at = models.DateTimeField("reçue le", null=True)
    provided_by = models.CharField("par", max_length=120, blank=True)
    waived_at = models.DateTimeField("écartée le", null=True)

    class Meta:
        """In their order."""

        constraints = [
            models.UniqueConstraint(fields=["dispute", "rank"], name="dispute_piece_rank"),
        ]


class Hold(models.Model):
    """Suspension de relance of a customer, or of one item; ``until`` is its last day."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, null=True)
    reason = models.CharField("motif", max_length=200)
    until = models.DateField("jusqu'au", null=True)
    placed_at = models.DateTimeField("posée le")
    placed_by = models.CharField("par", max_length=120)
    lifted_at = models.DateTimeField("levée le", null=True)
    lifted_by = models.CharField("levée par", max_length=120, blank=True)

    class Meta:
        """Read while it stands."""

        indexes = [
            models.Index(
                fields=["company", "party"],
                condition=Q(lifted_at__isnull=True),
                name="hold_standing",
            ),
        ]


class Promise(models.Model):
    """Promesse de paiement; whether it was kept is read from the ledger."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    amount = AmountField("montant promis")
    promised_on = models.DateField("promis pour le")
    note = models.CharField("précisions", max_length=200, blank=True)
    source = models.CharField(
        "reçue",
        max_length=10,
        choices=[(one.value, label) for one, label in PROMISE_SOURCE_LABELS.items()],
        default=PromiseSource.CALL,
    )
    recorded_at = models.DateTimeField("notée le")
    recorded_by = models.CharField("par", max_length=120)
    verdict = models.CharField(
        "suite",
        max_length=10,
        choices=[(one.value, label) for one, label in PROMISE_VERDICT_LABELS.items()],
        blank=True,
    )
    paid = AmountField("payé à la date promise", null=True)
    judged_at = models.DateTimeField("jugée le", null=True)

    class Meta:
        """Read by day."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "promised_on"], name="promise_day"),
            models.Index(
                fields=["company", "promised_on"],
                condition=Q(judged_at__isnull=True),
                name="promise_to_judge",
            ),
        ]


class CustomerReply(models.Model):
    """Réponse d'un client: its reminders wait until somebody has read it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    reminder = models.ForeignKey(
        "collection.Reminder", on_delete=models.PROTECT, null=True, related_name="replies"
    )
    channel = models.CharField("canal", max_length=12, default="mail")
    key = models.CharField("clé", max_length=120)
    received_at = models.DateTimeField("reçue le")
    text = models.TextField("texte", blank=True)
    recorded_by = models.CharField("notée par", max_length=120)
    read_at = models.DateTimeField("lue le", null=True)
    read_by = models.CharField("lue par", max_length=120, blank=True)

    class Meta:
        """A message counts once; the unread ones are asked for each day."""

        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="customer_reply_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "party"],
                condition=Q(read_at__isnull=True),
                name="customer_reply_unread",
            ),
        ]
