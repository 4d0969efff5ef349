"""Banque: accounts, statements, their entries, and how each was explained."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class BankAccount(models.Model):
    """Compte bancaire of the company, with its account in the ledger."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    name = models.CharField("intitulé", max_length=80)
    account_key = models.CharField("identifiant du compte", max_length=40)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    ledger_account = models.CharField("compte comptable", max_length=12, default="512000")
    currency = models.CharField("devise", max_length=3, default="EUR")
    created_at = models.DateTimeField("ajouté le")

    class Meta:
        """One row an account."""

        constraints = [
            models.UniqueConstraint(fields=["company", "account_key"], name="bank_account_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """Relevé (camt.053 Stmt): opening + entries = closing was proved before it was kept."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    statement_id = models.CharField("référence", max_length=60, blank=True)
    opening_date = models.DateField("solde initial au")
    opening_balance = AmountField("solde initial (OPBD)")
    closing_date = models.DateField("solde final au")
    closing_balance = AmountField("solde final (CLBD)")
    imported_at = models.DateTimeField("importé le")

    class Meta:
        """Read by account and date."""

        indexes = [
            models.Index(fields=["company", "bank_account", "closing_date"], name="statement_date"),
        ]


class StatementEntry(models.Model):
    """Ligne de relevé (Ntry). The same movement told by two files is one row (fingerprint)."""

    class Direction(models.TextChoices):
        """CdtDbtInd."""

        CREDIT = "CRDT", "crédit"
        DEBIT = "DBIT", "débit"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField("rang")
    fingerprint = models.CharField("empreinte", max_length=64)
    direction = models.CharField("sens", max_length=4, choices=Direction)
    amount = AmountField("montant")
    booking_date = models.DateField("date d'opération (BookgDt)")
    value_date = models.DateField("date de valeur (ValDt)", null=True)
    bank_reference = models.CharField("référence banque (AcctSvcrRef)", max_length=80, blank=True)
    bank_code = models.CharField("code opération", max_length=40, blank=True)
    text = models.TextField("libellé", blank=True)
    payer_name = models.CharField("donneur d'ordre", max_length=140, blank=True)
    payer_iban = models.CharField("IBAN du donneur d'ordre", max_length=34, blank=True)
    references = models.JSONField("références", default=list)
    raw = models.TextField("texte du fichier", blank=True)

    class Meta:
        """A movement is counted once an account."""

        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "fingerprint"], name="statement_entry_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="statement_entry_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "booking_date"], name="statement_entry_date"),
        ]


class Match(models.Model):
    """Rapprochement: how an entry was explained and booked.

    Undoing it fills two fields; nothing else of it ever changes.
    """

    class MatchKind(models.TextChoices):
        """What the money was taken for."""

        CUSTOMERS = "customers", "règlement client"
        SET_ASIDE = "set_aside", "mis de côté"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    entry = models.ForeignKey(StatementEntry, on_delete=models.PROTECT, related_name="matches")
    kind = models.CharField("nature", max_length=10, choices=MatchKind)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    reasons = models.JSONField("raisons", default=list)
    accepted_at = models.DateTimeField("accepté le")
    accepted_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.CharField("annulé par", max_length=120, blank=True)

    class Meta:
        """An entry has one standing explanation."""

        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(undone_at__isnull=True), name="match_one_standing"
            ),
        ]


class MatchAllocation(models.Model):
    """Part of a match given to one open item: the allocation of the ledger it made."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="allocations")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    allocation = models.ForeignKey("ledger.Allocation", on_delete=models.PROTECT)
    amount = AmountField("montant")
