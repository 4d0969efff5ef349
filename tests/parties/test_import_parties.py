"""A file of customers comes in whole or not at all, and every bad cell is named."""

from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.core.tabular import EmptyTableError, write_xlsx
from echeance.parties import queries
from echeance.parties.commands import change_party, import_parties
from echeance.parties.errors import ColumnsMissingError, ImportRefusedError
from echeance.parties.models import Contact, Party, PartyBankAccount
from echeance.parties.types import CellProblem, ImportReport

GOOD = """\
Code client;Raison sociale;Type;N° SIREN;Adresse;CP;Ville;Pays;Délai de paiement;Email;Téléphone;IBAN
B1;Brume & Fils;Entreprise;404 833 048;1 rue des Forges;75001;Paris;France;45 jours fin de mois;compta@brume.example, daf@brume.example;01 00 00 00 00;FR7630006000011234567890189
B2;Ana Roux;Particulier;;2 quai;1000;Bruxelles;Belgique;à réception;;+32 2 000 00 00;
"""
BAD = """\
Code;Nom;SIREN;CP;Délai de paiement;Courriel;IBAN
B1;Brume;404833049;75001;30;compta@brume;FR76
;Sans code;;;;;
B1;Bis;;ABC;plus tard;;
"""


def imported(actor, text, **kwargs):
    return import_parties(
        actor=actor, content=text.encode(), filename="clients.csv", dry_run=False, **kwargs
    )


def test_a_dry_run_says_what_would_happen_and_writes_nothing(actor):
    report = import_parties(actor=actor, content=GOOD.encode(), filename="clients.csv")

    assert report == ImportReport(dry_run=True, rows=2, created=2, changed=0, unchanged=0)
    assert not Party.objects.exists()


def test_a_good_file_makes_parties_contacts_and_accounts(actor):
    report = imported(actor, GOOD)

    assert report == ImportReport(dry_run=False, rows=2, created=2, changed=0, unchanged=0)
    firm, person = Party.objects.order_by("code")
    assert (firm.name, firm.siren, firm.payment_terms) == ("Brume & Fils", "404833048", "fdm45")
    assert (person.category, person.country, person.postcode) == ("consumer", "BE", "1000")
    assert person.payment_terms == "reception"
    assert set(Contact.objects.values_list("party__code", "purpose", "email", "phone")) == {
        ("B1", "billing", "compta@brume.example", "01 00 00 00 00"),
        ("B1", "billing", "daf@brume.example", "01 00 00 00 00"),
        ("B2", "general", "", "+32 2 000 00 00"),
    }
    assert queries.payers_by_iban(actor=actor) == {"FR7630006000011234567890189": firm.pk}


def test_the_same_file_again_changes_nothing(actor):
    imported(actor, GOOD)
    before = JournalEvent.objects.count()

    report = imported(actor, GOOD)

    assert report == ImportReport(dry_run=False, rows=2, created=0, changed=0, unchanged=2)
    assert JournalEvent.objects.count() == before
    assert (Party.objects.count(), Contact.objects.count()) == (2, 3)
    assert PartyBankAccount.objects.count() == 1


def test_a_known_party_gets_its_new_values_and_a_blank_cell_says_nothing(actor):
    imported(actor, GOOD)

    report = imported(actor, "Code;Nom;Ville;SIREN\nB1;Brume & Filles;;732829320\n")

    assert (report.created, report.changed, report.unchanged) == (0, 1, 0)
    row = Party.objects.get(code="B1")
    assert (row.name, row.city, row.siren) == ("Brume & Filles", "Paris", "732829320")
    assert row.electronic_address == "0225:732829320"


def test_every_bad_cell_is_named_and_nothing_is_imported(actor):
    with pytest.raises(ImportRefusedError) as caught:
        imported(actor, BAD)

    assert [(one.row, one.column, one.value) for one in caught.value.problems] == [
        (2, "Courriel", "compta@brume"),
        (2, "IBAN", "FR76"),
        (2, "SIREN", "404833049"),
        (3, "Code", ""),
        (4, "Code", "B1"),
    ]
    assert str(caught.value).startswith(
        "Rien n'a été importé, 5 cellule(s) à corriger dans « clients.csv » : "
        "ligne 2, Courriel : L'adresse électronique « compta@brume » n'est pas valable"
    )
    assert not Party.objects.exists()


def test_the_dry_run_lists_the_same_cells(actor):
    report = import_parties(actor=actor, content=BAD.encode(), filename="clients.csv")

    assert len(report.problems) == 5
    assert report.problems[4] == CellProblem(4, "Code", "B1", "Le code « B1 » est déjà en ligne 2.")


def test_an_unknown_column_is_a_problem_with_a_suggestion(actor):
    report = import_parties(
        actor=actor,
        content=b"Code;Nom;Vile;Couleur;Name\nB1;Brume;Paris;bleu;x\n",
        filename="c.csv",
    )

    assert report.problems == (
        CellProblem(
            1,
            "Vile",
            "Vile",
            "Colonne inconnue. « ville » peut-être ? Renommez-la ou supprimez-la.",
        ),
        CellProblem(1, "Couleur", "Couleur", "Colonne inconnue. Renommez-la ou supprimez-la."),
        CellProblem(
            1, "Name", "Name", "cette colonne dit la même chose que « Nom » : gardez l'une."
        ),
    )


def test_a_shifted_line_is_a_problem(actor):
    report = import_parties(actor=actor, content=b"Code;Nom\nB1;Brume;x\n", filename="c.csv")

    assert [(one.row, one.value) for one in report.problems] == [(2, "B1 | Brume | x")]


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"Nom\nBrume\n", ColumnsMissingError), (b"Code;Ville\nB1;x\n", ColumnsMissingError),
     (b"", EmptyTableError)],
)  # fmt: skip
def test_a_file_without_what_names_a_party_is_refused(actor, content, error):
    with pytest.raises(error):
        import_parties(actor=actor, content=content, filename="clients.csv")


def test_a_workbook_gives_back_the_zeros_a_spreadsheet_drops(actor):
    content = write_xlsx(
        ["Code", "Nom", "SIREN", "Code postal", "Conditions de règlement", "Bon de commande exigé"],
        [[Decimal(12), "Bresse", Decimal(5420021), Decimal(1000), Decimal(30), "oui"]],
    )

    report = import_parties(actor=actor, content=content, filename="c.xlsx", dry_run=False)

    assert report.problems == ()
    row = Party.objects.get()
    assert (row.code, row.siren, row.postcode) == ("12", "005420021", "01000")
    assert (row.payment_terms, row.order_reference_required) == ("net30", True)


def test_without_the_right_nothing_is_read(company):
    reader = Actor(company=company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        import_parties(actor=reader, content=GOOD.encode(), filename="clients.csv", dry_run=False)

    assert not Party.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_imports_back_without_a_change(actor, kind):
    imported(actor, GOOD)
    change_party(
        actor=actor, party_id=Party.objects.get(code="B2").pk, changes={"name": "=HYPERLINK(1)"}
    )

    content = queries.export_parties(actor=actor, kind=kind)

    report = import_parties(actor=actor, content=content, filename=f"clients.{kind}", dry_run=False)
    assert report == ImportReport(dry_run=False, rows=2, created=0, changed=0, unchanged=2)
    assert (Contact.objects.count(), PartyBankAccount.objects.count()) == (3, 1)


def test_an_export_runs_no_formula(actor, brume):
    change_party(actor=actor, party_id=brume.pk, changes={"name": "=HYPERLINK(1)"})

    content = queries.export_parties(actor=actor, kind="csv").decode("utf-8-sig")

    assert "'=HYPERLINK(1)" in content.splitlines()[1].split(";")


def test_importing_many_costs_a_constant_number_of_queries(actor, django_assert_max_num_queries):
    lines = [f"M{number};Client {number};c{number}@x.fr" for number in range(30)]
    text = "Code;Nom;Courriel\n" + "\n".join(lines)

    with django_assert_max_num_queries(20):
        imported(actor, text)

    assert Party.objects.count() == 30
