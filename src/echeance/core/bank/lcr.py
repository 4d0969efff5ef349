"""Remise d'effets: LCR and BOR handed to the bank, CFONB 160 (records 03, 06, 08).

160 characters and CRLF, ASCII capitals; French accounts only, in euros. Source: CFONB, LCR/BOR
remittance on magnetic or telematic support (columns in ``docs/legal/effets-de-commerce.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from echeance.core.bank.charset import has_words, sepa_text
from echeance.core.bank.orders import OrderFileInvalidError, OrderRefusedError
from echeance.core.identifiers import Iban
from echeance.core.money import ZERO, round_amount

FORMAT: Final = "CFONB 160"
WIDTH: Final = 160
LARGEST: Final = Decimal("9999999999.99")
MAX_BYTES: Final = 20_000_000
_OPERATION: Final = "60"


class Entry(StrEnum):
    """Code d'entrée: what the bank is asked for."""

    DISCOUNT = "1"
    COLLECTION = "3"


class Acceptance(StrEnum):
    """Code d'acceptation of a bill."""

    LCR_NOT_ACCEPTED = "0"
    LCR_ACCEPTED = "1"
    BOR = "2"


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill (record 06).

    Attributes:
        reference: Of the drawer, at most 10 characters, once a remittance; comes back if unpaid.
        drawee_reference: What the drawee knows it by, at most 10 characters.
        drawee_name: At most 24 characters of the format.
        drawee_bank: Name of its bank, at most 24; may be empty.
        iban: French account of the drawee.
        amount: In euros, above zero.
        due_date: Day it is to be paid.
        created_on: Day it was drawn.
        acceptance: Whether the drawee has signed it.
    """

    reference: str
    drawee_reference: str
    drawee_name: str
    drawee_bank: str
    iban: str
    amount: Decimal
    due_date: date
    created_on: date
    acceptance: Acceptance = Acceptance.LCR_NOT_ACCEPTED


@dataclass(frozen=True, slots=True)
class BillRemittance:
    """A remittance of bills.

    Attributes:
        reference: Of the file, at most 11 characters.
        issuer_number: NNE given by the bank, at most 6 characters; may be empty.
        remitted_on: Date of the remittance.
        creditor_name: At most 24 characters.
        creditor_bank: At most 24; may be empty.
        iban: French account to credit.
        entry: Discount, or collection at maturity.
        bills: At least one.
    """

    reference: str
    issuer_number: str
    remitted_on: date
    creditor_name: str
    creditor_bank: str
    iban: str
    entry: Entry
    bills: tuple[Bill, ...]

    @property
    def total(self) -> Decimal:
        """Sum of the bills (record 08)."""
        return sum((bill.amount for bill in self.bills), ZERO)


def bill_text(text: str, width: int) -> str:
    """A text in the characters of the format, cut to ``width``.

    >>> bill_text("Éts Müller & Cie", 10)
    'ETS MULLER'
    """
    return sepa_text(text.upper(), width).upper()[:width].strip()


def write_lcr(remittance: BillRemittance) -> bytes:
    """Write a remittance; the same remittance gives the same bytes.

    Raises:
        OrderRefusedError: An account that is not French, an amount out of bounds, a name without a
            letter, a reference that is empty or given twice, no bill.
    """
    if not remittance.bills:
        raise OrderRefusedError(remittance.reference, "il ne contient aucun effet.")
    seen: set[str] = set()
    records = [_header(remittance)]
    for number, bill in enumerate(remittance.bills, 2):
        reference = bill_text(bill.reference, 10)
        if not reference or reference in seen:
            raise OrderRefusedError(bill.reference, "sa référence est vide ou donnée deux fois.")
        seen.add(reference)
        records.append(_bill(number, bill, reference))
    total = _cents(remittance.total, remittance.reference)
    last = len(records) + 1
    records.append(f"08{_OPERATION}{last:08d}".ljust(102) + total)
    lines = [record.ljust(WIDTH) for record in records]
    assert all(len(line) == WIDTH for line in lines), "a field overflows"
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _header(one: BillRemittance) -> str:
    return (
        f"03{_OPERATION}{1:08d}{bill_text(one.issuer_number, 6):6}{'':6}"
        f"{one.remitted_on:%d%m%y}{_name(one.creditor_name, one.reference):24}"
        f"{bill_text(one.creditor_bank, 24):24}{one.entry.value} E{_rib(one.iban, one.reference)}"
    ).ljust(149) + f"{bill_text(one.reference, 11):11}"


def _bill(number: int, bill: Bill, reference: str) -> str:
    return (
        f"06{_OPERATION}{number:08d}{'':8}{bill_text(bill.drawee_reference, 10):10}"
        f"{_name(bill.drawee_name, bill.reference):24}{bill_text(bill.drawee_bank, 24):24}"
        f"{bill.acceptance.value}  {_rib(bill.iban, bill.reference)}"
        f"{_cents(bill.amount, bill.reference)}{'':4}{bill.due_date:%d%m%y}{bill.created_on:%d%m%y}"
    ).ljust(150) + f"{reference:10}"


def _name(text: str, reference: str) -> str:
    name = bill_text(text, 24)
    if not has_words(name):
        raise OrderRefusedError(
            reference, f"le nom « {text[:40]} » n'a aucune lettre que les banques acceptent."
        )
    return name


def _rib(iban: str, reference: str) -> str:
    if not Iban.is_valid(iban) or not iban.startswith("FR") or len(iban) != 27:
        raise OrderRefusedError(reference, "un effet est tiré sur un compte français (RIB).")
    return iban[4:25]


def _cents(amount: Decimal, reference: str) -> str:
    if not ZERO < amount <= LARGEST or amount != round_amount(amount):
        raise OrderRefusedError(reference, f"le montant {amount} n'est pas celui d'un effet.")
    return f"{int(amount.scaleb(2)):012d}"


def read_lcr(content: bytes) -> BillRemittance:
    """Read back a remittance; its count, its order and its total are proved.

    The key of each account is reckoned: the format has the RIB without it.

    Raises:
        OrderFileInvalidError: Another format, a record cut or out of place, a wrong total, a date
            that does not exist.
    """
    if len(content) > MAX_BYTES:
        raise OrderFileInvalidError(FORMAT, f"plus de {MAX_BYTES // 1_000_000} Mo")
    try:
        lines = content.decode("ascii").removesuffix("\r\n").split("\r\n")
    except UnicodeDecodeError as error:
        raise OrderFileInvalidError(FORMAT, f"octet {error.start} illisible") from error
    kinds = ["03", *["06"] * (len(lines) - 2), "08"]
    if len(lines) < 3:
        raise OrderFileInvalidError(FORMAT, "moins de trois enregistrements")
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True), 1):
        if len(line) != WIDTH or line[:12] != f"{kind}{_OPERATION}{number:08d}":
            raise OrderFileInvalidError(FORMAT, f"ligne {number} : enregistrement {kind} attendu")
    head = lines[0]
    try:
        remittance = BillRemittance(
            reference=head[149:160].strip(),
            issuer_number=head[12:18].strip(),
            remitted_on=_day(head[24:30]),
            creditor_name=head[30:54].strip(),
            creditor_bank=head[54:78].strip(),
            iban=_iban(head[81:102]),
            entry=Entry(head[78]),
            bills=tuple(_read_bill(line) for line in lines[1:-1]),
        )
        total = _amount(lines[-1][102:114])
    except ValueError as error:
        raise OrderFileInvalidError(FORMAT, str(error)[:80]) from error
    if total != remittance.total:
        raise OrderFileInvalidError(FORMAT, f"total annoncé {total}, trouvé {remittance.total}")
    return remittance


def _read_bill(line: str) -> Bill:
    return Bill(
        reference=line[150:160].strip(),
        drawee_reference=line[20:30].strip(),
        drawee_name=line[30:54].strip(),
        drawee_bank=line[54:78].strip(),
        iban=_iban(line[81:102]),
        amount=_amount(line[102:114]),
        due_date=_day(line[118:124]),
        created_on=_day(line[124:130]),
        acceptance=Acceptance(line[78]),
    )


def _amount(text: str) -> Decimal:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"montant illisible : « {text} »")
    return Decimal(int(text)).scaleb(-2)


def _day(text: str) -> date:
    return datetime.strptime(text, "%d%m%y").date()  # noqa: DTZ007  a day has no zone


def _iban(bare: str) -> str:
    """IBAN of a RIB without its key.

    >>> _iban("300060000112345678901")
    'FR7630006000011234567890189'
    """
    letters = "".join(_digit(char) for char in bare)
    bank, branch, account = int(letters[:5]), int(letters[5:10]), int(letters[10:21])
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    rib = f"{bare}{key:02d}"
    number = int("".join(str(int(char, 36)) for char in f"{rib}FR00"))
    return f"FR{98 - number % 97:02d}{rib}"


def _digit(char: str) -> str:
    """Figure a letter of a RIB counts as: A, J = 1; B, K, S = 2… I, R, Z = 9."""
    if char.isdigit():
        return char
    if not "A" <= char <= "Z":
        raise ValueError(f"compte illisible : « {char} »")
    place = ord(char) - ord("A")
    return str(place % 9 + 1 if place < 18 else place % 9 + 2)
