"""Forms of the bank room: a file, an account, a payment shared by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import amount, choices_of, translated
from echeance.cash.models import BankAccount
from echeance.cash.types import DifferenceLine, MatchedItem
from echeance.core.bank import CsvLayout, LayoutGuess
from echeance.core.bookkeeping import account_number
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Bic, Iban
from echeance.core.matching import Difference
from echeance.ledger.types import CREDIT, OpenItemFacts


class StatementForm(forms.Form):
    """A bank file to take in."""

    file = forms.FileField(
        label="Fichier de la banque",
        help_text="camt, CFONB, MT940, OFX, QIF, CSV ou XLSX. "
        "Les soldes sont vérifiés avant toute écriture.",
    )


class BankAccountForm(forms.Form):
    """An account of the company."""

    name = forms.CharField(label="Intitulé", max_length=80, initial="Compte courant")
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    ledger_account = forms.RegexField(
        r"^512\d{0,9}$",
        label="Compte comptable",
        initial="512000",
        error_messages={"invalid": "Donnez un compte de banque, qui commence par 512."},
    )

    def clean_iban(self) -> str:
        """An IBAN whose key is right."""
        return checked(Iban.parse, self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        """Empty, or a BIC."""
        text = self.cleaned_data["bic"]
        return checked(Bic.parse, text) if text else ""


def checked(parse: Callable[[str], object], text: str) -> str:
    """A text once parsed; the business error becomes that of the field."""
    try:
        return str(parse(text))
    except EcheanceError as error:
        raise forms.ValidationError(translated(error)) from error


DIFFERENCE_ROWS = (1, 2)
DIFFERENCE_LABELS = {
    "bank_charges": "Frais bancaires",
    "discount": "Escompte",
    "rounding": "Arrondi",
    "retention": "Retenue de garantie",
    "small": "Petit écart passé en perte",
    "exchange": "Écart de change",
}


class SharingForm(forms.Form):
    """How much of a payment goes to each open item; an empty field gives nothing.

    Items of the credit side are taken off by the payer. A deduction is what the payment lacks of
    the amounts given, explained by a line of the policy; of a line that takes an excess, what it
    has beyond them.
    """

    remember = forms.BooleanField(
        label="Reconnaître ce payeur la prochaine fois",
        required=False,
        help_text="Appris par vous seul, visible et retirable dans Payeurs connus.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        items: Sequence[OpenItemFacts],
        customers: Sequence[tuple[int, str]] = (),
        lines: Sequence[DifferenceLine] = (),
    ) -> None:
        super().__init__(data)
        self.items = items
        self.customers = customers
        self.lines = lines
        for item in items:
            self.fields[f"item-{item.item_id}"] = self._share(item)
            whole = forms.BooleanField(required=False)
            whole.widget.attrs |= {
                "class": "check",
                "data-fill": "",
                "data-focus": "",
                "aria-label": gettext("Affecter tout {number}").format(number=item.document_ref),
            }
            self.fields[f"whole-{item.item_id}"] = whole
        if len(customers) > 1:
            self.fields["kept_by"] = forms.TypedChoiceField(
                label="Garder le reste au compte de", choices=customers, coerce=int
            )
        for row in DIFFERENCE_ROWS:
            self._add_difference(row)

    def _share(self, item: OpenItemFacts) -> forms.DecimalField:
        field = forms.DecimalField(
            label=gettext("Montant affecté à {number}").format(number=item.document_ref),
            min_value=Decimal("0.01"),
            max_value=item.open_amount,
            decimal_places=2,
            required=False,
            localize=True,
            error_messages={
                "max_value": gettext("Il n'y reste que {left}.").format(
                    left=amount(item.open_amount)
                )
            },
        )
        field.widget.attrs |= {
            "class": "input num",
            "inputmode": "decimal",
            "aria-label": field.label,
            "data-share": "-1" if item.side == CREDIT else "1",
        }
        return field

    def _add_difference(self, row: int) -> None:
        choices = [("", gettext("Aucune"))] + [
            (str(place), f"{gettext(DIFFERENCE_LABELS[line.kind])} ({account_number(line.account)})"
             + (f" {gettext('en plus')}" if line.direction == "over" else ""))
            for place, line in enumerate(self.lines)
        ]  # fmt: skip
        kind = forms.ChoiceField(label="Déduction", choices=choices, required=False)
        over = [str(place) for place, line in enumerate(self.lines) if line.direction == "over"]
        kind.widget.attrs |= {
            "class": "input",
            "data-difference-kind": "",
            "data-over": ",".join(over),
        }
        if row == DIFFERENCE_ROWS[0]:
            kind.widget.attrs |= {"data-shortcut": "d", "aria-keyshortcuts": "d"}
        lack = forms.DecimalField(
            label="Montant de la déduction",
            min_value=Decimal("0.01"),
            decimal_places=2,
            required=False,
            localize=True,
        )
        lack.widget.attrs |= {"class": "input num", "inputmode": "decimal", "data-difference": ""}
        self.fields[f"kind_{row}"] = kind
        self.fields[f"lack_{row}"] = lack

    def rows(self) -> list[tuple[OpenItemFacts, forms.BoundField, forms.BoundField]]:
        """Each item with its field, and the tick that gives all of it."""
        return [
            (item, self[f"item-{item.item_id}"], self[f"whole-{item.item_id}"])
            for item in self.items
        ]

    def difference_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Kind and amount of each deduction."""
        return [(self[f"kind_{row}"], self[f"lack_{row}"]) for row in DIFFERENCE_ROWS]

    def clean(self) -> dict[str, Any]:
        """A deduction has its kind and its amount."""
        for row in DIFFERENCE_ROWS:
            kind, lack = self.cleaned_data.get(f"kind_{row}"), self.cleaned_data.get(f"lack_{row}")
            if kind and lack is None and f"lack_{row}" not in self.errors:
                self.add_error(f"lack_{row}", gettext("Donnez le montant de la déduction."))
            if lack is not None and not kind:
                self.add_error(f"kind_{row}", gettext("Dites de quelle déduction il s'agit."))
        return self.cleaned_data

    def shares(self) -> tuple[MatchedItem, ...]:
        """What a valid form gives to each item: the amount typed, all of it when only ticked."""
        given = [
            (
                item.item_id,
                self.cleaned_data[f"item-{item.item_id}"]
                or (item.open_amount if self.cleaned_data[f"whole-{item.item_id}"] else None),
            )
            for item in self.items
        ]
        return tuple(MatchedItem(item_id, amount) for item_id, amount in given if amount)

    def differences(self) -> tuple[Difference, ...]:
        """The deductions of a valid form, with the account and VAT of their line of the policy."""
        found = []
        for row in DIFFERENCE_ROWS:
            kind, lack = self.cleaned_data[f"kind_{row}"], self.cleaned_data[f"lack_{row}"]
            if kind and lack:
                line = self.lines[int(kind)]
                signed = lack if line.direction == "over" else -lack
                found.append(Difference(line.kind, signed, line.account, line.vat))
        return tuple(found)

    def keeper(self) -> int | None:
        """The customer that keeps what is not given."""
        if "kept_by" in self.fields:
            return int(self.cleaned_data["kept_by"])
        return self.customers[0][0] if self.customers else None


class RemittanceForm(forms.Form):
    """An advice: a file dropped, or the text of a mail pasted."""

    file = forms.FileField(label="Fichier de l'avis", required=False)
    pasted = forms.CharField(
        label="Ou collez le tableau, ou le texte du message",
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        if not self.errors and not (
            self.cleaned_data.get("file") or self.cleaned_data.get("pasted", "").strip()
        ):
            raise forms.ValidationError(
                gettext("Déposez l'avis de règlement, ou collez-en le tableau.")
            )
        return self.cleaned_data

    def content(self) -> tuple[bytes, str]:
        """Bytes and name of what was given."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode(), "avis-colle.txt"


class HoldForm(forms.Form):
    """Until when a line waits, and why."""

    until = forms.DateField(
        label="En attente jusqu'au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label="Pourquoi", max_length=300, required=False)


class ColleagueForm(forms.Form):
    """A question to somebody who may have no account."""

    email = forms.EmailField(label="Son adresse e-mail")
    text = forms.CharField(
        label="Question", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    answer_by = forms.DateField(
        label="Réponse attendue le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ColleagueAnswerForm(forms.Form):
    """What somebody answers by their link."""

    answer = forms.CharField(
        label="Votre réponse", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class HeldFileForm(forms.Form):
    """The answers that a bank file waits for: its account, a yes, the order of its dates."""

    account = forms.TypedChoiceField(
        label="Compte du fichier", coerce=int, empty_value=None, required=False
    )
    day_first = forms.TypedChoiceField(
        label="Ordre des dates",
        choices=choices_of(
            (("", "tel que le fichier le dit"), ("1", "jour puis mois"), ("0", "mois puis jour"))
        ),
        coerce=lambda text: text == "1",
        empty_value=None,
        required=False,
    )
    confirmed = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, accounts: Iterable[BankAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_accounts(self, accounts)


def _offer_accounts(form: forms.Form, accounts: Iterable[BankAccount]) -> None:
    field = form.fields["account"]
    assert isinstance(field, forms.ChoiceField), "it is a choice of accounts"
    field.choices = [("", "—"), *((one.pk, one.name) for one in accounts)]


class ResolutionForm(forms.Form):
    """What was done about a file that will not be taken in."""

    resolution = forms.CharField(label="Suite donnée", max_length=300)


COLUMNS = (
    ("date", "Date d'opération"),
    ("value_date", "Date de valeur"),
    ("label", "Libellé"),
    ("amount", "Montant signé"),
    ("debit", "Débit"),
    ("credit", "Crédit"),
    ("balance", "Solde"),
    ("reference", "Référence"),
    ("payer", "Donneur d'ordre"),
    ("iban", "IBAN du donneur d'ordre"),
)


class LayoutForm(forms.Form):
    """What the columns of a table are, from what was guessed."""

    account = forms.TypedChoiceField(label="Compte du fichier", coerce=int)
    date_format = forms.ChoiceField(
        label="Écriture des dates",
        choices=(
            ("%d/%m/%Y", "31/12/2026"),
            ("%d/%m/%y", "31/12/26"),
            ("%Y-%m-%d", "2026-12-31"),
            ("%d-%m-%Y", "31-12-2026"),
            ("%d.%m.%Y", "31.12.2026"),
            ("%Y/%m/%d", "2026/12/31"),
            ("%Y%m%d", "20261231"),
            ("%m/%d/%Y", "12/31/2026"),
            ("%m/%d/%y", "12/31/26"),
        ),
    )
    decimal_mark = forms.ChoiceField(
        label="Séparateur décimal", choices=((",", "1 234,56"), (".", "1,234.56"))
    )

    def __init__(
        self,
        *args: Any,
        guess: LayoutGuess,
        accounts: Iterable[BankAccount],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._guess = guess
        _offer_accounts(self, accounts)
        layout = guess.layout
        width = max([len(guess.titles), *(len(row) for row in guess.rows)], default=0)
        titles = [*guess.titles, *[""] * (width - len(guess.titles))]
        columns = [(str(at), title or f"n° {at + 1}") for at, title in enumerate(titles)]
        for name, label in COLUMNS:
            found = getattr(layout, name) if layout else None
            if isinstance(found, tuple):
                found = found[0] if found else None
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=[("", "—"), *columns],
                coerce=int,
                empty_value=None,
                required=name == "date",
                initial="" if found is None else str(found),
            )
        if layout:
            self.initial["date_format"] = layout.date_format
            self.initial["decimal_mark"] = layout.decimal_mark

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields of the columns."""
        return [self[name] for name, _ in COLUMNS]

    def clean(self) -> dict[str, Any]:
        """A signed amount, or a debit and a credit."""
        data = super().clean() or {}
        signed = data.get("amount") is not None
        sided = data.get("debit") is not None and data.get("credit") is not None
        if signed == sided:
            raise forms.ValidationError(
                gettext("Donnez la colonne du montant signé, ou celles du débit et du crédit.")
            )
        return data

    def layout(self) -> CsvLayout:
        """The layout as confirmed; the writing of the file stays as found."""
        data = self.cleaned_data
        guess = self._guess
        labels = guess.layout.label if guess.layout else ()
        label = data["label"]
        chosen = labels if label in labels else () if label is None else (label,)
        return CsvLayout(
            header_line=guess.header_line,
            titles=guess.titles,
            delimiter=guess.delimiter,
            encoding=guess.encoding,
            label=chosen,
            date_format=data["date_format"],
            decimal_mark=data["decimal_mark"],
            **{name: data[name] for name, _ in COLUMNS if name != "label"},
        )


class BookingForm(forms.Form):
    """An account that is nobody's for a line of money out: bank fees by default."""

    account = forms.RegexField(
        # Neither money (5…), nor parties (40, 41), nor the suspense account: they have their acts.
        r"^(?!5|40|41|471)\d{6,12}$",
        label="Compte comptable",
        initial="627000",
        help_text="627000 pour des frais bancaires ; un autre compte demande un droit de plus.",
        error_messages={
            "invalid": "Donnez un compte de charge, de produit ou d'État, sur six chiffres."
        },
    )
    vat = forms.DecimalField(
        label="TVA déductible comprise",
        min_value=Decimal(0),
        decimal_places=2,
        required=False,
        localize=True,
    )
    label = forms.CharField(label="Libellé de l'écriture", max_length=120, required=False)

    def clean_vat(self) -> Decimal:
        """Nothing is no VAT."""
        return self.cleaned_data["vat"] or Decimal(0)
