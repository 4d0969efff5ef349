"""How a movement was explained and booked, and what was learnt from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class Match(models.Model):
    """Rapprochement: how an entry was explained and booked.

    Undoing it fills two fields; nothing else of it ever changes.
    """

    class MatchKind(models.TextChoices):
        """What the money was taken for."""

        CUSTOMERS = "customers", "règlement client"
        SUPPLIERS = "suppliers", "règlement fournisseur"
        SET_ASIDE = "set_aside", "mis de côté"
        TRANSFER = "transfer", "virement interne"
        PAYOUT = "payout", "versement d'un prestataire"
        CLEARING = "clearing", "remise portée en banque"
        RETURNED = "returned", "paiement rejeté"
        REFUND = "refund", "remboursement"
        CHARGES = "charges", "frais bancaires"
        OTHER = "other", "autre compte"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    entry = models.ForeignKey(
        "cash.StatementEntry", on_delete=models.PROTECT, related_name="matches"
    )
    kind = models.CharField("nature", max_length=12, choices=MatchKind)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    reasons = models.JSONField("raisons", default=list)
    accepted_at = models.DateTimeField("accepté le")
    accepted_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.CharField("annulé par", max_length=120, blank=True)
    undone_reason = models.CharField("motif d'annulation", max_length=200, blank=True)
    method = models.CharField("preuve", max_length=12, blank=True)
    by_assistant = models.BooleanField("par l'assistant", default=False)

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


class MatchDifference(models.Model):
    """Écart of a match: what the payment lacks (negative) or has in excess, and where it went.

    ``journal_entry`` and ``allocation`` are empty for what stays open or on the party's account.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField("nature", max_length=12)
    amount = AmountField("montant")
    account = models.CharField("compte", max_length=12, blank=True)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, null=True)
    allocation = models.ForeignKey("ledger.Allocation", on_delete=models.PROTECT, null=True)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, null=True)


class PayerLink(models.Model):
    """Payeur connu: what a confirmed answer taught, visible and removable.

    ``kind`` and ``value`` are those of ``core.matching.PayerLink``; one row a debtor.
    """

    class LinkKind(models.TextChoices):
        """What the payer is recognised by."""

        IBAN = "iban", "IBAN"
        NAME = "name", "nom"
        TEXT = "text", "mots du libellé"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("reconnu par", max_length=4, choices=LinkKind)
    value = models.CharField("valeur", max_length=140)
    shown = models.CharField("telle que lue", max_length=140)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    learnt_from = models.ForeignKey(Match, on_delete=models.PROTECT, null=True)
    learnt_at = models.DateTimeField("appris le")
    learnt_by = models.CharField("confirmé par", max_length=120)
    removed_at = models.DateTimeField("retiré le", null=True)
    removed_by = models.CharField("retiré par", max_length=120, blank=True)

    class Meta:
        """A fact is learnt once a party."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "value", "party"],
                condition=Q(removed_at__isnull=True),
                name="payer_link_once",
            ),
        ]

    def __str__(self) -> str:
        return self.shown


class ReturnedPayment(models.Model):
    """Rejet: a payment that came back, with its reason, its cost and what it reopened."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    match = models.OneToOneField(Match, on_delete=models.PROTECT, related_name="returned")
    returned_match = models.ForeignKey(
        Match, on_delete=models.PROTECT, null=True, related_name="returns"
    )
    instruction = models.ForeignKey(
        "cash.PaymentInstruction", on_delete=models.PROTECT, null=True, related_name="returns"
    )
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    reason_code = models.CharField("motif", max_length=40, blank=True)
    amount = AmountField("montant revenu")
    cost = AmountField("frais de rejet", default=0)
    action = models.CharField("suite à donner", max_length=30, blank=True)


class RemittanceAdvice(models.Model):
    """Avis de règlement: the list a payer gives of what he pays."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    payment_reference = models.CharField("référence du paiement", max_length=80, blank=True)
    payment_date = models.DateField("date du paiement", null=True)
    amount = AmountField("total annoncé", null=True)
    lines = models.JSONField("lignes lues", default=list)
    received_at = models.DateTimeField("reçu le")
    received_by = models.CharField("par", max_length=120)
    match = models.ForeignKey(
        Match, on_delete=models.PROTECT, null=True, related_name="remittance_advices"
    )
