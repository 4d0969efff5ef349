"""Goal: a large file is read in a flat memory, and is not called proved before its end."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from tests.core.bank.test_reader import ACCOUNT, CAMT, CFONB_STATEMENT, IBAN, RICH

from echeance.core import bank
from echeance.core.bank import iso20022, streaming
from echeance.core.bank.errors import BankFileError

CFONB = bank.write_cfonb120(CFONB_STATEMENT)


class Pieces(io.RawIOBase):
    """A file that gives its bytes a few at a time, and that nobody holds."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._left += piece
        data, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return data


def camt_pieces(entries: int, total: str) -> Iterator[bytes]:
    balance = (
        '<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>"
    )
    yield (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>R</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance.format('OPBD', '0.00')}{balance.format('CLBD', total)}\n"
    ).encode()
    line = (
        b'<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        b"<BookgDt><Dt>2026-11-23</Dt></BookgDt><AddtlNtryInf>VIREMENT</AddtlNtryInf></Ntry>\n"
    )
    for rank in range(entries):
        yield line.replace(b"VIREMENT", b"VIREMENT %d" % rank)
    yield b"</Stmt></BkToCstmrStmt></Document>"


def cfonb_pieces(entries: int, total: str) -> Iterator[bytes]:
    def record(kind: str, amount: str) -> bytes:
        head = f"{kind}30006    00001EUR2 12345678901  231126        231126VIREMENT".ljust(90)
        return f"{head}{amount}".ljust(120).encode() + b"\r\n"

    yield record("01", "0000000000000{")
    movement = record("04", "0000000000010{")
    for rank in range(entries):
        yield movement.replace(b"VIREMENT      ", b"VIREMENT%6d" % rank)
    yield record("07", total)


@pytest.mark.parametrize("content", [CAMT, CFONB], ids=["camt", "CFONB"])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_stream_tells_what_a_whole_reading_tells(content, size):
    pieces = (content[at : at + size] for at in range(0, len(content), size))

    head, *entries, foot = bank.stream(Pieces(pieces))

    (whole,) = bank.read(content)
    assert isinstance(head, bank.StatementHead)
    assert isinstance(foot, bank.StatementFoot)
    assert tuple(entries) == whole.entries
    assert (head.account_key, head.opening_balance) == (ACCOUNT, whole.opening_balance)
    assert (foot.statement_id, foot.closing_balance, foot.proof, foot.entries, foot.movements) == (
        whole.statement_id,
        whole.closing_balance,
        "balances",
        len(whole.entries),
        whole.movements,
    )


@pytest.mark.parametrize(
    ("pieces", "few", "many"),
    [
        (camt_pieces, (300, "300.00"), (1500, "1500.00")),
        (cfonb_pieces, (1500, "0000000015000{"), (3000, "0000000030000{")),
    ],
    ids=["camt", "CFONB"],
)
def test_memory_does_not_grow_with_the_file(pieces, few, many):
    # Each entry unlike the others: their fingerprints are what could grow.
    def most(entries: int, total: str) -> int:
        tracemalloc.start()
        for _ in bank.stream(Pieces(pieces(entries, total))):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(*few)

    # What grows is the memory of fingerprints: at most 32 bytes an entry, 48 while it doubles.
    assert most(*many) - most(*few) < 50 * (many[0] - few[0]) + 4096


def test_a_wrong_balance_is_met_at_the_foot_and_not_before():
    items = bank.stream(Pieces(camt_pieces(3, "4.00")))

    assert [type(next(items)).__name__ for _ in range(4)] == [
        "StatementHead",
        *["StatementEntry"] * 3,
    ]
    with pytest.raises(BankFileError) as refused:
        next(items)
    assert refused.value.code == "bank.balance_mismatch"


def test_a_first_reading_proves_and_keeps_nothing_else():
    ((head, foot),) = bank.check(io.BytesIO(CAMT))

    assert (head.statement_id, foot.proof, foot.entries) == ("RLV-2026-228", "balances", 3)
    with pytest.raises(BankFileError):
        bank.check(Pieces(camt_pieces(3, "4.00")))


def test_several_statements_follow_each_other():
    content = bank.write_camt053(RICH, RICH)

    kinds = [type(item).__name__ for item in bank.stream(io.BytesIO(content))]

    one = ["StatementHead", *["StatementEntry"] * 3, "StatementFoot"]
    assert kinds == one * 2


def test_a_file_beyond_the_limit_is_refused_on_the_way(monkeypatch):
    monkeypatch.setattr(streaming, "STREAM_LIMIT_MB", 1)
    monkeypatch.setattr(streaming, "MEGABYTE", 200_000)

    with pytest.raises(BankFileError) as refused:
        for _ in bank.stream(Pieces(camt_pieces(3000, "3000.00"))):
            pass

    assert refused.value.code == "bank.file_too_large"


def test_an_entry_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(iso20022, "ENTRY_LIMIT", 200_000)
    endless = b"<NtryDtls><TxDtls/></NtryDtls>" * 20_000
    content = CAMT.replace(b"<BookgDt>", endless + b"<BookgDt>", 1)

    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == "bank.xml_too_complex"


@pytest.mark.parametrize("content", [b"", b"\r\n \x00"], ids=["nothing", "blanks"])
def test_an_empty_stream_is_an_empty_file(content):
    with pytest.raises(BankFileError) as refused:
        list(bank.stream(io.BytesIO(content)))

    assert refused.value.code == "bank.empty_file"
