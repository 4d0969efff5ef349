"""Order files: each line ends in an order, in a document that waits, or is rejected and listed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.archive.models import StoredFile
from echeance.base import commands as base
from echeance.base.errors import RightMissingError
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import (
    ColumnMissingError,
    MappingInvalidError,
    OrderFileKnownError,
    OrderNotBillableError,
    UnknownColumnError,
    UnknownSourceError,
)
from echeance.billing.models import Order, OrderImport, OrderLine, RejectedLine
from echeance.billing.types import ItemFacts, OrderMapping
from echeance.core.tabular import EmptyTableError, write_xlsx

TITLES = "Commande;Client;Article;Désignation;Quantité;Prix unitaire;TVA;Date;Bon de commande\n"
GOOD = "B1;C001;ET;Étagère;2;149,90;20;20/11/2026;BC-7\n"


def take(actor, *rows, source="standard", **more):
    content = (TITLES + "".join(rows)).encode()
    return billing.import_orders(
        actor=actor, content=content, filename="commandes.csv", source=source, **more
    )


def row(document="B1", customer="C001", item="ET", quantity="2", price="149,90", **more):
    values = {"name": "Étagère", "rate": "20", "day": "20/11/2026", "reference": "", **more}
    return (
        f"{document};{customer};{item};{values['name']};{quantity};{price};{values['rate']};"
        f"{values['day']};{values['reference']}\n"
    )


def test_a_file_with_the_titles_of_the_house_needs_no_mapping(ready, lefevre):
    report = take(ready, GOOD, "B1;C001;PO;Pose;3,5;52;20;20/11/2026;BC-7\n")

    assert (report.rows, report.orders, report.billable_rows) == (2, 1, 2)
    order = Order.objects.get()
    assert (order.number, order.party_id, order.order_reference) == ("B1", lefevre.pk, "BC-7")
    # 2 x 149,90 + 3,5 x 52 = 299,80 + 182,00
    assert order.net_total == Decimal("481.80")
    assert [(x.name, x.quantity, x.unit_price, x.vat_rate) for x in order.lines.all()] == [
        ("Étagère", Decimal(2), Decimal("149.90"), Decimal(20)),
        ("Pose", Decimal("3.5"), Decimal(52), Decimal(20)),
    ]


@pytest.mark.parametrize(
    ("bad", "code", "column", "value"),
    [
        (row(customer=""), "customer_missing", "Client", ""),
        (row(customer="C404"), "customer_unknown", "Client", "C404"),
        (row(document=""), "document_missing", "Commande", ""),
        (row(quantity="0"), "quantity_zero", "Quantité", "0"),
        (row(quantity="deux"), "quantity_invalid", "Quantité", "deux"),
        (row(quantity="1,00005"), "quantity_invalid", "Quantité", "1,00005"),
        (row(price="0"), "price_not_positive", "Prix unitaire", "0"),
        (row(price="-4"), "price_not_positive", "Prix unitaire", "-4"),
        (row(price="1,0000001"), "unit_price_invalid", "Prix unitaire", "1,0000001"),
        (row(rate="21"), "vat_unknown", "TVA", "21"),
        (row(day="31/02/2026"), "date_invalid", "Date", "31/02/2026"),
        (row(item="", name=""), "name_missing", "Désignation", ""),
        (row(reference="B" * 61), "too_long", "Bon de commande", "B" * 61),
        (row().replace("\n", ";x\n"), "shifted", "Commande", "B1"),
    ],
)
def test_a_bad_line_is_kept_with_its_place_its_reason_and_its_text(
    ready, lefevre, bad, code, column, value
):
    report = take(ready, row(document="B0"), bad)

    assert (report.rows, report.orders, len(report.rejected)) == (2, 1, 1)
    kept = RejectedLine.objects.get()
    assert (kept.row, kept.code, kept.column, kept.value) == (3, code, column, value)
    assert kept.reason
    assert kept.raw.split(" | ")[3] == bad.split(";")[3]


def test_all_that_is_wrong_in_a_line_is_said(ready, lefevre):
    report = take(ready, row(customer="", price="0", day="demain"))

    (line,) = report.rejected
    assert line.reason == (
        "Le client manque : complétez la ligne. Date illisible ou impossible : « demain » : une "
        "date existante est attendue, comme 31/12/2026. Le prix est nul ou négatif : une ligne se "
        "facture à un prix positif."
    )


def test_a_document_with_a_rejected_line_waits_whole(ready, lefevre):
    report = take(ready, row(), row(price="0"), row(document="B2"))

    assert (report.orders, report.waiting, report.waiting_rows, len(report.rejected)) == (
        1,
        1,
        1,
        1,
    )
    waiting = queries.waiting_orders(actor=ready).get()
    assert (waiting.number, waiting.waiting_reason) == ("B1", "1 ligne(s) rejetée(s) sur 2")
    assert [one.number for one in queries.left_to_bill(actor=ready)] == ["B2"]
    question = WorkItem.objects.get()
    assert question.title == (
        "Import « commandes.csv » : 1 document(s) en attente et 1 ligne(s) rejetée(s). "
        "Qu'en faire ?"
    )
    with pytest.raises(OrderNotBillableError, match="attend une décision"):
        billing.draft_invoices(actor=ready, order_ids=[waiting.pk])


def test_the_policy_may_bill_what_is_good_of_a_document(ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"partial_orders": "keep"}})

    report = take(ready, row(), row(price="0"))

    assert (report.orders, report.waiting, len(report.rejected)) == (1, 0, 1)


def test_a_person_accepts_or_sets_aside_what_waits(ready, lefevre):
    take(ready, row(), row(price="0"), row(document="B2"), row(document="B2", price="0"))
    first, second = queries.waiting_orders(actor=ready)

    billing.accept_orders(actor=ready, order_ids=[first.pk])
    billing.set_aside_orders(actor=ready, order_ids=[second.pk], reason="doublon")

    assert [one.number for one in queries.left_to_bill(actor=ready)] == ["B1"]
    assert not queries.waiting_orders(actor=ready).exists()
    with pytest.raises(OrderNotBillableError, match="n'attend aucune décision"):
        billing.accept_orders(actor=ready, order_ids=[second.pk])


def test_the_same_bytes_are_imported_once(ready, lefevre):
    first = take(ready, GOOD)

    with pytest.raises(OrderFileKnownError) as caught:
        take(ready, GOOD)

    assert str(caught.value) == (
        f"Le fichier « commandes.csv » a déjà été importé le 24/11/2026 (import n° "
        f"{first.import_id}) : rien n'a été ajouté. Fournissez le fichier suivant."
    )
    assert (OrderImport.objects.count(), Order.objects.count()) == (1, 1)


def test_a_document_known_from_another_file_is_not_added_again(ready, lefevre):
    take(ready, GOOD)

    report = take(ready, GOOD, row(document="B2"))

    assert (report.orders, [line.code for line in report.rejected]) == (1, ["order_known"])
    assert Order.objects.count() == 2


def test_a_document_of_two_customers_is_rejected_whole(ready, lefevre):
    from echeance.parties import commands as parties
    from echeance.parties.types import PartyFacts

    parties.create_parties(
        actor=ready, parties=[PartyFacts(code="C002", name="Dupont", category="consumer")]
    )

    report = take(ready, row(), row(customer="C002"))

    assert [(line.row, line.code) for line in report.rejected] == [
        (2, "several_customers"),
        (3, "several_customers"),
    ]
    assert not Order.objects.exists()


def test_a_trial_writes_nothing(ready, lefevre):
    report = take(ready, GOOD, row(document="B2", price="0"), dry_run=True)

    assert (report.import_id, report.orders, len(report.rejected)) == (None, 1, 1)
    assert not Order.objects.exists()
    assert not OrderImport.objects.exists()
    assert not StoredFile.objects.filter(kind="order_import").exists()


def test_a_workbook_is_read_like_a_csv(ready, lefevre):
    from datetime import date

    content = write_xlsx(
        ["Commande", "Client", "Désignation", "Quantité", "Prix unitaire", "Date"],
        [["B1", "C001", "Étagère", Decimal(2), Decimal("149.9"), date(2026, 11, 20)]],
    )

    report = billing.import_orders(actor=ready, content=content, filename="commandes.xlsx")

    assert report.orders == 1
    assert OrderLine.objects.get().unit_price == Decimal("149.9")


@pytest.mark.parametrize(
    ("titles", "error", "sentence"),
    [
        (
            "Commande;Client;Quantité;Date\n",
            UnknownSourceError,
            (
                "La source « standard » est inconnue et les titres de « x.csv » ne suffisent pas (il "
                "manque : prix unitaire, article ou désignation) : enregistrez la correspondance de "
                "ses colonnes, ou renommez-les."
            ),
        ),
        (
            TITLES.strip() + ";Couleur\n",
            UnknownColumnError,
            (
                "La colonne « Couleur » de « x.csv » est inconnue : ajoutez-la à la correspondance de "
                "la source « standard » (lue ou ignorée), ou supprimez-la."
            ),
        ),
        ("", EmptyTableError, None),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole(ready, titles, error, sentence):
    with pytest.raises(error) as caught:
        billing.import_orders(actor=ready, content=titles.encode(), filename="x.csv")

    assert sentence is None or str(caught.value) == sentence
    assert not OrderImport.objects.exists()


MAPPING = OrderMapping(
    source="boutique",
    columns={
        "document": "No",
        "customer": "Who",
        "item": "Sku",
        "quantity": "Qty",
        "unit_price": "Price",
        "order_date": "When",
    },
    constants={"vat_rate": "5.5", "nature": "biens"},
    ignored=("Colour",),
    date_formats=("%m-%d-%Y",),
    decimal_mark=".",
    cancellation_prefix="C",
)


def shop(actor, *rows):
    content = ("No,Who,Sku,Qty,Price,When,Colour\n" + "".join(rows)).encode()
    return billing.import_orders(
        actor=actor, content=content, filename="shop.csv", source="boutique"
    )


@pytest.fixture
def boutique(ready, lefevre):
    billing.save_mapping(actor=ready, mapping=MAPPING)
    return ready


def test_a_saved_mapping_names_columns_formats_and_constants(boutique):
    shop(boutique, "77,C001,LIVRE,3,1.25,11-05-2026,red\n")

    order = Order.objects.get()
    assert (order.number, order.order_date.isoformat()) == ("77", "2026-11-05")
    line = order.lines.get()
    assert (line.name, line.vat_rate, line.unit_price) == (
        "LIVRE",
        Decimal("5.5"),
        Decimal("1.25"),
    )
    assert queries.mapping_for(actor=boutique, source="boutique") == MAPPING


def test_the_catalogue_fills_what_a_line_does_not_say(boutique):
    billing.save_items(
        actor=boutique,
        items=[ItemFacts("POSE", "Pose à domicile", nature="services", unit_code="HUR")],
    )
    mapping = OrderMapping(
        **{**{f: getattr(MAPPING, f) for f in MAPPING.__slots__}, "constants": {}}
    )
    billing.save_mapping(actor=boutique, mapping=mapping)

    shop(boutique, "78,C001,POSE,3,40,11-05-2026,\n")

    line = OrderLine.objects.get()
    assert (line.name, line.nature, line.unit_code, line.vat_rate) == (
        "Pose à domicile",
        "services",
        "HUR",
        None,
    )


def test_a_column_that_disappeared_is_named(boutique):
    with pytest.raises(ColumnMissingError, match="La colonne « When » manque"):
        billing.import_orders(
            actor=boutique,
            content=b"No,Who,Sku,Qty,Price\n1,C001,A,1,1\n",
            filename="shop.csv",
            source="boutique",
        )


def test_a_mapping_that_could_read_no_order_is_refused(ready):
    with pytest.raises(MappingInvalidError, match="il manque la colonne de « prix unitaire »"):
        billing.save_mapping(
            actor=ready,
            mapping=OrderMapping("x", {"document": "a", "customer": "b", "quantity": "c"}),
        )


def test_importing_needs_its_right(ready, lefevre):
    from dataclasses import replace

    with pytest.raises(RightMissingError):
        take(replace(ready, rights=frozenset()), GOOD)

    assert not Order.objects.exists()


ORDER = "1,C001,LIVRE,6,1.25,11-05-2026,\n1,C001,STYLO,2,3.00,11-05-2026,\n"


@pytest.mark.parametrize(
    ("more", "cancelled", "why"),
    [
        ("C9,C001,LIVRE,-2,1.25,11-06-2026,\n", True, ""),
        ("C9,C001,LIVRE,-6,1.25,11-06-2026,\nC9,C001,STYLO,-2,3,11-06-2026,\n", True, ""),
        ("C9,C001,LIVRE,-7,1.25,11-06-2026,\n", False, "aucune commande antérieure"),
        ("C9,C001,LIVRE,-2,1.20,11-06-2026,\n", False, "aucune commande antérieure"),
        ("C9,C001,LIVRE,-2,1.25,11-04-2026,\n", False, "aucune commande antérieure"),
        (
            "C9,C001,LIVRE,-4,1.25,11-06-2026,\nC9,C001,LIVRE,-4,1.25,11-06-2026,\n",
            False,
            "dépasse",
        ),
        (
            "2,C001,LIVRE,9,1.25,11-05-2026,\nC9,C001,LIVRE,-2,1.25,11-06-2026,\n",
            False,
            "2 commandes antérieures",
        ),
        (
            (
                "2,C001,GOMME,9,1,11-05-2026,\n"
                "C9,C001,LIVRE,-2,1.25,11-06-2026,\nC9,C001,GOMME,-2,1,11-06-2026,\n"
            ),
            False,
            "ses lignes viennent de 2 commandes différentes",
        ),
    ],
)
def test_a_cancellation_is_tied_to_the_one_order_that_explains_it(boutique, more, cancelled, why):
    report = shop(boutique, ORDER, more)

    row = Order.objects.get(number="C9")
    assert (row.cancels.number if row.cancels else None) == ("1" if cancelled else None)
    assert (report.cancellations, report.waiting) == ((1, 0) if cancelled else (0, 1))
    assert why in row.waiting_reason


def test_a_later_cancellation_sees_what_an_earlier_one_took(boutique):
    shop(boutique, ORDER, "C8,C001,LIVRE,-4,1.25,11-06-2026,\n")

    report = shop(boutique, "C9,C001,LIVRE,-4,1.25,11-07-2026,\n")
    other = shop(boutique, "C10,C001,LIVRE,-2,1.25,11-07-2026,\n")

    assert (report.cancellations, report.waiting) == (0, 1)
    assert (other.cancellations, other.waiting) == (1, 0)


def test_a_negative_quantity_outside_a_cancellation_is_rejected(boutique):
    report = shop(boutique, "5,C001,LIVRE,-2,1.25,11-06-2026,\n")

    assert [line.code for line in report.rejected] == ["quantity_negative"]
