"""Relance: plans, runs, reminders, and what stops or bends them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import DISPUTE_REASON_LABELS, DisputeOutcome
from echeance.core.dunning import Channel, Level, Tone


class DunningPlan(models.Model):
    """Plan de relance: its levels, and the least delay between two messages to one customer."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=80)
    is_default = models.BooleanField("plan de la société", default=False)
    days_between_contacts = models.PositiveSmallIntegerField("jours entre deux messages", default=7)
    created_at = models.DateTimeField("créé le")

    class Meta:
        """One plan applies where none is chosen."""

        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_default=True), name="dunning_plan_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DunningLevel(models.Model):
    """Niveau de relance: see :class:`echeance.core.dunning.Level`."""

    class ChannelLabel(models.TextChoices):
        """How it goes."""

        MAIL = Channel.MAIL.value, "courriel"
        PHONE = Channel.PHONE.value, "téléphone"
        POST = Channel.POST.value, "courrier"
        REGISTERED = Channel.REGISTERED.value, "lettre recommandée"

    class ToneLabel(models.TextChoices):
        """How it is written."""

        SERVICE = Tone.SERVICE.value, "service"
        COURTEOUS = Tone.COURTEOUS.value, "courtois"
        FIRM = Tone.FIRM.value, "ferme"
        FORMAL = Tone.FORMAL.value, "formel"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    plan = models.ForeignKey(DunningPlan, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField("rang")
    key = models.CharField("clé", max_length=40)
    label = models.CharField("intitulé", max_length=80)
    days_after_due = models.SmallIntegerField("jours après l'échéance")
    channel = models.CharField("canal", max_length=10, choices=ChannelLabel)
    tone = models.CharField("ton", max_length=10, choices=ToneLabel)
    shows_penalties = models.BooleanField("chiffre les pénalités et les 40 €", default=False)

    class Meta:
        """Ranks and days are those of one ladder."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "rank"], name="dunning_level_rank"),
            models.UniqueConstraint(fields=["plan", "days_after_due"], name="dunning_level_days"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def facts(self) -> Level:
        """The level as the rules read it."""
        return Level(
            rank=self.rank,
            key=self.key,
            label=self.label,
            days_after_due=self.days_after_due,
            channel=Channel(self.channel),
            tone=Tone(self.tone),
            shows_penalties=self.shows_penalties,
        )


class DunningText(models.Model):
    """Texte of a level in one language, with merge fields between braces."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    level = models.ForeignKey(DunningLevel, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField("langue", max_length=2)
    subject = models.CharField("sujet", max_length=150)
    body = models.TextField("texte")

    class Meta:
        """One text a level and language."""

        constraints = [
            models.UniqueConstraint(fields=["level", "language"], name="dunning_text_unique"),
        ]


class DunningRun(models.Model):
    """Campagne de relance of one day: a day has one, whatever the number of times it is run."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    on = models.DateField("jour")
    prepared_at = models.DateTimeField("préparée le")
    prepared_by = models.CharField("par", max_length=120)

    class Meta:
        """One run a day."""

        constraints = [
            models.UniqueConstraint(fields=["company", "on"], name="dunning_run_once_a_day"),
        ]


class Reminder(models.Model):
    """Relance: one message to one customer in one run, with its figures as written.

    Whether it left is the message's own status, never stored here.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    run = models.ForeignKey(DunningRun, on_delete=models.PROTECT, related_name="reminders")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    rank = models.PositiveSmallIntegerField("rang")
    label = models.CharField("niveau", max_length=80)
    total = AmountField("total demandé")
    interest = AmountField("pénalités de retard", default=0)
    indemnity = AmountField("indemnités forfaitaires", default=0)
    message = models.OneToOneField("transmission.Message", on_delete=models.PROTECT)
    prepared_at = models.DateTimeField("préparée le")
    approved_at = models.DateTimeField("approuvée le", null=True)
    approved_by = models.CharField("approuvée par", max_length=120, blank=True)
    released_at = models.DateTimeField("accordée le", null=True)
    cancelled_at = models.DateTimeField("annulée le", null=True)
    cancel_reason = models.TextField("motif d'annulation", blank=True)

    class Meta:
        """Never two messages to one customer in one run."""

        constraints = [
            models.UniqueConstraint(fields=["run", "party"], name="reminder_once_a_run"),
            models.CheckConstraint(condition=Q(total__gt=0), name="reminder_asks_something"),
        ]
        indexes = [
            models.Index(fields=["company", "party"], name="reminder_party"),
            models.Index(
                fields=["company"],
                condition=Q(cancelled_at__isnull=True),
                name="reminder_standing",
            ),
        ]


class ReminderItem(models.Model):
    """Créance named in a reminder, with what was asked and reckoned for it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="items")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    due_date = models.DateField("échéance")
    amount = AmountField("montant demandé")
    rank = models.PositiveSmallIntegerField("rang atteint")
    interest = AmountField("pénalités de retard", default=0)
    indemnity = AmountField("indemnité forfaitaire", default=0)

    class Meta:
        """An item is named once a reminder."""

        constraints = [
            models.UniqueConstraint(fields=["reminder", "open_item"], name="reminder_item_once"),
        ]


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
    recorded_at = models.DateTimeField("notée le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """Read by day."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "promised_on"], name="promise_day"),
        ]
