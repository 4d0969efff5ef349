"""Orders to a bank: what the files say, that their schema holds, that others read the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from resource import RUSAGE_SELF, getrusage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from echeance.core.bank import pain
from echeance.core.bank.charset import ALLOWED, sepa_reference, sepa_text
from echeance.core.bank.orders import (
    AccountHolder,
    CreditTransfer,
    DirectDebit,
    DirectDebitOrder,
    OrderFileInvalidError,
    OrderRefusedError,
    PostalAddress,
    TransferOrder,
)
from echeance.core.bank.pain import write_pain001, write_pain008
from echeance.core.bank.pain_reader import read_pain001, read_pain008

MOREL = AccountHolder(
    "Atelier Morel",
    "FR7630006000011234567890189",
    "AGRIFRPP",
    PostalAddress("Lyon", "FR", "69002", ("12 rue de la Paix",)),
)
DUPONT = AccountHolder("DUPONT SA", "FR1420041010050500013M02606", "PSSTFRPPLYO")
BERLIN = AccountHolder(
    "Muller GmbH", "DE89370400440532013000", "", PostalAddress("Berlin", "DE", "10115")
)
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TRANSFERS = TransferOrder(
    "VIR-2026-000001",
    AT,
    date(2026, 11, 26),
    MOREL,
    (
        CreditTransfer("VIR-2026-000001-1", Decimal("1234.56"), DUPONT, "F-1 F-2 AV-3"),
        CreditTransfer("VIR-2026-000001-2", Decimal("0.01"), BERLIN, "", "RF18539007547034"),
    ),
)


def debit(number, amount, sequence="RCUR", scheme="CORE", on=date(2026, 12, 8), **more):
    return DirectDebit(
        end_to_end_id=f"PRE-{number}",
        amount=Decimal(amount),
        debtor=DUPONT,
        mandate_id=f"RUM-{number}",
        signed_on=date(2025, 1, 15),
        sequence_type=sequence,
        scheme=scheme,
        collection_date=on,
        remittance_text=f"F-{number}",
        **more,
    )


DEBITS = DirectDebitOrder(
    "PRE-2026-000001",
    AT,
    MOREL,
    "FR72ZZZ123456",
    (
        debit(1, "100.00"),
        debit(2, "20.50", original_mandate_id="OLD-2", original_iban=BERLIN.iban),
        debit(3, "7.00", "FRST", "B2B"),
        debit(4, "1.00", on=date(2026, 12, 9)),
    ),
)
DEBITS_IN_FILE = (DEBITS.debits[2], DEBITS.debits[0], DEBITS.debits[1], DEBITS.debits[3])


def found(content, path):
    root = etree.fromstring(content)
    spaces = {"n": etree.QName(root).namespace}
    return [
        node.text for node in root.iterfind("/".join(f"n:{p}" for p in path.split("/")), spaces)
    ]


def test_transfers_are_read_back_as_they_were_ordered():
    content = write_pain001(TRANSFERS)

    assert read_pain001(content) == (TRANSFERS,)
    assert write_pain001(TRANSFERS) == content


def test_the_file_of_transfers_says_count_sum_service_and_structured_address():
    content = write_pain001(TRANSFERS)
    payment = "CstmrCdtTrfInitn/PmtInf"

    assert found(content, "CstmrCdtTrfInitn/GrpHdr/NbOfTxs") == ["2"]
    assert found(content, "CstmrCdtTrfInitn/GrpHdr/CtrlSum") == ["1234.57"]
    assert found(content, f"{payment}/PmtTpInf/SvcLvl/Cd") == ["SEPA"]
    assert found(content, f"{payment}/ReqdExctnDt/Dt") == ["2026-11-26"]
    assert found(content, f"{payment}/Dbtr/PstlAdr/TwnNm") == ["Lyon"]
    assert found(content, f"{payment}/CdtTrfTxInf/RmtInf/Ustrd") == ["F-1 F-2 AV-3"]
    assert found(content, f"{payment}/CdtTrfTxInf/RmtInf/Strd/CdtrRefInf/Ref") == [
        "RF18539007547034"
    ]


def test_debits_are_grouped_by_scheme_sequence_and_day_and_read_back():
    content = write_pain008(DEBITS)
    payment = "CstmrDrctDbtInitn/PmtInf"

    assert read_pain008(content) == replace(DEBITS, debits=DEBITS_IN_FILE)
    assert found(content, f"{payment}/CtrlSum") == ["7.00", "120.50", "1.00"]
    assert found(content, f"{payment}/PmtTpInf/SeqTp") == ["FRST", "RCUR", "RCUR"]
    assert found(content, f"{payment}/PmtTpInf/LclInstrm/Cd") == ["B2B", "CORE", "CORE"]
    assert found(content, "CstmrDrctDbtInitn/GrpHdr/CtrlSum") == ["128.50"]
    assert set(found(content, f"{payment}/CdtrSchmeId/Id/PrvtId/Othr/Id")) == {"FR72ZZZ123456"}


def test_a_third_party_reads_the_same_transfers():
    parsers = pytest.importorskip("xsdata.formats.dataclass.parsers")
    theirs = pytest.importorskip("pyiso20022.pain.pain_001_001_09.pain_001_001_09")

    read = parsers.XmlParser().from_bytes(write_pain001(TRANSFERS), theirs.Document)

    body = read.cstmr_cdt_trf_initn
    [payment] = body.pmt_inf
    assert (body.grp_hdr.msg_id, body.grp_hdr.nb_of_txs) == ("VIR-2026-000001", "2")
    assert payment.ctrl_sum == Decimal("1234.57")
    assert payment.dbtr_acct.id.iban == MOREL.iban
    assert [
        (one.pmt_id.end_to_end_id, one.amt.instd_amt.value, one.cdtr.nm, one.cdtr_acct.id.iban)
        for one in payment.cdt_trf_tx_inf
    ] == [
        (one.end_to_end_id, one.amount, one.payee.name, one.payee.iban)
        for one in TRANSFERS.transfers
    ]


def test_a_third_party_reads_the_same_debits():
    """pyiso20022 has no pain.008.001.08: its .09 reads the same elements under another name."""
    parsers = pytest.importorskip("xsdata.formats.dataclass.parsers")
    theirs = pytest.importorskip("pyiso20022.pain.pain_008_001_09.pain_008_001_09")
    content = write_pain008(DEBITS).replace(b"pain.008.001.08", b"pain.008.001.09")

    read = parsers.XmlParser().from_bytes(content, theirs.Document)

    body = read.cstmr_drct_dbt_initn
    assert body.grp_hdr.ctrl_sum == Decimal("128.50")
    assert [
        (
            one.pmt_id.end_to_end_id,
            one.instd_amt.value,
            one.drct_dbt_tx.mndt_rltd_inf.mndt_id,
            one.dbtr_acct.id.iban,
        )
        for payment in body.pmt_inf
        for one in payment.drct_dbt_tx_inf
    ] == [(one.end_to_end_id, one.amount, one.mandate_id, DUPONT.iban) for one in DEBITS_IN_FILE]


def transfer_to(**changes):
    payee = replace(DUPONT, **{k: v for k, v in changes.items() if k in {"name", "iban", "bic",
                                                                        "address"}})  # fmt: skip
    rest = {k: v for k, v in changes.items() if k not in {"name", "iban", "bic", "address"}}
    one = replace(TRANSFERS.transfers[0], payee=payee, **rest)
    return replace(TRANSFERS, transfers=(one,))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iban": "FR7630006000011234567890188"}, "est faux"),
        ({"iban": "FR76 3000 6000 0112 3456 7890 189"}, "est faux"),
        ({"iban": "US64SVBKUS6S3300958879"}, "est faux"),
        ({"iban": "TR330006100519786457841326"}, "hors de l'espace SEPA"),
        ({"bic": "AGRI"}, "le BIC"),
        ({"name": "🦊🦊"}, "aucune lettre"),
        ({"name": "\u202e"}, "aucune lettre"),
        ({"amount": Decimal("0.00")}, "0,01"),
        ({"amount": Decimal("-1.00")}, "0,01"),
        ({"amount": Decimal("1.001")}, "0,01"),
        ({"amount": Decimal("1000000000.00")}, "0,01"),
        ({"end_to_end_id": ""}, "35 caractères"),
        ({"end_to_end_id": "X" * 36}, "35 caractères"),
        ({"end_to_end_id": "A//B"}, "35 caractères"),
        ({"creditor_reference": "RF00539007547034"}, "RF"),
        ({"address": PostalAddress("", "FR")}, "ville et le pays"),
    ],
)
def test_what_no_bank_would_take_is_refused(changes, words):
    with pytest.raises(OrderRefusedError) as refused:
        write_pain001(transfer_to(**changes))

    assert words in str(refused.value)


def test_the_largest_amount_is_written_exactly():
    order = transfer_to(amount=Decimal("999999999.99"))

    assert read_pain001(write_pain001(order)) == (order,)


def test_a_reference_is_given_once_a_file():
    twice = replace(TRANSFERS, transfers=(TRANSFERS.transfers[0],) * 2)

    with pytest.raises(OrderRefusedError, match="deux fois"):
        write_pain001(twice)


def test_a_file_of_nothing_is_refused():
    with pytest.raises(OrderRefusedError, match="aucune opération"):
        write_pain001(replace(TRANSFERS, transfers=()))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mandate_id": ""}, "mandat"),
        ({"mandate_id": "RUM 1"}, "mandat"),
        ({"sequence_type": "XXXX"}, "séquence"),
        ({"scheme": "COR1"}, "schéma"),
        ({"debtor": replace(DUPONT, iban="CH9300762011623852957")}, "adresse du débiteur"),
    ],
)
def test_a_debit_the_rule_books_refuse_is_not_written(changes, words):
    with pytest.raises(OrderRefusedError, match=words):
        write_pain008(replace(DEBITS, debits=(replace(DEBITS.debits[0], **changes),)))


def test_a_wrong_creditor_identifier_is_refused():
    with pytest.raises(OrderRefusedError, match="ICS"):
        write_pain008(replace(DEBITS, creditor_id="FR00ZZZ123456"))


def test_a_hostile_name_stays_a_name():
    order = transfer_to(name='</Nm><Amt>1</Amt> & "Fils" \u202eévil\x00 🦊')

    [read] = read_pain001(write_pain001(order))

    assert read.transfers[0].payee.name == "./Nm..Amt.1./Amt. + 'Fils' evil ."
    assert read.total == Decimal("1234.56")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a/>",
        b"not xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        write_pain001(TRANSFERS)[:-40],
        write_pain001(TRANSFERS).replace(b"1234.57", b"1234.58"),
        write_pain001(TRANSFERS).replace(b"<NbOfTxs>2", b"<NbOfTxs>3"),
        write_pain001(TRANSFERS).replace(b'Ccy="EUR"', b'Ccy="USD"'),
    ],
)
def test_a_file_that_does_not_hold_is_refused(content):
    with pytest.raises(OrderFileInvalidError):
        read_pain001(content)


def test_the_schema_has_the_last_word(monkeypatch):
    monkeypatch.setattr(pain, "NAME_LENGTH", 200)

    with pytest.raises(OrderFileInvalidError, match="n'est pas conforme"):
        write_pain001(transfer_to(name="x" * 141))


@given(st.text(max_size=80), st.integers(1, 140))
def test_any_text_comes_to_the_characters_of_the_banks(text, limit):
    written = sepa_text(text, limit)

    assert set(written) <= ALLOWED
    assert len(written) <= limit
    assert sepa_text(written, limit) == written


@given(st.text(max_size=60))
def test_any_reference_is_one_the_banks_carry(text):
    reference = sepa_reference(text)

    assert len(reference) <= 35
    assert " " not in reference
    assert "//" not in reference
    assert not reference.startswith("/")
    assert not reference.endswith("/")
    assert sepa_reference(reference) == reference


names = st.text(max_size=90).filter(lambda text: any(c.isalnum() for c in sepa_text(text, 70)))
cents = st.integers(1, 99_999_999_999).map(lambda units: Decimal(units).scaleb(-2))


@given(st.lists(st.tuples(names, cents, st.text(max_size=200)), min_size=1, max_size=5))
def test_what_is_written_is_read_back(lines):
    order = replace(
        TRANSFERS,
        transfers=tuple(
            CreditTransfer(f"E{place}", amount, replace(DUPONT, name=name), text)
            for place, (name, amount, text) in enumerate(lines)
        ),
    )

    [read] = read_pain001(write_pain001(order))

    assert read.transfers == tuple(
        replace(
            one,
            payee=replace(one.payee, name=sepa_text(one.payee.name, 70)),
            remittance_text=sepa_text(one.remittance_text, 140),
        )
        for one in order.transfers
    )


def test_ten_thousand_transfers_make_one_file_in_bounded_memory():
    one = TRANSFERS.transfers[0]
    order = replace(
        TRANSFERS, transfers=tuple(replace(one, end_to_end_id=f"E{n}") for n in range(10_000))
    )
    before = getrusage(RUSAGE_SELF).ru_maxrss

    content = write_pain001(order)

    grown = getrusage(RUSAGE_SELF).ru_maxrss - before  # kilobytes
    assert content.count(b"<CdtTrfTxInf>") == 10_000
    assert len(content) < 8_000_000
    assert grown < 200_000
