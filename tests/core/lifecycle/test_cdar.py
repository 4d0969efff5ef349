"""What is written is read back, passes the official rules, and nothing read is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.einvoice.errors import DoctypeForbiddenError, MalformedXmlError
from echeance.core.lifecycle import STATUSES, Amount, Event, Phase, Reason, Role, allowed_reasons
from echeance.core.lifecycle.cdar import (
    ROLE_CODES,
    TO_PORTAL,
    Acknowledgement,
    Detail,
    Document,
    Message,
    Party,
    Unknown,
    compose,
    events_of,
    read_cdar,
    write_cdar,
)
from echeance.core.lifecycle.errors import MessageUnreadableError, NotACdarError

AT = datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC)
SELLER = Party("SE", "732829320", "0002", "Vendeur SA")
BUYER = Party("BY", "552100554", "0002", "Acheteur SA", "552100554", "0225")
PORTAL = Party("DFH", "0000", "0238")
PLATFORM = Party("WK", "0123", "0238")
INVOICE = Document("FA2026-000001", type_code="380", issue_date=date(2026, 11, 2), seller=SELLER)


def event(code: int, role: Role | None = None, *, public: bool = False) -> Event:
    """A status with all that it must carry, and one reason of its list when it may have one."""
    status = STATUSES[code]
    reasons = ()
    if status.needs_reason:
        reasons = (Reason(min(allowed_reasons(code, public=public)), "voir pièce", "PIN", "bon"),)
    amounts = ()
    if code == 212:
        amounts = (
            Amount("MEN", Decimal("12.00"), Decimal("20.00"), AT),
            Amount("MEN", Decimal("-5.50"), Decimal("10.00"), AT),
        )
    return Event(code, role or status.issuers[0], AT, reasons, amounts, public)


def told(code: int, role: Role | None = None, *, portal: bool = False) -> Message:
    """The message of a status: from the other side, through its platform when it is of theirs."""
    one = event(code, role)
    giver = {
        "SE": SELLER,
        "BY": BUYER,
        "DL": Party("DL", "820000001", "0002"),
        "WK": PLATFORM,
    }[ROLE_CODES[one.role]]
    sender = PLATFORM if portal else giver
    return compose(
        event=one,
        document=INVOICE,
        identifier="CDV-1",
        issued_at=AT + timedelta(seconds=3),
        sender=sender,
        issuer=giver,
        recipients=(PORTAL,) if portal else (BUYER,),
    )


GIVEN = [
    (code, role)
    for code, status in STATUSES.items()
    for role in status.issuers
    if role is not Role.PORTAL  # the portal's own messages are not ours to write
]


@pytest.mark.parametrize(("code", "role"), GIVEN, ids=[f"{code}-{role}" for code, role in GIVEN])
def test_every_status_of_every_giver_passes_the_official_rules(validator, code, role):
    verdict = validator.validate(write_cdar(told(code, role)), "cdar.xml")

    assert (verdict.syntax, verdict.findings, verdict.valid) == ("CDAR", (), True)


@pytest.mark.parametrize("code", [code for code, one in STATUSES.items() if one.reported])
def test_what_the_portal_must_know_passes_the_official_rules(validator, code):
    message = told(code, portal=True)

    assert (message.guideline, message.process) == (TO_PORTAL, "")
    assert validator.validate(write_cdar(message), "cdar.xml").findings == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda one: replace(one, identifier=""), "BR-FR-CDV-03_MDT-4"),
        (lambda one: replace(one, guideline="urn:autre"), "BR-FR-CDV-02_MDT-3"),
        (lambda one: replace(one, recipients=(SELLER,)), "BR-FR-CDV-08_MDT-73"),
        (lambda one: replace(one, issuer=Party("WK", "1", "0238")), "BR-FR-CDV-CL-03_MDT-40_23"),
    ],
)
def test_the_official_rules_do_look_at_our_messages(validator, change, rule):
    verdict = validator.validate(write_cdar(change(told(205))), "cdar.xml")

    assert verdict.valid is False
    assert [one.rule for one in verdict.findings] == [rule]


def test_a_receipt_is_written_as_the_standard_says():
    lines = [line.strip() for line in write_cdar(told(212)).decode().splitlines()]

    start = lines.index("<rsm:AcknowledgementDocument>")
    assert lines[start:-1] == [
        "<rsm:AcknowledgementDocument>",
        "<ram:MultipleReferencesIndicator>",
        "<udt:Indicator>false</udt:Indicator>",
        "</ram:MultipleReferencesIndicator>",
        "<ram:TypeCode>23</ram:TypeCode>",
        "<ram:IssueDateTime>",
        '<udt:DateTimeString format="204">20261120090005</udt:DateTimeString>',
        "</ram:IssueDateTime>",
        "<ram:ReferenceReferencedDocument>",
        "<ram:IssuerAssignedID>FA2026-000001</ram:IssuerAssignedID>",
        "<ram:StatusCode>47</ram:StatusCode>",
        "<ram:TypeCode>380</ram:TypeCode>",
        "<ram:FormattedIssueDateTime>",
        '<qdt:DateTimeString format="102">20261102</qdt:DateTimeString>',
        "</ram:FormattedIssueDateTime>",
        "<ram:ProcessConditionCode>212</ram:ProcessConditionCode>",
        "<ram:ProcessCondition>Encaissée</ram:ProcessCondition>",
        "<ram:IssuerTradeParty>",
        '<ram:GlobalID schemeID="0002">732829320</ram:GlobalID>',
        "<ram:Name>Vendeur SA</ram:Name>",
        "<ram:RoleCode>SE</ram:RoleCode>",
        "</ram:IssuerTradeParty>",
        "<ram:SpecifiedDocumentStatus>",
        "<ram:SequenceNumeric>1</ram:SequenceNumeric>",
        "<ram:SpecifiedDocumentCharacteristic>",
        "<ram:TypeCode>MEN</ram:TypeCode>",
        '<ram:ValueAmount currencyID="EUR">12.00</ram:ValueAmount>',
        "<ram:ValueDateTime>",
        '<udt:DateTimeString format="204">20261120090005</udt:DateTimeString>',
        "</ram:ValueDateTime>",
        "<ram:ValuePercent>20.00</ram:ValuePercent>",
        "</ram:SpecifiedDocumentCharacteristic>",
        "<ram:SpecifiedDocumentCharacteristic>",
        "<ram:TypeCode>MEN</ram:TypeCode>",
        '<ram:ValueAmount currencyID="EUR">-5.50</ram:ValueAmount>',
        "<ram:ValueDateTime>",
        '<udt:DateTimeString format="204">20261120090005</udt:DateTimeString>',
        "</ram:ValueDateTime>",
        "<ram:ValuePercent>10.00</ram:ValuePercent>",
        "</ram:SpecifiedDocumentCharacteristic>",
        "</ram:SpecifiedDocumentStatus>",
        "</ram:ReferenceReferencedDocument>",
        "</rsm:AcknowledgementDocument>",
    ]


@pytest.mark.parametrize("code", STATUSES)
def test_a_status_told_is_the_status_read(code):
    giver = next(role for role in STATUSES[code].issuers)

    [(document, read)] = events_of(read_cdar(write_cdar(told(code, giver))))

    assert read == event(code, giver)
    assert (document.number, document.seller) == ("FA2026-000001", SELLER)


def test_chorus_pro_is_known_by_its_number():
    message = told(210)
    through = replace(message, sender=Party("WK", "9999", "0238"))

    assert [one.public for _, one in events_of(through)] == [True]
    assert [one.public for _, one in events_of(message)] == [False]


def test_what_the_model_does_not_hold_is_listed_with_its_place():
    content = write_cdar(told(207)).decode()
    content = content.replace(
        "<ram:RoleCode>SE</ram:RoleCode>",
        "<ram:RoleCode>SE</ram:RoleCode><ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID>"
        "</ram:PostalTradeAddress>",
    ).replace('schemeID="0225"', 'schemeID="0225" schemeName="adresse"')
    content = content.replace("</ram:Reason>", "</ram:Reason><ram:Reason>suite</ram:Reason>perdu")

    message = read_cdar(content.encode())

    document = "rsm:AcknowledgementDocument/ram:ReferenceReferencedDocument"
    communication = "ram:URIUniversalCommunication/ram:URIID"
    assert set(message.unknown) == {
        *(
            Unknown(f"rsm:ExchangedDocument/{one}/{communication}/@schemeName", "adresse")
            for one in ("ram:SenderTradeParty", "ram:IssuerTradeParty", "ram:RecipientTradeParty")
        ),
        Unknown(f"{document}/ram:IssuerTradeParty/ram:PostalTradeAddress/ram:CountryID", "FR"),
        Unknown(f"{document}/ram:SpecifiedDocumentStatus/ram:Reason[2]", "suite"),
        Unknown(f"{document}/ram:SpecifiedDocumentStatus", "perdu"),
    }
    assert message == told(207)


def test_a_day_alone_and_minutes_without_seconds_are_read():
    content = write_cdar(told(205)).decode()
    day = content.replace('format="204">20261120090005', 'format="102">20261120')
    minute = content.replace('format="204">20261120090005', 'format="203">202611200900')

    [(_, by_day)] = events_of(read_cdar(day.encode()))
    [(_, by_minute)] = events_of(read_cdar(minute.encode()))

    assert by_day.at == datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert by_minute.at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert read_cdar(day.encode()).unknown == ()


@pytest.mark.parametrize(
    ("old", "new", "error", "sentence"),
    [
        (
            ">20261120090005<",
            ">20261320090005<",
            MessageUnreadableError,
            (
                "Le message de statuts « cdar.xml » ne se lit pas : « 20261320090005 » ne convient "
                "pas à ram:IssueDateTime/udt:DateTimeString. Demandez à la plateforme de l'émettre "
                "de nouveau."
            ),
        ),
        (">20261120090005<", ">٢٠٢٦١١٢٠٠٩٠٠٠٥<", MessageUnreadableError, ""),
        (">12.00<", ">12,00<", MessageUnreadableError, ""),
        (">12.00<", ">1e999999<", MessageUnreadableError, ""),
        (">12.00<", ">NaN<", MessageUnreadableError, ""),
        (">212<", ">deux cent douze<", MessageUnreadableError, ""),
        (">212<", ">212.5<", MessageUnreadableError, ""),
        (">false<", ">peut-être<", MessageUnreadableError, ""),
        ("ReferenceReferencedDocument", "AutreDocument", MessageUnreadableError, ""),
        (":CrossDomainAcknowledgementAndResponse ", ":Autre ", MalformedXmlError, ""),
    ],
)
def test_a_bad_message_is_refused_by_name(old, new, error, sentence):
    content = write_cdar(told(212)).decode()
    assert old in content

    with pytest.raises(error) as refused:
        read_cdar(content.replace(old, new).encode(), "cdar.xml")

    if sentence:
        assert str(refused.value) == sentence


def test_another_document_and_a_doctype_are_refused_by_name():
    with pytest.raises(NotACdarError) as refused:
        read_cdar(b"<Invoice/>", "f.xml")
    assert "« Invoice »" in str(refused.value)
    content = write_cdar(told(205)).replace(b"<rsm:Cross", b"<!DOCTYPE a []><rsm:Cross", 1)
    with pytest.raises(DoctypeForbiddenError):
        read_cdar(content, "f.xml")


text = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
    ),
    max_size=12,
).map(str.strip)
code = st.text(st.sampled_from("ABCDEF0123456789_"), max_size=6)
instant = (
    st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
    .filter(lambda at: at.month != 10)  # one hour of October comes twice in legal time
    .map(lambda at: at.replace(microsecond=0))
)
amount = st.decimals(-(10**9), 10**9, places=2)
parties = st.builds(Party, code, code, code, text, code, code)
details = st.builds(
    Detail,
    st.none() | st.integers(0, 999),
    code,
    text,
    st.none() | st.integers(100, 999),
    code,
    text,
    st.lists(
        st.builds(
            Amount,
            code,
            st.none() | amount,
            st.none() | st.decimals(0, 100, places=6),
            st.none() | instant,
        ),
        max_size=2,
    ).map(tuple),
)
documents = st.builds(
    Document,
    text,
    st.none() | st.integers(100, 999),
    code,
    code,
    st.none() | st.dates(date(1900, 1, 1)),
    text,
    st.none() | parties,
    st.lists(parties, max_size=2).map(tuple),
    st.lists(details, max_size=2).map(tuple),
)
messages = st.builds(
    Message,
    text,
    st.none() | instant,
    st.none() | parties,
    st.none() | parties,
    st.lists(parties, max_size=2).map(tuple),
    st.lists(
        st.builds(
            Acknowledgement,
            code,
            st.none() | instant,
            st.lists(documents, min_size=1, max_size=2).map(tuple),
            st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    code,
    code,
    text,
)


@given(messages)
def test_reading_what_was_written_gives_the_message_again(message):
    read = read_cdar(write_cdar(message))

    assert read == message
    assert read.unknown == ()


def test_transmission_is_told_without_the_number_of_its_giver():
    assert told(200).issuer == Party("WK")
    assert told(200).acknowledgements[0].type_code == Phase.TRANSMISSION
    assert told(205).issuer == BUYER
