"""Runs, reminders, and the proofs of what was posted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import PROOF_LABELS
from echeance.core.dunning import Channel


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
    plan = models.ForeignKey("collection.DunningPlan", on_delete=models.PROTECT, null=True)
    step = models.CharField("étape", max_length=14, default="reminder")
    channel = models.CharField("canal", max_length=12, default=Channel.MAIL.value)
    language = models.CharField("langue", max_length=2, default="fr")
    signed_by = models.CharField("signataire", max_length=120, blank=True)
    subject_line = models.CharField("sujet", max_length=200, blank=True)
    body = models.TextField("texte", blank=True)
    message = models.OneToOneField("transmission.Message", on_delete=models.PROTECT, null=True)
    letter = models.OneToOneField("transmission.PostalItem", on_delete=models.PROTECT, null=True)
    call = models.OneToOneField(
        "collection.CallTask", on_delete=models.PROTECT, null=True, related_name="reminder"
    )
    document = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    word_file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
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
            models.CheckConstraint(
                condition=Q(message__isnull=False, letter__isnull=True, call__isnull=True)
                | Q(message__isnull=True, letter__isnull=False, call__isnull=True)
                | Q(message__isnull=True, letter__isnull=True, call__isnull=False)
                | Q(message__isnull=True, letter__isnull=True, call__isnull=True, released_at=None),
                name="reminder_one_way",
            ),
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
    days_after_due = models.SmallIntegerField("jours du niveau atteint", null=True)
    interest = AmountField("pénalités de retard", default=0)
    indemnity = AmountField("indemnité forfaitaire", default=0)

    class Meta:
        """An item is named once a reminder."""

        constraints = [
            models.UniqueConstraint(fields=["reminder", "open_item"], name="reminder_item_once"),
        ]


class LetterProof(models.Model):
    """Preuve of the course of a letter: deposit, passage, receipt; what is said is never edited."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(
        "preuve", max_length=10, choices=[(one.value, label) for one, label in PROOF_LABELS.items()]
    )
    on = models.DateField("jour")
    tracking = models.CharField("numéro de suivi", max_length=40, blank=True)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField("remarque", max_length=200, blank=True)
    recorded_at = models.DateTimeField("notée le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """A kind once a letter."""

        constraints = [
            models.UniqueConstraint(fields=["reminder", "kind"], name="letter_proof_once"),
        ]


class AccountStatement(models.Model):
    """Relevé de compte sent to a customer: its file, and the message or letter it went with."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    on = models.DateField("arrêté au")
    balance = AmountField("solde")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey("transmission.Message", on_delete=models.PROTECT, null=True)
    letter = models.ForeignKey("transmission.PostalItem", on_delete=models.PROTECT, null=True)
    made_at = models.DateTimeField("fait le")
    made_by = models.CharField("par", max_length=120)

    class Meta:
        """One a customer and day."""

        constraints = [
            models.UniqueConstraint(fields=["party", "on"], name="account_statement_once"),
        ]
