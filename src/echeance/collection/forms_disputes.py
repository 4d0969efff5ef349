"""What a person types about disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import amount, choices_of, day, number
from echeance.base.models import User
from echeance.billing.models import InvoiceLine
from echeance.collection.rules_disputes import FILES_MAX, STAGES_BY_HAND, figure
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DISPUTE_STAGE_LABELS,
    DisputeFile,
    DisputeFilter,
    DisputeOutcome,
    DisputeReason,
    DisputeStage,
)
from echeance.ledger.types import OpenItemFacts

STATE_LABELS = {"": "Tous", "open": "Ouverts", "closed": "Clos"}
ALL_LABELS = {
    "stage": "Toutes les étapes",
    "reason": "Tous les motifs",
    "outcome": "Toutes les issues",
}
OUTCOME_LABELS = {
    DisputeOutcome.FOUNDED: "Fondé",
    DisputeOutcome.UNFOUNDED: "Non fondé : la somme reste due",
    DisputeOutcome.SETTLED: "Transigé",
}


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _figure(label: str, places: int, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        localize=True,
        min_value=Decimal(0),
        max_digits=18,
        decimal_places=places,
        help_text=help_text,
    )


def _words(label: str, *, rows: int = 3, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _suggested(label: str, words: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": words, "autocomplete": "off"}),
    )


def _person(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=None)


def _people(members: Sequence[User]) -> list[tuple[int | str, str]]:
    return [("", "—"), *((one.pk, one.full_name or one.email) for one in members)]


class DisputeOpenForm(forms.Form):
    """What a customer contests: an amount, a line or a part of it, or all of it."""

    item = forms.TypedChoiceField(label="Échéance contestée", coerce=int)
    reason = forms.ChoiceField(
        label="Motif",
        choices=choices_of(DISPUTE_REASON_LABELS.items()),
        help_text="Les motifs du statut « En litige » des plateformes.",
    )
    amount = forms.DecimalField(
        label="Montant contesté (€)",
        required=False,
        localize=True,
        min_value=Decimal("0.01"),
        decimal_places=2,
        help_text="Vide : tout le reste dû, ou la ligne choisie. Le reste est toujours relancé.",
    )
    line = forms.TypedChoiceField(
        label="Ligne contestée", required=False, coerce=int, empty_value=None
    )
    quantity = _figure(label="Quantité contestée", places=6, help_text="Vide : toute la ligne.")
    expected_price = _figure(
        label="Prix attendu par le client (HT)",
        places=6,
        help_text="Vide : le prix n'est pas en cause.",
    )
    note = _words(label="Ce que dit le client")
    owner = _person(label="Confié à")
    answer_by = _day(
        label="À régler avant le", help_text="Vide : le délai de vos règles pour ce motif."
    )
    site = _suggested(label="Site", words="dispute-sites")
    carrier = _suggested(label="Transporteur", words="dispute-carriers")
    seller = _suggested(label="Vendeur", words="dispute-sellers")

    def __init__(
        self,
        data: Any = None,
        *,
        items: Sequence[OpenItemFacts],
        lines: Sequence[InvoiceLine] = (),
        members: Sequence[User] = (),
    ) -> None:
        super().__init__(data)
        self.lines = {line.pk: line for line in lines}
        self.people = {one.pk: one for one in members}
        self._choose(
            "item",
            [
                (
                    item.item_id,
                    gettext("{number} au {due} : {left}").format(
                        number=item.document_ref,
                        due=day(item.due_date),
                        left=amount(item.open_amount),
                    ),
                )
                for item in items
            ],
        )
        self._choose("line", [("", "—"), *((one.pk, line_label(one)) for one in lines)])
        self._choose("owner", _people(members))

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """A quantity or a price is that of a line, and the price expected is lower."""
        facts = self.cleaned_data
        line = self.lines.get(facts.get("line") or 0)
        expected = facts.get("expected_price")
        if line is None and (facts.get("quantity") or expected is not None):
            self.add_error(
                "line", gettext("Choisissez la ligne dont c'est la quantité ou le prix.")
            )
        if line is not None and expected is not None and expected >= line.unit_price:
            self.add_error(
                "expected_price",
                gettext("Le prix facturé est {price} : le client en attend un plus bas.").format(
                    price=number(line.unit_price, 2)
                ),
            )
        return facts

    def facts(self) -> dict[str, Any]:
        """What the command takes, of a valid form."""
        given = self.cleaned_data
        line = self.lines.get(given["line"] or 0)
        expected = given["expected_price"]
        return {
            "item_id": given["item"],
            "reason_code": DisputeReason(given["reason"]),
            "amount": given["amount"],
            "note": given["note"],
            "line_id": line.pk if line else None,
            "quantity": given["quantity"] or None,
            "unit_price": line.unit_price - expected if line and expected is not None else None,
            "owner": self.people.get(given["owner"] or 0),
            "answer_by": given["answer_by"],
            "site": given["site"],
            "carrier": given["carrier"],
            "seller": given["seller"],
        }


def line_label(line: InvoiceLine) -> str:
    """``1 · Carton de verres : 10 × 24,90``."""
    return (
        f"{line.position} · {line.name[:60]} : {figure(line.quantity)} × "
        f"{number(line.unit_price, 2)}"
    )


class StageForm(forms.Form):
    """Where a dispute stands, chosen by hand."""

    stage = forms.ChoiceField(
        label="Étape",
        choices=choices_of([(one, DISPUTE_STAGE_LABELS[one]) for one in STAGES_BY_HAND]),
    )

    def chosen(self) -> DisputeStage:
        """The stage of a valid form."""
        return DisputeStage(self.cleaned_data["stage"])


class OwnerForm(forms.Form):
    """Who answers for a dispute."""

    owner = _person(label="Confié à")

    def __init__(self, data: Any = None, *, members: Sequence[User], **more: Any) -> None:
        super().__init__(data, **more)
        self.people = {one.pk: one for one in members}
        field = self.fields["owner"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = _people(members)

    def chosen(self) -> User | None:
        """The member of a valid form; nobody when none is chosen."""
        return self.people.get(self.cleaned_data["owner"] or 0)


class DeadlineForm(forms.Form):
    """By when."""

    answer_by = forms.DateField(
        label="À régler avant le",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class AskForm(forms.Form):
    """A question to a colleague, or to anybody with an address."""

    member = _person(label="À un collègue")
    email = forms.EmailField(label="Ou à une adresse", required=False)
    text = _words(label="Question", required=True)
    answer_by = _day(label="Réponse attendue le", help_text="Vide : le délai de vos règles.")

    def __init__(self, data: Any = None, *, members: Sequence[User]) -> None:
        super().__init__(data)
        self.people = {one.pk: one for one in members}
        field = self.fields["member"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = _people(members)

    def clean(self) -> dict[str, Any]:
        """One person, not two."""
        facts = self.cleaned_data
        if bool(facts.get("member")) == bool(facts.get("email")) and "email" not in self.errors:
            self.add_error("email", gettext("Choisissez un collègue, ou donnez une adresse."))
        return facts

    def facts(self) -> dict[str, Any]:
        """What the command takes, of a valid form."""
        given = self.cleaned_data
        return {
            "user": self.people.get(given["member"] or 0),
            "email": given["email"],
            "text": given["text"],
            "answer_by": given["answer_by"],
        }


class PieceForm(forms.Form):
    """A piece to gather."""

    label = forms.CharField(label="Pièce à demander", max_length=120)


class PieceFileForm(forms.Form):
    """The file of a piece, when there is one."""

    file = forms.FileField(label="Fichier", required=False)

    def piece(self) -> DisputeFile | None:
        """The file of a valid form."""
        file = self.cleaned_data["file"]
        return DisputeFile(file.read(), file.name or "") if file else None


class CreditForm(forms.Form):
    """What is given back: all that is contested, or less."""

    amount = _figure(
        label="Montant accordé (€ TTC)", places=2, help_text="Vide : tout ce qui est contesté."
    )
    quantity = _figure(
        label="Quantité accordée", places=6, help_text="Vide : celle qui est contestée."
    )
    refusal = _words(label="Pourquoi le reste est refusé", rows=2)

    def __init__(self, data: Any = None, *, on_line: bool) -> None:
        super().__init__(data)
        if not on_line:
            del self.fields["quantity"]

    def facts(self) -> dict[str, Any]:
        """What the command takes, of a valid form."""
        given = self.cleaned_data
        return {
            "amount": given["amount"] or None,
            "quantity": given.get("quantity") or None,
            "refusal": given["refusal"],
        }


class LessonForm(forms.Form):
    """Why it arose, and what to do about it."""

    cause = _suggested(label="Cause", words="dispute-causes")
    lesson = _words(label="À retenir", rows=2)


class RefusalForm(LessonForm):
    """Why a dispute is refused: the customer reads it."""

    why = _words(label="Vos raisons, que le client lira", required=True)
    field_order = ("why", "cause", "lesson")


class CloseForm(LessonForm):
    """How a dispute ended, without a credit note made here."""

    outcome = forms.ChoiceField(label="Issue", choices=choices_of(OUTCOME_LABELS.items()))
    field_order = ("outcome", "cause", "lesson")


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _ManyFiles(forms.FileField):
    """Several files; an absent one is none."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them as one would be."""
        return [super(_ManyFiles, self).clean(one, initial) for one in data or ()]


class LinkAnswerForm(forms.Form):
    """What a colleague answers by a link, with photographs."""

    answer = _words(label="Votre réponse", rows=5, required=True)
    photos = _ManyFiles(
        label="Photographies ou documents",
        required=False,
        help_text="PDF ou images, cinq au plus, dix mégaoctets chacun.",
        widget=_Files(attrs={"multiple": True, "accept": "image/*,application/pdf"}),
    )


def files_of(uploaded: Sequence[Any]) -> list[DisputeFile]:
    """Uploaded files as the command takes them; one more than the most, to be refused."""
    return [DisputeFile(one.read(), one.name or "") for one in uploaded[: FILES_MAX + 1]]


class FilterForm(forms.Form):
    """What the list, its export and the statistics are about; all of it may be left out."""

    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=choices_of(STATE_LABELS.items()),
    )
    etape = forms.ChoiceField(
        label="Étape",
        required=False,
        choices=choices_of([("", ALL_LABELS["stage"]), *DISPUTE_STAGE_LABELS.items()]),
    )
    motif = forms.ChoiceField(
        label="Motif",
        required=False,
        choices=choices_of([("", ALL_LABELS["reason"]), *DISPUTE_REASON_LABELS.items()]),
    )
    issue = forms.ChoiceField(
        label="Issue",
        required=False,
        choices=choices_of([("", ALL_LABELS["outcome"]), *OUTCOME_LABELS.items()]),
    )
    responsable = _person(label="Confié à")
    depuis = _day(label="Ouverts depuis le")
    jusqu = _day(label="Jusqu'au")
    q = forms.CharField(label="Pièce ou client", required=False, max_length=80)
    client = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    retard = forms.BooleanField(label="En retard", required=False)

    def __init__(self, data: Any = None, *, members: Sequence[User]) -> None:
        super().__init__(data)
        field = self.fields["responsable"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = _people(members)

    def wanted(self) -> DisputeFilter:
        """The filter; a field that is wrong counts for nothing."""
        self.is_valid()
        given = self.cleaned_data
        since, until = given.get("depuis"), given.get("jusqu")
        return DisputeFilter(
            state=given.get("etat", ""),
            stage=given.get("etape", ""),
            reason=given.get("motif", ""),
            outcome=given.get("issue", ""),
            owner=given.get("responsable"),
            party_id=given.get("client"),
            product=self._word("article"),
            site=self._word("site"),
            carrier=self._word("transporteur"),
            seller=self._word("vendeur"),
            cause=self._word("cause"),
            late=bool(given.get("retard")),
            since=since if isinstance(since, date) else None,
            until=until if isinstance(until, date) else None,
            text=given.get("q", ""),
        )

    def _word(self, name: str) -> str | None:
        """A word of the address: an empty one asks for disputes without any."""
        found = self.data.get(name)
        return found[:120] if isinstance(found, str) else None
