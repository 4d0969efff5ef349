"""SWIFT MT940 (statement) and MT942 (report of the day), in the dialects of the banks.

A field starts with its tag at the beginning of a line; the amounts and dates of :60:, :61: and :62:
are the same everywhere, what :86: holds is the bank's own: sub-fields ``?20`` (Germany, Austria,
Switzerland, Luxembourg), words between slashes ``/REMI/`` (Netherlands, Belgium, cross-border) or
free text (France). Source: SWIFT Category 9 Message Reference Guide; the sub-fields of :86: follow
the DFÜ agreement of the German banks, annex 3, chapter 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from echeance.core import money
from echeance.core.bank.errors import (
    InvalidDateError,
    MalformedLineError,
    MissingFieldError,
    NoStatementError,
    TotalsMismatchError,
    TruncatedFileError,
)
from echeance.core.bank.model import (
    EntryDetail,
    Proof,
    Statement,
    StatementEntry,
    account_key,
)
from echeance.core.bank.movements import (
    Movement,
    Movements,
    account_of,
    amount_of,
    currency_of,
    day_of_digits,
    one_line,
)
from echeance.core.bank.proof import prove
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Iban

_TAG = re.compile(r":(1[13][CD]?|20|21|25P?|28C?|34F|6[0-2][FM]?|64|65|86|90[CD]|NS):(.*)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,.]{1,16})")
_ENTRY = re.compile(
    r"(\d{6})(\d{4}|\s{4})?(R[CD]|E[CD]|C|D)([A-Z])?\s?(\d[\d,.]{0,15})"
    r"([A-Z][A-Z0-9 ]{3})?((?:(?!//).)*)(?://(.*))?"
)
_SUMS = re.compile(r"(\d{1,6})([A-Z]{3})([\d,.]{1,16})")
_STRUCTURED = re.compile(r"(\d{3})([^\w\s])(?=\d\d)")
_SLASHED = re.compile(
    r"/(TRTP|EREF|KREF|PREF|IREF|MREF|MARF|CRED|CSID|REMI|NAME|IBAN|BIC|ORDP|BENM|CNTP|UDTR|ULTD|"
    r"ULTC|UCRD|RTRN|PURP|ISDT|RTYP|OCMT|EXCH|CHGS|CODE|ADDR|ACCW|ID|INV|SUBID|TRCD|SVCL|RCMT)/"
)
_SEPA_WORDS = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|OAMT|COAM|IBAN|BIC|RREF|PURP)\+\s?"
)
_LINE = 65
_ENVELOPE = re.compile(r"\{[123]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


@dataclass(slots=True)
class _Field:
    """A tag with its lines."""

    tag: str
    line: int
    lines: list[str]

    @property
    def first(self) -> str:
        return self.lines[0].strip()

    @property
    def raw(self) -> str:
        return f":{self.tag}:" + "\n".join(self.lines)


@dataclass(slots=True)
class _Block:
    """One message, from :20: on."""

    line: int
    fields: list[_Field] = field(default_factory=list)

    def find(self, *tags: str) -> _Field | None:
        return next((one for one in self.fields if one.tag in tags), None)


def is_mt940(start: bytes) -> bool:
    """Whether the first bytes of a file are those of an MT940 or MT942."""
    beginning = start[:4096]
    return re.search(rb"(?:^|[\r\n])(?:\{4:\s*)?:20:", beginning) is not None and (
        re.search(rb"[\r\n]:(?:25P?|21|28C?):", beginning) is not None
    )


def read_mt940(content: bytes) -> tuple[Statement, ...]:
    """Read every statement of an MT940 (balances proved) or MT942 (sums proved) file.

    A statement of several pages (:60M:, :62M:) is several statements that follow each other, each
    proved. Expected movements of an MT942 (EC, ED) are counted as pending, not read.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    movements = Movements()
    statements = tuple(_statement(block, movements) for block in _blocks(text))
    if not statements:
        raise NoStatementError(format="MT940")
    return statements


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    opened = False
    number = 0
    for number, written in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        line = _ENVELOPE.sub("", written).removeprefix("{4:").rstrip("\r\x1a\x03\x00 ")
        if line in ("-", "-}") or line.startswith("-}"):
            opened = False
            continue
        if not line.strip():
            continue
        found = _TAG.match(line)
        if found and found[1] == "20":
            if block:
                yield block
            block, opened = _Block(number), True
        if block is None or not opened:
            continue
        if found:
            block.fields.append(_Field(found[1], number, [found[2]]))
        elif block.fields:
            block.fields[-1].lines.append(line)
    if block:
        yield block


def _statement(block: _Block, movements: Movements) -> Statement:
    account = block.find("25", "25P")
    if account is None or not account.first:
        raise MissingFieldError(line=block.line, field="le compte (:25:)", format="MT940")
    iban, other = _account(account.first)
    key = account_key(iban or other)
    opening = _balance(block, "60F", "60M", "60")
    closing = _balance(block, "62F", "62M", "62")
    floor = block.find("34F")
    if opening is None and closing is None and floor is not None:
        return _report(block, movements, (iban, other), floor)
    if opening is None:
        raise MissingFieldError(line=block.line, field="le solde initial (:60F:)", format="MT940")
    if closing is None:
        raise TruncatedFileError(line=block.fields[-1].line)
    currency = opening[2]
    entries, pending = _entries(block, movements, key, currency)
    number = _number(block)
    return prove(
        Statement(
            format="mt940",
            statement_id=one_line(block.fields[0].first) or f"{closing[1]:%Y%m%d}",
            sequence_number=number,
            account_iban=iban,
            account_id=other,
            account_key=key,
            currency=currency,
            opening_balance=opening[0],
            closing_balance=closing[0],
            opening_date=opening[1],
            closing_date=closing[1],
            entries=entries,
            pending=pending,
        )
    )


def _report(
    block: _Block, movements: Movements, account: tuple[str, str], floor: _Field
) -> Statement:
    """An MT942: the movements of the day, proved by :90D: and :90C: when the bank gives them."""
    currency = currency_of(floor.first[:3], floor.line)
    key = account_key(account[0] or account[1])
    entries, pending = _entries(block, movements, key, currency)
    proof: Proof = "none"
    for tag, direction in (("90D", "DBIT"), ("90C", "CRDT")):
        told = block.find(tag)
        if told is None:
            continue
        sums = _SUMS.fullmatch(told.first)
        if sums is None:
            raise MalformedLineError(line=told.line, text=told.first[:40], expected="nombre, total")
        found = [entry.amount for entry in entries if entry.direction == direction]
        total = amount_of(sums[3], currency, told.line)
        pairs = (
            ("nombre", Decimal(int(sums[1])), Decimal(len(found))),
            ("total", total, sum(found, money.ZERO)),
        )
        for name, announced, counted in pairs:
            if not pending and announced != counted:
                raise TotalsMismatchError(
                    line=told.line, element=f":{tag}: ({name})", told=announced, found=counted
                )
        proof = "totals" if not pending else proof
    stamp = block.find("13D", "13", "13C")
    days = [entry.booking_date for entry in entries]
    day = day_of_digits(stamp.first[:6], stamp.line) if stamp else max(days, default=None)
    if day is None:
        raise MissingFieldError(line=block.line, field="la date (:13D:)", format="MT942")
    return Statement(
        format="mt942",
        statement_id=one_line(block.fields[0].first),
        sequence_number=_number(block),
        account_iban=account[0],
        account_id=account[1],
        account_key=key,
        currency=currency,
        opening_balance=None,
        closing_balance=None,
        opening_date=min([day, *days]),
        closing_date=max([day, *days]),
        entries=entries,
        proof=proof,
        kind="report",
        pending=pending,
    )


def _account(text: str) -> tuple[str, str]:
    """The account of :25:, alone or after a bank code or a BIC and a slash, a currency after it.

    >>> _account("BNPAFRPPXXX/FR7630006000011234567890189EUR")
    ('FR7630006000011234567890189', '')
    >>> _account("30006/00001/12345678901"), _account("20041133/123456")
    (('', '30006-00001-12345678901'), ('', '20041133/123456'))
    """
    compact = "".join(text.split()).upper()
    parts = compact.split("/")
    for part in reversed(parts):
        for candidate in (part, part[:-3] if re.search(r"[A-Z]{3}$", part) else part):
            try:
                return str(Iban.parse(candidate)), ""
            except EcheanceError:
                continue
    if len(parts) == 3:
        return account_of(*parts)
    french = re.fullmatch(r"(\d{5})(\d{5})([0-9A-Z]{11})(\d{2})?(EUR)?", compact)
    if french:
        return account_of(french[1], french[2], french[3])
    return "", compact


def _balance(block: _Block, *tags: str) -> tuple[Decimal, date, str] | None:
    found = block.find(*tags)
    if found is None:
        return None
    parts = _BALANCE.fullmatch("".join(found.first.split()))
    if parts is None:
        raise MalformedLineError(
            line=found.line, text=found.first[:40], expected="sens, date, devise, montant"
        )
    currency = currency_of(parts[3], found.line)
    amount = amount_of(parts[4], currency, found.line)
    return (
        amount if parts[1] == "C" else -amount,
        day_of_digits(parts[2], found.line),
        currency,
    )


def _number(block: _Block) -> int | None:
    found = block.find("28C", "28")
    digits = re.match(r"\d{1,9}", found.first) if found else None
    return int(digits[0]) if digits and int(digits[0]) else None


def _entries(
    block: _Block, movements: Movements, key: str, currency: str
) -> tuple[tuple[StatementEntry, ...], int]:
    entries = []
    pending = 0
    for at, one in enumerate(block.fields):
        if one.tag != "61":
            continue
        told: list[_Field] = []
        for after in block.fields[at + 1 :]:
            if after.tag not in ("86", "NS"):
                break
            told.append(after)
        parts = _ENTRY.fullmatch(one.lines[0])
        if parts is None:
            raise MalformedLineError(
                line=one.line, text=one.lines[0][:40], expected="date, sens, montant, code"
            )
        if parts[3] in ("EC", "ED"):
            pending += 1
            continue
        entries.append(movements.entry(key, _movement(one, parts, told, currency)))
    return tuple(entries), pending


def _movement(one: _Field, parts: re.Match[str], told: Sequence[_Field], currency: str) -> Movement:
    value_date = day_of_digits(parts[1], one.line)
    amount = amount_of(parts[5], currency, one.line)
    # RC takes back a credit, RD gives back a debit.
    credit = parts[3] in ("C", "RD")
    customer = one_line(parts[7] or "")
    supplement = one_line(" ".join(one.lines[1:]))
    detail, label = _details([line for one in told if one.tag == "86" for line in one.lines])
    reference = one_line(parts[8] or "")
    reference = "" if reference in ("NONREF", "NOTPROVIDED") else reference
    end_to_end = detail.get("end_to_end_id", "") or (
        "" if customer in ("NONREF", "NOTPROVIDED") else customer
    )
    party, iban = detail.get("party_name", ""), detail.get("party_iban", "")
    return Movement(
        amount=amount if credit else -amount,
        booking_date=_booked(parts[2] or "", value_date, one.line),
        value_date=value_date,
        bank_reference=reference,
        bank_code=(parts[6] or "").strip(),
        label=label or supplement,
        details=(
            EntryDetail(
                amount=amount,
                end_to_end_id=end_to_end,
                mandate_id=detail.get("mandate_id", ""),
                payer_name=party if credit else "",
                payer_iban=iban if credit else "",
                payer_bic=detail.get("party_bic", "") if credit else "",
                payee_name="" if credit else party,
                payee_iban="" if credit else iban,
                ultimate_payer_name=detail.get("ultimate", "") if credit else "",
                remittance_text=one_line(
                    " ".join((detail.get("text", ""), supplement if label else ""))
                ),
                creditor_reference=detail.get("creditor_reference", ""),
                return_reason=detail.get("return_reason", ""),
                creditor_id=detail.get("creditor_id", ""),
                purpose=detail.get("purpose", ""),
            ),
        ),
        raw="\n".join((one.raw, *(field.raw for field in told))),
        line=one.line,
        reversal=parts[3] in ("RC", "RD"),
    )


def _booked(month_day: str, value_date: date, line: int) -> date:
    """The entry date MMDD, in the year that puts it closest to the value date."""
    if not month_day.strip():
        return value_date
    days = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            days.append(date(year, int(month_day[:2]), int(month_day[2:])))
        except ValueError:
            continue  # 29 February of another year
    if not days:
        raise InvalidDateError(line=line, text=month_day)
    return min(days, key=lambda day: abs(day - value_date))


def _joined(lines: Sequence[str]) -> str:
    """Lines put end to end: a line that is full was cut by the bank, another one was ended."""
    return "".join(line if len(line) >= _LINE else f"{line} " for line in lines)


def _details(lines: Sequence[str]) -> tuple[dict[str, str], str]:
    """What :86: says, and its label."""
    if not lines:
        return {}, ""
    structured = _STRUCTURED.match(lines[0])
    if structured:
        return _subfields("".join(lines), structured)
    text = _joined(lines)
    words = _SLASHED.split(text)
    if len(words) >= 3:
        return _slashed(words)
    return _sepa(one_line(text)), one_line(text)


def _subfields(text: str, start: re.Match[str]) -> tuple[dict[str, str], str]:
    """``166?00SEPA?20EREF+…?32NAME``: sub-fields of two digits after the separator."""
    parts = re.split(re.escape(start[2]) + r"(\d\d)", text[len(start[1]) :])
    fields: dict[str, str] = {}
    for code, content in zip(parts[1::2], parts[2::2], strict=False):
        fields[code] = fields.get(code, "") + content
    purpose = "".join(fields.get(f"{code:02}", "") for code in (*range(20, 30), *range(60, 64)))
    told = _sepa(purpose)
    told.setdefault("text", one_line(purpose))
    name = one_line(" ".join((fields.get("32", ""), fields.get("33", ""))))
    told["party_name"] = name
    told["party_iban"] = told.get("party_iban") or _iban(fields.get("31", ""))
    told["party_bic"] = fields.get("30", "").strip()
    return told, one_line(fields.get("00", ""))


def _sepa(text: str) -> dict[str, str]:
    """The words of the SEPA (EREF+, SVWZ+) in a text; what is before them is text too."""
    parts = _SEPA_WORDS.split(text)
    if len(parts) < 3:
        return {}
    words: dict[str, str] = {}
    for word, content in zip(parts[1::2], parts[2::2], strict=False):
        words.setdefault(word, one_line(content))
    told = {
        "end_to_end_id": _given(words.get("EREF", "")),
        "mandate_id": words.get("MREF", ""),
        "creditor_id": words.get("CRED", ""),
        "ultimate": words.get("ABWA", ""),
        "party_iban": _iban(words.get("IBAN", "")),
        "purpose": words.get("PURP", ""),
        "text": one_line(" ".join((parts[0], words.get("SVWZ", "")))),
    }
    return {name: one for name, one in told.items() if one}


def _slashed(words: Sequence[str]) -> tuple[dict[str, str], str]:
    """``/EREF/…//REMI/USTD//…/``: words between slashes, in any order."""
    found: dict[str, str] = {}
    for word, content in zip(words[1::2], words[2::2], strict=False):
        value = one_line(content.strip().strip("/"))
        if value:
            found[word] = f"{found[word]} {value}" if word in found else value
    if "CNTP" in found:  # IBAN/BIC/NAME/CITY
        iban, bic, name, *_ = [*found["CNTP"].split("/"), "", ""]
        found.setdefault("IBAN", iban)
        found.setdefault("BIC", bic)
        found.setdefault("NAME", name)
    remittance = found.get("REMI", "")
    told = {
        "end_to_end_id": _given(found.get("EREF", "")),
        "mandate_id": found.get("MARF", "") or found.get("MREF", ""),
        "creditor_id": found.get("CSID", "") or found.get("CRED", ""),
        "party_name": found.get("NAME", "") or found.get("ORDP", "") or found.get("BENM", ""),
        "party_iban": _iban(found.get("IBAN", "")),
        "party_bic": found.get("BIC", ""),
        "ultimate": found.get("UDTR", "") or found.get("ULTD", ""),
        "return_reason": found.get("RTRN", "").split(" ")[0],
        "purpose": found.get("PURP", ""),
    }
    structured = re.match(r"STRD/(?:CUR|ISO|BBA)?/?(.+)", remittance)
    if structured:
        told["creditor_reference"] = structured[1].strip("/ ")
    else:
        told["text"] = one_line(re.sub(r"^USTD/{0,2}", "", remittance))
    label = one_line(words[0]) or found.get("TRTP", "") or found.get("RTYP", "")
    rest = [found[name] for name in ("INV", "CODE", "RCMT") if name in found]
    told["text"] = one_line(" ".join((told.get("text", ""), *rest)))
    return {name: one for name, one in told.items() if one}, label


def _given(text: str) -> str:
    return "" if text.upper() in ("NOTPROVIDED", "NONREF", "NICHT ANGEGEBEN") else text


def _iban(text: str) -> str:
    try:
        return str(Iban.parse(text)) if text.strip() else ""
    except EcheanceError:
        return ""
