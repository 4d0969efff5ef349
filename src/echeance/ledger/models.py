"""Comptabilité: chart, years, entries, open items and how they settle each other."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.base.fields import AmountField


class Account(models.Model):
    """Compte (FEC CompteNum)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    key = models.CharField("clé", max_length=40, blank=True)
    number = models.CharField("numéro", max_length=12)
    label = models.CharField("intitulé", max_length=120)
    is_party = models.BooleanField("compte de tiers", default=False)

    class Meta:
        """One row a number; code finds an account by its key, a company numbers it as it likes."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="account_unique"),
            models.UniqueConstraint(
                fields=["company", "key"], condition=~Q(key=""), name="account_key_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


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

    def __str__(self) -> str:
        return self.code


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
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ordered"),
            models.UniqueConstraint(fields=["company", "starts_on"], name="period_unique"),
        ]


class JournalEntry(models.Model):
    """Écriture: balanced, numbered without a hole in its journal and year, never changed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, db_index=False)
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
            models.CheckConstraint(condition=Q(number__gt=0), name="entry_number_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "document_ref"], name="entry_document"),
            models.Index(fields=["company", "entry_date"], name="entry_date"),
        ]


class EntryLine(models.Model):
    """Ligne d'écriture: one side above zero."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True, db_index=False)
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
        indexes = [
            models.Index(
                fields=["party", "account"], condition=Q(party__isnull=False), name="line_party"
            ),
        ]


class Lettering(models.Model):
    """Lettrage (FEC EcritureLet, DateLet): a connected group of items that settle to zero.

    Letters run by party account, in the order of ``rank``, and are never used twice. A group that
    opens again loses its letter: the row stays, with ``undone_at``.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    rank = models.PositiveIntegerField("rang")
    letter = models.CharField("lettre", max_length=8)
    lettered_on = models.DateField("lettré le")
    recorded_at = models.DateTimeField("enregistré le")
    undone_at = models.DateTimeField("délettré le", null=True)

    class Meta:
        """A letter stands for one group of a party account."""

        constraints = [
            models.UniqueConstraint(
                fields=["account", "party", "rank"],
                condition=Q(party__isnull=False),
                name="lettering_unique",
            ),
            models.UniqueConstraint(
                fields=["account", "rank"],
                condition=Q(party__isnull=True),
                name="lettering_unique_without_party",
            ),
        ]

    def __str__(self) -> str:
        return self.letter


class OpenItem(models.Model):
    """Échéance: one receivable or payable line and due date.

    ``open_amount`` and ``lettering`` are an index of the allocations, kept by the allocation
    commands alone and proved again by ``echeance ledger verify``. *Paid* and *late* are read here.
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

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    line = models.ForeignKey(EntryLine, on_delete=models.PROTECT, related_name="items")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True, db_index=False)
    side = models.CharField("sens", max_length=6, choices=Side)
    kind = models.CharField("nature", max_length=12, choices=ItemKind)
    entry_date = models.DateField("date d'écriture")
    document_ref = models.CharField("pièce", max_length=80)
    document_date = models.DateField("date de pièce")
    credits_ref = models.CharField("pièce créditée", max_length=80, blank=True)
    order_ref = models.CharField("commande", max_length=80, blank=True)
    payment_ref = models.CharField("référence de paiement", max_length=80, blank=True)
    due_date = models.DateField("échéance")
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount = AmountField("montant")
    open_amount = AmountField("reste ouvert")
    lettering = models.ForeignKey(
        Lettering, on_delete=models.PROTECT, null=True, related_name="items"
    )
    recorded_at = models.DateTimeField("enregistrée le")

    class Meta:
        """Never below zero, never above what it was; a letter says that nothing is left."""

        constraints = [
            models.CheckConstraint(
                condition=Q(open_amount__gte=0) & Q(open_amount__lte=F("amount")),
                name="open_item_within",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="open_item_positive"),
            models.CheckConstraint(
                condition=Q(lettering__isnull=True) | Q(open_amount=0),
                name="open_item_lettered_is_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "document_ref"], name="open_item_document"),
            models.Index(fields=["company", "party", "due_date"], name="open_item_party"),
            models.Index(
                fields=["company", "account", "party"],
                condition=Q(open_amount__gt=0),
                name="open_item_open",
            ),
        ]

    def __str__(self) -> str:
        return self.document_ref


class OpenItemVat(models.Model):
    """TVA of an open item at one rate, and how much of it has become due (``moved``)."""

    class Exigibility(models.TextChoices):
        """When it becomes due; the values of ``core.tax.Exigibility``."""

        DEBITS = "debits", "d'après les débits"
        RECEIPTS = "receipts", "à l'encaissement"
        NONE = "none", "sans TVA"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="vat")
    category = models.CharField("catégorie", max_length=2)
    rate = AmountField("taux", scale=6)
    base = AmountField("base")
    vat = AmountField("TVA")
    exigibility = models.CharField("exigibilité", max_length=8, choices=Exigibility)
    moved = AmountField("devenue exigible", default=0)

    class Meta:
        """One row a rate; only VAT on receipts ever moves."""

        constraints = [
            models.UniqueConstraint(
                fields=["item", "category", "rate", "exigibility"], name="item_vat_unique"
            ),
            models.CheckConstraint(
                condition=Q(exigibility="receipts") | Q(moved=0), name="item_vat_moved_on_receipts"
            ),
        ]


class Allocation(models.Model):
    """Affectation: a debit item settled by a credit item. Append-only.

    A reversing row has a negative amount and names the row it undoes, so that the sum of a pair
    is what still holds.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
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

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT, db_index=False)
    item_vat = models.ForeignKey(OpenItemVat, on_delete=models.PROTECT, related_name="moves")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT)
    amount = AmountField("montant")
    on = models.DateField("date")
