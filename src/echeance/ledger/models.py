"""Comptabilité: chart, years, entries, open items and how they settle each other."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.base.fields import AmountField


class Account(models.Model):
    """Compte (FEC CompteNum)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    number = models.CharField("numéro", max_length=12)
    label = models.CharField("intitulé", max_length=120)
    is_party = models.BooleanField("compte de tiers", default=False)

    class Meta:
        """One row a number."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="account_unique"),
        ]


class Journal(models.Model):
    """Journal (FEC JournalCode)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    code = models.CharField("code", max_length=6)
    label = models.CharField("libellé", max_length=60)

    class Meta:
        """One row a code."""

        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="journal_unique"),
        ]


class FiscalYear(models.Model):
    """Exercice: both days included."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    closed_at = models.DateTimeField("clôturé le", null=True)

    class Meta:
        """Ends after it starts."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="fiscal_year_ordered"
            ),
            models.UniqueConstraint(fields=["company", "starts_on"], name="fiscal_year_unique"),
        ]


class Period(models.Model):
    """Période: a month of a fiscal year, both days included."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="periods")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    closed_at = models.DateTimeField("clôturée le", null=True)

    class Meta:
        """One row a month."""

        constraints = [
            models.UniqueConstraint(fields=["company", "starts_on"], name="period_unique"),
        ]


class JournalEntry(models.Model):
    """Écriture: balanced, numbered without a hole in its journal and year, never changed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT)
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT)
    number = models.PositiveBigIntegerField("numéro (EcritureNum)")
    entry_date = models.DateField("date (EcritureDate)")
    document_ref = models.CharField("pièce (PieceRef)", max_length=80)
    document_date = models.DateField("date de pièce (PieceDate)")
    label = models.CharField("libellé (EcritureLib)", max_length=200)
    posted_at = models.DateTimeField("validée le")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        """One number a journal and year."""

        constraints = [
            models.UniqueConstraint(
                fields=["journal", "fiscal_year", "number"], name="entry_number_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "document_ref"], name="entry_document"),
            models.Index(fields=["company", "entry_date"], name="entry_date"),
        ]


class EntryLine(models.Model):
    """Ligne d'écriture: one side above zero."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    debit = AmountField("débit", default=0)
    credit = AmountField("crédit", default=0)
    label = models.CharField("libellé", max_length=200, blank=True)

    class Meta:
        """Exactly one side."""

        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="line_one_side",
            ),
        ]
        indexes = [models.Index(fields=["company", "account"], name="line_account")]


class OpenItem(models.Model):
    """Échéance ouverte: one receivable or payable line and due date.

    ``open_amount`` and ``letter`` are an index of the allocations, kept by the allocation
    commands alone.
    """

    class Side(models.TextChoices):
        """Which side of the party's account it stands on."""

        DEBIT = "debit", "débit"
        CREDIT = "credit", "crédit"

    class ItemKind(models.TextChoices):
        """What it comes from."""

        INVOICE = "invoice", "facture"
        CREDIT_NOTE = "credit_note", "avoir"
        RECEIPT = "receipt", "encaissement"
        REFUND = "refund", "remboursement"
        OTHER = "other", "autre"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    line = models.ForeignKey(EntryLine, on_delete=models.PROTECT, related_name="items")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    side = models.CharField("sens", max_length=6, choices=Side)
    kind = models.CharField("nature", max_length=12, choices=ItemKind)
    entry_date = models.DateField("date d'écriture")
    document_ref = models.CharField("pièce", max_length=80)
    document_date = models.DateField("date de pièce")
    order_ref = models.CharField("commande", max_length=80, blank=True)
    payment_ref = models.CharField("référence de paiement", max_length=80, blank=True)
    due_date = models.DateField("échéance")
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount = AmountField("montant")
    open_amount = AmountField("reste ouvert")
    letter = models.CharField("lettre", max_length=8, blank=True)
    lettered_on = models.DateField("lettrée le", null=True)

    class Meta:
        """Never below zero, never above what it was."""

        constraints = [
            models.CheckConstraint(
                condition=Q(open_amount__gte=0) & Q(open_amount__lte=F("amount")),
                name="open_item_within",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="open_item_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "document_ref"], name="open_item_document"),
            models.Index(fields=["company", "party"], name="open_item_party"),
            models.Index(
                fields=["company", "account", "party"],
                condition=Q(open_amount__gt=0),
                name="open_item_open",
            ),
        ]


class OpenItemVat(models.Model):
    """TVA of an open item at one rate, and how much of it has become due (``moved``)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="vat")
    category = models.CharField("catégorie", max_length=2)
    rate = AmountField("taux", scale=6)
    base = AmountField("base")
    vat = AmountField("TVA")
    exigibility = models.CharField("exigibilité", max_length=8)
    moved = AmountField("déjà exigible", default=0)


class Allocation(models.Model):
    """Affectation: a debit item settled by a credit item. Append-only.

    A reversing row has a negative amount and names the row it undoes.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    debit_item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="credited_by")
    credit_item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="debited_by")
    amount = AmountField("montant")
    effective_date = models.DateField("date d'effet")
    recorded_at = models.DateTimeField("enregistrée le")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        """Positive, or a reversal and negative."""

        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0)
                | Q(reverses__isnull=False, amount__lt=0),
                name="allocation_sign",
            ),
        ]
        indexes = [models.Index(fields=["company", "effective_date"], name="allocation_date")]


class VatMove(models.Model):
    """TVA that became due (or no longer is) because money came (or went back). Append-only."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    item_vat = models.ForeignKey(OpenItemVat, on_delete=models.PROTECT, related_name="moves")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT)
    amount = AmountField("montant")
    on = models.DateField("date")
