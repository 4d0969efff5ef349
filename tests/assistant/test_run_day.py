"""From a bank file to lettered accounts, by the day itself; the truth is in the lines written here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from assistant.conftest import IBAN, invoice, statement_file
from echeance.archive import queries as archive
from echeance.archive.types import Severity
from echeance.assistant import commands, queries
from echeance.assistant.models import Decision
from echeance.assistant.types import Duty, Outcome
from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.cash import commands as cash
from echeance.cash.errors import StatementKnownError, UnknownBankAccountError
from echeance.cash.models import Match, Statement, StatementEntry
from echeance.ledger import queries as ledger
from echeance.ledger.models import OpenItem
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts

DAY = date(2026, 11, 24)


def drop(tmp_path, actor, content, name="releve.xml"):
    folder = tmp_path / actor.company.siren / "bank"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def run(actor, tmp_path):
    return commands.run_day(actor=actor, on=DAY, inbox=tmp_path)


def left(item_id):
    return OpenItem.objects.get(pk=item_id).open_amount


def test_a_payment_that_cites_its_invoice_is_lettered_and_a_doubtful_one_is_asked(
    actor, customers, tmp_path
):
    dupont, martin = customers
    paid = invoice(actor, dupont, "FA2026-000001", "120.00")
    twins = [invoice(actor, martin, f"FA2026-00000{n}", "300.00") for n in (2, 3)]
    drop(tmp_path, actor, statement_file(
        ("120.00", "VIR FACTURE FA2026-000001", "DUPONT SA", ""),
        ("300.00", "REGLEMENT", "GARAGE MARTIN", ""),
    ))  # fmt: skip

    report = run(actor, tmp_path)

    assert left(paid) == 0
    assert [left(item) for item in twins] == [Decimal("300.00")] * 2
    assert report.count(Outcome.ACTED) == 2  # the file, and one payment
    assert report.count(Outcome.ASKED) == 1
    assert WorkItem.objects.get(closed_at=None).amount == Decimal("300.00")
    # Garage Martin is late, but nobody may be written to: said, not passed over.
    (refusal,) = [one for one in report.decisions if one.duty is Duty.REMIND]
    assert refusal.reasons[0].startswith("Aucun contact de relance")
    assert ledger.account_balance(actor=actor, account="512") == Decimal("120.00")
    assert verify(company=actor.company) == []


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("119.99", "VIR FACTURE FA2026-000001"),  # one cent less
        ("120.00", "VIR FACTURE FA2026-000002"),  # another reference
    ],
)
def test_one_cent_or_one_reference_changed_and_the_payment_is_no_longer_applied_alone(
    actor, customers, tmp_path, amount, text
):
    item = invoice(actor, customers[0], "FA2026-000001", "120.00")
    invoice(actor, customers[1], "FA2026-000002", "80.00")
    drop(tmp_path, actor, statement_file((amount, text, "INCONNU", "")))

    report = run(actor, tmp_path)

    assert left(item) == Decimal("120.00")
    assert report.count(Outcome.ASKED) == 1
    assert Match.objects.count() == 0


def test_the_same_day_again_decides_nothing_and_acts_on_nothing(actor, customers, tmp_path):
    invoice(actor, customers[0], "FA2026-000001", "120.00")
    drop(tmp_path, actor, statement_file(
        ("120.00", "FA2026-000001", "DUPONT SA", ""), ("55.00", "?", "X", "")
    ))  # fmt: skip
    run(actor, tmp_path)
    before = Decision.objects.count()

    again = run(actor, tmp_path)

    assert again.decisions == ()
    assert Decision.objects.count() == before


def test_a_broken_file_is_refused_with_its_reason_and_the_day_goes_on(actor, customers, tmp_path):
    good = statement_file(("120.00", "FA2026-000001", "DUPONT SA", ""))
    item = invoice(actor, customers[0], "FA2026-000001", "120.00")
    drop(tmp_path, actor, good.replace(b"1120.00", b"1120.01"), "a-faux.xml")
    drop(tmp_path, actor, good, "b-juste.xml")

    report = run(actor, tmp_path)

    assert report.count(Outcome.REFUSED) == 1
    assert left(item) == 0
    assert Statement.objects.count() == 1
    reason = tmp_path / actor.company.siren / "bank" / "refused" / "a-faux.xml.motif.txt"
    assert "1" in reason.read_text(encoding="utf-8")


def test_undo_gives_back_the_invoice_and_a_person_is_asked_from_then_on(actor, customers, tmp_path):
    item = invoice(actor, customers[0], "FA2026-000001", "120.00")
    drop(tmp_path, actor, statement_file(("120.00", "FA2026-000001", "DUPONT SA", "")))
    run(actor, tmp_path)

    cash.undo_matches(actor=actor, match_ids=[Match.objects.get().pk])
    report = run(actor, tmp_path)

    assert left(item) == Decimal("120.00")
    assert ledger.account_balance(actor=actor, account="512") == 0
    assert report.count(Outcome.ACTED) == 0
    assert report.count(Outcome.ASKED) == 1
    assert verify(company=actor.company) == []


def test_money_set_aside_waits_on_the_suspense_account(actor, customers):
    cash.import_statements(
        actor=actor, content=statement_file(("55.00", "?", "X", "")), filename="r.xml"
    )
    entry = StatementEntry.objects.get()

    cash.set_aside(actor=actor, entry_ids=[entry.pk], reason="origine inconnue")

    assert ledger.account_balance(actor=actor, account="471") == Decimal("-55.00")
    assert ledger.account_balance(actor=actor, account="512") == Decimal("55.00")


def test_the_same_movement_told_by_two_files_is_counted_once(actor, customers):
    first = statement_file(("55.00", "?", "X", ""))
    cash.import_statements(actor=actor, content=first, filename="a.xml")

    (report,) = cash.import_statements(actor=actor, content=first + b"\n", filename="b.xml")

    assert (report.new_entries, report.known_entries) == (0, 1)
    assert StatementEntry.objects.count() == 1


def test_the_same_file_twice_and_an_unknown_account_change_nothing(actor, customers):
    content = statement_file(("55.00", "?", "X", ""))
    cash.import_statements(actor=actor, content=content, filename="a.xml")

    with pytest.raises(StatementKnownError, match=r"a\.xml"):
        cash.import_statements(actor=actor, content=content, filename="a.xml")
    other = content.replace(IBAN.encode(), b"FR1420041010050500013M02606")
    with pytest.raises(UnknownBankAccountError, match="20041-01005-0500013M026"):
        cash.import_statements(actor=actor, content=other, filename="autre.xml")

    assert Statement.objects.count() == 1
    errors = [one for one in archive.verify(actor.company) if one.severity is Severity.ERROR]
    assert errors == []


def test_why_says_where_an_invoice_stands(actor, customers, tmp_path):
    invoice(actor, customers[0], "FA2026-000001", "120.00")

    told = queries.why(actor=actor, number="FA2026-000001", on=DAY)

    assert told.startswith("FA2026-000001 : 120,00\u00a0€ restent dus, échue depuis le 01/10/2026.")


def test_a_customer_who_may_have_paid_is_not_reminded_while_the_question_is_open(
    actor, customers, tmp_path
):
    """12.00 € are missing: a question, and no reminder of 912.00 € to who paid 900.00 €."""
    (dupont, _) = customers
    parties.add_contacts(
        actor=actor, contacts=[ContactFacts(party_id=dupont.pk, email="compta@dupont.example")]
    )
    invoice(actor, dupont, "FA2026-000001", "912.00")
    drop(tmp_path, actor, statement_file(("900.00", "FA2026-000001", "DUPONT SA", "")))

    report = run(actor, tmp_path)

    (refusal,) = [one for one in report.decisions if one.duty is Duty.REMIND]
    assert refusal.outcome is Outcome.REFUSED
    (reason,) = refusal.reasons
    assert reason.startswith("Un encaissement de 900,00\u00a0€ qui semble de ce client attend")


def test_the_calendar_alone_is_no_new_reason_not_to_remind(actor, customers, tmp_path):
    """Nobody to write to on Friday, nor on Saturday, when nothing leaves to anybody: told once."""
    from echeance.parties.commands import create_parties
    from echeance.parties.types import PartyFacts

    (nobody,) = create_parties(
        actor=actor, parties=[PartyFacts(code="SANS", name="Sans adresse", category="professional")]
    )
    invoice(actor, nobody, "FA-SANS", "10.00")
    told = []
    for day in (date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)):
        with clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
            commands.run_day(actor=actor, on=day, inbox=tmp_path)
        told.append(Decision.objects.filter(duty="remind", party=nobody).count())

    assert told == [1, 1, 1, 1]
