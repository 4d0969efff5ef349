"""What the bank answers to the file of a campaign (pain.002)."""

from __future__ import annotations

import pytest

from cash.test_campaigns import (  # noqa: F401  fixtures
    LATER,
    confirmed,
    debits,
    lea,
    lines,
    mandate,
    paul,
    ready,
    through,
)
from echeance.archive.models import StoredFile
from echeance.cash import commands as cash
from echeance.cash.errors import StatusOfAnotherError
from echeance.cash.models import PaymentInstruction
from echeance.core.bank.errors import BankFileError
from echeance.parties.models import SepaMandate


def answer(reference, group="", orders=(), batches=()):
    """A pain.002.001.10: group status, (batch, status, reason), (order, status, reason)."""

    def reason(code):
        return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""

    status = f"<GrpSts>{group}</GrpSts>" if group else ""
    told = "".join(
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}</OrgnlPmtInfId><PmtInfSts>{sts}</PmtInfSts>"
        f"{reason(code)}</OrgnlPmtInfAndSts>"
        for batch, sts, code in batches
    )
    if orders:
        told += f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{reference}-1</OrgnlPmtInfId>" + "".join(
            f"<TxInfAndSts><OrgnlEndToEndId>{order}</OrgnlEndToEndId><TxSts>{sts}</TxSts>"
            f"{reason(code)}</TxInfAndSts>"
            for order, sts, code in orders
        )
        told += "</OrgnlPmtInfAndSts>"
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-25T08:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{reference}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{status}</OrgnlGrpInfAndSts>{told}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def read(lea, content):  # noqa: F811
    return cash.read_payment_status(actor=lea, content=content, filename="reponse.xml")


@pytest.fixture
def sent(desk, lea, paul):  # noqa: F811
    """A file of one transfer, given to the bank."""
    campaign = ready(desk, lea)
    through(campaign, lea, paul)
    return campaign


def test_a_refused_order_says_why_and_frees_its_items(desk, lea, sent):  # noqa: F811
    order = f"{sent.reference}-1"

    report = read(lea, answer(sent.reference, orders=[(order, "RJCT", "AC01")]))

    assert (report.accepted, report.rejected, report.unknown) == (0, 1, ())
    [(_, amount, status, text)] = lines(sent)
    assert (amount, status) == ("120.00", "rejected")
    assert text.startswith("IBAN inexact. Demandez le nouvel IBAN")
    assert StoredFile.objects.filter(kind="payment_status").count() == 1


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"group": "RJCT"}, "rejected"),
        ({"group": "ACCP"}, "accepted"),
        ({"group": "ACSC"}, "executed"),
        ({"group": "PART"}, "sent"),
        ({"batches": [("{}-1", "RJCT", "DT01")]}, "rejected"),
        ({"group": "PART", "batches": [("{}-1", "ACCP", "")]}, "accepted"),
        ({"batches": [("{}-9", "RJCT", "DT01")]}, "sent"),
    ],
)
def test_a_status_of_the_whole_is_that_of_each_order(lea, sent, told, status):  # noqa: F811
    batches = [(name.format(sent.reference), *rest) for name, *rest in told.get("batches", ())]

    read(lea, answer(sent.reference, told.get("group", ""), batches=batches))

    assert PaymentInstruction.objects.get().status == status


def test_the_same_answer_again_changes_nothing(lea, sent):  # noqa: F811
    content = answer(sent.reference, orders=[(f"{sent.reference}-1", "RJCT", "AC04")])
    read(lea, content)

    again = read(lea, content)

    assert (again.accepted, again.rejected) == (0, 0)
    assert PaymentInstruction.objects.get().status == "rejected"


def test_a_debit_carried_out_keeps_its_mandate_alive(desk, lea, paul):  # noqa: F811
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea)
    campaign = debits(desk, lea)
    through(campaign, lea, paul)

    read(lea, answer(campaign.reference, orders=[(f"{campaign.reference}-1", "ACSC", "")]))

    assert SepaMandate.objects.get().last_used_on == LATER


def test_an_order_the_bank_invents_is_told(lea, sent):  # noqa: F811
    report = read(lea, answer(sent.reference, orders=[("NOT-OURS", "RJCT", "AC01")]))

    assert report.unknown == ("NOT-OURS",)
    assert PaymentInstruction.objects.get().status == "sent"


def test_an_answer_to_another_file_is_refused(lea, sent):  # noqa: F811
    with pytest.raises(StatusOfAnotherError, match="VIR-999999"):
        read(lea, answer("VIR-999999", "RJCT"))
    with pytest.raises(BankFileError):
        read(lea, b"<nothing/>")
