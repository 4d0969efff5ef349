"""The unpaid: steps beyond reminders, limitation, insolvency, what is booked of a lost debt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import (
    INSOLVENCY_LABELS,
    LIMITATION_CAUSE_LABELS,
    RECOVERY_LABELS,
    UNPAID_ENTRY_LABELS,
)


class RecoveryStep(models.Model):
    """Étape de recouvrement beyond reminders: a supply hold, an agency, a request to a court."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    kind = models.CharField(
        "nature",
        max_length=18,
        choices=[(one.value, label) for one, label in RECOVERY_LABELS.items()],
    )
    on = models.DateField("date")
    amount = AmountField("montant", default=0)
    counterpart = models.CharField("confié à", max_length=200, blank=True)
    reference = models.CharField("référence", max_length=80, blank=True)
    facts = models.JSONField("données", default=dict)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    word_file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField("précisions", max_length=200, blank=True)
    opened_at = models.DateTimeField("engagée le")
    opened_by = models.CharField("par", max_length=120)
    ended_at = models.DateTimeField("finie le", null=True)
    ended_by = models.CharField("finie par", max_length=120, blank=True)
    outcome = models.CharField("issue", max_length=200, blank=True)

    class Meta:
        """Read by customer."""

        indexes = [
            models.Index(fields=["company", "party"], name="recovery_step_party"),
        ]


class RecoveryItem(models.Model):
    """Créance of a step of recovery."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    step = models.ForeignKey(RecoveryStep, on_delete=models.CASCADE, related_name="items")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    amount = AmountField("montant")

    class Meta:
        """An item once a step."""

        constraints = [
            models.UniqueConstraint(fields=["step", "open_item"], name="recovery_item_once"),
        ]


class LimitationAct(models.Model):
    """Acte interruptif: from its day the whole time limit runs again for that item."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT)
    document_ref = models.CharField("pièce", max_length=80)
    cause = models.CharField(
        "acte",
        max_length=16,
        choices=[(one.value, label) for one, label in LIMITATION_CAUSE_LABELS.items()],
    )
    on = models.DateField("date")
    until = models.DateField("instance éteinte le", null=True)
    title = models.CharField("titre obtenu", max_length=200, blank=True)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField("précisions", max_length=200, blank=True)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("par", max_length=120)
    withdrawn_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """Read by item."""

        indexes = [
            models.Index(fields=["company", "open_item"], name="limitation_act_item"),
        ]


class InsolvencyNotice(models.Model):
    """Annonce du BODACC about a customer, as it was read."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    reference = models.CharField("référence de l'annonce", max_length=60)
    siren = models.CharField("SIREN", max_length=9)
    published_on = models.DateField("parue le")
    kind = models.CharField("nature", max_length=120)
    facts = models.JSONField("annonce", default=dict)
    seen_at = models.DateTimeField("lue le")
    settled_at = models.DateTimeField("traitée le", null=True)
    settled_by = models.CharField("traitée par", max_length=120, blank=True)

    class Meta:
        """An announcement once a customer."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "party", "reference"], name="insolvency_notice_once"
            ),
        ]


class InsolvencyCase(models.Model):
    """Procédure collective of a customer: its judgment, its terms, the claim declared."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    kind = models.CharField(
        "procédure",
        max_length=12,
        choices=[(one.value, label) for one, label in INSOLVENCY_LABELS.items()],
    )
    judgment_on = models.DateField("jugement d'ouverture")
    published_on = models.DateField("parution au BODACC", null=True)
    notice = models.ForeignKey(
        InsolvencyNotice, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    court = models.CharField("tribunal", max_length=200, blank=True)
    representative = models.CharField("mandataire judiciaire", max_length=200, blank=True)
    representative_address = models.TextField("adresse du mandataire", blank=True)
    claim_due_on = models.DateField("déclarer avant le", null=True)
    claimed_on = models.DateField("déclarée le", null=True)
    claimed_amount = AmountField("montant déclaré", null=True)
    claim_file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    claim_word = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    claim_proof = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    admitted_amount = AmountField("montant admis", null=True)
    opened_at = models.DateTimeField("notée le")
    opened_by = models.CharField("par", max_length=120)
    closed_on = models.DateField("close le", null=True)
    closing_reason = models.CharField("clôture", max_length=200, blank=True)

    class Meta:
        """One proceedings open a customer."""

        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(closed_on__isnull=True),
                name="insolvency_case_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "party"], name="insolvency_case_party"),
        ]


class InsolvencyItem(models.Model):
    """Créance face à la procédure: what of an open item was owed before the judgment, what after.

    The first is declared and no longer asked for, the second is paid at its due date.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    case = models.ForeignKey(InsolvencyCase, on_delete=models.PROTECT, related_name="items")
    open_item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="+")
    document_ref = models.CharField("pièce", max_length=80)
    document_date = models.DateField("date de pièce")
    due_date = models.DateField("échéance")
    before = AmountField("antérieur au jugement")
    after = AmountField("postérieur au jugement", default=0)
    why = models.CharField("lecture", max_length=200)
    interest = AmountField("intérêts arrêtés au jugement", default=0)
    indemnity = AmountField("indemnité forfaitaire", default=0)
    secured = models.CharField("sûreté ou réserve de propriété", max_length=200, blank=True)
    changed_by = models.CharField("corrigée par", max_length=120, blank=True)

    class Meta:
        """An item once a case."""

        constraints = [
            models.UniqueConstraint(fields=["case", "open_item"], name="insolvency_item_once"),
            models.CheckConstraint(
                condition=Q(before__gte=0, after__gte=0), name="insolvency_item_signs"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "open_item"], name="insolvency_item_item"),
        ]


class UnpaidEntry(models.Model):
    """What was booked of a debt that may not be paid; undone by the reversal of its entry."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    kind = models.CharField(
        "nature",
        max_length=10,
        choices=[(one.value, label) for one, label in UNPAID_ENTRY_LABELS.items()],
    )
    open_item = models.ForeignKey(
        "ledger.OpenItem", on_delete=models.PROTECT, related_name="+", null=True
    )
    replaces = models.ForeignKey(
        "ledger.OpenItem", on_delete=models.PROTECT, related_name="+", null=True
    )
    document_ref = models.CharField("pièce", max_length=80)
    amount = AmountField("montant")
    vat_amount = AmountField("TVA récupérée", default=0)
    rate_percent = AmountField("taux de dépréciation", scale=2, null=True)
    on = models.DateField("date")
    reason = models.CharField("motif", max_length=200)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    booked_at = models.DateTimeField("passée le")
    booked_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulée le", null=True)
    undone_by = models.CharField("annulée par", max_length=120, blank=True)

    class Meta:
        """Read by customer and by document."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="unpaid_entry_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "party"], name="unpaid_entry_party"),
            models.Index(fields=["company", "document_ref"], name="unpaid_entry_document"),
        ]
