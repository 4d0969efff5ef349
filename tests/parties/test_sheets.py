"""The list of customers leaves for the spreadsheet, is corrected there, and comes back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.utils import timezone
from python_calamine import CalamineWorkbook

from conftest import NOW
from echeance.base import clock, roundtrip
from echeance.base.actor import Actor
from echeance.base.errors import (
    NothingToTakeError,
    NothingToUndoError,
    RightMissingError,
    SheetForeignError,
    SheetKnownError,
    SheetUnknownError,
    SheetWithoutCodeError,
)
from echeance.base.models import JournalEvent, SheetChange, SheetExport, SheetImport
from echeance.base.rights import Right
from echeance.core.tabular import read_table, write_csv
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.types import ContactFacts, PartyFacts

LIST = "parties.parties"


@pytest.fixture
def customers(actor) -> list[Party]:
    """Three customers; the second one's name looks like a formula."""
    rows = parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts("00017", "Atelier Brume", siren="404833048", postcode="75001", city="Paris"),
            PartyFacts("C2", "=1+1 Conseil", postcode="69003", city="Lyon"),
            PartyFacts("C3", "Zinc", postcode="13001", city="Marseille", payment_terms="45 jours"),
        ],
    )
    parties.add_contacts(
        actor=actor,
        contacts=[ContactFacts(rows[0].pk, email="compta@brume.example", purpose="billing")],
    )
    return rows


def exported(actor: Actor, kind: str = "xlsx") -> bytes:
    return roundtrip.export_sheet(actor=actor, name=LIST, kind=kind)[0]


def edited(content: bytes, changes: dict[tuple[str, str], object], drop=(), add=()) -> bytes:
    """The file saved again with some cells changed: ``(code, title): value``."""
    table = read_table(content, "liste.xlsx")
    rows = [dict(row.cells) for row in table.rows]
    kept = []
    for row in rows:
        code = row["code"]
        if code in drop:
            continue
        for (who, title), value in changes.items():
            if who == code:
                row[title] = value
        kept.append(row)
    kept += [dict.fromkeys(table.headers) | extra for extra in add]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, table.headers)
        for index, row in enumerate(kept, start=1):
            for place, header in enumerate(table.headers):
                if row[header] is not None:
                    sheet.write(index, place, row[header]) if not isinstance(
                        row[header], str
                    ) else sheet.write_string(index, place, row[header])
    return buffer.getvalue()


def proposed(actor: Actor, content: bytes, name: str = "clients.xlsx") -> SheetImport:
    return roundtrip.propose_changes(actor=actor, content=content, filename=name)


def differences(row: SheetImport) -> dict[str, list[tuple[str, str, str]]]:
    return {
        change.label: [(part["name"], part["old"], part["new"]) for part in change.fields]
        for change in row.changes.order_by("pk")
    }


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_list_that_comes_back_as_it_left_has_no_difference(actor, customers, kind):
    row = proposed(actor, exported(actor, kind), f"clients.{kind}")

    assert (row.rows, row.unchanged, row.problems, row.notices) == (3, 3, [], [])
    assert not row.changes.exists()


def test_the_workbook_keeps_zeros_and_runs_no_formula(actor, customers):
    content = exported(actor)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    head, first, second, _ = sheet.to_python()
    assert first[head.index("code")] == "00017"
    assert second[head.index("nom")] == "=1+1 Conseil"
    assert head[-1] == f"Échéance {LIST} {SheetExport.objects.get().pk}"
    assert first[head.index("courriels de facturation")] == "compta@brume.example"


def test_one_cell_edited_is_one_difference_taken_then_undone_to_the_letter(actor, customers):
    zinc = customers[2]
    row = proposed(
        actor, edited(exported(actor), {("C3", "conditions de règlement"): "60 jours fin de mois"})
    )

    assert differences(row) == {"C3 · Zinc": [("payment_terms", "net45", "fdm60")]}
    before = Party.objects.values().get(pk=zinc.pk)

    report = roundtrip.take_changes(actor=actor, import_id=row.pk)

    assert (report.taken, report.stale, report.refused) == (1, 0, 0)
    assert Party.objects.get(pk=zinc.pk).payment_terms == row.changes.get().fields[0]["new"]
    undone = roundtrip.undo_changes(actor=actor, import_id=row.pk)
    assert (undone.restored, undone.kept) == (1, 0)
    assert Party.objects.values().get(pk=zinc.pk) == before
    with pytest.raises(NothingToUndoError):
        roundtrip.undo_changes(actor=actor, import_id=row.pk)


def test_what_was_deduced_is_given_back_too(actor, customers):
    """A postcode of La Réunion moves the VAT territory; undoing brings both back."""
    zinc = customers[2]
    before = Party.objects.values().get(pk=zinc.pk)
    row = proposed(actor, edited(exported(actor), {("C3", "code postal"): "97400"}))

    roundtrip.take_changes(actor=actor, import_id=row.pk)

    assert Party.objects.get(pk=zinc.pk).territory == "reunion"
    roundtrip.undo_changes(actor=actor, import_id=row.pk)
    assert Party.objects.values().get(pk=zinc.pk) == before


def test_some_rows_are_taken_the_rest_stays_to_decide(actor, customers):
    row = proposed(
        actor, edited(exported(actor), {("C2", "ville"): "Villeurbanne", ("C3", "ville"): "Aix"})
    )
    lyon = row.changes.get(label__startswith="C2")

    roundtrip.take_changes(actor=actor, import_id=row.pk, change_ids=[lyon.pk])

    assert list(Party.objects.order_by("code").values_list("city", flat=True)) == [
        "Paris", "Villeurbanne", "Marseille",
    ]  # fmt: skip
    assert row.changes.get(label__startswith="C3").state == SheetChange.State.OPEN
    roundtrip.take_changes(actor=actor, import_id=row.pk)
    assert Party.objects.get(code="C3").city == "Aix"
    with pytest.raises(NothingToTakeError):
        roundtrip.take_changes(actor=actor, import_id=row.pk)


def test_a_cell_nobody_touched_in_the_file_never_undoes_the_work_of_a_colleague(actor, customers):
    content = exported(actor)
    parties.change_party(actor=actor, party_id=customers[1].pk, changes={"city": "Bron"})

    row = proposed(actor, edited(content, {("C2", "adresse"): "5 rue du Lac"}))

    assert differences(row) == {
        "C2 · =1+1 Conseil": [("address_line", "", "5 rue du Lac")],
    }
    roundtrip.take_changes(actor=actor, import_id=row.pk)
    party = Party.objects.get(code="C2")
    assert (party.city, party.address_line) == ("Bron", "5 rue du Lac")


def test_a_cell_touched_on_both_sides_says_who_changed_it_meanwhile(actor, treasurer, customers):
    content = exported(actor)
    parties.change_party(actor=treasurer, party_id=customers[1].pk, changes={"city": "Bron"})

    change = proposed(actor, edited(content, {("C2", "ville"): "Décines"})).changes.get()

    assert change.fields == [{"name": "city", "old": "Bron", "new": "Décines", "met": True}]
    assert change.told == [
        "« ville » a été modifié depuis l'export par tresor@martin.example le 24/11/2026."
    ]


def test_a_record_changed_between_the_reading_and_the_yes_is_shown_again(
    actor, treasurer, customers
):
    row = proposed(
        actor, edited(exported(actor), {("C2", "ville"): "Décines", ("C3", "ville"): "Aix"})
    )
    parties.change_party(actor=treasurer, party_id=customers[1].pk, changes={"city": "Bron"})

    report = roundtrip.take_changes(actor=actor, import_id=row.pk)

    assert (report.taken, report.stale) == (1, 1)
    stale = row.changes.get(label__startswith="C2")
    assert stale.state == SheetChange.State.STALE
    assert stale.fields == [{"name": "city", "old": "Bron", "new": "Décines", "met": True}]
    assert "tresor@martin.example" in stale.told[0]
    assert Party.objects.get(code="C2").city == "Bron"
    roundtrip.take_changes(actor=actor, import_id=row.pk, change_ids=[stale.pk])
    assert Party.objects.get(code="C2").city == "Décines"


def test_undoing_keeps_what_somebody_changed_since(actor, treasurer, customers):
    row = proposed(
        actor, edited(exported(actor), {("C2", "ville"): "Décines", ("C3", "ville"): "Aix"})
    )
    roundtrip.take_changes(actor=actor, import_id=row.pk)
    parties.change_party(actor=treasurer, party_id=customers[1].pk, changes={"city": "Bron"})

    undone = roundtrip.undo_changes(actor=actor, import_id=row.pk)

    assert (undone.restored, undone.kept) == (1, 1)
    kept = row.changes.get(label__startswith="C2")
    assert kept.told == [
        "« ville » a été modifié depuis la reprise par tresor@martin.example le 24/11/2026."
    ]
    assert Party.objects.get(code="C2").city == "Bron"
    assert Party.objects.get(code="C3").city == "Marseille"


def test_a_new_row_makes_a_customer_and_a_row_left_out_closes_nobody_by_itself(actor, customers):
    content = edited(
        exported(actor), {}, drop=["C3"], add=[{"code": "C9", "nom": "Neuf", "ville": "Nice"}]
    )
    row = proposed(actor, content)
    kinds = dict(row.changes.values_list("label", "kind"))

    assert kinds == {"C9 · Neuf": "new", "C3 · Zinc": "removed"}
    roundtrip.take_changes(actor=actor, import_id=row.pk)
    assert Party.objects.get(code="C9").city == "Nice"
    assert Party.objects.get(code="C3").closed_at is None

    gone = row.changes.get(kind="removed")
    roundtrip.take_changes(actor=actor, import_id=row.pk, change_ids=[gone.pk])
    assert Party.objects.get(code="C3").closed_at == NOW

    roundtrip.undo_changes(actor=actor, import_id=row.pk)
    assert Party.objects.get(code="C3").closed_at is None
    assert Party.objects.get(code="C9").closed_at == NOW


def test_every_bad_cell_is_listed_and_the_good_rows_go_on(actor, customers):
    content = edited(
        exported(actor),
        {
            ("00017", "SIREN"): "404833049",
            ("C2", "client"): "peut-être",
            ("C2", "adresse"): "1 quai Sud",
            ("C3", "courriels de facturation"): "autre@zinc.example",
        },
        add=[{"code": "C3", "nom": "Zinc bis"}, {"code": "C8"}],
    )
    row = proposed(actor, content)

    told = [(bad["row"], bad["column"], bad["value"]) for bad in row.problems]
    assert told == [
        (2, "SIREN", "404833049"),
        (3, "client", "peut-être"),
        (4, "courriels de facturation", "autre@zinc.example"),
        (5, "code", "C3"),
        (6, "nom", ""),
    ]
    assert all(bad["reason"].endswith(".") for bad in row.problems)
    states = dict(row.changes.values_list("label", "state"))
    assert states == {
        "00017 · Atelier Brume": "refused", "C2 · =1+1 Conseil": "open", "C8": "refused",
    }  # fmt: skip
    assert roundtrip.take_changes(actor=actor, import_id=row.pk).taken == 1


def test_the_same_file_twice_is_recognised(actor, customers):
    content = edited(exported(actor), {("C3", "ville"): "Aix"})
    first = proposed(actor, content)
    again = proposed(actor, content)
    assert SheetImport.objects.get() == again
    assert not SheetImport.objects.filter(pk=first.pk).exclude(pk=again.pk).exists()
    roundtrip.take_changes(actor=actor, import_id=again.pk)

    with pytest.raises(SheetKnownError) as told:
        proposed(actor, content)
    assert told.value.import_id == again.pk

    roundtrip.undo_changes(actor=actor, import_id=again.pk)
    assert proposed(actor, content).changes.count() == 1


def test_a_file_of_another_company_or_of_nowhere_is_refused(actor, stranger, customers):
    with pytest.raises(SheetForeignError):
        proposed(stranger, exported(actor))
    plain = write_csv(["nom", "ville"], [["Brume", "Paris"]])
    with pytest.raises(SheetUnknownError):
        proposed(actor, plain)
    with pytest.raises(SheetWithoutCodeError):
        roundtrip.propose_changes(actor=actor, content=plain, filename="x.csv", name=LIST)


def test_a_hand_made_file_is_matched_by_code_and_its_blanks_say_nothing(actor, customers):
    content = write_csv(["code", "nom", "ville"], [["C3", "Zinc & Cie", None], ["C4", "Quai", ""]])

    row = roundtrip.propose_changes(actor=actor, content=content, filename="x.csv", name=LIST)

    assert differences(row) == {
        "C3 · Zinc": [("name", "Zinc", "Zinc & Cie")],
        "C4 · Quai": [("code", "", "C4"), ("name", "", "Quai")],
    }
    assert "Colonnes absentes" in row.notices[0]


def test_a_csv_whose_codes_lost_their_zeros_is_no_difference(actor, customers):
    content = exported(actor, "csv").decode("utf-8-sig").replace("00017;", "17;", 1)

    row = proposed(actor, content.encode(), "clients.csv")

    assert (row.unchanged, row.changes.count()) == (3, 0)


def test_the_right_of_the_list_is_needed_to_bring_changes(actor, customers):
    reader = Actor(company=actor.company, user=None, rights=frozenset({Right.READ}))

    content = exported(reader)
    with pytest.raises(RightMissingError):
        proposed(reader, content)


def test_the_journal_keeps_what_left_and_what_was_taken(actor, customers):
    with clock.at(NOW + timedelta(hours=1)):
        row = proposed(actor, edited(exported(actor), {("C3", "ville"): "Aix"}))
        roundtrip.take_changes(actor=actor, import_id=row.pk)

    event = JournalEvent.objects.get(action="base.sheet_taken")
    assert event.facts["taken"] == 1
    assert timezone.localtime(event.at).hour == 11


@pytest.mark.parametrize("size", [20, 200])
def test_a_round_trip_costs_the_same_queries_whatever_its_length(
    actor, size, django_assert_max_num_queries
):
    parties.create_parties(
        actor=actor,
        parties=[PartyFacts(f"K{n:04}", f"Client {n}", city="Lyon") for n in range(size)],
    )
    content = edited(exported(actor), {(f"K{n:04}", "ville"): "Bron" for n in range(size)})

    with django_assert_max_num_queries(60):
        row = proposed(actor, content)
        assert roundtrip.take_changes(actor=actor, import_id=row.pk).taken == size
