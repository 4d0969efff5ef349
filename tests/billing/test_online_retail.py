"""A real order feed runs through billing: every line is billed, waits or is listed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from billing.conftest import TODAY
from echeance.billing.models import Invoice, Order, RejectedLine
from echeance.ledger.verify import verify

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location(
        "online_retail", ROOT / "tools" / "online_retail.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_line_of_the_feed_is_accounted_for(actor, shared_data, tool):
    content = (shared_data / "erp_feeds" / "online_retail" / "Online Retail.csv").read_bytes()

    counts = tool.run(actor, tool.head(content, 6000), TODAY)

    assert counts["lines"] == 6000
    assert (
        counts["lines to bill or credit"]
        + counts["lines of documents that wait"]
        + counts["lines rejected"]
        == 6000
    )
    assert (
        RejectedLine.objects.exclude(reason="").exclude(raw="").count()
        == (counts["lines rejected"])
    )
    assert counts["invoices issued"] == counts["orders"]
    assert counts["credit notes issued"] == counts["cancellations with one original"]
    waiting = Order.objects.filter(accepted_at=None)
    assert waiting.count() == counts["documents that wait"]
    assert not waiting.filter(waiting_reason="").exists()
    notes = Invoice.objects.filter(kind="381")
    assert notes.count() > 0
    assert all(note.gross_total <= note.preceding.gross_total for note in notes)
    assert verify(actor.company) == []
