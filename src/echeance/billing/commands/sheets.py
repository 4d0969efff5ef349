# ruff: noqa: ARG002  the methods of a list have one signature
"""Articles, orders and invoices in a spreadsheet and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.sheets import LastChange, Refusal, RowChange, last_changes_of
from echeance.billing import queries
from echeance.billing.commands.drafts import change_draft
from echeance.billing.commands.orders import change_orders, unchangeable
from echeance.billing.commands.price_changes import change_prices, price_problems
from echeance.billing.commands.setup import item_problems, save_items
from echeance.billing.events import ItemClosed
from echeance.billing.models import Invoice, Item, Order, OrderLine, PriceBreak
from echeance.billing.types import ItemFacts
from echeance.core.money import ZERO, round_amount
from echeance.core.roundtrip import CellKind, Column, Record, plain_number
from echeance.core.tax import Exemption
from echeance.core.terms import parse_terms

_CHUNK = 500
_LABELS = {
    "items": "Articles",
    "orders": "Commandes à facturer",
    "prices": "Tarifs",
    "invoices": "Factures et avoirs",
}
_NATURES = {"biens": "goods", "services": "services"}
_ON_ITS_PAGE = "Cette colonne se modifie sur la page du document."
_Row = TypeVar("_Row", bound=Model)


def _by_keys(rows: QuerySet[_Row], keys: Collection[str]) -> list[_Row]:
    """Rows of these numbers, a query a chunk."""
    wanted = sorted(int(key) for key in keys)
    return [
        row
        for start in range(0, len(wanted), _CHUNK)
        for row in rows.filter(pk__in=wanted[start : start + _CHUNK])
    ]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


# -- articles -------------------------------------------------------------------------------------

_ITEM_NUMBERS = {"unit_price", "vat_rate", "eco_contribution"}
_ITEM_FIELDS = tuple(one.name for one in fields(ItemFacts))


class ItemSheet:
    """The catalogue, by code."""

    name = "billing.items"
    label = _LABELS["items"]
    right = Right.IMPORT_ORDERS
    is_log = False
    columns = (
        Column(
            "code",
            "code",
            editable=False,
            is_code=True,
            longest=60,
            width=14,
            why="Le code d'un article ne change pas : créez un autre article.",
        ),
        Column("name", "désignation", longest=200, width=36),
        Column("description", "description", CellKind.LONG_TEXT, width=36),
        Column("nature", "nature", CellKind.CHOICE, choices=_NATURES, width=10),
        Column("unit_code", "unité", longest=3, width=8),
        Column("unit_price", "prix unitaire HT", CellKind.NUMBER, places=6),
        Column("vat_rate", "taux de TVA", CellKind.NUMBER, width=11),
        Column(
            "exemption",
            "exonération",
            CellKind.CHOICE,
            choices={one.value: one.value for one in Exemption},
        ),
        Column("exemption_article", "article d'exonération", longest=60),
        Column("revenue_account", "compte de produit", longest=12),
    )

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """See :class:`echeance.base.sheets.Sheet`. One query a chunk of 500."""
        mine = Item.objects.filter(company=actor.company)
        rows: Iterable[Item]
        if keys is None:
            rows = mine.filter(closed_at=None).order_by("code")
        else:
            rows = _by_keys(mine, keys)
        return [
            Record(str(row.pk), {name: _item_text(row, name) for name in _ITEM_FIELDS})
            for row in rows
        ]

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """See :class:`echeance.base.sheets.Sheet`."""
        wanted = sorted(codes)
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _CHUNK):
            rows = Item.objects.filter(
                company=actor.company, code__in=wanted[start : start + _CHUNK]
            )
            found |= {code: str(pk) for code, pk in rows.values_list("code", "pk")}
        return found

    def label_of(self, values: Mapping[str, str]) -> str:
        """Code and name."""
        return " · ".join(values[name] for name in ("code", "name") if values.get(name))

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """The rules of an article."""
        refusals = []
        seen: dict[str, int] = {}
        for change, facts in zip(changes, self._facts(actor, changes), strict=True):
            refusals += [
                Refusal(change.row, "code", facts.code, f"{problem[:1].upper()}{problem[1:]}.")
                for problem in item_problems(facts)
            ]
            if facts.code in seen:
                told = f"Le code « {facts.code} » est déjà en ligne {seen[facts.code]}."
                refusals.append(Refusal(change.row, "code", facts.code, told))
            seen[facts.code] = change.row
        return refusals

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Through ``save_items``."""
        rows = save_items(actor=actor, items=self._facts(actor, changes))
        return [str(row.pk) for row in rows]

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """Through ``close_items``."""
        if keys:
            close_items(actor=actor, item_ids=[int(key) for key in keys])
        return list(keys)

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Through ``close_items``."""
        if keys:
            close_items(actor=actor, item_ids=[int(key) for key in keys], reopen=True)

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """From the journal."""
        return last_changes_of(actor=actor, kind="item", keys=keys)

    def _facts(self, actor: Actor, changes: Sequence[RowChange]) -> list[ItemFacts]:
        known = [change.key for change in changes if change.key]
        before = {one.key: one.values for one in self.records(actor=actor, keys=known)}
        blank = {name: _item_text(ItemFacts("", ""), name) for name in _ITEM_FIELDS}
        made = []
        for change in changes:
            texts = {**blank, **before.get(change.key, {}), **change.values}
            values: dict[str, Any] = {
                name: _number(text) if name in _ITEM_NUMBERS else text
                for name, text in texts.items()
            }
            values["nature"] = values["nature"] or "goods"
            values["unit_code"] = values["unit_code"] or "C62"
            made.append(ItemFacts(**values))
        return made


def _item_text(row: Item | ItemFacts, name: str) -> str:
    value = getattr(row, name)
    return plain_number(value) if name in _ITEM_NUMBERS else str(value)


@transaction.atomic
def close_items(*, actor: Actor, item_ids: Collection[int], reopen: bool = False) -> int:
    """Take articles out of the catalogue, or put them back; documents keep them. How many.

    Two queries, and the journal's.
    """
    actor.require(Right.IMPORT_ORDERS)
    mine = Item.objects.select_for_update().filter(company=actor.company, pk__in=set(item_ids))
    rows = [row for row in mine if (row.closed_at is None) != reopen]
    Item.objects.filter(pk__in=[row.pk for row in rows]).update(
        closed_at=None if reopen else clock.now()
    )
    journal.record_many([ItemClosed(row.pk, row.code, reopen) for row in rows], actor=actor)
    return len(rows)


# -- orders ---------------------------------------------------------------------------------------

_ORDER_FIELDS = ("order_reference", "buyer_reference", "delivery_date")
_ON_ORDER = "Cette colonne vient de la commande importée : demandez un fichier corrigé."


class OrderSheet:
    """Lines of the orders nothing of which is billed: one row a line."""

    name = "billing.orders"
    label = _LABELS["orders"]
    right = Right.IMPORT_ORDERS
    is_log = True
    columns = (
        Column("number", "commande", editable=False, why=_ON_ORDER),
        Column("customer", "client", editable=False, why=_ON_ORDER, width=30),
        Column("order_date", "date", CellKind.DATE, editable=False, why=_ON_ORDER, width=11),
        Column("delivery_date", "date de livraison", CellKind.DATE, width=11),
        Column("order_reference", "bon de commande", longest=60, width=18),
        Column("buyer_reference", "référence de l'acheteur", longest=60, width=18),
        Column("item_code", "article", editable=False, why=_ON_ORDER),
        Column("name", "désignation", longest=200, width=36),
        Column("quantity", "quantité", CellKind.NUMBER, places=4, width=11),
        Column("unit_price", "prix unitaire HT", CellKind.NUMBER, places=6),
        Column(
            "net_total",
            "total de la ligne HT",
            CellKind.NUMBER,
            editable=False,
            total=True,
            why="Ce total se calcule : modifiez la quantité ou le prix.",
        ),
        Column("waiting_reason", "pourquoi elle attend", editable=False, why=_ON_ORDER, width=30),
    )

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """See :class:`echeance.base.sheets.Sheet`. One query a chunk of 500."""
        mine = (
            OrderLine.objects.filter(company=actor.company, order__kind=Order.OrderKind.ORDER)
            .select_related("order__party")
            .order_by("order__order_date", "order", "position")
        )
        rows: Iterable[OrderLine]
        if keys is None:
            rows = mine.filter(order__invoice=None, order__set_aside_at=None)
        else:
            rows = _by_keys(mine, keys)
        return [Record(str(row.pk), _order_texts(row)) for row in rows]

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """A line has no code."""
        return {}

    def label_of(self, values: Mapping[str, str]) -> str:
        """Number of the order and name of the line."""
        return " · ".join(values[name] for name in ("number", "name") if values.get(name))

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """What is billed no longer changes; the lines of an order agree; all is above zero."""
        mine = OrderLine.objects.filter(company=actor.company).select_related("order")
        rows = {str(row.pk): row for row in _by_keys(mine, [one.key for one in changes if one.key])}
        refusals: list[Refusal] = []
        said: dict[tuple[int, str], tuple[int, str]] = {}
        for change in changes:
            row = rows.get(change.key)
            if row is None:
                continue
            reason = unchangeable(row.order)
            if reason:
                told = f"La commande {row.order.number} ne se modifie plus : {reason}."
                refusals.append(Refusal(change.row, "number", row.order.number, told))
            for name in ("quantity", "unit_price"):
                text = change.values.get(name)
                if text is not None and (not text or Decimal(text) <= ZERO):
                    told = "La quantité et le prix sont supérieurs à zéro."
                    refusals.append(Refusal(change.row, name, text, told))
            if "name" in change.values and not change.values["name"]:
                refusals.append(Refusal(change.row, "name", "", "La désignation est vide."))
            for name in _ORDER_FIELDS:
                if name in change.values:
                    line, text = said.setdefault(
                        (row.order_id, name), (change.row, change.values[name])
                    )
                    if text != change.values[name]:
                        told = (
                            f"La ligne {line} donne une autre valeur à la même commande : "
                            "gardez-en une."
                        )
                        refusals.append(Refusal(change.row, name, change.values[name], told))
        return refusals

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Through ``change_orders``."""
        mine = OrderLine.objects.filter(company=actor.company)
        orders_of = {
            str(row.pk): row.order_id for row in _by_keys(mine, [one.key for one in changes])
        }
        orders: dict[int, dict[str, object]] = {}
        lines: dict[int, dict[str, object]] = {}
        for change in changes:
            for name, text in change.values.items():
                if name in _ORDER_FIELDS:
                    value: object = _day(text) if name == "delivery_date" else text
                    orders.setdefault(orders_of[change.key], {})[name] = value
                elif name in {"quantity", "unit_price"}:
                    lines.setdefault(int(change.key), {})[name] = Decimal(text)
                elif name == "name":
                    lines.setdefault(int(change.key), {})[name] = text
        change_orders(actor=actor, orders=orders, lines=lines)
        return [change.key for change in changes]

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """An order is set aside with its reason, on its own page."""
        return []

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Nothing was closed."""

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """From the journal of the orders."""
        mine = OrderLine.objects.filter(company=actor.company)
        orders_of = {str(row.pk): str(row.order_id) for row in _by_keys(mine, keys)}
        found = last_changes_of(actor=actor, kind="order", keys=set(orders_of.values()))
        return {
            (key, name): last
            for key, order in orders_of.items()
            for (subject, name), last in found.items()
            if subject == order
        }


def _order_texts(row: OrderLine) -> dict[str, str]:
    order = row.order
    net = row.quantity * row.unit_price * (Decimal(100) - row.discount_percent) / Decimal(100)
    return {
        "number": order.number,
        "customer": order.party.name,
        "order_date": _iso(order.order_date),
        "delivery_date": _iso(order.delivery_date),
        "order_reference": order.order_reference,
        "buyer_reference": order.buyer_reference,
        "item_code": row.item_code,
        "name": row.name,
        "quantity": plain_number(row.quantity),
        "unit_price": plain_number(row.unit_price),
        "net_total": plain_number(round_amount(net)),
        "waiting_reason": "" if order.accepted_at else order.waiting_reason,
    }


# -- prices ---------------------------------------------------------------------------------------

_PRICE_NUMBERS = ("min_quantity", "unit_price", "discount_percent")
_ON_LIST = "Le tarif et l'article se choisissent sur la page des tarifs."


class PriceSheet:
    """Prices of the running lists: one row a price."""

    name = "billing.prices"
    label = _LABELS["prices"]
    right = Right.IMPORT_ORDERS
    is_log = True
    columns = (
        Column("price_list", "tarif", editable=False, why=_ON_LIST, width=12),
        Column("item_code", "article", editable=False, why=_ON_LIST),
        Column("item_name", "désignation", editable=False, why=_ON_LIST, width=36),
        Column("currency", "devise", editable=False, why=_ON_LIST, width=7),
        Column("min_quantity", "à partir de", CellKind.NUMBER, places=6, width=11),
        Column("unit_price", "prix unitaire HT", CellKind.NUMBER, places=6),
        Column("discount_percent", "remise (%)", CellKind.NUMBER, places=6, width=11),
        Column("starts_on", "du", CellKind.DATE, width=11),
        Column("ends_on", "au", CellKind.DATE, width=11),
    )

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """See :class:`echeance.base.sheets.Sheet`. One query a chunk of 500."""
        mine = (
            PriceBreak.objects.filter(company=actor.company, price_list__closed_at=None)
            .select_related("price_list", "item")
            .order_by("price_list__code", "item__code", "min_quantity", "starts_on")
        )
        rows: Iterable[PriceBreak] = mine if keys is None else _by_keys(mine, keys)
        return [
            Record(
                str(row.pk),
                {
                    "price_list": row.price_list.code,
                    "item_code": row.item.code,
                    "item_name": row.item.name,
                    "currency": row.price_list.currency,
                    "starts_on": _iso(row.starts_on),
                    "ends_on": _iso(row.ends_on),
                    **{name: plain_number(getattr(row, name)) for name in _PRICE_NUMBERS},
                },
            )
            for row in rows
        ]

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """A price has no code."""
        return {}

    def label_of(self, values: Mapping[str, str]) -> str:
        """List and article."""
        return " · ".join(values[name] for name in ("price_list", "item_code", "item_name"))

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """The rules of a price."""
        mine = PriceBreak.objects.filter(company=actor.company).select_related("item")
        rows = {str(row.pk): row for row in _by_keys(mine, [one.key for one in changes if one.key])}
        refusals = []
        for change in changes:
            row = rows.get(change.key)
            if row is None:
                continue
            if change.values.get("unit_price") == "" or change.values.get("starts_on") == "":
                told = "Le prix et son premier jour ne sont pas vides."
                refusals.append(Refusal(change.row, "unit_price", "", told))
                continue
            for name, value in _price_values(change.values).items():
                setattr(row, name, value)
            refusals += [
                Refusal(change.row, "unit_price", "", f"{problem[:1].upper()}{problem[1:]}.")
                for problem in price_problems(row)
            ]
        return refusals

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Through ``change_prices``."""
        change_prices(
            actor=actor, changes={int(one.key): _price_values(one.values) for one in changes}
        )
        return [change.key for change in changes]

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """A price ends on its last day."""
        return []

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Nothing was closed."""

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """From the journal of the lists."""
        rows = _by_keys(PriceBreak.objects.filter(company=actor.company), keys)
        lists = {str(row.pk): str(row.price_list_id) for row in rows}
        found = last_changes_of(actor=actor, kind="price_list", keys=set(lists.values()))
        return {(key, ""): found[pk, ""] for key, pk in lists.items() if (pk, "") in found}


def _price_values(texts: Mapping[str, str]) -> dict[str, Decimal | date | None]:
    values: dict[str, Decimal | date | None] = {
        name: Decimal(texts[name] or 0) for name in _PRICE_NUMBERS if name in texts
    }
    return values | {name: _day(texts[name]) for name in ("starts_on", "ends_on") if name in texts}


# -- invoices -------------------------------------------------------------------------------------

_DRAFT_FIELDS = ("order_reference", "buyer_reference", "delivery_date", "payment_terms", "note")


class InvoiceSheet:
    """Invoices and credit notes: drafts take references, terms and a note; the rest is to read."""

    name = "billing.invoices"
    label = _LABELS["invoices"]
    right = Right.DRAFT_INVOICES
    is_log = True
    columns = (
        Column("number", "numéro", editable=False, why=_ON_ITS_PAGE),
        Column("kind", "type", editable=False, why=_ON_ITS_PAGE, width=12),
        Column("buyer_name", "client", editable=False, why=_ON_ITS_PAGE, width=30),
        Column("issue_date", "date", CellKind.DATE, editable=False, why=_ON_ITS_PAGE, width=11),
        Column("due_date", "échéance", CellKind.DATE, editable=False, why=_ON_ITS_PAGE, width=11),
        Column("delivery_date", "date de livraison", CellKind.DATE, width=11),
        Column("order_reference", "bon de commande", longest=60, width=18),
        Column("buyer_reference", "référence de l'acheteur", longest=60, width=18),
        Column(
            "payment_terms",
            "conditions de règlement",
            parse=lambda text: parse_terms(text).code,
            show=lambda code: parse_terms(code).label,
            width=24,
        ),
        Column("note", "remarque", CellKind.LONG_TEXT, width=30),
        Column("currency", "devise", editable=False, why=_ON_ITS_PAGE, width=7),
        Column(
            "net_total", "total HT", CellKind.NUMBER, editable=False, total=True, why=_ON_ITS_PAGE
        ),
        Column(
            "vat_total", "TVA", CellKind.NUMBER, editable=False, total=True, why=_ON_ITS_PAGE
        ),
        Column(
            "gross_total", "total TTC", CellKind.NUMBER, editable=False, total=True,
            why=_ON_ITS_PAGE,
        ),
    )  # fmt: skip

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """See :class:`echeance.base.sheets.Sheet`; credit notes count below zero."""
        mine = queries.invoices(actor=actor).order_by("pk")
        rows: Iterable[Invoice] = mine if keys is None else _by_keys(mine, keys)
        return [Record(str(row.pk), _invoice_texts(row)) for row in rows]

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """A draft has no number."""
        return {}

    def label_of(self, values: Mapping[str, str]) -> str:
        """Number, or that it is a draft, and the customer."""
        return f"{values.get('number') or 'brouillon'} · {values.get('buyer_name', '')}"

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """Nothing of an issued document changes."""
        rows = {
            str(row.pk): row
            for row in _by_keys(
                queries.invoices(actor=actor), [one.key for one in changes if one.key]
            )
        }
        refusals = []
        for change in changes:
            row = rows.get(change.key)
            if row is not None and row.number:
                told = (
                    f"{row.number} est émise : rien n'en change plus. Faites un avoir ou une "
                    "facture rectificative."
                )
                name, text = next(iter(change.values.items()))
                refusals.append(Refusal(change.row, name, text, told))
            elif change.values.get("payment_terms") == "":
                told = "Les conditions de règlement sont vides."
                refusals.append(Refusal(change.row, "payment_terms", "", told))
        return refusals

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Through ``change_draft``, draft by draft."""
        for change in changes:
            values: dict[str, Any] = {
                name: _day(text) if name == "delivery_date" else text
                for name, text in change.values.items()
                if name in _DRAFT_FIELDS
            }
            change_draft(actor=actor, invoice_id=int(change.key), changes=values)
        return [change.key for change in changes]

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """A document is never closed."""
        return []

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Nothing was closed."""

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """From the journal."""
        return last_changes_of(actor=actor, kind="invoice", keys=keys)


def _invoice_texts(row: Invoice) -> dict[str, str]:
    sign = -1 if row.is_credit_note else 1
    return {
        "number": row.number or "",
        "kind": row.get_kind_display(),
        "buyer_name": row.buyer_name,
        "issue_date": _iso(row.issue_date),
        "due_date": _iso(row.due_date),
        "delivery_date": _iso(row.delivery_date),
        "order_reference": row.order_reference,
        "buyer_reference": row.buyer_reference,
        "payment_terms": row.payment_terms,
        "note": row.note,
        "currency": row.currency,
        "net_total": plain_number(sign * row.net_total),
        "vat_total": plain_number(sign * row.vat_total),
        "gross_total": plain_number(sign * row.gross_total),
    }
