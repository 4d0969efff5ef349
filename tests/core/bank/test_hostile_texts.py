"""Hostile text files of banks: refused in bounded time, never by anything but a clear error."""

from __future__ import annotations

import time

import pytest

from echeance.core import bank
from echeance.core.bank.errors import BankFileError

MT940 = b":20:X\n:25:1\n:60F:C261101EUR0,00\n"


@pytest.mark.parametrize(
    "content",
    [
        b"<OFX>" + b"<" * 300_000,
        b"<OFX><STMTRS>" + b"<STATUS>" * 50_000,
        b"<OFX><MEMO>" + b"&#60;" * 100_000 + b"</OFX>",
        b":20:X\n:25:1\n:86:" + b"/" * 300_000,
        MT940 + b":61:" + b"1" * 300_000 + b"\n:62F:C261102EUR0,00\n",
        b"{1:" + b"{" * 50_000 + b"\n:20:X\n:25:1\n",
        b"\n:20:X\n:25:1\n" + b"{1:" * 50_000,
        b'a;b\n"' + b"x;" * 200_000,
        b"Date;Montant\n" + b";" * 300_000,
        b"!Type:Bank\n" + b"P" * 300_000 + b"\n^",
    ],
    ids=lambda content: content[:12].decode(),
)
def test_it_is_refused_quickly(content):
    started = time.perf_counter()

    with pytest.raises(BankFileError):
        bank.read(content)

    assert time.perf_counter() - started < 5
