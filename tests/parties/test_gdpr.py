"""A person is told what is held on them, and erased as far as the law lets it go."""

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import RIGHTS_BY_ROLE, Right, Role
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import queries
from echeance.parties.commands import (
    add_addresses,
    add_bank_account,
    add_contacts,
    change_party,
    create_parties,
    erase_personal_data,
    export_personal_data,
    merge_parties,
    undo_merge,
)
from echeance.parties.errors import (
    ErasureNeedsPersonError,
    ErasureRefusedError,
    MergeNotUndoneError,
    ReasonMissingError,
)
from echeance.parties.models import Contact, Party, PartyAddress, PartyBankAccount, SepaMandate
from echeance.parties.types import AddressFacts, ContactFacts, PartyFacts

IBAN = "FR7630006000011234567890189"
ASKED = "demande du 20 novembre"
ANA = PartyFacts(
    "P1", "Ana Dupuis", category="consumer", address_line="3 rue Claire", postcode="75004",
    city="Paris",
)  # fmt: skip
PERSONAL = ("ana", "dupuis", "claire", "75004", "0601020304", "1234567890189", "zoé")


@pytest.fixture
def ana(actor) -> Party:
    """A private customer with a mailbox, an account and a delivery address."""
    (row,) = create_parties(actor=actor, parties=[ANA])
    add_contacts(
        actor=actor,
        contacts=[ContactFacts(row.pk, "ana@dupuis.example", "billing", "Ana", "0601020304")],
    )
    add_bank_account(actor=actor, party_id=row.pk, iban=IBAN, holder="Ana Dupuis")
    add_addresses(
        actor=actor, addresses=[AddressFacts(row.pk, "chez Zoé", "75004", "Paris", name="Zoé")]
    )
    change_party(actor=actor, party_id=row.pk, changes={"language": "en"})
    return row


@pytest.fixture
def books(actor):
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )


def invoice(actor, party, amount="120.00") -> int:
    """An entry of the books that names the party; the id of its open item."""
    value = Decimal(amount)
    facts = EntryFacts(
        "VT", date(2026, 3, 2), "F-1", date(2026, 3, 2), "F-1",
        (Posting("411000", debit=value, party_id=party.pk), Posting("707000", credit=value)),
        (NewOpenItem(0, date(2026, 4, 1), "invoice", "F-1"),),
    )  # fmt: skip
    return ledger.post_entries(actor=actor, entries=[facts])[0].item_ids[0]


def payment(actor, party, item, amount="120.00") -> None:
    value = Decimal(amount)
    facts = EntryFacts(
        "BQ", date(2026, 4, 1), "VIR", date(2026, 4, 1), "VIR",
        (Posting("512000", debit=value), Posting("411000", credit=value, party_id=party.pk)),
        (NewOpenItem(1, date(2026, 4, 1), "receipt", "VIR"),),
    )  # fmt: skip
    paid = ledger.post_entries(actor=actor, entries=[facts])[0].item_ids[0]
    ledger.allocate(actor=actor, allocations=[NewAllocation(item, paid, value, date(2026, 4, 1))])


def everything_known() -> str:
    """Every value of the records and of their history, as one text."""
    tables = (Party, Contact, PartyAddress, PartyBankAccount)
    rows = [list(table.objects.values()) for table in tables]
    journal = list(JournalEvent.objects.filter(subject__startswith="party:").values("facts"))
    return json.dumps([rows, journal], default=str, ensure_ascii=False).lower()


def test_a_person_is_told_everything_in_a_file_for_them_and_one_for_a_machine(actor, ana, books):
    payment(actor, ana, invoice(actor, ana))

    archive = zipfile.ZipFile(io.BytesIO(export_personal_data(actor=actor, party_id=ana.pk)))

    assert archive.namelist() == ["donnees.json", "donnees.html", "pieces.csv"]
    told = json.loads(archive.read("donnees.json"))
    assert told["fiches"][0]["name"] == "Ana Dupuis"
    assert told["contacts"][0]["phone"] == "0601020304"
    assert told["comptes_bancaires"][0]["iban"] == IBAN
    assert [change["new"] for change in told["historique"] if change["field"] == "language"] == [
        "en",
        "fr",
    ]
    assert "<td>3 rue Claire</td>" in archive.read("donnees.html").decode()
    assert archive.read("pieces.csv").decode("utf-8-sig").splitlines()[1:] == [
        "écriture;F-1;02/03/2026;31/12/2036;C. com. L123-22",
        "écriture;VIR;01/04/2026;31/12/2036;C. com. L123-22",
    ]
    assert JournalEvent.objects.filter(action="parties.personal_data_told").count() == 1


def test_a_person_without_documents_is_erased_wholly(treasurer, ana):
    report = erase_personal_data(actor=treasurer, party_id=ana.pk, reason=ASKED)

    assert (report.complete, report.kept, report.until) == (True, (), None)
    assert report.gone == (
        ("contacts", 1),
        ("addresses", 1),
        ("accounts", 1),
        ("record", 1),
        ("history", 4),
    )
    ana.refresh_from_db()
    assert (ana.name, ana.city) == (f"Personne effacée n° {ana.pk}", "")
    assert ana.erased_at
    assert ana.closed_at
    text = everything_known()
    assert [word for word in PERSONAL if word in text] == []
    # That something happened, who did it and when stays; the language is nobody's secret.
    history = queries.field_history(actor=treasurer, party_id=ana.pk)
    assert {(one.field, one.new) for one in history if one.field in {"name", "language"}} == {
        ("name", "effacé"),
        ("language", "fr"),
        ("language", "en"),
    }
    event = JournalEvent.objects.get(action="parties.personal_data_erased")
    assert (event.actor, event.facts["ground"]) == ("tresor@martin.example", ASKED)


def test_what_the_law_keeps_stays_with_its_term_and_a_second_call_completes(treasurer, ana, books):
    payment(treasurer, ana, invoice(treasurer, ana))

    first = erase_personal_data(actor=treasurer, party_id=ana.pk, reason=ASKED)

    assert (first.complete, first.until) == (False, date(2036, 12, 31))
    assert {(piece.reference, piece.until) for piece in first.kept} == {
        ("F-1", date(2036, 12, 31)),
        ("VIR", date(2036, 12, 31)),
    }
    ana.refresh_from_db()
    assert (ana.name, ana.address_line, ana.postcode) == ("Ana Dupuis", "", "")
    text = everything_known()
    assert [word for word in PERSONAL if word in text] == ["ana", "dupuis"]
    with clock.at(datetime(2037, 1, 1, 9, 0, tzinfo=UTC)):
        second = erase_personal_data(actor=treasurer, party_id=ana.pk, reason="terme échu")
    assert second.complete
    text = everything_known()
    assert [word for word in PERSONAL if word in text] == []


def test_nobody_is_erased_while_an_amount_is_open(treasurer, ana, books):
    item = invoice(treasurer, ana)
    before = everything_known()

    with pytest.raises(ErasureRefusedError) as caught:
        erase_personal_data(actor=treasurer, party_id=ana.pk, reason=ASKED)

    assert "120,00" in str(caught.value)
    assert everything_known() == before
    payment(treasurer, ana, item)
    assert not erase_personal_data(actor=treasurer, party_id=ana.pk, reason=ASKED).complete


def test_of_a_firm_only_the_persons_go(treasurer, brume):
    add_contacts(
        actor=treasurer, contacts=[ContactFacts(brume.pk, "zoe@brume.example", "billing", "Zoé")]
    )

    report = erase_personal_data(actor=treasurer, party_id=brume.pk, reason=ASKED)

    brume.refresh_from_db()
    assert (brume.name, brume.siren, brume.city, brume.closed_at) == (
        "Atelier Brume",
        "404833048",
        "Paris",
        None,
    )
    assert report.complete
    assert report.gone == (("contacts", 1), ("history", 1))
    text = everything_known()
    assert "zoe@" not in text
    assert "zoé" not in text
    assert "atelier brume" in text


def test_an_account_stays_while_a_collection_may_be_contested(treasurer, ana):
    account = PartyBankAccount.objects.get()
    SepaMandate.objects.create(
        company=treasurer.company, party=ana, reference="RUM-1", creditor_id="FR12ZZZ123456",
        bank_account=account, signed_on=date(2024, 1, 5), last_used_on=date(2026, 6, 1),
        added_at=clock.now(), added_by="Léa",
    )  # fmt: skip

    report = erase_personal_data(actor=treasurer, party_id=ana.pk, reason=ASKED)

    account.refresh_from_db()
    assert (account.iban, report.complete, report.until) == (IBAN, False, date(2028, 6, 1))
    with clock.at(datetime(2028, 6, 2, 9, 0, tzinfo=UTC)):
        assert erase_personal_data(actor=treasurer, party_id=ana.pk, reason="terme").complete
    account.refresh_from_db()
    assert account.iban == ""


def test_the_records_merged_into_it_are_erased_too(treasurer, ana):
    (twin,) = create_parties(
        actor=treasurer,
        parties=[PartyFacts("P2", "A. Dupuis", category="consumer", city="Claireville")],
    )
    merge = merge_parties(actor=treasurer, party_id=twin.pk, into_id=ana.pk, take={"name", "city"})

    erase_personal_data(actor=treasurer, party_id=twin.pk, reason=ASKED)

    text = everything_known()
    assert [word for word in PERSONAL if word in text] == []
    merge.refresh_from_db()
    assert "dupuis" not in str(merge.moved).lower()
    with pytest.raises(MergeNotUndoneError, match="des données personnelles ont été effacées"):
        undo_merge(actor=treasurer, merge_id=merge.pk)


def test_only_a_person_with_the_right_and_a_reason_erases(actor, treasurer, ana):
    clerk = Actor(treasurer.company, treasurer.user, RIGHTS_BY_ROLE[Role.MANAGER])

    with pytest.raises(RightMissingError):
        erase_personal_data(actor=clerk, party_id=ana.pk, reason=ASKED)
    with pytest.raises(RightMissingError):
        export_personal_data(actor=clerk, party_id=ana.pk)
    with pytest.raises(ErasureNeedsPersonError):
        erase_personal_data(actor=actor, party_id=ana.pk, reason=ASKED)
    with pytest.raises(ReasonMissingError):
        erase_personal_data(actor=treasurer, party_id=ana.pk, reason=" ")

    assert {
        role for role, rights in RIGHTS_BY_ROLE.items() if Right.ERASE_PERSONAL_DATA in rights
    } == {Role.ADMINISTRATOR}
    ana.refresh_from_db()
    assert ana.erased_at is None
