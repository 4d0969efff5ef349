"""Articles, orders and invoices leave for the spreadsheet and come back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.conftest import draft, issued, line
from echeance.base import roundtrip
from echeance.base.models import SheetChange
from echeance.billing import commands as billing
from echeance.billing.commands.orders import change_orders
from echeance.billing.commands.price_changes import change_prices
from echeance.billing.errors import OrderNotChangeableError, PricesInvalidError
from echeance.billing.models import Invoice, Item, Order, PriceBreak
from echeance.billing.types import ItemFacts, PriceBreakFacts

ORDERS = (
    "client;commande;date;désignation;quantité;prix unitaire;taux de tva\n"
    "C001;CDE-1;20/11/2026;Porte;2;310,00;20\n"
    "C001;CDE-1;20/11/2026;Pose;1;150,00;20\n"
    "C001;CDE-2;21/11/2026;Plinthes;12;8,50;20\n"
)


@pytest.fixture
def items(ready) -> list[Item]:
    return billing.save_items(
        actor=ready,
        items=[
            ItemFacts("ET-01", "Étagère", unit_price=Decimal("149.90"), vat_rate=Decimal(20)),
            ItemFacts("PO-02", "Pose", nature="services", unit_code="HUR",
                      unit_price=Decimal("58.125"), vat_rate=Decimal(10)),
        ],
    )  # fmt: skip


@pytest.fixture
def orders(ready, lefevre) -> list[Order]:
    billing.import_orders(actor=ready, content=ORDERS.encode(), filename="commandes.csv")
    return list(Order.objects.order_by("number"))


def came_back(actor, name: str, *edits: tuple[str, str]):
    """The list exported as CSV, some texts replaced once, brought back."""
    content, filename = roundtrip.export_sheet(actor=actor, name=name, kind="csv")
    text = content.decode("utf-8-sig")
    for old, new in edits:
        assert old in text, text
        text = text.replace(old, new, 1)
    return roundtrip.propose_changes(actor=actor, content=text.encode(), filename=filename)


@pytest.mark.parametrize(
    "name", ["billing.items", "billing.orders", "billing.invoices", "billing.prices"]
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_list_that_comes_back_as_it_left_has_no_difference(
    ready, items, orders, lefevre, name, kind
):
    draft(ready, lefevre)
    issued(ready, lefevre)
    billing.save_price_list(
        actor=ready, code="PRO", name="Pro", breaks=[PriceBreakFacts("ET-01", Decimal(140))]
    )
    content, filename = roundtrip.export_sheet(actor=ready, name=name, kind=kind)

    row = roundtrip.propose_changes(actor=ready, content=content, filename=filename)

    expected = {"items": 2, "orders": 3, "invoices": 2, "prices": 1}
    assert row.rows == expected[name.removeprefix("billing.")]
    assert (row.unchanged, row.problems, row.changes.count()) == (row.rows, [], 0)


def test_a_price_raised_in_excel_is_taken_then_given_back(ready, items):
    row = came_back(ready, "billing.items", ("149,9;", "159,90;"))

    change = row.changes.get()
    assert change.label == "ET-01 · Étagère"
    assert change.fields == [{"name": "unit_price", "old": "149.9", "new": "159.9", "met": False}]
    roundtrip.take_changes(actor=ready, import_id=row.pk)
    assert Item.objects.get(code="ET-01").unit_price == Decimal("159.90")
    roundtrip.undo_changes(actor=ready, import_id=row.pk)
    assert Item.objects.get(code="ET-01").unit_price == Decimal("149.90")


def test_what_no_article_may_be_is_refused_and_says_why(ready, items):
    row = came_back(ready, "billing.items", ("149,9;20", "-1;19,7"), ("58,125", "60"))

    assert [(bad["row"], bad["reason"]) for bad in row.problems] == [
        (2, "ET-01 : le taux de TVA 19.7 % n'existe pas."),
        (2, "ET-01 : le prix doit être supérieur à zéro."),
    ]
    assert dict(row.changes.values_list("label", "state")) == {
        "ET-01 · Étagère": SheetChange.State.REFUSED,
        "PO-02 · Pose": SheetChange.State.OPEN,
    }


def test_an_article_left_out_is_retired_only_when_it_is_ticked(ready, items):
    content, filename = roundtrip.export_sheet(actor=ready, name="billing.items", kind="csv")
    lines = content.decode("utf-8-sig").splitlines()
    row = roundtrip.propose_changes(
        actor=ready, content="\r\n".join(lines[:2]).encode(), filename=filename
    )

    gone = row.changes.get()
    assert (gone.kind, gone.label) == ("removed", "PO-02 · Pose")
    roundtrip.take_changes(actor=ready, import_id=row.pk, change_ids=[gone.pk])
    assert Item.objects.get(code="PO-02").closed_at is not None
    roundtrip.undo_changes(actor=ready, import_id=row.pk)
    assert Item.objects.get(code="PO-02").closed_at is None


def test_the_quantity_of_an_order_changes_and_its_total_follows(ready, orders):
    """2 × 310,00 + 150,00 = 770,00; 3 × 310,00 + 150,00 = 1 080,00."""
    assert orders[0].net_total == Decimal("770.00")
    row = came_back(ready, "billing.orders", ("Porte;2;", "Porte;3;"))

    roundtrip.take_changes(actor=ready, import_id=row.pk)

    assert Order.objects.get(number="CDE-1").net_total == Decimal("1080.00")
    roundtrip.undo_changes(actor=ready, import_id=row.pk)
    assert Order.objects.get(number="CDE-1").net_total == Decimal("770.00")


def test_a_computed_total_is_not_typed(ready, orders):
    row = came_back(ready, "billing.orders", ("310;620", "310;700"))

    (bad,) = row.problems
    assert (bad["row"], bad["column"], bad["value"]) == (2, "total de la ligne HT", "700")
    assert "modifiez la quantité" in bad["reason"]


def test_two_lines_of_an_order_agree_on_what_is_of_the_order(ready, orders):
    """A reference typed on one line goes to the whole order; two different ones are refused."""
    one = came_back(ready, "billing.orders", (";;;;Porte", ";PO-9;;;Porte"))
    roundtrip.take_changes(actor=ready, import_id=one.pk)
    assert Order.objects.get(number="CDE-1").order_reference == "PO-9"
    roundtrip.undo_changes(actor=ready, import_id=one.pk)

    two = came_back(
        ready, "billing.orders", (";;;;Porte", ";PO-8;;;Porte"), (";;;;Pose", ";PO-7;;;Pose")
    )

    assert [(bad["row"], bad["value"]) for bad in two.problems] == [(3, "PO-7")]
    assert "La ligne 2 donne une autre valeur" in two.problems[0]["reason"]


def test_an_order_that_is_billed_no_longer_changes(ready, orders):
    content, filename = roundtrip.export_sheet(actor=ready, name="billing.orders", kind="csv")
    billing.draft_invoices(actor=ready, order_ids=[orders[0].pk])
    text = content.decode("utf-8-sig").replace("Porte;2;", "Porte;3;", 1)

    row = roundtrip.propose_changes(actor=ready, content=text.encode(), filename=filename)

    assert [bad["reason"] for bad in row.problems] == [
        "La commande CDE-1 ne se modifie plus : elle est facturée."
    ]
    with pytest.raises(OrderNotChangeableError):
        change_orders(actor=ready, orders={orders[0].pk: {"order_reference": "PO-1"}})


def test_an_issued_invoice_is_read_only_and_says_what_to_do(ready, lefevre):
    row = issued(ready, lefevre)
    sheet = came_back(ready, "billing.invoices", (f"{row.number};", f"{row.number};"), (
        "30 jours", "45 jours"))  # fmt: skip

    (bad,) = sheet.problems
    assert "rien n'en change plus" in bad["reason"]
    assert sheet.changes.get().state == SheetChange.State.REFUSED


def test_the_note_of_a_draft_comes_from_excel(ready, lefevre):
    row = draft(ready, lefevre, line(), note="À relire")
    sheet = came_back(ready, "billing.invoices", ("À relire", "Merci de votre confiance"))

    roundtrip.take_changes(actor=ready, import_id=sheet.pk)

    assert Invoice.objects.get(pk=row.pk).note == "Merci de votre confiance"
    roundtrip.undo_changes(actor=ready, import_id=sheet.pk)
    assert Invoice.objects.get(pk=row.pk).note == "À relire"


def test_prices_of_a_list_go_up_in_excel_and_come_back_down(ready, items):
    billing.save_price_list(
        actor=ready,
        code="PRO",
        name="Professionnels",
        breaks=[
            PriceBreakFacts("ET-01", Decimal(140)),
            PriceBreakFacts("ET-01", Decimal(130), min_quantity=Decimal(10)),
            PriceBreakFacts("PO-02", Decimal("55.5"), discount_percent=Decimal(5)),
        ],
    )
    row = came_back(
        ready,
        "billing.prices",
        (";10;130;", ";10;135,5;"),
        (";55,5;5;", ";-1;5;"),
        (";140;", ";142;"),
    )

    assert [(bad["row"], bad["reason"]) for bad in row.problems] == [
        (4, "PO-02 à partir de 0 : le prix est supérieur à zéro.")
    ]
    assert roundtrip.take_changes(actor=ready, import_id=row.pk).taken == 2
    prices = PriceBreak.objects.order_by("item__code", "min_quantity")
    assert [one.unit_price for one in prices.all()] == [
        Decimal(142), Decimal("135.5"), Decimal("55.5"),
    ]  # fmt: skip
    roundtrip.undo_changes(actor=ready, import_id=row.pk)
    assert [one.unit_price for one in prices.all()] == [
        Decimal(140), Decimal(130), Decimal("55.5"),
    ]  # fmt: skip


def test_two_prices_that_would_be_one_are_refused(ready, items):
    billing.save_price_list(
        actor=ready,
        code="PRO",
        name="Professionnels",
        breaks=[
            PriceBreakFacts("ET-01", Decimal(140)),
            PriceBreakFacts("ET-01", Decimal(130), min_quantity=Decimal(10)),
        ],
    )
    second = PriceBreak.objects.get(min_quantity=10)

    with pytest.raises(PricesInvalidError, match="figure deux fois"):
        change_prices(actor=ready, changes={second.pk: {"min_quantity": Decimal(0)}})
    assert PriceBreak.objects.get(pk=second.pk).min_quantity == 10
