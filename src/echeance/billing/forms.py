"""What a person types in the pages of billing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop

from echeance.base.language import choices_of, translated
from echeance.billing.commands.setup import logo_name_of
from echeance.billing.errors import ChannelInvalidError
from echeance.billing.models import BillingRule, Contract, Invoice, InvoiceSeries
from echeance.billing.models.documents import ChannelLabel
from echeance.billing.rendering import Look
from echeance.billing.rules.attachments import LABELS as ATTACHMENT_LABELS
from echeance.billing.rules.channels import problem as channel_problem
from echeance.billing.rules.crediting import REASONS, LineLeft
from echeance.billing.rules.portals import LABELS as HANDOVER_LABELS
from echeance.billing.rules.rebates import read_tier
from echeance.billing.types import (
    SELF_BILLED_KINDS,
    BillingRuleFacts,
    ContractFacts,
    ContractLineFacts,
    CreditLine,
    DeliveryFacts,
    DraftLine,
    FormulaFacts,
    IndexValueFacts,
    LeftToDeliver,
    MarketLineFacts,
    PriceBreakFacts,
    QuoteLineFacts,
    RebateTier,
    UsePart,
    View,
)
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.tabular import MAX_BYTES
from echeance.core.terms import parse_terms

PERIOD_LABELS = [
    ("mois", "Ce mois-ci"),
    ("mois-dernier", "Le mois dernier"),
    ("90-jours", "90 derniers jours"),
    ("annee", "Cette année"),
    ("annee-derniere", "L'année dernière"),
]
"""Periods of issue, by the key their address carries."""
HELD_MAX = 1_500_000
"""Largest file a page brings back by itself: what Django takes in one form field, as text."""
SORTS = {"date", "client", "montant", "echeance"}


def period_bounds(key: str, on: date) -> tuple[date | None, date | None]:
    """First and last day of a period; both none for an unknown one.

    >>> period_bounds("mois-dernier", date(2026, 3, 31))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    month = on.replace(day=1)
    year = on.replace(month=1, day=1)
    match key:
        case "mois":
            return month, on
        case "mois-dernier":
            last = month - timedelta(days=1)
            return last.replace(day=1), last
        case "90-jours":
            return on - timedelta(days=90), on
        case "annee":
            return year, on
        case "annee-derniere":
            last = year - timedelta(days=1)
            return last.replace(month=1, day=1), last
        case _:
            return None, None


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What a list of documents shows, as its address says it; what is unknown is left out.

    Attributes:
        view: One of the lists; none for all documents.
        text: Looked for in numbers, names and references.
        period: Key of :data:`PERIOD_LABELS`, or empty.
        sort: A key of :data:`SORTS`, with ``-`` for the largest first.
    """

    view: View | None
    text: str
    period: str
    sort: str

    @classmethod
    def read(cls, given: QueryDict) -> InvoiceFilter:
        """The filter of an address."""
        view, sort = given.get("vue", ""), given.get("tri", "")
        period = given.get("periode", "")
        return cls(
            view=View(view) if view in set(View) else None,
            text=given.get("q", "").strip()[:100],
            period=period if period in dict(PERIOD_LABELS) else "",
            sort=sort if sort.removeprefix("-") in SORTS else "-date",
        )

    def query(self, *, view: bool = True, sort: bool = True) -> str:
        """The part of the address that says the same, without its empty parts."""
        parts = {
            "vue": self.view.value if view and self.view else "",
            "q": self.text,
            "periode": self.period,
            "tri": self.sort if sort and self.sort != "-date" else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})


class DraftForm(forms.Form):
    """What may be changed of a draft without touching its lines."""

    order_reference = forms.CharField(
        label="Bon de commande du client",
        max_length=60,
        required=False,
        help_text="Certains clients refusent une facture qui ne le porte pas.",
    )
    buyer_reference = forms.CharField(
        label="Référence de l'acheteur",
        max_length=60,
        required=False,
        help_text="Code service d'un acheteur public, par exemple.",
    )
    delivery_date = forms.DateField(
        label="Date de livraison ou d'exécution",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement",
        max_length=200,
        help_text="Par exemple « 30 jours » ou « 45 jours fin de mois ».",
    )
    note = forms.CharField(
        label="Remarque imprimée", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @classmethod
    def values_of(cls, row: Invoice) -> dict[str, object]:
        """The present values of a draft, its terms in words."""
        values = {name: getattr(row, name) for name in cls.base_fields}
        return values | {"payment_terms": parse_terms(row.payment_terms).label}

    def clean_payment_terms(self) -> str:
        """Terms that can be read, or the sentence that says why not."""
        try:
            return parse_terms(self.cleaned_data["payment_terms"]).code
        except EcheanceError as error:
            raise forms.ValidationError(translated(error)) from error


def _day(**more: Any) -> forms.DateField:
    """A day, typed or picked."""
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def _amount(**more: Any) -> forms.DecimalField:
    """An amount or a rate, as people write it."""
    return forms.DecimalField(
        localize=True,
        widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
        **more,
    )


CREDIT_MODES = [
    ("lines", "Des lignes, en tout ou en partie"),
    ("gross", "Un montant TTC, réparti sur les taux"),
    ("net", "Un montant HT, réparti sur les taux"),
    ("all", "Tout ce qui reste"),
]
"""What a credit note may give back, by the key its form carries."""


class CreditForm(forms.Form):
    """Why a credit note is made, and what it gives back: lines, an amount, or all that is left."""

    reason_code = forms.ChoiceField(
        label="Nature du motif",
        required=False,
        choices=choices_of([("", "—"), *((code, one.label) for code, one in REASONS.items())]),
        help_text="Elle sert aux statistiques, et aux réponses des plateformes.",
        widget=forms.Select(attrs={"class": "input"}),
    )
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        required=False,
        help_text="Il est imprimé sur l'avoir ; vide, c'est la nature du motif qui l'est.",
    )
    mode = forms.ChoiceField(
        label="Ce qui est rendu",
        required=False,
        choices=choices_of(CREDIT_MODES),
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label="Montant à créditer",
        required=False,
        max_digits=15,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, left: Mapping[int, LineLeft], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = {pk: line for pk, line in left.items() if line.net_amount > ZERO}
        for pk, line in self._left.items():
            self.fields[f"quantity_{pk}"] = forms.DecimalField(
                label=gettext("Quantité à créditer, ligne {row}").format(row=line.position),
                initial=line.quantity,
                min_value=ZERO,
                max_value=line.quantity,
                max_digits=18,
                decimal_places=4,
                localize=True,
                required=False,
                widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
            )
            self.fields[f"price_{pk}"] = forms.DecimalField(
                label=gettext("Part du prix à rendre, ligne {row}").format(row=line.position),
                min_value=ZERO,
                max_value=line.unit_price,
                max_digits=18,
                decimal_places=6,
                localize=True,
                required=False,
                widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
            )

    def quantity_fields(self) -> list[tuple[int, forms.BoundField]]:
        """Line by line, the field of its quantity."""
        return [(pk, self[f"quantity_{pk}"]) for pk in self._left]

    def line_fields(self) -> list[tuple[LineLeft, forms.BoundField, forms.BoundField]]:
        """Line by line: what is left, its quantity, the part of its price."""
        return [
            (line, self[f"quantity_{pk}"], self[f"price_{pk}"]) for pk, line in self._left.items()
        ]

    def credited(self) -> list[CreditLine]:
        """Lines of a valid form that give something back; a whole line takes what is left of it."""
        found = []
        for pk, line in self._left.items():
            quantity = self.cleaned_data[f"quantity_{pk}"] or ZERO
            price = self.cleaned_data[f"price_{pk}"] or None
            if quantity and price is not None and price != line.unit_price:
                found.append(CreditLine(pk, quantity, price))
            elif quantity:
                found.append(CreditLine(pk, None if quantity == line.quantity else quantity))
        return found

    def how(self) -> dict[str, Any]:
        """What a valid form gives back, as the command takes it."""
        match self.cleaned_data["mode"]:
            case "all":
                return {}
            case "gross" | "net" as kind:
                return {kind: self.cleaned_data["amount"]}
            case _:
                return {"lines": self.credited()}

    def clean_mode(self) -> str:
        """Lines, unless said otherwise."""
        return self.cleaned_data["mode"] or "lines"

    def clean(self) -> dict[str, Any]:
        """Refuse a credit note of nothing."""
        if self.errors:
            return self.cleaned_data
        mode = self.cleaned_data["mode"]
        if mode == "lines" and not self.credited():
            raise forms.ValidationError(
                gettext("Aucune quantité n'est à créditer : indiquez-en au moins une.")
            )
        if mode in {"gross", "net"} and self.cleaned_data["amount"] is None:
            self.add_error("amount", gettext("Indiquez le montant à créditer."))
        return self.cleaned_data


class SeriesForm(forms.Form):
    """A new series of numbers."""

    kind = forms.ChoiceField(
        label="Genre de document",
        choices=choices_of(
            [
                (value, label)
                for value, label in InvoiceSeries.SeriesKind.choices
                if value not in SELF_BILLED_KINDS
            ]
        ),
        widget=forms.Select(attrs={"class": "input"}),
    )
    letters = forms.CharField(
        label="Préfixe",
        max_length=12,
        help_text="Ce qui précède l'année : « FA » donne FA-2026-000001.",
    )
    label = forms.CharField(
        label="À quoi elle sert",
        max_length=80,
        required=False,
        help_text="Par exemple « Boutique de Lyon » ou « Export ».",
    )
    digits = forms.IntegerField(label="Chiffres du rang", min_value=3, max_value=10, initial=6)
    is_default = forms.BooleanField(
        label="En faire la série habituelle de ce genre", required=False
    )


class UseForm(forms.Form):
    """What becomes of what is left of a credit note: invoices lowered, refund, kept for later."""

    refund = forms.DecimalField(label="À rembourser", required=False)
    later = forms.DecimalField(label="À garder pour plus tard", required=False)

    def __init__(
        self, *args: Any, targets: Sequence[tuple[Invoice, Decimal]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._targets = targets
        for invoice, left in targets:
            self.fields[f"invoice_{invoice.pk}"] = forms.DecimalField(
                label=gettext("À déduire de {number}").format(number=invoice),
                max_value=left,
                required=False,
            )
        for name, one in self.fields.items():
            self.fields[name] = forms.DecimalField(
                label=one.label,
                max_value=getattr(one, "max_value", None),
                min_value=ZERO,
                max_digits=15,
                decimal_places=2,
                localize=True,
                required=False,
                widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
            )

    def target_fields(self) -> list[tuple[Invoice, Decimal, forms.BoundField]]:
        """Each open invoice of the customer, what it owes, and the field of its deduction."""
        return [(invoice, left, self[f"invoice_{invoice.pk}"]) for invoice, left in self._targets]

    def parts(self) -> list[UsePart]:
        """The parts of a valid form that are above zero."""
        found = [
            UsePart("deduction", amount, invoice.pk)
            for invoice, _ in self._targets
            if (amount := self.cleaned_data[f"invoice_{invoice.pk}"])
        ]
        found += [
            UsePart(use, amount)
            for use in ("refund", "later")
            if (amount := self.cleaned_data[use])
        ]
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a split of nothing."""
        if not self.errors and not self.parts():
            raise forms.ValidationError(gettext("Indiquez au moins un montant."))
        return self.cleaned_data


MARKET_MODE_LABELS = [("progress", "Situations de travaux"), ("milestones", "Jalons")]
MARKET_FRAME_LABELS = [
    ("", "Titulaire du marché"),
    ("S5", "Sous-traitant"),
    ("S3", "Sous-traitant payé directement par un acheteur public"),
    ("S6", "Cotraitant"),
]
REBATE_BASIS_LABELS = [
    ("whole", "Le taux atteint, sur tout le chiffre d'affaires"),
    ("slices", "Chaque tranche à son taux"),
]


class MarketForm(forms.Form):
    """A market and its lines, one a row, pasted from a spreadsheet or typed."""

    customer = forms.CharField(
        label="Client",
        max_length=200,
        help_text="Son code, son SIREN ou son nom exact.",
    )
    number = forms.CharField(label="Numéro du marché", max_length=60)
    name = forms.CharField(label="Objet", max_length=200)
    mode = forms.ChoiceField(
        label="Facturation",
        choices=choices_of(MARKET_MODE_LABELS),
    )
    signed_on = _day(label="Signé le")
    order_reference = forms.CharField(
        label="Bon de commande du client", max_length=60, required=False
    )
    retention_percent = _amount(
        label="Retenue de garantie (%)",
        required=False,
        min_value=ZERO,
        max_value=Decimal(5),
        max_digits=5,
        decimal_places=2,
        help_text="5 % au plus ; vide : aucune.",
    )
    has_retention_bond = forms.BooleanField(label="Une caution remplace la retenue", required=False)
    frame = forms.ChoiceField(
        label="Rôle",
        required=False,
        choices=choices_of(MARKET_FRAME_LABELS),
    )
    lines = forms.CharField(
        label="Postes",
        widget=forms.Textarea(attrs={"rows": 8, "class": "input mono"}),
        max_length=100_000,
        help_text="Un par ligne : désignation ; montant HT ; taux de TVA ; date prévue. Le taux et "
        "la date sont facultatifs. Collez-les d'un tableur, les tabulations conviennent.",
    )

    def clean_retention_percent(self) -> Decimal:
        """Nothing is no retention."""
        return self.cleaned_data["retention_percent"] or ZERO

    def clean_lines(self) -> list[MarketLineFacts]:
        """The lines, or the row and the reason of each that cannot be read."""
        found, problems = [], []
        rows = self.cleaned_data["lines"].splitlines()
        for rank, row in enumerate(rows, start=1):
            if not row.strip():
                continue
            try:
                found.append(_market_line(row))
            except ValueError as error:
                told = gettext("Ligne {rank} : {reason}.")
                problems.append(told.format(rank=rank, reason=gettext(str(error))))
        if problems:
            raise forms.ValidationError(problems[:10])
        return found


def _market_line(row: str) -> MarketLineFacts:
    cells = [cell.strip() for cell in row.split("\t" if "\t" in row else ";")]
    if len(cells) < 2 or not cells[0]:
        raise ValueError(_NO_AMOUNT)
    try:
        net = typed_number(cells[1])
        rate = typed_number(cells[2]) if len(cells) > 2 and cells[2] else None
    except InvalidOperation as error:
        raise ValueError(_NOT_A_NUMBER) from error
    expected = None
    if len(cells) > 3 and cells[3]:
        expected = _typed_day(cells[3])
    return MarketLineFacts(cells[0], net, rate, expected_on=expected)


_NO_HOURS = gettext_noop("donnez le jour, l'intervenant, les heures et le travail")
_NO_PRICE = gettext_noop("donnez l'article et son prix, séparés par un point-virgule")
_NO_AMOUNT = gettext_noop("il faut une désignation et un montant")
_NOT_A_NUMBER = gettext_noop("le montant ou le taux n'est pas un nombre")
_NOT_A_DAY = gettext_noop("la date ne se lit pas, écrivez 31/12/2026")


def _typed_day(text: str) -> date:
    day, month, year = text.split("/") if text.count("/") == 2 else ("", "", "")
    try:
        return date(int(year), int(month), int(day)) if year else date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_NOT_A_DAY) from error


def typed_number(text: str) -> Decimal:
    """A number as people write it: spaces, comma, € and % allowed.

    Raises:
        InvalidOperation: It is none.

    >>> str(typed_number("1 234,50 €"))
    '1234.50'
    """
    kept = "".join(sign for sign in text if not sign.isspace() and sign not in "€%")
    value = Decimal(kept.replace(",", "."))
    if not value.is_finite() or abs(value) >= 10**12:
        raise InvalidOperation
    return value


class QuoteForm(forms.Form):
    """What a quote says beside its lines."""

    customer = forms.CharField(
        label="Client",
        max_length=200,
        help_text="Son code, son SIREN ou son nom exact.",
    )
    title = forms.CharField(label="Objet", max_length=200)
    valid_until = _day(label="Valable jusqu'au")
    deposit_percent = _amount(
        label="Acompte à la commande (%)",
        required=False,
        min_value=ZERO,
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text="Sa facture se prépare seule à l'acceptation ; vide : aucun.",
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement",
        max_length=200,
        required=False,
        help_text="Par exemple « 30 jours » ; vide : celles du client.",
    )
    note = forms.CharField(
        label="Remarque",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_deposit_percent(self) -> Decimal:
        """Nothing is no deposit."""
        return self.cleaned_data["deposit_percent"] or ZERO


VAT_CHOICES = [
    ("", gettext_noop("usuel")),
    ("20", "20 %"),
    ("10", "10 %"),
    ("5.5", "5,5 %"),
    ("2.1", "2,1 %"),
    ("8.5", "8,5 %"),
]
"""Rates a line may name; the usual one is that of the article, else of the customer."""
NATURE_CHOICES = [("goods", gettext_noop("bien")), ("services", gettext_noop("service"))]


class QuoteLineForm(forms.Form):
    """A line of a quote; one left empty is no line."""

    item_code = forms.CharField(label="Article", max_length=60, required=False)
    name = forms.CharField(label="Désignation", max_length=200, required=False)
    nature = forms.ChoiceField(label="Nature", required=False, choices=choices_of(NATURE_CHOICES))
    quantity = _amount(
        label="Quantité",
        required=False,
        min_value=Decimal("0.0001"),
        max_digits=14,
        decimal_places=4,
    )
    unit_price = _amount(
        label="Prix unitaire HT",
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=16,
        decimal_places=6,
    )
    discount_percent = _amount(
        label="Remise (%)",
        required=False,
        min_value=ZERO,
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
    )
    vat_rate = forms.ChoiceField(label="TVA", required=False, choices=choices_of(VAT_CHOICES))
    is_option = forms.BooleanField(label="Option", required=False)

    SIZES: ClassVar = {
        "item_code": 8,
        "name": 22,
        "quantity": 5,
        "unit_price": 8,
        "discount_percent": 4,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "is_option":
                kind = "select" if isinstance(field, forms.ChoiceField) else "input"
                narrow = " num" if isinstance(field, forms.DecimalField) else ""
                field.widget.attrs["class"] = f"{kind}{narrow}"
                if name in self.SIZES:
                    field.widget.attrs["size"] = self.SIZES[name]

    def facts(self) -> QuoteLineFacts | None:
        """The line of a valid form; none for an empty one."""
        given = self.cleaned_data
        if not (given.get("item_code") or given.get("name") or given.get("unit_price")):
            return None
        return QuoteLineFacts(
            name=given["name"],
            quantity=given["quantity"] or Decimal(1),
            unit_price=given["unit_price"],
            item_code=given["item_code"],
            nature=given["nature"] or "goods",
            discount_percent=given["discount_percent"] or ZERO,
            vat_rate=Decimal(given["vat_rate"]) if given["vat_rate"] else None,
            is_option=given["is_option"],
        )


QuoteLines = forms.formset_factory(QuoteLineForm, extra=4, max_num=200, absolute_max=220)
"""Lines of a quote, with empty rows at the end."""


class QuoteAnswerForm(forms.Form):
    """The answer of a customer, through the link or noted for it."""

    name = forms.CharField(label="Votre nom", max_length=120, required=False)
    order_reference = forms.CharField(
        label="Votre numéro de commande", max_length=60, required=False
    )
    agreed = forms.BooleanField(label="Bon pour accord", required=False)
    reason = forms.CharField(
        label="Pourquoi vous refusez",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def options(self, data: QueryDict) -> list[int]:
        """Positions of the options ticked; what is no position is left out."""
        return [int(one) for one in data.getlist("option")[:200] if one.isdecimal()]


class ContractForm(forms.Form):
    """A contract and its lines, one a row, pasted from a spreadsheet or typed."""

    customer = forms.CharField(
        label="Client",
        max_length=200,
        help_text="Son code, son SIREN ou son nom exact.",
    )
    number = forms.CharField(
        label="Numéro du contrat",
        max_length=60,
        required=False,
        help_text="Vide : le suivant de la maison.",
    )
    name = forms.CharField(label="Objet", max_length=200)
    starts_on = _day(label="Premier jour")
    ends_on = _day(label="Dernier jour", required=False)
    step = forms.ChoiceField(label="Période", choices=choices_of(Contract.Step.choices))
    timing = forms.ChoiceField(label="Terme", choices=choices_of(Contract.Timing.choices))
    calendar = forms.BooleanField(label="Périodes civiles (du 1er du mois)", required=False)
    proration = forms.ChoiceField(label="Prorata", choices=choices_of(Contract.Proration.choices))
    order_reference = forms.CharField(
        label="Bon de commande du client", max_length=60, required=False
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement",
        max_length=200,
        required=False,
        help_text="Par exemple « 30 jours » ; vide : celles du client.",
    )
    lines = forms.CharField(
        label="Lignes",
        widget=forms.Textarea(attrs={"rows": 5, "class": "input mono"}),
        max_length=100_000,
        help_text="Une par ligne : désignation ; prix d'une période HT ; quantité ; taux de TVA. "
        "La quantité et le taux sont facultatifs.",
    )
    index_code = forms.CharField(
        label="Indice de révision",
        max_length=40,
        required=False,
        help_text="Son code, comme SYNTEC ; vide : le prix ne se révise pas.",
    )
    index_base = _amount(
        label="Valeur d'origine de l'indice",
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=16,
        decimal_places=6,
    )
    fixed = _amount(
        label="Part fixe",
        required=False,
        min_value=ZERO,
        max_value=Decimal("0.99"),
        max_digits=8,
        decimal_places=6,
        help_text="0,15 par exemple ; l'indice porte le reste.",
    )
    revised_every_months = forms.IntegerField(
        label="Révisé tous les (mois)", min_value=1, max_value=120, initial=12
    )

    def clean_lines(self) -> list[ContractLineFacts]:
        """The lines, or the row and the reason of each that cannot be read."""
        return _read_rows(self.cleaned_data["lines"], contract_line)

    def clean(self) -> dict[str, Any]:
        """An index goes with its value of the origin."""
        facts = self.cleaned_data
        if bool(facts.get("index_code")) != bool(facts.get("index_base")):
            self.add_error("index_base", gettext("L'indice et sa valeur d'origine vont ensemble."))
        return facts

    def facts(self, party_id: int) -> ContractFacts:
        """The contract of a valid form."""
        given = self.cleaned_data
        formula = None
        if given["index_code"]:
            fixed = given["fixed"] or ZERO
            code = given["index_code"].strip()
            formula = FormulaFacts({code: 1 - fixed}, {code: given["index_base"]}, fixed)
        return ContractFacts(
            party_id=party_id,
            name=given["name"],
            starts_on=given["starts_on"],
            lines=tuple(given["lines"]),
            number=given["number"].strip(),
            ends_on=given["ends_on"],
            step=given["step"],
            timing=given["timing"],
            calendar=given["calendar"],
            proration=given["proration"],
            order_reference=given["order_reference"],
            payment_terms=given["payment_terms"],
            formula=formula,
            revised_every_months=given["revised_every_months"],
        )


class AmendForm(forms.Form):
    """An amendment: the day, and the lines that begin."""

    on = _day(label="À compter du")
    lines = forms.CharField(
        label="Lignes nouvelles",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input mono"}),
        max_length=100_000,
        help_text="Une par ligne : désignation ; prix d'une période HT ; quantité ; taux de TVA.",
    )

    def clean_lines(self) -> list[ContractLineFacts]:
        """The lines, or the row and the reason of each that cannot be read."""
        return _read_rows(self.cleaned_data["lines"], contract_line)


class TerminateForm(forms.Form):
    """The last day of a contract, and why."""

    ends_on = _day(label="Dernier jour")
    reason = forms.CharField(label="Motif", max_length=200)


class PriceListForm(forms.Form):
    """A price list and its prices, one a row."""

    code = forms.CharField(label="Code", max_length=40)
    name = forms.CharField(label="Nom", max_length=120)
    currency = forms.CharField(label="Devise", max_length=3, initial="EUR")
    breaks = forms.CharField(
        label="Prix",
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "input mono"}),
        max_length=1_000_000,
        help_text="Un par ligne : article ; à partir de ; prix HT ; remise % ; du ; au. La remise "
        "et les jours sont facultatifs. Collez-les d'un tableur, les tabulations conviennent.",
    )

    def clean_breaks(self) -> list[PriceBreakFacts]:
        """The prices, or the row and the reason of each that cannot be read."""
        return _read_rows(self.cleaned_data["breaks"], price_break)


class IndexForm(forms.Form):
    """An index of revision."""

    code = forms.CharField(label="Code", max_length=40)
    name = forms.CharField(label="Nom", max_length=120)


class IndexValueForm(forms.Form):
    """A published value of an index."""

    index_code = forms.CharField(label="Indice", max_length=40)
    period = _day(label="Premier jour du mois ou du trimestre")
    value = _amount(label="Valeur", min_value=Decimal("0.000001"), max_digits=16, decimal_places=6)
    published_on = _day(label="Publiée le")

    def facts(self) -> IndexValueFacts:
        """The value of a valid form."""
        return IndexValueFacts(**self.cleaned_data)


class BillingRuleForm(forms.Form):
    """How a customer is billed, and at which prices."""

    grouping = forms.ChoiceField(
        label="Regroupement", choices=choices_of(BillingRule.Grouping.choices)
    )
    by_order_reference = forms.BooleanField(
        label="Jamais deux bons de commande ensemble", required=False
    )
    calendar = forms.ChoiceField(
        label="Calendrier", choices=choices_of(BillingRule.Calendar.choices)
    )
    calendar_day = forms.IntegerField(
        label="Jour",
        min_value=0,
        max_value=31,
        help_text="De la semaine : 1 pour lundi à 7. Du mois : 1 à 31, 0 pour le dernier.",
    )
    price_list_id = forms.TypedChoiceField(
        label="Tarif", required=False, coerce=int, empty_value=None
    )
    discount_percent = _amount(
        label="Remise habituelle (%)",
        required=False,
        min_value=ZERO,
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
        help_text="Sur le prix du catalogue ; un tarif a les siennes.",
    )
    usual_amount_checked = forms.BooleanField(
        label="Surveiller les montants inhabituels", required=False
    )

    def __init__(self, *args: Any, lists: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["price_list_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Prix du catalogue")), *lists]

    def facts(self) -> BillingRuleFacts:
        """The rule of a valid form."""
        given = self.cleaned_data
        return BillingRuleFacts(**{**given, "discount_percent": given["discount_percent"] or ZERO})


class TimeForm(forms.Form):
    """Hours, one row each, pasted from a spreadsheet or typed."""

    customer = forms.CharField(
        label="Client",
        max_length=200,
        help_text="Son code, son SIREN ou son nom exact.",
    )
    rows = forms.CharField(
        label="Temps",
        widget=forms.Textarea(attrs={"rows": 6, "class": "input mono"}),
        max_length=200_000,
        help_text="Un par ligne : jour ; intervenant ; heures ; travail ; taux horaire HT ou code "
        "d'article. Une ligne déjà enregistrée ne compte pas deux fois.",
    )

    def clean_rows(self) -> list[tuple[date, str, Decimal, str, str]]:
        """The hours, or the row and the reason of each that cannot be read."""
        return _read_rows(self.cleaned_data["rows"], time_row)


class DeliveryForm(forms.Form):
    """A delivery of an order: its day, its note, and how much of each line."""

    delivered_on = _day(label="Livrée le")
    number = forms.CharField(
        label="Bon de livraison",
        max_length=60,
        required=False,
        help_text="Vide : le suivant de la maison.",
    )

    def __init__(self, *args: Any, left: Sequence[LeftToDeliver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = left
        for one in left:
            self.fields[f"quantity_{one.line_id}"] = _amount(
                label=gettext("Quantité livrée, ligne {row}").format(row=one.position),
                required=False,
                min_value=ZERO,
                max_digits=14,
                decimal_places=4,
            )

    def line_fields(self) -> list[tuple[LeftToDeliver, forms.BoundField]]:
        """Each line with the field of its quantity."""
        return [(one, self[f"quantity_{one.line_id}"]) for one in self._left]

    def facts(self, order_id: int) -> DeliveryFacts:
        """The delivery of a valid form."""
        given = self.cleaned_data
        quantities = {one.line_id: given[f"quantity_{one.line_id}"] for one in self._left}
        return DeliveryFacts(
            order_id=order_id,
            delivered_on=given["delivered_on"],
            quantities={pk: quantity for pk, quantity in quantities.items() if quantity},
            number=given["number"].strip(),
        )


class RateForm(forms.Form):
    """A rate of a day, or the daily file of the European Central Bank."""

    file = forms.FileField(
        label="Fichier de la BCE",
        required=False,
        help_text="eurofxref-daily.xml ou eurofxref-hist-90d.xml.",
        widget=forms.FileInput(attrs={"accept": ".xml"}),
    )
    currency = forms.CharField(label="Devise", max_length=3, required=False)
    on = _day(label="Jour", required=False)
    rate = _amount(
        label="Pour un euro",
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=15,
        decimal_places=6,
    )

    def clean(self) -> dict[str, Any]:
        """A file, or a whole rate."""
        facts = self.cleaned_data
        typed = [facts.get(name) for name in ("currency", "on", "rate")]
        if not self.errors and not facts.get("file") and not all(typed):
            raise forms.ValidationError(
                gettext("Choisissez un fichier, ou donnez la devise, le jour et le cours.")
            )
        return facts


_Read = TypeVar("_Read")


def _read_rows(text: str, read: Callable[[list[str]], _Read]) -> list[_Read]:
    """Each row read, or the row and the reason of the first ten that cannot be."""
    found, problems = [], []
    for rank, row in enumerate(text.splitlines(), start=1):
        if not row.strip():
            continue
        cells = [cell.strip() for cell in row.split("\t" if "\t" in row else ";")]
        try:
            found.append(read(cells))
        except InvalidOperation:
            told = gettext("Ligne {rank} : {reason}.")
            problems.append(told.format(rank=rank, reason=gettext(_NOT_A_NUMBER)))
        except ValueError as error:
            told = gettext("Ligne {rank} : {reason}.")
            problems.append(told.format(rank=rank, reason=gettext(str(error))))
    if problems:
        raise forms.ValidationError(problems[:10])
    return found


def contract_line(cells: Sequence[str]) -> ContractLineFacts:
    """A line of a contract from its cells: name, price, quantity, VAT rate.

    >>> line = contract_line(["Maintenance", "1 200,00", "", "20"])
    >>> line.unit_price, line.quantity, line.vat_rate
    (Decimal('1200.00'), Decimal('1'), Decimal('20'))
    """
    cells = [*cells, *[""] * 4]
    if not cells[0] or not cells[1]:
        raise ValueError(_NO_AMOUNT)
    return ContractLineFacts(
        cells[0],
        typed_number(cells[1]),
        typed_number(cells[2]) if cells[2] else Decimal(1),
        vat_rate=typed_number(cells[3]) if cells[3] else None,
    )


def time_row(cells: Sequence[str]) -> tuple[date, str, Decimal, str, str]:
    """Hours from their cells: day, person, hours, work, and a rate or the code of an article.

    >>> time_row(["03/11/2026", "Ana", "2,5", "Réglage", "80"])
    (datetime.date(2026, 11, 3), 'Ana', Decimal('2.5'), 'Réglage', '80')
    """
    cells = [*cells, *[""] * 5]
    if not all(cells[:4]):
        raise ValueError(_NO_HOURS)
    return _typed_day(cells[0]), cells[1], typed_number(cells[2]), cells[3], cells[4]


def price_break(cells: Sequence[str]) -> PriceBreakFacts:
    """A price of a list from its cells: article, quantity, price, discount, first and last day.

    >>> price_break(["ETA", "10", "135", "", "01/01/2026"]).starts_on
    datetime.date(2026, 1, 1)
    """
    cells = [*cells, *[""] * 6]
    if not cells[0] or not cells[2]:
        raise ValueError(_NO_PRICE)
    return PriceBreakFacts(
        cells[0],
        typed_number(cells[2]),
        typed_number(cells[1]) if cells[1] else ZERO,
        typed_number(cells[3]) if cells[3] else ZERO,
        _typed_day(cells[4]) if cells[4] else None,
        _typed_day(cells[5]) if cells[5] else None,
    )


class ProgressForm(forms.Form):
    """Progress of each line of a market since the beginning, and the day it was measured."""

    on = _day(label="Arrêtée au")
    final = forms.BooleanField(label="Décompte final : tout est fait", required=False)

    def __init__(self, *args: Any, percents: Mapping[int, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = list(percents)
        for pk, percent in percents.items():
            self.fields[f"percent_{pk}"] = _amount(
                label=gettext("Avancement (%)"),
                initial=round(percent, 2),
                min_value=ZERO,
                max_value=Decimal(100),
                max_digits=9,
                decimal_places=6,
                required=False,
            )

    def percent_fields(self) -> list[forms.BoundField]:
        """The field of each line, in order."""
        return [self[f"percent_{pk}"] for pk in self._lines]

    def progress(self, before: Mapping[int, Decimal]) -> dict[int, Decimal]:
        """What moved: a line left empty, or as it was shown, has not."""
        found = {}
        for pk in self._lines:
            percent = self.cleaned_data.get(f"percent_{pk}")
            if percent is not None and percent != round(before[pk], 2):
                found[pk] = percent
        return found


class DepositForm(forms.Form):
    """A deposit: a part of what is ordered, or an amount without VAT."""

    percent = _amount(
        label="Part (%)",
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=8,
        decimal_places=4,
    )
    amount = _amount(
        label="Ou montant HT",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
    )
    label = forms.CharField(
        label="Libellé",
        max_length=200,
        required=False,
        help_text="Vide : « Acompte de 30 % sur » et le numéro.",
    )

    def clean(self) -> dict[str, Any]:
        """A part or an amount."""
        facts = self.cleaned_data
        if not self.errors and (facts.get("percent") is None) == (facts.get("amount") is None):
            raise forms.ValidationError(gettext("Donnez une part ou un montant, l'un des deux."))
        return facts


class DayForm(forms.Form):
    """A day."""

    on = _day(label="Le")


class ClosingForm(forms.Form):
    """Last day of a period."""

    au = _day(label="Arrêté au")


class RebateForm(forms.Form):
    """An agreement on a year-end rebate."""

    customer = forms.CharField(
        label="Client", max_length=200, help_text="Son code, son SIREN ou son nom exact."
    )
    number = forms.CharField(label="Numéro du contrat", max_length=60)
    starts_on = _day(label="Du")
    ends_on = _day(label="Au")
    basis = forms.ChoiceField(
        label="Calcul",
        choices=choices_of(REBATE_BASIS_LABELS),
    )
    for_group = forms.BooleanField(label="Chiffre d'affaires de tout le groupe", required=False)
    tiers = forms.CharField(
        label="Paliers",
        widget=forms.Textarea(attrs={"rows": 4, "class": "input mono"}),
        max_length=2000,
        help_text="Un par ligne : à partir de : taux. Par exemple « 50 000 : 2,5 ».",
    )
    item_codes = forms.CharField(
        label="Articles concernés",
        max_length=2000,
        required=False,
        help_text="Leurs codes, séparés par des espaces ; vide : tous.",
    )

    def clean_tiers(self) -> list[RebateTier]:
        """The tiers, or which line cannot be read."""
        found = []
        for row in self.cleaned_data["tiers"].splitlines():
            if not row.strip():
                continue
            try:
                found.append(read_tier(row))
            except ValueError as error:
                told = gettext("« {row} » ne se lit pas : écrivez « 50 000 : 2,5 ».")
                raise forms.ValidationError(told.format(row=row.strip())) from error
        return found

    def clean_item_codes(self) -> list[str]:
        """Codes, each once."""
        return list(dict.fromkeys(self.cleaned_data["item_codes"].split()))


class MandateForm(forms.Form):
    """A mandate of self-billing."""

    supplier = forms.CharField(
        label="Fournisseur", max_length=200, help_text="Son code, son SIREN ou son nom exact."
    )
    reference = forms.CharField(label="Référence du mandat", max_length=60)
    signed_on = _day(label="Signé le")
    ends_on = _day(label="Jusqu'au", required=False)
    contest_days = forms.IntegerField(
        label="Jours pour contester",
        min_value=1,
        max_value=90,
        initial=15,
        help_text="Passé ce délai, le silence vaut acceptation.",
    )
    franchise = forms.BooleanField(label="Fournisseur en franchise de TVA", required=False)


class DisbursementForm(forms.Form):
    """What was paid in a customer's name."""

    customer = forms.CharField(
        label="Client", max_length=200, help_text="Son code, son SIREN ou son nom exact."
    )
    paid_on = _day(label="Payé le")
    label = forms.CharField(label="Objet", max_length=200)
    supplier_reference = forms.CharField(label="Numéro de la pièce du fournisseur", max_length=80)
    amount = _amount(
        label="Montant payé", min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    in_customers_name = forms.BooleanField(
        label="La pièce est au nom du client, qui a demandé ce paiement",
        required=False,
        help_text="Sans cela, ce n'est pas un débours : refacturez-le avec TVA.",
    )
    piece = forms.FileField(
        label="Pièce du fournisseur",
        required=False,
        help_text="PDF ou image. Sans elle le débours attend.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean_piece(self) -> dict[str, Any] | None:
        """Its bytes and name, or nothing."""
        file = self.cleaned_data["piece"]
        if file is None:
            return None
        if file.size > MAX_BYTES:
            told = gettext("Le fichier dépasse {size} Mo : réduisez-le.")
            raise forms.ValidationError(told.format(size=MAX_BYTES // 1_000_000))
        return {"content": file.read(), "filename": file.name or "piece.pdf"}


class PayerShareForm(forms.Form):
    """Who pays a share of what a customer is billed."""

    customer = forms.CharField(
        label="Client facturé", max_length=200, help_text="Son code, son SIREN ou son nom exact."
    )
    payer = forms.CharField(
        label="Payeur", max_length=200, help_text="Organisme de formation, assureur, tiers payant."
    )
    percent = _amount(
        label="Part (%)",
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=8,
        decimal_places=4,
    )
    amount = _amount(
        label="Ou montant TTC",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
    )
    reference = forms.CharField(label="Numéro de prise en charge", max_length=60, required=False)
    starts_on = _day(label="Du")
    ends_on = _day(label="Au", required=False)


class SelfBilledForm(forms.Form):
    """What a supplier did, one a row."""

    mandate = forms.ChoiceField(label="Mandat")
    delivery_date = _day(label="Exécuté le", required=False)
    construction = forms.BooleanField(
        label="Travaux de sous-traitance : TVA autoliquidée", required=False
    )
    lines = forms.CharField(
        label="Lignes",
        widget=forms.Textarea(attrs={"rows": 4, "class": "input mono"}),
        max_length=50_000,
        help_text="Une par ligne : désignation ; quantité ; prix unitaire HT ; taux de TVA.",
    )

    def __init__(self, *args: Any, mandates: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mandate"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), name) for pk, name in mandates]

    def clean_lines(self) -> list[DraftLine]:
        """The lines, or the row that cannot be read."""
        found = []
        for rank, row in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not row.strip():
                continue
            cells = [cell.strip() for cell in row.split("\t" if "\t" in row else ";")]
            try:
                quantity, price = typed_number(cells[1]), typed_number(cells[2])
                rate = typed_number(cells[3]) if len(cells) > 3 and cells[3] else None
            except (IndexError, InvalidOperation) as error:
                told = gettext("La ligne {rank} ne se lit pas : désignation ; quantité ; prix.")
                raise forms.ValidationError(told.format(rank=rank)) from error
            found.append(
                DraftLine(
                    name=cells[0],
                    quantity=quantity,
                    unit_price=price,
                    vat_rate=rate,
                    nature="services",
                )
            )
        return found


class ContestForm(forms.Form):
    """Why a supplier contests."""

    reason = forms.CharField(label="Motif", max_length=200)


class ImportForm(forms.Form):
    """A file of orders; after a trial, a small one comes back by itself in ``held``."""

    source = forms.ChoiceField(
        label="Source",
        help_text="Elle dit quelles colonnes lire. « standard » : les titres de la maison.",
    )
    file = forms.FileField(
        label="Fichier de commandes",
        required=False,
        help_text="CSV ou XLSX. Rien n'est écrit avant que vous ayez vu ce qu'il donnerait.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    held_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(source, source) for source in sources]

    def clean(self) -> dict[str, Any]:
        """Put the bytes and the name of the file in ``content`` and ``filename``."""
        facts = self.cleaned_data
        file = facts.get("file")
        if file is not None:
            if file.size > MAX_BYTES:
                told = gettext("Le fichier dépasse {size} Mo : coupez-le en plusieurs.")
                raise forms.ValidationError(told.format(size=MAX_BYTES // 1_000_000))
            return facts | {"content": file.read(), "filename": file.name or "commandes"}
        try:
            content = b64decode(facts.get("held") or "", validate=True)
        except ValueError:
            content = b""
        if not content:
            self.add_error("file", gettext("Choisissez un fichier."))
        return facts | {"content": content, "filename": facts.get("held_name") or "commandes"}

    @staticmethod
    def hold(content: bytes, filename: str) -> dict[str, str]:
        """What brings the same file back with the next click; empty when it is too large."""
        if len(content) > HELD_MAX:
            return {}
        return {"held": b64encode(content).decode(), "held_name": filename}


class SetAsideForm(forms.Form):
    """Why orders will not be billed."""

    reason = forms.CharField(label="Motif", max_length=200)


class DocumentStyleForm(forms.Form):
    """How documents look: logo, colour, foot of the page, ways to pay, and the template itself."""

    color = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label="Couleur",
        initial="#1f4e79",
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.FileField(
        label="Logo", required=False, help_text="PNG, JPEG ou SVG, 2 Mo au plus."
    )
    keep_logo = forms.BooleanField(label="Garder le logo actuel", required=False, initial=True)
    footer = forms.CharField(
        label="Pied de page",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Quatre lignes au plus, sous l'identité de la société.",
    )
    payment_link = forms.CharField(
        label="Lien de paiement",
        required=False,
        max_length=300,
        help_text="Une adresse https ; {number}, {amount}, {currency} et {reference} y sont "
        "remplacés.",
    )
    payment_qr = forms.BooleanField(
        label="Imprimer le code de virement (QR)", required=False, initial=True
    )
    creditor_reference = forms.BooleanField(
        label="Rappeler la référence RF (ISO 11649) au lieu du numéro", required=False
    )
    language = forms.ChoiceField(
        label="Langue de l'aperçu",
        required=False,
        choices=[
            ("fr", "français"), ("en", "anglais"), ("de", "allemand"), ("es", "espagnol"),
            ("it", "italien"), ("nl", "néerlandais"), ("pt", "portugais"),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )  # fmt: skip
    template = forms.CharField(
        label="Modèle (Typst)",
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "code"}),
        help_text="Il ne lit aucun fichier de la machine, et s'arrête de lui-même après dix "
        "secondes.",
    )

    def look(self) -> Look:
        """What a valid form describes.

        Raises:
            StyleInvalidError: The logo is no picture a document can print.
        """
        facts = self.cleaned_data
        logo = facts["logo"].read() if facts.get("logo") else b""
        return Look(
            template=facts["template"].replace("\r\n", "\n"),
            color=facts["color"],
            logo=logo,
            logo_name=logo_name_of(logo),
            footer=facts["footer"].replace("\r\n", "\n"),
            payment_link=facts["payment_link"],
            payment_qr=facts["payment_qr"],
            creditor_reference=facts["creditor_reference"],
            language=facts["language"] or "fr",
        )


class AttachmentForm(forms.Form):
    """A piece to join to a draft."""

    file = forms.FileField(label="Fichier")
    code = forms.ChoiceField(label="Genre", choices=choices_of(list(ATTACHMENT_LABELS.items())))
    label = forms.CharField(
        label="Libellé", required=False, max_length=100, help_text="Vide : le nom du fichier."
    )
    beside = forms.BooleanField(label="À côté du fichier plutôt que dedans", required=False)


class CustomerChannelForm(forms.Form):
    """How the documents of a customer leave."""

    channel = forms.ChoiceField(
        label="Canal", choices=choices_of(ChannelLabel.choices), initial="auto"
    )
    second_channel = forms.ChoiceField(
        label="Canal de secours",
        required=False,
        choices=choices_of(
            [("", "aucun"), *(pair for pair in ChannelLabel.choices if pair[0] != "auto")]
        ),
        help_text="Pris de lui-même quand le premier échoue : courriel revenu, client inconnu "
        "de la plateforme.",
    )
    portal = forms.CharField(
        label="Portail", max_length=60, required=False, help_text="Son nom, s'il en a un."
    )
    delivery_notes = forms.BooleanField(
        label="Joindre les bons de livraison à ses factures", required=False
    )

    def clean(self) -> dict[str, Any]:
        """Two ways that differ, and the name of the portal."""
        facts = self.cleaned_data
        told = channel_problem(
            facts.get("channel", ""), facts.get("second_channel", ""), facts.get("portal", "")
        )
        if told:
            self.add_error(None, translated(ChannelInvalidError(told)))
        return facts


class HandoverForm(forms.Form):
    """What a customer's portal says of documents."""

    status = forms.ChoiceField(label="État", choices=choices_of(list(HANDOVER_LABELS.items())))
    on = forms.DateField(
        label="Le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reference = forms.CharField(label="Référence du portail", max_length=60, required=False)
    note = forms.CharField(label="Remarque", max_length=200, required=False)
