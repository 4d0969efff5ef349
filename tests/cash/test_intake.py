"""Bank files taken in: proved or confirmed, each movement once, notices complete, refused wait."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.models import JournalEvent
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.commands.intake import OTHER, SAME, UNPROVED
from echeance.cash.errors import (
    AccountClosedError,
    HeldFileResolvedError,
    StatementDoesNotFollowError,
    UnknownBankAccountError,
)
from echeance.cash.models import HeldFile, Statement, StatementEntry
from echeance.core import bank
from echeance.core.bank.errors import AmbiguousDatesError, LayoutNeededError
from echeance.core.errors import ConfirmationNeededError

IBAN = "FR7630006000011234567890189"
KEY = "30006-00001-12345678901"
CSV = "Date;Libellé;Montant\n13/11/2026;VIR DUPONT;120,50\n14/11/2026;FRAIS;-20,50\n"


@pytest.fixture
def account(actor):
    return cash.add_bank_account(actor=actor, name="Courant", iban=IBAN)


def ofx(*movements, closing, first="20261101", last="20261130"):
    told = "".join(
        f"<STMTTRN><TRNTYPE>X<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{number}<NAME>{name}</STMTTRN>"
        for number, (day, amount, name) in enumerate(movements, 1)
    )
    return (
        "OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30006<BRANCHID>00001"
        f"<ACCTID>12345678901</BANKACCTFROM><BANKTRANLIST><DTSTART>{first}<DTEND>{last}{told}"
        f"</BANKTRANLIST><LEDGERBAL><BALAMT>{closing}<DTASOF>{last}</LEDGERBAL></STMTRS></OFX>"
    ).encode()


def mt940(*movements, opening, closing, first="261031", last="261130", number="1"):
    lines = "".join(
        f":61:{day}{day[2:]}{'C' if amount > 0 else 'D'}{abs(amount)},00NTRFNONREF//{reference}\n"
        f":86:{text}\n"
        for day, amount, reference, text in movements
    )
    return (
        f":20:R{number}\n:25:{IBAN}\n:28C:{number}\n:60F:C{first}EUR{opening},00\n{lines}"
        f":62F:C{last}EUR{closing},00\n"
    ).encode()


def take(actor, content, **given):
    return cash.import_statements(actor=actor, content=content, filename="releve", **given)


def test_a_closing_balance_alone_must_follow_the_statement_before(actor, account):
    take(actor, mt940(("261102", 100, "A", "VIR"), opening=0, closing=100))

    (report,) = take(
        actor, ofx(("20261201", "50", "B"), closing="150", first="20261201", last="20261231")
    )

    assert (report.proof, report.new_entries, report.closing_balance) == (
        "closing",
        1,
        Decimal("150.00"),
    )
    assert Statement.objects.latest("pk").opening_balance == Decimal("100.00")

    with pytest.raises(StatementDoesNotFollowError) as refusal:
        take(actor, ofx(("20270101", "5", "C"), closing="160", first="20270101", last="20270131"))
    assert (refusal.value.opening, refusal.value.closing) == (Decimal("155.00"), Decimal("150.00"))
    assert Statement.objects.count() == 2


def test_what_nothing_proves_needs_a_person(actor, account):
    cash.confirm_layout(
        actor=actor, account_id=account.pk, layout=bank.guess_layout(CSV.encode()).layout
    )

    with pytest.raises(ConfirmationNeededError) as question:
        take(actor, CSV.encode())
    assert question.value.key == UNPROVED
    assert not StatementEntry.objects.exists()

    (report,) = take(actor, CSV.encode(), confirmed=[UNPROVED])
    assert (report.new_entries, report.proof) == (2, "none")
    assert Statement.objects.get().format == "csv"


def test_a_csv_of_unknown_columns_is_refused_until_they_are_confirmed(actor, account):
    content = b"Date;Texte libre;Montant\n03/04/2026;X;-1,00\n"

    with pytest.raises(LayoutNeededError):
        take(actor, content)

    layout = bank.guess_layout(content).layout
    cash.confirm_layout(actor=actor, account_id=account.pk, layout=layout)
    take(actor, content, confirmed=[UNPROVED])
    assert StatementEntry.objects.get().booking_date == date(2026, 4, 3)


def test_a_day_that_a_proved_statement_covers_is_not_counted_again(actor, account):
    take(
        actor,
        mt940(
            ("261102", 100, "A", "VIR DUPONT"), ("261103", -20, "B", "FRAIS"), opening=0, closing=80
        ),
    )

    (report,) = take(
        actor, ofx(("20261102", "100", "DUPONT"), ("20261103", "-20", "FRAIS"), closing="80")
    )

    assert (report.new_entries, report.known_entries) == (0, 2)
    assert StatementEntry.objects.count() == 2


def test_the_same_reference_in_two_formats_is_one_movement(actor, account):
    take(actor, ofx(("20261102", "100", "DUPONT"), closing="100"))

    (report,) = take(actor, mt940(("261102", 100, "1", "VIR DUPONT"), opening=0, closing=100))

    assert (report.new_entries, report.known_entries) == (0, 1)


def test_movements_alike_that_nothing_tells_apart_are_a_question(actor, account):
    take(actor, ofx(("20261102", "100", "DUPONT"), closing="100"))
    content = mt940(("261102", 100, "Z9", "VIR MARTIN"), opening=0, closing=100)

    with pytest.raises(ConfirmationNeededError) as question:
        take(actor, content)
    assert question.value.key == SAME
    assert "02/11/2026" in question.value.question

    (report,) = take(actor, content, confirmed=[OTHER])
    assert report.new_entries == 1


def test_the_same_movements_are_counted_once_when_a_person_says_so(actor, account):
    take(actor, ofx(("20261102", "100", "DUPONT"), closing="100"))

    (report,) = take(
        actor,
        mt940(("261102", 100, "Z9", "VIR DUPONT"), opening=0, closing=100),
        confirmed=[SAME],
    )

    assert (report.new_entries, report.known_entries) == (0, 1)


NOTICE = f""":20:AVIS
:25:{IBAN}
:28C:1
:34F:EUR0,
:13D:2611021030+0100
:61:2611021102C100,00NTRFFA2026-000001//A
:86:/EREF/FA2026-000001//CNTP/FR1420041010050500013M02606/PSSTFRPP/DUPONT SA///REMI/USTD//SOLDE/
:90C:1EUR100,00
""".encode()


def test_a_notice_completes_the_entry_it_tells_of_and_books_nothing(actor, account):
    take(actor, mt940(("261102", 100, "A", "VIR"), opening=0, closing=100))

    (report,) = take(actor, NOTICE)

    entry = StatementEntry.objects.get()
    assert (report.kind, report.known_entries, report.new_entries, report.waiting) == (
        "report",
        1,
        0,
        0,
    )
    assert (entry.payer_name, entry.references) == ("DUPONT SA", ["FA2026-000001"])
    assert entry.details[0]["payer_iban"] == "FR1420041010050500013M02606"
    assert Statement.objects.count() == 1


def test_a_notice_before_its_statement_waits_for_it(actor, account):
    (report,) = take(actor, NOTICE)
    assert report.waiting == 1
    assert HeldFile.objects.get().code == queries.WAITING
    assert not StatementEntry.objects.exists()

    take(actor, mt940(("261102", 100, "A", "VIR"), opening=0, closing=100))

    assert StatementEntry.objects.get().payer_name == "DUPONT SA"
    assert not queries.held_files(actor=actor).exists()


def test_statements_that_do_not_follow_are_told(actor, account):
    take(actor, mt940(opening=0, closing=0, first="261031", last="261101", number="1"))
    take(actor, mt940(opening=0, closing=0, first="261101", last="261102", number="2"))
    assert queries.statement_gaps(actor=actor) == []

    take(actor, mt940(opening=70, closing=70, first="261105", last="261106", number="5"))

    (gap,) = queries.statement_gaps(actor=actor)
    assert (gap.closed_on, gap.opened_on, gap.difference, gap.missing_numbers) == (
        date(2026, 11, 2),
        date(2026, 11, 5),
        Decimal("70.00"),
        (3, 4),
    )


def test_a_refused_file_waits_once_and_leaves_when_it_is_taken_in(actor):
    content = mt940(("261102", 100, "A", "VIR"), opening=0, closing=100)
    for _ in range(2):
        with pytest.raises(UnknownBankAccountError) as refusal:
            take(actor, content)
        cash.hold_file(actor=actor, content=content, filename="r.txt", error=refusal.value)
    held = queries.held_files(actor=actor).get()
    assert (held.code, held.filename) == ("cash.unknown_bank_account", "r.txt")

    cash.add_bank_account(actor=actor, name="Courant", iban=IBAN)
    cash.take_held_file(actor=actor, held_file_id=held.pk)

    held.refresh_from_db()
    assert (held.resolution, StatementEntry.objects.count()) == ("fichier importé", 1)
    with pytest.raises(HeldFileResolvedError):
        cash.resolve_held_file(actor=actor, held_file_id=held.pk, resolution="x")


def test_a_held_qif_is_asked_its_account_its_dates_and_a_yes_one_after_the_other(actor, account):
    content = b"!Type:Bank\nD03/04/2026\nT-12,50\nPEDF\n^\n"
    with pytest.raises(AmbiguousDatesError) as refusal:
        take(actor, content)
    held = cash.hold_file(actor=actor, content=content, filename="x.qif", error=refusal.value)

    with pytest.raises(UnknownBankAccountError):
        cash.take_held_file(actor=actor, held_file_id=held.pk, day_first=True)
    with pytest.raises(ConfirmationNeededError):
        cash.take_held_file(actor=actor, held_file_id=held.pk, account_id=account.pk)
    cash.take_held_file(actor=actor, held_file_id=held.pk, confirmed=UNPROVED)

    assert StatementEntry.objects.get().booking_date == date(2026, 4, 3)


def test_a_file_that_will_not_be_taken_in_is_set_apart_with_its_reason(actor):
    held = cash.hold_file(
        actor=actor, content=b"x", filename="x.txt", error=UnknownBankAccountError(account="1")
    )

    cash.resolve_held_file(actor=actor, held_file_id=held.pk, resolution="  relevé  du voisin ")

    held.refresh_from_db()
    assert (held.resolution, held.resolved_by) == ("relevé du voisin", actor.name)
    assert JournalEvent.objects.filter(action="cash.held_file_resolved").count() == 1


def test_a_closed_account_takes_no_file(actor, account):
    cash.close_bank_account(actor=actor, account_id=account.pk)

    with pytest.raises(AccountClosedError):
        take(actor, mt940(("261102", 100, "A", "VIR"), opening=0, closing=100))
    with pytest.raises(AccountClosedError):
        cash.close_bank_account(actor=actor, account_id=account.pk)
