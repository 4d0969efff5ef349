"""Affacturage, Dailly, compensation: receivables that are sold, or set against debts."""

from __future__ import annotations

from django.db import models

from echeance.base.fields import AmountField


class ReceivableAssignment(models.Model):
    """Cession of receivables: to a factor (subrogation) or to a bank (Dailly)."""

    class AssignmentKind(models.TextChoices):
        """Under which law."""

        FACTORING = "factoring", "affacturage (subrogation, C. civ. art. 1346-1)"
        DAILLY = "dailly", "cession Dailly (C. mon. fin. art. L313-23)"

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "en préparation"
        ASSIGNED = "assigned", "cédée"
        CANCELLED = "cancelled", "annulée"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("nature", max_length=10, choices=AssignmentKind)
    assignee = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="assignments"
    )
    reference = models.CharField("référence", max_length=40)
    assigned_on = models.DateField("datée du")
    state = models.CharField("état", max_length=10, choices=State, default=State.DRAFT)
    financed_percent = AmountField("part financée (%)", scale=4)
    guarantee_percent = AmountField("retenue de garantie (%)", scale=4)
    is_notified = models.BooleanField("notifiée aux débiteurs", default=False)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField("préparée le")
    created_by = models.CharField("par", max_length=120)

    class Meta:
        """A reference once."""

        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="assignment_reference"),
        ]

    def __str__(self) -> str:
        return self.reference


class AssignedItem(models.Model):
    """Créance of an assignment; it leaves the reminders until it comes back."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    assignment = models.ForeignKey(
        ReceivableAssignment, on_delete=models.PROTECT, related_name="items"
    )
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    amount = AmountField("montant cédé")
    returned_at = models.DateTimeField("rendue le", null=True)
    returned_reason = models.CharField("motif", max_length=200, blank=True)


class NettingAgreement(models.Model):
    """Convention de compensation with a party that is customer and supplier."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    signed_on = models.DateField("signée le")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.CharField("par", max_length=120)
    ended_on = models.DateField("prend fin le", null=True)


class Netting(models.Model):
    """Compensation carried out: what the party owes against what it is owed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    agreement = models.ForeignKey(NettingAgreement, on_delete=models.PROTECT)
    on = models.DateField("au")
    amount = AmountField("montant compensé")
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    allocations = models.JSONField("affectations", default=list)
    items = models.JSONField("pièces", default=list)
    made_at = models.DateTimeField("faite le")
    made_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulée le", null=True)
    undone_by = models.CharField("annulée par", max_length=120, blank=True)
