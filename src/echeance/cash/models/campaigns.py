"""Campagnes: transfers to pay, direct debits to collect, bills to remit, by two persons."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.base.fields import AmountField


class PaymentCampaign(models.Model):
    """Campagne: instructions that leave for the bank in one file, approved by a second person."""

    class CampaignKind(models.TextChoices):
        """What the file orders."""

        TRANSFER = "transfer", "virements"
        DIRECT_DEBIT = "direct_debit", "prélèvements"
        BILLS = "bills", "effets (LCR, BOR)"

    class State(models.TextChoices):
        """Where it stands. What the bank did is read from the instructions."""

        DRAFT = "draft", "en préparation"
        PROPOSED = "proposed", "à approuver"
        APPROVED = "approved", "approuvée"
        EXPORTED = "exported", "remise à la banque"
        CANCELLED = "cancelled", "annulée"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    bank_account = models.ForeignKey("cash.BankAccount", on_delete=models.PROTECT)
    kind = models.CharField("nature", max_length=12, choices=CampaignKind)
    state = models.CharField("état", max_length=10, choices=State, default=State.DRAFT)
    reference = models.CharField("référence (MsgId)", max_length=35)
    execution_date = models.DateField("date d'exécution")
    created_at = models.DateTimeField("préparée le")
    created_by = models.CharField("par", max_length=120)
    proposed_at = models.DateTimeField("proposée le", null=True)
    proposed_by = models.CharField("proposée par", max_length=120, blank=True)
    approved_at = models.DateTimeField("approuvée le", null=True)
    approved_by = models.CharField("approuvée par", max_length=120, blank=True)
    exported_at = models.DateTimeField("remise le", null=True)
    cancelled_at = models.DateTimeField("annulée le", null=True)
    cancelled_by = models.CharField("annulée par", max_length=120, blank=True)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    entry_option = models.CharField("escompte ou encaissement (LCR)", max_length=1, blank=True)

    class Meta:
        """A reference once; nobody approves what he proposed."""

        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="campaign_reference"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("proposed_by")),
                name="campaign_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PaymentInstruction(models.Model):
    """Ordre of a campaign: an amount for a party, with what it pays and what became of it."""

    class Status(models.TextChoices):
        """What the bank said (pain.002, statement)."""

        WAITING = "waiting", "à remettre"
        EXCLUDED = "excluded", "exclu"
        SENT = "sent", "remis"
        ACCEPTED = "accepted", "accepté par la banque"
        REJECTED = "rejected", "rejeté par la banque"
        EXECUTED = "executed", "exécuté"
        RETURNED = "returned", "revenu"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    campaign = models.ForeignKey(
        PaymentCampaign, on_delete=models.PROTECT, related_name="instructions"
    )
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    name = models.CharField("nom (Nm)", max_length=70)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    amount = AmountField("montant (InstdAmt)")
    end_to_end_id = models.CharField("référence de bout en bout (EndToEndId)", max_length=35)
    remittance_text = models.CharField("libellé (Ustrd)", max_length=140, blank=True)
    mandate = models.ForeignKey("parties.SepaMandate", on_delete=models.PROTECT, null=True)
    sequence_type = models.CharField("séquence (SeqTp)", max_length=4, blank=True)
    due_date = models.DateField("échéance", null=True)
    notified_on = models.DateField("prénotifié le", null=True)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.WAITING)
    status_reason = models.CharField("motif", max_length=40, blank=True)
    status_text = models.CharField("précision", max_length=300, blank=True)
    match = models.ForeignKey("cash.Match", on_delete=models.PROTECT, null=True)

    class Meta:
        """An end-to-end reference once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "end_to_end_id"], name="instruction_end_to_end"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instruction_positive"),
        ]


class InstructedItem(models.Model):
    """Part of an instruction given to one open item; negative for a credit deducted."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    instruction = models.ForeignKey(
        PaymentInstruction, on_delete=models.PROTECT, related_name="items"
    )
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    amount = AmountField("montant")


class BillOfExchange(models.Model):
    """Effet de commerce (LCR, BOR) of a customer, from its acceptance to its payment."""

    class BillKind(models.TextChoices):
        """Who writes it."""

        LCR = "lcr", "lettre de change relevé"
        BOR = "bor", "billet à ordre relevé"

    class State(models.TextChoices):
        """Where it stands."""

        HELD = "held", "en portefeuille"
        REMITTED = "remitted", "remis à l'encaissement"
        DISCOUNTED = "discounted", "remis à l'escompte"
        PAID = "paid", "payé"
        UNPAID = "unpaid", "impayé"
        CANCELLED = "cancelled", "annulé"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    kind = models.CharField("nature", max_length=3, choices=BillKind)
    accepted = models.BooleanField("accepté", default=False)
    reference = models.CharField("référence", max_length=10)
    amount = AmountField("montant")
    created_on = models.DateField("créé le")
    due_date = models.DateField("échéance")
    iban = models.CharField("IBAN du tiré", max_length=34)
    state = models.CharField("état", max_length=10, choices=State, default=State.HELD)
    campaign = models.ForeignKey(PaymentCampaign, on_delete=models.PROTECT, null=True)
    journal_entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT)
    receipt_item = models.ForeignKey(
        "ledger.OpenItem", on_delete=models.PROTECT, related_name="bills_received"
    )
    bill_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="bills")
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """A reference once a drawee."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "party", "reference"], name="bill_reference"
            ),
        ]
