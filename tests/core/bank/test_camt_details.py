"""Goal: what a camt says of each transaction is kept, and its parts sum to what was booked."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from echeance.core import bank
from echeance.core.bank.errors import BankFileError, DetailTotalError, TotalsMismatchError
from echeance.core.bank.model import ReferredDocument

IBAN = "FR7630006000011234567890189"
KINDS = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def balance(code: str, amount: str) -> str:
    direction = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">'
        f"{amount.removeprefix('-')}</Amt><CdtDbtInd>{direction}</CdtDbtInd>"
        "<Dt><Dt>2026-11-23</Dt></Dt></Bal>"
    )


def entry(amount: str, *parts: str, direction: str = "CRDT", status: str = "<Cd>BOOK</Cd>") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Sts>{status}</Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt>{''.join(parts)}</Ntry>"
    )


def message(*entries: str, before: str = "", kind: str = "053", version: str = "08") -> bytes:
    root, statement = KINDS[kind]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{root}>\n'
        f"<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-23T20:00:00</CreDtTm></GrpHdr>\n"
        f"<{statement}><Id>R1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{before}\n" + "\n".join(entries) + f"\n</{statement}></{root}></Document>"
    ).encode()


def statement(total: str, *entries: str) -> bytes:
    """A camt.053 from 0.00 to ``total``."""
    return message(*entries, before=balance("OPBD", "0.00") + balance("CLBD", total))


def detail(amount: str = "", *parts: str, direction: str = "CRDT") -> str:
    told = f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>' if amount else ""
    return f"<TxDtls>{told}{''.join(parts)}</TxDtls>"


def batch(*details: str) -> str:
    return f"<NtryDtls><Btch><NbOfTxs>{len(details)}</NbOfTxs></Btch>{''.join(details)}</NtryDtls>"


def read_one(content: bytes):
    (found,) = bank.read(content)
    (line,) = found.entries
    return line


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(1, 15)])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_version_of_the_three_messages_is_read(kind, version):
    content = message(
        entry("12.50"),
        before=balance("OPBD", "0.00") + balance("CLBD", "12.50"),
        kind=kind,
        version=version,
    )

    (found,) = bank.read(content)

    assert found.format == f"camt.{kind}.001.{version}"
    assert (found.proof, found.kind) == (
        "balances",
        {"052": "report", "053": "statement", "054": "notice"}[kind],
    )
    assert [str(line.signed) for line in found.entries] == ["12.50"]


# --- batches -------------------------------------------------------------------------------


def test_a_batch_is_split_into_its_transactions():
    read = read_one(
        statement(
            "60.00",
            entry(
                "60.00",
                batch(
                    detail("10.00", "<Refs><EndToEndId>A</EndToEndId></Refs>"),
                    detail("20.00", "<Refs><EndToEndId>B</EndToEndId></Refs>"),
                    detail("30.00", "<Refs><EndToEndId>C</EndToEndId></Refs>"),
                ),
            ),
        )
    )

    assert [(str(one.amount), one.end_to_end_id) for one in read.details] == [
        ("10.00", "A"),
        ("20.00", "B"),
        ("30.00", "C"),
    ]


def test_a_batch_that_lacks_a_cent_is_refused_with_its_line_and_difference():
    content = statement("60.00", entry("60.00", batch(detail("10.00"), detail("49.99"))))

    with pytest.raises(DetailTotalError) as refused:
        bank.read(content)

    assert (refused.value.line, refused.value.difference) == (5, Decimal("0.01"))
    assert str(refused.value) == (
        "Ligne 5 : le détail de l'opération totalise 59,99\u00a0€ pour un mouvement de "
        "60,00\u00a0€ (écart 0,01\u00a0€). Rien n'est importé : demandez à la banque un fichier "
        "corrigé."
    )


def test_a_batch_whose_amounts_are_not_all_told_is_not_judged():
    read = read_one(statement("60.00", entry("60.00", batch(detail("10.00"), detail()))))

    assert [one.amount for one in read.details] == [Decimal("10.00"), None]


def test_what_comes_back_inside_a_batch_counts_the_other_way():
    read = read_one(
        statement(
            "70.00", entry("70.00", batch(detail("100.00"), detail("30.00", direction="DBIT")))
        )
    )

    assert read.signed == Decimal("70.00")


@pytest.mark.parametrize("booked", ["95.00", "105.00"], ids=["kept from it", "added to it"])
def test_charges_may_lie_between_the_details_and_the_entry(booked):
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">5.00</TtlChrgsAndTaxAmt></Chrgs>'

    read = read_one(statement(booked, entry(booked, charges, batch(detail("60"), detail("40.00")))))

    assert read.charges == Decimal("5.00")


def test_transactions_outside_a_wrapper_are_read_as_in_the_first_version():
    read = read_one(statement("5.00", entry("5.00", detail("5.00"))))

    assert [str(one.amount) for one in read.details] == ["5.00"]


# --- what is told of a transaction ---------------------------------------------------------

FOREIGN = detail(
    "",
    "<Refs><EndToEndId>NOTPROVIDED</EndToEndId><MndtId>RUM-1</MndtId><TxId>TX-9</TxId></Refs>",
    '<AmtDtls><InstdAmt><Amt Ccy="USD">110.0000</Amt></InstdAmt>'
    '<TxAmt><Amt Ccy="EUR">100.00</Amt></TxAmt></AmtDtls>',
    '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd>'
    '<Rcrd><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>',
    "<RltdPties><Dbtr><Pty><Nm>Holding SA</Nm></Pty></Dbtr>"
    "<UltmtDbtr><Pty><Nm>Filiale Nord</Nm></Pty></UltmtDbtr>"
    "<Cdtr><Pty><Nm>Atelier</Nm><Id><PrvtId><Othr><Id>FR72ZZZ123456</Id>"
    "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></Pty></Cdtr></RltdPties>",
    "<RltdAgts><DbtrAgt><FinInstnId><BICFI>AGRIFRPP</BICFI></FinInstnId></DbtrAgt></RltdAgts>",
    "<Purp><Cd>SUPP</Cd></Purp>",
)


def test_every_fact_of_a_transaction_is_kept():
    read = read_one(statement("98.00", entry("98.00", batch(FOREIGN))))

    (one,) = read.details
    assert one == bank.EntryDetail(
        amount=Decimal("100.00"),
        mandate_id="RUM-1",
        payer_name="Holding SA",
        payee_name="Atelier",
        payer_bic="AGRIFRPP",
        ultimate_payer_name="Filiale Nord",
        original_amount=Decimal("110.0000"),
        original_currency="USD",
        # 3.00 kept, 1.00 given back.
        charges=Decimal("2.00"),
        creditor_id="FR72ZZZ123456",
        transaction_id="TX-9",
        purpose="SUPP",
    )


def test_a_returned_debit_says_why_in_code_and_in_words():
    returned = (
        "<RtrInf><Rsn><Cd>AM04</Cd></Rsn><AddtlInf>PROVISION</AddtlInf>"
        "<AddtlInf>INSUFFISANTE</AddtlInf></RtrInf>"
    )
    content = statement(
        "-45.10",
        entry(
            "45.10",
            "<RvslInd>true</RvslInd>",
            batch(detail("45.10", returned, direction="DBIT")),
            direction="DBIT",
        ),
    )

    read = read_one(content)

    assert read.reversal
    assert (read.details[0].return_reason, read.details[0].return_text) == (
        "AM04",
        "PROVISION INSUFFISANTE",
    )


REMITTANCE = (
    "<RmtInf><Ustrd>Reglement novembre</Ustrd>"
    "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>FA-2026-0041</Nb>"
    "<RltdDt>2026-10-31</RltdDt></RfrdDocInf>"
    '<RfrdDocAmt><DuePyblAmt Ccy="EUR">120.00</DuePyblAmt>'
    '<DscntApldAmt><Amt Ccy="EUR">2.40</Amt></DscntApldAmt>'
    '<RmtdAmt Ccy="EUR">117.60</RmtdAmt></RfrdDocAmt>'
    "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"
    "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CREN</Cd></CdOrPrtry></Tp><Nb>AV-7</Nb></RfrdDocInf>"
    '<RfrdDocAmt><CdtNoteAmt Ccy="EUR">17.60</CdtNoteAmt></RfrdDocAmt></Strd>'
    "<Strd><RfrdDocInf><Nb>FA-1</Nb></RfrdDocInf></Strd></RmtInf>"
)


def test_documents_are_told_with_what_is_paid_of_each():
    read = read_one(statement("100.00", entry("100.00", batch(detail("100.00", REMITTANCE)))))

    (one,) = read.details
    assert one.document_numbers == ("FA-2026-0041", "AV-7", "FA-1")
    assert one.creditor_reference == "RF18539007547034"
    assert one.remittance_text == "Reglement novembre"
    assert one.documents == (
        ReferredDocument(
            number="FA-2026-0041",
            kind="CINV",
            day=date(2026, 10, 31),
            due_amount=Decimal("120.00"),
            remitted_amount=Decimal("117.60"),
            discount_amount=Decimal("2.40"),
        ),
        ReferredDocument(number="AV-7", kind="CREN", credit_amount=Decimal("17.60")),
    )


def test_what_the_bank_adds_to_a_transaction_is_its_label_when_there_is_no_other():
    told = detail("5.00", "<AddtlTxInf>VIR INST DUPONT</AddtlTxInf>")

    read = read_one(statement("5.00", entry("5.00", batch(told))))

    assert read.label == "VIR INST DUPONT"


def test_the_entry_says_on_which_line_it_stands():
    read = bank.read(statement("3.00", entry("1.00"), entry("2.00")))

    assert [line.line for line in read[0].entries] == [5, 6]


# --- reports and notices -------------------------------------------------------------------


def summary(count: int, credits_: str, debits: str) -> str:
    return (
        f"<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries>"
        f"<TtlCdtNtries><Sum>{credits_}</Sum></TtlCdtNtries>"
        f"<TtlDbtNtries><Sum>{debits}</Sum></TtlDbtNtries></TxsSummry>"
    )


PENDING = entry("7.00", status="<Cd>PDNG</Cd>")
DAY = [entry("10.00"), entry("4.00", direction="DBIT"), PENDING]


@pytest.mark.parametrize("kind", ["052", "054"])
@pytest.mark.parametrize(
    "told",
    [summary(2, "10.00", "4.00"), summary(3, "17.00", "4.00")],
    ids=["booked entries", "all the entries"],
)
def test_a_report_is_proved_by_its_own_summary(kind, told):
    (found,) = bank.read(message(*DAY, before=told, kind=kind))

    assert (found.proof, found.pending) == ("totals", 1)
    assert [str(line.signed) for line in found.entries] == ["10.00", "-4.00"]
    assert (found.opening_date, found.closing_date) == (date(2026, 11, 23), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("told", "element", "difference"),
    [
        (summary(4, "10.00", "4.00"), "TtlNtries/NbOfNtries", Decimal(2)),
        (summary(2, "10.01", "4.00"), "TtlCdtNtries/Sum", Decimal("0.01")),
        (summary(2, "10.00", "3.00"), "TtlDbtNtries/Sum", Decimal("-1.00")),
    ],
    ids=["count", "credits", "debits"],
)
def test_a_summary_that_disagrees_is_refused_with_the_difference(told, element, difference):
    with pytest.raises(TotalsMismatchError) as refused:
        bank.read(message(*DAY, before=told, kind="054"))

    assert (refused.value.element, refused.value.difference) == (element, difference)
    assert refused.value.line == 4


def test_a_count_alone_is_checked_and_proves_nothing():
    told = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"

    (found,) = bank.read(message(*DAY, before=told, kind="052"))

    assert found.proof == "none"


def test_an_interim_balance_of_a_report_proves_nothing():
    before = balance("OPBD", "100.00") + balance("ITBD", "999.00")

    (found,) = bank.read(message(*DAY, before=before, kind="052"))

    assert (found.proof, found.opening_balance, found.closing_balance) == ("none", None, None)


def test_a_report_with_both_balances_is_held_to_them():
    before = balance("OPBD", "100.00") + balance("CLBD", "106.01")

    with pytest.raises(BankFileError) as refused:
        bank.read(message(*DAY, before=before, kind="052"))

    assert refused.value.code == "bank.balance_mismatch"


# --- refusals ------------------------------------------------------------------------------

REFUSED = [
    ("fraction of a cent", statement("1.00", entry("1.00001")), "bank.amount_precision"),
    ("six decimals", statement("1.00", entry("1.000000")), "bank.invalid_amount"),
    ("no such currency", statement("1.00", entry("1.00")).replace(b">EUR<", b">EUX<"), "bank.unknown_currency"),
    ("no such original currency", statement("98.00", entry("98.00", batch(FOREIGN.replace("USD", "US$")))), "bank.unknown_currency"),
    ("week date", statement("1.00", entry("1.00")).replace(b"<BookgDt><Dt>2026-11-23", b"<BookgDt><Dt>2026-W47-1"), "bank.invalid_date"),
    ("compact date", statement("1.00", entry("1.00")).replace(b"<BookgDt><Dt>2026-11-23", b"<BookgDt><Dt>20261123"), "bank.invalid_date"),
    ("entry in an entry", statement("1.00", entry("1.00", entry("1.00"))), "bank.missing_element"),
    ("charge with a fraction", statement("1.00", entry("1.00", '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.001</TtlChrgsAndTaxAmt></Chrgs>')), "bank.amount_precision"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_camt_that_cannot_be_right_is_refused(content, code):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == code


def test_an_entry_more_than_a_year_ahead_is_refused():
    content = statement("1.00", entry("1.00"))

    assert bank.read(content, today=date(2025, 11, 23))
    with pytest.raises(BankFileError) as refused:
        bank.read(content, today=date(2025, 11, 22))
    with pytest.raises(BankFileError) as streamed:
        list(bank.stream(io.BytesIO(content), today=date(2025, 11, 22)))

    assert refused.value.code == streamed.value.code == "bank.future_date"
    assert str(refused.value) == (
        "Ligne 5 : l'opération est datée du 23/11/2026, plus d'un an après aujourd'hui. "
        "Demandez à la banque un relevé corrigé."
    )
