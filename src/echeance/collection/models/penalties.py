"""Rates of late payment, and what is claimed of late payers: receivables of their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class LegalRate(models.Model):
    """Taux d'un semestre, the same for all companies: dated data that follow one another."""

    year = models.PositiveSmallIntegerField("année")
    half = models.PositiveSmallIntegerField("semestre")
    legal_individuals = AmountField("taux légal, particuliers")
    legal_professionals = AmountField("taux légal, autres cas")
    ecb = AmountField("taux de la BCE")
    to_confirm = models.BooleanField("à confirmer", default=False)
    source = models.CharField("source", max_length=200, blank=True)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("par", max_length=120)
    replaced_at = models.DateTimeField("remplacé le", null=True)

    class Meta:
        """One row in force a semester."""

        constraints = [
            models.UniqueConstraint(
                fields=["year", "half"],
                condition=Q(replaced_at__isnull=True),
                name="legal_rate_one",
            ),
            models.CheckConstraint(condition=Q(half__in=[1, 2]), name="legal_rate_half"),
        ]


class PenaltyNote(models.Model):
    """Facture de pénalités: interest and indemnities claimed, with their own number and entry."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    number = models.CharField("numéro", max_length=35)
    issued_on = models.DateField("date")
    until = models.DateField("intérêts arrêtés au")
    due_date = models.DateField("échéance")
    interest = AmountField("pénalités de retard")
    indemnity = AmountField("indemnités forfaitaires")
    total = AmountField("total")
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField("émise le")
    issued_by = models.CharField("par", max_length=120)

    class Meta:
        """A number once a company; a note claims something."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="penalty_note_number"),
            models.CheckConstraint(condition=Q(total__gt=0), name="penalty_note_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "party"], name="penalty_note_party"),
        ]

    def __str__(self) -> str:
        return self.number


class PenaltyLine(models.Model):
    """Ligne of a note: the late item, the slices of its interest, its 40 €."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    note = models.ForeignKey(PenaltyNote, on_delete=models.CASCADE, related_name="lines")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="+")
    document_ref = models.CharField("pièce", max_length=80)
    due_date = models.DateField("échéance")
    slices = models.JSONField("tranches", default=list)
    interest = AmountField("pénalités de retard")
    indemnity = AmountField("indemnité forfaitaire")

    class Meta:
        """An item once a note."""

        constraints = [
            models.UniqueConstraint(fields=["note", "open_item"], name="penalty_line_once"),
        ]
        indexes = [
            models.Index(fields=["company", "open_item"], name="penalty_line_item"),
        ]


class PenaltyWaiver(models.Model):
    """Remise de pénalités by a person with the right, and why; undone by its own reversal."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    note = models.ForeignKey(PenaltyNote, on_delete=models.PROTECT, related_name="waivers")
    amount = AmountField("montant remis")
    reason = models.CharField("motif", max_length=200)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField("remis le")
    waived_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulée le", null=True)
    undone_by = models.CharField("annulée par", max_length=120, blank=True)

    class Meta:
        """Something is waived."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="penalty_waiver_positive"),
        ]
