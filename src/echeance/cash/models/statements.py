"""Banque: accounts of the company, statements and their entries, files that wait."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class BankAccount(models.Model):
    """Compte of the company where money is: a bank, a till, a payment provider, a factor."""

    class AccountKind(models.TextChoices):
        """What keeps the money."""

        BANK = "bank", "banque"
        TILL = "till", "caisse"
        PROVIDER = "provider", "prestataire de paiement"
        FACTOR = "factor", "affactureur"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    name = models.CharField("intitulé", max_length=80)
    account_key = models.CharField("identifiant du compte", max_length=40)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    ledger_account = models.CharField("compte comptable", max_length=12, default="512000")
    currency = models.CharField("devise", max_length=3, default="EUR")
    created_at = models.DateTimeField("ajouté le")
    kind = models.CharField("nature", max_length=8, choices=AccountKind, default=AccountKind.BANK)
    bank_name = models.CharField("banque", max_length=80, blank=True)
    creditor_id = models.CharField("identifiant créancier SEPA (ICS)", max_length=35, blank=True)
    issuer_number = models.CharField("numéro d'émetteur (NNE)", max_length=6, blank=True)
    file_layout = models.JSONField("disposition de ses fichiers CSV", default=dict)
    closed_at = models.DateTimeField("clos le", null=True)

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
    format = models.CharField("format", max_length=40, blank=True)
    sequence_number = models.PositiveBigIntegerField("numéro (ElctrncSeqNb)", null=True)
    proof = models.CharField("preuve", max_length=8, default="balances")

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
    reversal = models.BooleanField("contre-passation (RvslInd)", default=False)
    details = models.JSONField("détails (TxDtls)", default=list)
    mandate_ids = models.JSONField("mandats", default=list)
    return_reason = models.CharField("motif de rejet", max_length=40, blank=True)
    charges = AmountField("frais retenus", null=True)
    original_amount = AmountField("montant ordonné", null=True)
    original_currency = models.CharField("devise ordonnée", max_length=3, blank=True)
    to_check = models.BooleanField("à vérifier", default=False)
    held_until = models.DateField("en attente jusqu'au", null=True)
    hold_note = models.CharField("note d'attente", max_length=300, blank=True)

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


class HeldFile(models.Model):
    """Fichier en quarantaine: a bank file that was not taken in, kept with its reason.

    Nothing of it is booked. It leaves when the same bytes are taken in later, or when a person
    says what was done about it.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    filename = models.CharField("fichier", max_length=200)
    code = models.CharField("code d'erreur", max_length=60)
    reason = models.TextField("raison")
    facts = models.JSONField("éléments", default=dict)
    received_at = models.DateTimeField("reçu le")
    received_by = models.CharField("par", max_length=120)
    resolved_at = models.DateTimeField("réglé le", null=True)
    resolved_by = models.CharField("réglé par", max_length=120, blank=True)
    resolution = models.CharField("suite donnée", max_length=300, blank=True)

    class Meta:
        """The same bytes wait once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "file"],
                condition=Q(resolved_at__isnull=True),
                name="held_file_once",
            ),
        ]

    def __str__(self) -> str:
        return self.filename
