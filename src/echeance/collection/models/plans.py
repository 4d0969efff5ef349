"""Plans of reminders: levels, texts, which customer follows which."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.collection.types import GROUPING_LABELS, STEP_LABELS, Grouping
from echeance.core.dunning import Channel, Level, Step, Tone


class DunningPlan(models.Model):
    """Plan de relance: its levels, and the least delay between two messages to one customer."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=80)
    is_default = models.BooleanField("plan de la société", default=False)
    category = models.CharField("catégorie de clients", max_length=12, blank=True)
    grouping = models.CharField(
        "regroupement",
        max_length=8,
        choices=[(one.value, label) for one, label in GROUPING_LABELS.items()],
        default=Grouping.CUSTOMER,
    )
    days_between_contacts = models.PositiveSmallIntegerField("jours entre deux messages", default=7)
    floor_amount = AmountField("montant plancher", null=True)
    ceiling_amount = AmountField("montant au-delà duquel une personne décide", null=True)
    version = models.PositiveIntegerField("version", default=1)
    created_at = models.DateTimeField("créé le")
    archived_at = models.DateTimeField("archivé le", null=True)

    class Meta:
        """One plan applies where none is chosen, one a category of customers."""

        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_default=True), name="dunning_plan_one_default"
            ),
            models.UniqueConstraint(
                fields=["company", "category"],
                condition=Q(archived_at__isnull=True) & ~Q(category=""),
                name="dunning_plan_one_a_category",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(category="", archived_at__isnull=True),
                name="dunning_plan_default_for_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DunningLevel(models.Model):
    """Niveau de relance: see :class:`echeance.core.dunning.Level`."""

    class ChannelLabel(models.TextChoices):
        """How it goes."""

        MAIL = Channel.MAIL.value, "courriel"
        PHONE = Channel.PHONE.value, "téléphone"
        POST = Channel.POST.value, "courrier"
        REGISTERED = Channel.REGISTERED.value, "lettre recommandée"
        E_REGISTERED = Channel.E_REGISTERED.value, "recommandé électronique"
        SMS = Channel.SMS.value, "SMS"

    class ToneLabel(models.TextChoices):
        """How it is written."""

        SERVICE = Tone.SERVICE.value, "service"
        COURTEOUS = Tone.COURTEOUS.value, "courtois"
        FIRM = Tone.FIRM.value, "ferme"
        FORMAL = Tone.FORMAL.value, "formel"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    plan = models.ForeignKey(DunningPlan, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField("rang")
    key = models.CharField("clé", max_length=40)
    label = models.CharField("intitulé", max_length=80)
    days_after_due = models.SmallIntegerField("jours après l'échéance")
    step = models.CharField(
        "étape",
        max_length=14,
        choices=[(one.value, label) for one, label in STEP_LABELS.items()],
        default=Step.REMINDER,
    )
    channel = models.CharField("canal", max_length=12, choices=ChannelLabel)
    tone = models.CharField("ton", max_length=10, choices=ToneLabel)
    shows_penalties = models.BooleanField("chiffre les pénalités et les 40 €", default=False)
    is_automatic = models.BooleanField("part sans accord", default=True)
    attaches_invoices = models.BooleanField("joint les factures", default=True)
    attaches_statement = models.BooleanField("joint le relevé de compte", default=False)
    signed_by = models.CharField("signataire", max_length=120, blank=True)
    signed_as = models.CharField("qualité du signataire", max_length=120, blank=True)

    class Meta:
        """Ranks and days are those of one ladder."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "rank"], name="dunning_level_rank"),
            models.UniqueConstraint(fields=["plan", "days_after_due"], name="dunning_level_days"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def facts(self) -> Level:
        """The level as the rules read it."""
        return Level(
            rank=self.rank,
            key=self.key,
            label=self.label,
            days_after_due=self.days_after_due,
            channel=Channel(self.channel),
            tone=Tone(self.tone),
            shows_penalties=self.shows_penalties,
            step=Step(self.step),
            is_automatic=self.is_automatic,
            attaches_invoices=self.attaches_invoices,
            attaches_statement=self.attaches_statement,
            signed_by=self.signed_by,
            signed_as=self.signed_as,
        )


class DunningText(models.Model):
    """Texte of a level in one language, with merge fields between braces."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    level = models.ForeignKey(DunningLevel, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField("langue", max_length=2)
    subject = models.CharField("sujet", max_length=150)
    body = models.TextField("texte")

    class Meta:
        """One text a level and language."""

        constraints = [
            models.UniqueConstraint(fields=["level", "language"], name="dunning_text_unique"),
        ]


class PlanChoice(models.Model):
    """Plan that a customer follows, against that of its category; at most one at a time."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    plan = models.ForeignKey(DunningPlan, on_delete=models.PROTECT, related_name="choices")
    chosen_at = models.DateTimeField("choisi le")
    chosen_by = models.CharField("par", max_length=120)
    ended_at = models.DateTimeField("fini le", null=True)

    class Meta:
        """One plan a customer."""

        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(ended_at__isnull=True), name="plan_choice_one"
            ),
        ]


class LetterTemplate(models.Model):
    """Modèle de lettre in Word or Typst, of a level and a language or of another document.

    The file lies in the archive: a new version is a new row, the former is ended.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=80)
    use = models.CharField("emploi", max_length=20)
    level = models.ForeignKey(
        DunningLevel, on_delete=models.PROTECT, null=True, related_name="letters"
    )
    language = models.CharField("langue", max_length=2, default="fr")
    syntax = models.CharField(
        "format", max_length=5, choices=[("word", "Word"), ("typst", "Typst")]
    )
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField("ajouté le")
    added_by = models.CharField("par", max_length=120)
    ended_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """One model in force for each use, level and language."""

        constraints = [
            models.UniqueConstraint(
                fields=["level", "language"],
                condition=Q(ended_at__isnull=True, level__isnull=False),
                name="letter_template_level",
            ),
            models.UniqueConstraint(
                fields=["company", "use", "language"],
                condition=Q(ended_at__isnull=True, level__isnull=True),
                name="letter_template_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name
