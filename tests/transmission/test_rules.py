"""Addresses that can be written to, waits between tries, and refusals said in French."""

from __future__ import annotations

from datetime import timedelta

import pytest

from echeance.transmission import rules

LONG = "a" * 64


@pytest.mark.parametrize(
    "address",
    [
        "compta@brume.example",
        "jean-luc.o'brien+factures@compta.brume.example",
        "a@b.fr",
        f"{LONG}@brume.example",
        "x@xn--caf-dma.example",
    ],
)
def test_an_address_of_the_trade_can_be_written_to(address):
    assert rules.is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "compta",
        "compta@",
        "@brume.example",
        "compta@brume",
        "compta@@brume.example",
        "a..b@brume.example",
        ".a@brume.example",
        "a.@brume.example",
        "a b@brume.example",
        "a@-brume.example",
        "a@brume.example.",
        "a@192.0.2.1",
        "é@brume.example",
        "a@café.example",
        "a,b@brume.example",
        "<a@brume.example>",
        "a@brume.example\n",
        "a@brume.example\x00",
        f"{LONG}a@brume.example",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.example",
    ],
)
def test_what_a_relay_would_not_take_is_no_address(address):
    assert not rules.is_address(address)


def test_waits_double_from_one_minute_to_eight():
    waits = [rules.retry_wait(attempts) for attempts in range(1, rules.ATTEMPTS_MAX)]

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, "corrigez le contact"),
        (553, "corrigez le contact"),
        (552, "trop lourd"),
        (452, "trop lourd"),
        (535, "identification"),
        (554, "appelez le client"),
        (451, "préparez-le de nouveau"),
        (0, "préparez-le de nouveau"),
        (571, "lisez sa réponse"),
    ],
)
def test_each_refusal_says_what_to_do(code, words):
    assert words in rules.advice(code)
