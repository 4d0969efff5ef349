"""Chèques, caisse, cartes: money that reaches the bank later, in a lump."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class ChequeDeposit(models.Model):
    """Bordereau de remise de chèques."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    bank_account = models.ForeignKey("cash.BankAccount", on_delete=models.PROTECT)
    number = models.CharField("numéro", max_length=20)
    deposited_on = models.DateField("remis le")
    created_at = models.DateTimeField("préparé le")
    created_by = models.CharField("par", max_length=120)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, null=True)
    match = models.ForeignKey("cash.Match", on_delete=models.PROTECT, null=True)

    class Meta:
        """A number once."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="cheque_deposit_number"),
        ]

    def __str__(self) -> str:
        return self.number


class Cheque(models.Model):
    """Chèque received from a customer; 511200 until the bank credits its slip."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    number = models.CharField("numéro", max_length=20)
    bank_name = models.CharField("banque tirée", max_length=80, blank=True)
    amount = AmountField("montant")
    received_on = models.DateField("reçu le")
    deposit = models.ForeignKey(
        ChequeDeposit, on_delete=models.PROTECT, null=True, related_name="cheques"
    )
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    receipt_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    unpaid_at = models.DateTimeField("impayé le", null=True)
    cancelled_at = models.DateTimeField("annulé le", null=True)
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """Positive; the same cheque once."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cheque_positive"),
            models.UniqueConstraint(
                fields=["company", "party", "number", "amount"],
                condition=Q(cancelled_at__isnull=True),
                name="cheque_once",
            ),
        ]


class TillMovement(models.Model):
    """Mouvement de caisse: money in or out of a till, with its piece."""

    class MovementKind(models.TextChoices):
        """What it was for."""

        RECEIPT = "receipt", "encaissement d'un client"
        EXPENSE = "expense", "dépense"
        DEPOSIT = "deposit", "remise en banque"
        WITHDRAWAL = "withdrawal", "retrait de la banque"
        COUNT = "count", "écart de comptage"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    till = models.ForeignKey("cash.BankAccount", on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField("nature", max_length=10, choices=MovementKind)
    on = models.DateField("le")
    amount = AmountField("montant, positif s'il entre")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    label = models.CharField("libellé", max_length=120)
    piece_ref = models.CharField("pièce", max_length=80, blank=True)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    receipt_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, null=True)
    match = models.ForeignKey("cash.Match", on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)
    cancelled_at = models.DateTimeField("annulé le", null=True)
    cancelled_by = models.CharField("annulé par", max_length=120, blank=True)


class PayoutBatch(models.Model):
    """Versement of a card acquirer or payment provider: many sales, less fees, one bank line."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    provider = models.CharField("prestataire", max_length=20)
    reference = models.CharField("référence du versement", max_length=80)
    paid_on = models.DateField("versé le")
    gross = AmountField("brut")
    fees = AmountField("commissions")
    net = AmountField("net")
    currency = models.CharField("devise", max_length=3, default="EUR")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    imported_at = models.DateTimeField("importé le")
    match = models.ForeignKey("cash.Match", on_delete=models.PROTECT, null=True)

    class Meta:
        """A payout once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "provider", "reference"], name="payout_once"
            ),
        ]


class PayoutLine(models.Model):
    """Opération of a payout: a sale, a refund, a chargeback or a fee."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField("rang")
    kind = models.CharField("nature", max_length=20)
    on = models.DateField("le", null=True)
    reference = models.CharField("référence", max_length=120, blank=True)
    description = models.CharField("description", max_length=300, blank=True)
    gross = AmountField("brut")
    fee = AmountField("commission", default=0)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, null=True)
