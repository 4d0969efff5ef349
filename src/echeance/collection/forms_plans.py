"""Forms of the plans of reminders: the plan, its levels, whom it is given to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from echeance.base.language import choices_of
from echeance.collection.rules import LANGUAGES
from echeance.collection.rules_plans import LEVELS_MAX
from echeance.collection.types import (
    GROUPING_LABELS,
    STEP_LABELS,
    Grouping,
    LevelDraft,
    PlanDraft,
)
from echeance.core.dunning import Channel, Step, Tone

FOLLOWERS_LABELS = {
    "": "personne d'office",
    "default": "tous ceux qui n'en ont pas d'autre",
    "professional": "les clients professionnels",
    "public": "les acheteurs publics",
    "consumer": "les particuliers",
}
CHANNEL_LABELS = {
    Channel.MAIL: "courriel",
    Channel.PHONE: "téléphone",
    Channel.POST: "courrier",
    Channel.REGISTERED: "lettre recommandée",
    Channel.E_REGISTERED: "recommandé électronique",
    Channel.SMS: "SMS",
}
TONE_LABELS = {
    Tone.SERVICE: "service",
    Tone.COURTEOUS: "courtois",
    Tone.FIRM: "ferme",
    Tone.FORMAL: "formel",
}
STARTING_LABELS = {
    "usual": "Plan habituel : trois relances par courriel",
    "professional": "Clients professionnels : relances, appel, mise en demeure, contentieux",
    "public": "Acheteurs publics : plus patient, taux public",
    "consumer": "Particuliers : sans pénalités ni 40 €",
    "thoughtful": "Prévenant : un message de courtoisie avant l'échéance",
}


class EditForm(forms.Form):
    """The words of one reminder."""

    subject = forms.CharField(label="Sujet", max_length=200)
    body = forms.CharField(
        label="Texte",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Les chiffres et les numéros de facture restent tels quels.",
    )


REPLY_LABELS = {
    "mail": "courriel",
    "phone": "téléphone",
    "post": "courrier",
    "sms": "SMS",
    "portal": "espace client",
    "other": "autrement",
}


class ReplyForm(forms.Form):
    """What a customer answered, heard elsewhere."""

    channel = forms.ChoiceField(label="Reçue par", choices=choices_of(REPLY_LABELS.items()))
    received_on = forms.DateField(
        label="Le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    text = forms.CharField(
        label="Ce que dit le client", max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    read = forms.BooleanField(label="Je l'ai lue, rien à faire de plus", required=False)

    def received_at(self) -> datetime:
        """Noon of the day of a valid form, in Europe/Paris."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["received_on"], time(12)))

    def key(self, party_id: int) -> str:
        """The same answer typed twice is one: its customer, day and words name it."""
        told = f"{self.cleaned_data['received_on']}|{self.cleaned_data['text'].strip()}"
        return f"typed:{party_id}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


class NewPlanForm(forms.Form):
    """What a new plan starts from."""

    name = forms.CharField(label="Nom du plan", max_length=80)
    source = forms.ChoiceField(label="Partir de")

    def __init__(self, data: Any = None, *, plans: Mapping[str, str]) -> None:
        super().__init__(data)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices_of([*STARTING_LABELS.items(), *plans.items()])()


class PlanForm(forms.Form):
    """A plan without its levels."""

    name = forms.CharField(label="Nom du plan", max_length=80)
    followers = forms.ChoiceField(
        label="Le suivent", required=False, choices=choices_of(FOLLOWERS_LABELS.items())
    )
    grouping = forms.ChoiceField(label="Regroupement", choices=choices_of(GROUPING_LABELS.items()))
    days_between_contacts = forms.IntegerField(
        label="Jours entre deux messages", min_value=0, max_value=90
    )
    floor_amount = forms.DecimalField(
        label="Ne rien demander sous (€)",
        required=False,
        localize=True,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text="Vide : le seuil de la société.",
    )
    ceiling_amount = forms.DecimalField(
        label="Demander mon accord au-delà de (€)",
        required=False,
        localize=True,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
    )


class LevelForm(forms.Form):
    """One level, with its texts."""

    use_required_attribute = False

    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    label = forms.CharField(label="Intitulé", max_length=80)
    days_after_due = forms.IntegerField(
        label="Jours après l'échéance",
        min_value=-90,
        max_value=730,
        help_text="Négatif : avant l'échéance, pour un message de courtoisie.",
    )
    step = forms.ChoiceField(label="Étape", choices=choices_of(STEP_LABELS.items()))
    channel = forms.ChoiceField(label="Canal", choices=choices_of(CHANNEL_LABELS.items()))
    tone = forms.ChoiceField(label="Ton", choices=choices_of(TONE_LABELS.items()))
    shows_penalties = forms.BooleanField(label="Chiffre les pénalités et les 40 €", required=False)
    is_automatic = forms.BooleanField(label="Part sans mon accord", required=False)
    attaches_invoices = forms.BooleanField(label="Joint les factures", required=False)
    attaches_statement = forms.BooleanField(label="Joint le relevé de compte", required=False)
    signed_by = forms.CharField(label="Signataire", required=False, max_length=120)
    signed_as = forms.CharField(label="Qualité du signataire", required=False, max_length=120)
    subject_fr = forms.CharField(label="Sujet en français", required=False, max_length=150)
    body_fr = forms.CharField(
        label="Texte en français",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    subject_en = forms.CharField(label="Sujet en anglais", required=False, max_length=150)
    body_en = forms.CharField(
        label="Texte en anglais",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


LevelFormSet = forms.formset_factory(
    LevelForm, extra=0, can_delete=True, max_num=LEVELS_MAX, absolute_max=LEVELS_MAX
)
PREFIX = "niveaux"


def initial_of(draft: PlanDraft) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the forms show of a draft: the plan, and its levels."""
    followers = "default" if draft.is_default else draft.category
    plan = {
        "name": draft.name,
        "followers": followers,
        "grouping": draft.grouping.value,
        "days_between_contacts": draft.days_between_contacts,
        "floor_amount": draft.floor_amount,
        "ceiling_amount": draft.ceiling_amount,
    }
    return plan, [_level_initial(level) for level in draft.levels]


def _level_initial(level: LevelDraft) -> dict[str, Any]:
    texts = {
        f"{field}_{language}": text
        for language, subject, body in level.texts
        for field, text in (("subject", subject), ("body", body))
    }
    return {
        "key": level.key,
        "label": level.label,
        "days_after_due": level.days_after_due,
        "step": level.step.value,
        "channel": level.channel.value,
        "tone": level.tone.value,
        "shows_penalties": level.shows_penalties,
        "is_automatic": level.is_automatic,
        "attaches_invoices": level.attaches_invoices,
        "attaches_statement": level.attaches_statement,
        "signed_by": level.signed_by,
        "signed_as": level.signed_as,
        **texts,
    }


def draft_from(plan: Mapping[str, Any], levels: list[Mapping[str, Any]]) -> PlanDraft:
    """The draft that valid forms make; levels ticked for removal are left out."""
    followers = plan["followers"]
    return PlanDraft(
        name=plan["name"].strip(),
        category="" if followers == "default" else followers,
        is_default=followers == "default",
        grouping=Grouping(plan["grouping"]),
        days_between_contacts=plan["days_between_contacts"],
        floor_amount=plan["floor_amount"],
        ceiling_amount=plan["ceiling_amount"],
        levels=tuple(_level_from(level) for level in levels if not level.get("DELETE")),
    )


def _level_from(facts: Mapping[str, Any]) -> LevelDraft:
    texts = (
        (language, facts[f"subject_{language}"].strip(), _clean(facts[f"body_{language}"]))
        for language in LANGUAGES
    )
    return LevelDraft(
        key=facts["key"],
        label=facts["label"].strip(),
        days_after_due=facts["days_after_due"],
        step=Step(facts["step"]),
        channel=Channel(facts["channel"]),
        tone=Tone(facts["tone"]),
        shows_penalties=facts["shows_penalties"],
        is_automatic=facts["is_automatic"],
        attaches_invoices=facts["attaches_invoices"],
        attaches_statement=facts["attaches_statement"],
        signed_by=facts["signed_by"].strip(),
        signed_as=facts["signed_as"].strip(),
        texts=tuple(text for text in texts if text[1] or text[2]),
    )


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
