"""What a person types in the invoice editor, read cell by cell; what is wrong stays beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from echeance.base.language import is_french, translated
from echeance.billing.types import AllowanceFacts, DraftFacts, DraftLine, ItemFacts
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO, round_amount
from echeance.core.roundtrip import plain_number
from echeance.core.tabular import InvalidCellError, to_date, to_decimal
from echeance.core.tax import ACCEPTED_RATES
from echeance.core.terms import parse_terms
from echeance.core.words import clean_line

MAX_LINES: Final = 500
SEPARATOR: Final = " · "
KEPT: Final = "kept"
"""VAT of a line that is exempt: its case is left as it is."""
_LINE_CELLS: Final = (
    "line_id", "item", "name", "quantity", "unit", "price", "discount", "vat", "nature",
)  # fmt: skip
_ALLOWANCE_CELLS: Final = ("allowance_kind", "allowance_reason", "allowance_value", "allowance_vat")
_HEAD: Final = (
    "buyer", "delivery_date", "order_reference", "buyer_reference", "payment_terms", "note",
)  # fmt: skip
_HUNDRED: Final = Decimal(100)
_LARGEST: Final = Decimal(10) ** 9


@dataclass(slots=True)
class Typed:
    """A row of the editor as typed: texts by cell, and what is wrong with each."""

    cells: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """For the templates."""
        return self.cells[name]

    @property
    def is_blank(self) -> bool:
        """Whether nothing of weight is typed."""
        return not any(
            self.cells[name]
            for name in ("item", "name", "price", "allowance_reason", "allowance_value")
            if name in self.cells
        )


@dataclass(slots=True)
class Editor:
    """The whole editor: the head, lines, discounts and charges of the document."""

    head: Typed
    lines: list[Typed]
    allowances: list[Typed]
    base: DraftFacts | None = None
    line_ids: tuple[int, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether a cell cannot be read."""
        return any(one.errors for one in (self.head, *self.lines, *self.allowances))


def blank_line() -> Typed:
    """A line nobody typed in."""
    cells = dict.fromkeys(_LINE_CELLS, "") | {"quantity": "1", "unit": "C62", "nature": "goods"}
    return Typed(cells)


def blank_allowance() -> Typed:
    """A discount nobody typed in."""
    return Typed(dict.fromkeys(_ALLOWANCE_CELLS, "") | {"allowance_kind": "discount"})


def new_editor(buyer: str = "") -> Editor:
    """An empty document."""
    return Editor(Typed(dict.fromkeys(_HEAD, "") | {"buyer": buyer}), [blank_line()], [])


def editor_of(facts: DraftFacts, line_ids: Sequence[int], buyer: str) -> Editor:
    """The editor of a draft, as it stands."""
    head = Typed(
        {
            "buyer": buyer,
            "delivery_date": facts.delivery_date.isoformat() if facts.delivery_date else "",
            "order_reference": facts.order_reference,
            "buyer_reference": facts.buyer_reference,
            "payment_terms": parse_terms(facts.payment_terms).label if facts.payment_terms else "",
            "note": facts.note,
        }
    )
    return Editor(
        head,
        [_line_cells(line, pk) for line, pk in zip(facts.lines, line_ids, strict=True)],
        [_allowance_cells(one) for one in facts.allowances if one.deposit_id is None],
        facts,
        tuple(line_ids),
    )


def _shown(value: Decimal | None) -> str:
    text = plain_number(value)
    return text.replace(".", ",") if is_french() else text


def _line_cells(line: DraftLine, pk: int) -> Typed:
    price, discount = line.unit_price, ""
    if line.gross_price is not None and line.price_discount:
        price = line.gross_price
        discount = f"{_shown((line.price_discount * _HUNDRED / price).quantize(Decimal('0.01')))} %"
    elif len(line.allowances) == 1 and not line.allowances[0].is_charge:
        discount = _shown(line.allowances[0].amount)
    return Typed(
        {
            "line_id": str(pk),
            "item": line.item_code,
            "name": line.name,
            "quantity": _shown(line.quantity),
            "unit": line.unit_code,
            "price": _shown(price),
            "discount": discount,
            "vat": KEPT if line.exemption else plain_number(line.vat_rate),
            "nature": line.nature,
        }
    )


def _allowance_cells(one: AllowanceFacts) -> Typed:
    return Typed(
        {
            "allowance_kind": "charge" if one.is_charge else "discount",
            "allowance_reason": one.reason,
            "allowance_value": _shown(one.amount)
            if one.percent is None
            else f"{_shown(one.percent)} %",
            "allowance_vat": KEPT if one.exemption else plain_number(one.vat_rate),
        }
    )


# -- reading --------------------------------------------------------------------------------------


def read_editor(
    given: QueryDict, base: DraftFacts | None = None, line_ids: Sequence[int] = ()
) -> Editor:
    """What was typed, as texts."""
    head = Typed({name: given.get(name, "")[:5000] for name in _HEAD})
    return Editor(
        head, _rows(given, _LINE_CELLS), _rows(given, _ALLOWANCE_CELLS), base, tuple(line_ids)
    )


def _rows(given: QueryDict, names: Sequence[str]) -> list[Typed]:
    columns = {name: given.getlist(name)[:MAX_LINES] for name in names}
    count = max(map(len, columns.values()), default=0)
    return [
        Typed(
            {
                name: (values[place] if place < len(values) else "")[:500].strip()
                for name, values in columns.items()
            }
        )
        for place in range(count)
    ]


def arrange(editor: Editor, act: str) -> None:
    """Add, remove or move a row: ``add``, ``remove-2``, ``up-2``, ``down-2``, and so on.

    Anything else does nothing.
    """
    rows, name = editor.lines, act
    if act.startswith("allowance-"):
        rows, name = editor.allowances, act.removeprefix("allowance-")
    verb, _, number = name.partition("-")
    if verb == "add" and len(rows) < MAX_LINES:
        rows.append(blank_line() if rows is editor.lines else blank_allowance())
        return
    place = int(number) if number.isdecimal() else -1
    if not 0 <= place < len(rows):
        return
    if verb == "remove":
        del rows[place]
    elif verb == "up" and place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    elif verb == "down" and place < len(rows) - 1:
        rows[place + 1], rows[place] = rows[place], rows[place + 1]


def code_of(text: str) -> str:
    """The code a person chose in a list of ``code · name``."""
    return clean_line(text).split(SEPARATOR, 1)[0].strip()


def fill_lines(
    editor: Editor, items: Mapping[str, ItemFacts], prices: Mapping[int, Decimal]
) -> None:
    """Put what the catalogue knows in the blank cells of each line; ``prices`` is by place."""
    for place, line in enumerate(editor.lines):
        item = items.get(code_of(line["item"]))
        if item is None:
            continue
        line.cells["item"] = item.code
        known = {
            "name": item.name,
            "price": _shown(prices.get(place, item.unit_price)),
            "vat": plain_number(item.vat_rate),
        }
        if not line["name"]:  # a line just begun takes the nature and the unit too
            line.cells |= {"nature": item.nature, "unit": item.unit_code}
        for name, text in known.items():
            line.cells[name] = line[name] or text


def facts_of(editor: Editor, buyer_id: int | None) -> DraftFacts | None:
    """The document typed; none with its cells marked when one cannot be read."""
    day = _day(editor.head)
    terms = _terms(editor.head)
    lines = [
        made
        for line in editor.lines
        if not line.is_blank and (made := _line_of(line, editor)) is not None
    ]
    net = sum((_net(line) for line in lines), ZERO)
    allowances = [
        kept
        for one in editor.allowances
        if not one.is_blank and (kept := _allowance_of(one, net)) is not None
    ]
    if buyer_id is None:
        editor.head.errors.setdefault("buyer", gettext("Choisissez le client dans la liste."))
    if editor.has_errors or buyer_id is None:
        return None
    base = editor.base or DraftFacts(buyer_id=buyer_id, lines=())
    deposits = tuple(one for one in base.allowances if one.deposit_id is not None)
    return replace(
        base,
        buyer_id=buyer_id,
        lines=tuple(lines),
        delivery_date=day,
        order_reference=clean_line(editor.head["order_reference"])[:60],
        buyer_reference=clean_line(editor.head["buyer_reference"])[:60],
        payment_terms=terms,
        note=editor.head["note"].replace("\r\n", "\n").strip(),
        allowances=(*allowances, *deposits),
    )


def _day(head: Typed) -> date | None:
    text = head["delivery_date"].strip()
    if not text:
        return None
    try:
        return to_date(text)
    except InvalidCellError as error:
        head.errors["delivery_date"] = translated(error)
        return None


def _terms(head: Typed) -> str:
    text = head["payment_terms"].strip()
    if not text:
        return ""
    try:
        return parse_terms(text).code
    except EcheanceError as error:
        head.errors["payment_terms"] = translated(error)
        return ""


def _number(row: Typed, name: str, places: int) -> Decimal | None:
    text = row[name]
    try:
        value = to_decimal(text, decimal_mark="," if "," in text and "." not in text else "")
    except InvalidCellError as error:
        row.errors[name] = translated(error)
        return None
    if value <= ZERO or value >= _LARGEST:
        row.errors[name] = gettext("Un nombre supérieur à zéro est attendu.")
        return None
    if round(value, places) != value:
        told = gettext("{places} décimales au plus.")
        row.errors[name] = told.format(places=places)
        return None
    return value


def _rate(row: Typed, name: str) -> Decimal | None:
    if row[name] in {"", KEPT}:
        return None
    try:
        rate = to_decimal(row[name], decimal_mark=".")
    except InvalidCellError:
        rate = Decimal(-1)
    if rate not in ACCEPTED_RATES:
        row.errors[name] = gettext("Ce taux de TVA n'existe pas.")
        return None
    return rate


def _line_of(row: Typed, editor: Editor) -> DraftLine | None:
    before = _before(row, editor)
    name = clean_line(row["name"])
    if not name:
        row.errors["name"] = gettext("La désignation manque.")
    quantity = _number(row, "quantity", 4)
    price = _number(row, "price", 6)
    rate = _rate(row, "vat")
    if row["nature"] not in {"goods", "services"}:
        row.errors["nature"] = gettext("Bien ou service.")
    if quantity is None or price is None or row.errors:
        return None
    base = before or DraftLine(name=name, quantity=quantity, unit_price=price)
    if before and _same(before, row):
        # Nothing of its amount was touched: what is left of a line, several discounts, stay.
        quantity, priced = before.quantity, replace(base)
    else:
        made = _priced(row, base, quantity, price)
        if made is None:
            return None
        priced = made
    return replace(
        priced,
        name=name[:200],
        item_code=code_of(row["item"])[:60],
        unit_code=(row["unit"] or "C62")[:3],
        nature=row["nature"],
        vat_rate=rate,
        exemption=base.exemption if row["vat"] == KEPT else "",
        exemption_article=base.exemption_article if row["vat"] == KEPT else "",
        # The usual account follows the nature; one that was chosen stays.
        revenue_account=base.revenue_account if before and before.nature == row["nature"] else "",
    )


def _before(row: Typed, editor: Editor) -> DraftLine | None:
    if editor.base is None or not row["line_id"].isdecimal():
        return None
    pk = int(row["line_id"])
    return dict(zip(editor.line_ids, editor.base.lines, strict=True)).get(pk)


def _same(before: DraftLine, row: Typed) -> bool:
    shown = _line_cells(before, 0)
    return all(shown[name] == row[name] for name in ("quantity", "price", "discount"))


def _priced(row: Typed, base: DraftLine, quantity: Decimal, price: Decimal) -> DraftLine | None:
    plain = replace(
        base,
        quantity=quantity,
        unit_price=price,
        net_amount=None,
        vat_amount=None,
        gross_price=None,
        price_discount=None,
        allowances=(),
    )
    text = row["discount"].strip()
    if not text:
        return plain
    cut = Typed({"discount": text.rstrip("% \u00a0\u202f")})
    value = _number(cut, "discount", 2)
    if value is None:
        row.errors["discount"] = cut.errors["discount"]
        return None
    if text.endswith("%"):
        if value >= _HUNDRED:
            row.errors["discount"] = gettext("Une remise est inférieure à 100 %.")
            return None
        net = round(price * (_HUNDRED - value) / _HUNDRED, 6)
        return replace(plain, unit_price=net, gross_price=price, price_discount=price - net)
    if value >= round_amount(quantity * price):
        row.errors["discount"] = gettext("La remise dépasse le montant de la ligne.")
        return None
    return replace(plain, allowances=(AllowanceFacts("Remise", value, reason_code="95"),))


def _net(line: DraftLine) -> Decimal:
    if line.net_amount is not None:
        return line.net_amount
    parts = sum((one.amount if one.is_charge else -one.amount for one in line.allowances), ZERO)
    return round_amount(line.quantity * line.unit_price) + parts


def _allowance_of(row: Typed, net: Decimal) -> AllowanceFacts | None:
    reason = clean_line(row["allowance_reason"])
    if not reason:
        row.errors["allowance_reason"] = gettext("Le motif manque : il est imprimé.")
    is_charge = row["allowance_kind"] == "charge"
    text = row["allowance_value"].strip()
    cut = Typed({"value": text.rstrip("% \u00a0\u202f")})
    value = _number(cut, "value", 2)
    if value is None:
        row.errors["allowance_value"] = cut.errors["value"]
    rate = _rate(row, "allowance_vat")
    if value is None or row.errors:
        return None
    if not text.endswith("%"):
        return AllowanceFacts(
            reason[:200],
            value,
            is_charge=is_charge,
            reason_code=_code(is_charge=is_charge),
            vat_rate=rate,
        )
    amount = round_amount(net * value / _HUNDRED)
    if amount <= ZERO:
        row.errors["allowance_value"] = gettext("Ce pourcentage ne donne aucun montant.")
        return None
    return AllowanceFacts(
        reason[:200],
        amount,
        is_charge=is_charge,
        reason_code=_code(is_charge=is_charge),
        percent=value,
        base=net,
        vat_rate=rate,
    )


def _code(*, is_charge: bool) -> str:
    """UNTDID 5189 « discount »; a charge is told by its reason alone."""
    return "" if is_charge else "95"
