"""What templates write: amounts, dates and counts as a French reader expects them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

from echeance.base import panels
from echeance.web.templatetags import ui

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", f"0,00{NO_BREAK}€"),
        ("1234.5", f"1{NARROW}234,50{NO_BREAK}€"),
        ("335531.985", f"335{NARROW}531,99{NO_BREAK}€"),
        ("-0.005", f"-0,01{NO_BREAK}€"),
    ],
)
def test_amounts_are_rounded_half_up_and_spaced(value, text):
    assert ui.eur(Decimal(value)) == text


def test_whole_euros_are_rounded_not_cut():
    assert ui.eur0(Decimal("335531.99")) == f"335{NARROW}532{NO_BREAK}€"


def test_an_amount_that_is_not_known_is_a_dash():
    assert [ui.eur(None), ui.eur0(None), ui.money(None, "EUR"), ui.date_fr(None)] == ["—"] * 4


@pytest.mark.parametrize(
    ("value", "text"),
    [("20", "20"), ("5.5", "5,5"), ("2.10", "2,1"), ("0.9", "0,9"), ("100", "100")],
)
def test_rates_have_no_useless_zero(value, text):
    assert ui.percent(Decimal(value)) == f"{text}{NO_BREAK}%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 facture"), (1, "1 facture"), (2, "2 factures"), (1234, f"1{NARROW}234 factures")],
)
def test_counts_are_singular_below_two(value, text):
    assert ui.count(value, "facture") == text.replace(" ", NO_BREAK)


def test_counts_take_an_irregular_plural():
    assert ui.count(3, "avoir émis,avoirs émis") == f"3{NO_BREAK}avoirs émis"


def test_dates_are_civil_days_in_paris():
    late_evening = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

    assert ui.date_fr(date(2026, 11, 24)) == "24/11/2026"
    assert ui.date_fr(late_evening) == "01/12/2026"
    assert ui.date_long(late_evening) == "mardi 1er décembre 2026"
    assert ui.instant(late_evening) == "01/12/2026 à 00:30"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Claire Morvan", "CM"),
        ("Échéance", "É"),
        ("Jean-Paul Le Goff", "JG"),
        ("L'Atelier", "LA"),
        ("", ""),
    ],
)
def test_initials_are_at_most_two(name, letters):
    assert ui.initials(name) == letters


def test_identifiers_are_written_in_groups():
    assert ui.siren("552100554") == NARROW.join(["552", "100", "554"])
    assert ui.siren("55210055400013") == NARROW.join(["552", "100", "554", "00013"])
    assert ui.iban("FR7630006000011234567890189").split(NARROW)[-1] == "189"


def test_a_chart_scales_on_its_tallest_bar_and_shows_any_debt():
    amounts = ["200", "100", "0.01", "0", "-5"]

    drawn = ui.bars([{"amount": Decimal(amount)} for amount in amounts])

    assert [(bar.top, bar.height) for bar in drawn] == [
        (0, 100),
        (50, 50),
        (99, 1),
        (100, 0),
        (100, 0),
    ]


def test_a_chart_of_nothing_is_flat():
    assert [bar.height for bar in ui.bars([{"amount": Decimal(0)}] * 2)] == [0, 0]


def test_an_icon_is_inlined_and_hidden_from_screen_readers():
    svg = ui.icon("sun")

    assert svg.startswith('<svg class="icon" aria-hidden="true" focusable="false"')
    assert 'stroke="none"' not in svg
    assert svg.endswith("</svg>")


def test_an_icon_name_never_leaves_its_folder():
    with pytest.raises(AssertionError, match="not an icon name"):
        ui.icon("../../filled/sun")


def test_panels_of_a_screen_come_in_order_and_only_where_they_exist(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})
    panels.add("sample", "web:company", title="Société", order=20)
    panels.add("sample", "web:jobs", title="Tâches", order=10)
    panels.add("sample", "nowhere:at_all", title="Absent", order=1)

    slots = ui.panels("sample")

    assert [(slot.title, slot.url) for slot in slots] == [
        ("Tâches", "/taches/"),
        ("Société", "/societe/"),
    ]


def test_what_a_component_is_given_is_escaped():
    source = '<c-button label="{{ text }}">{{ text }}</c-button><c-pill>{{ text }}</c-pill>'

    compiled = engines["django"].from_string(CottonCompiler().process(source))
    html = compiled.render({"text": "<script>\"'"})

    assert "<script>" not in html
    assert 'aria-label="&lt;script&gt;&quot;&#x27;"' in html
