"""The recovery file in one click: opened again, every piece is there and what is missing is said."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collection.test_recovery import noticed
from echeance.archive import commands as archive
from echeance.archive import queries as archive_queries
from echeance.archive.types import NewFile, NewLink
from echeance.base.errors import RightMissingError
from echeance.base.models import Job
from echeance.base.queries import history
from echeance.base.rights import Right
from echeance.collection import commands, jobs, queries
from echeance.collection.errors import NoRecoveryItemError
from echeance.collection.types import DisputeOutcome, DisputeReason
from echeance.parties.commands import merge_parties

SEPTEMBER = date(2026, 9, 10)
TODAY = date(2026, 11, 24)
TERM = date(2037, 12, 31)


def built(actor, party, *items, **more):
    file = commands.build_recovery_file(actor=actor, party_id=party.pk, item_ids=items, **more)
    return file, zipfile.ZipFile(io.BytesIO(archive_queries.content(actor=actor, file_id=file.pk)))


def test_the_story_of_a_dossier(world, actor):
    """1,000.00 due on 10 September, reminded, promised, disputed once, under formal notice."""
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    world.sealed(party, "F-1")
    world.prepare()
    noticed(actor, party, item)
    dispute = commands.open_dispute(actor=actor, item_id=item, reason_code=DisputeReason.QTE_ERR)
    commands.close_dispute(actor=actor, dispute_id=dispute.pk, outcome=DisputeOutcome.UNFOUNDED)
    contract = archive.store_file(
        actor=actor, file=NewFile(b"contrat", "contrat.pdf", "application/pdf", "x", "", TERM)
    )
    archive.attach_files(
        actor=actor, links=[NewLink(contract.pk, f"party:{party.pk}", "contract", "Contrat cadre")]
    )

    file, opened = built(actor, party, item)

    names = opened.namelist()
    assert names[0] == "01_factures/F-1.pdf"
    assert opened.read("01_factures/F-1.pdf") == b"F-1"
    assert opened.read("08_contrats/contrat.pdf") == b"contrat"
    (mail,) = [name for name in names if name.startswith("03_relances/relance_2026-11-24")]
    text = opened.read(mail).decode()
    assert "Message-ID : <" in text
    assert "État : retenu" in text
    assert "05_releve/releve_de_compte.csv" in names
    assert "06_interets/calcul_des_interets.csv" in names
    history_lines = opened.read("07_echanges/historique.csv").decode("utf-8-sig")
    assert "Litige ouvert;" in history_lines
    assert "Litige clos;" in history_lines
    notice = opened.read("LISEZMOI.txt").decode()
    assert "Manque : bon de livraison ou de commande de F-1" in notice
    assert "Manque : statuts de la plateforme" in notice
    assert "Manque : preuve de dépôt de la lettre du 20/10/2026 (noté, sans fichier)" in notice
    assert "mise en demeure avec sa preuve" not in notice
    assert "contrat ou conditions" not in notice
    assert file.filename == "dossier_recouvrement_C1_2026-11-24.zip"
    assert history(actor=actor, subject=f"party:{party.pk}")[0].action == (
        "collection.recovery_file_built"
    )


def test_built_twice_it_is_the_same_file(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))

    first, _ = built(actor, party, item)
    again, _ = built(actor, party, item)

    assert (first.pk, first.sha256) == (again.pk, again.sha256)


def test_what_is_claimed_is_reckoned_to_the_cent(world, actor):
    """1,000.00 at 12.40 % (ECB 2.40 + 10) from 11 September to 24 November: 75 days, 25.48."""
    party = world.customer("Dupont")
    items = world.invoice(party, "F-1", ("1000.00", SEPTEMBER), ("500.00", SEPTEMBER))
    facts = queries.recovery_file(actor=actor, party_id=party.pk, item_ids=items, on=TODAY).facts

    assert [(one.principal, one.interest, one.indemnity) for one in facts.claims] == [
        (Decimal("1000.00"), Decimal("25.48"), Decimal("40.00")),
        (Decimal("500.00"), Decimal("12.74"), Decimal(0)),
    ]
    assert facts.total == Decimal("1578.22")
    assert sum(part.amount for part in facts.slices) == Decimal("38.22")


def test_a_consumer_owes_neither_penalties_nor_forty_euros(world, actor):
    party = world.customer("Dupont", category="consumer")
    items = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))

    facts = queries.recovery_file(actor=actor, party_id=party.pk, item_ids=items, on=TODAY).facts

    assert facts.total == Decimal("1000.00")


def test_an_agency_gets_its_list(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))

    file, opened = built(actor, party, item, for_agency=True)

    assert "creances.csv" in opened.namelist()
    assert file.filename.startswith("dossier_agence_")


def test_a_merged_customer_has_one_dossier(world, actor):
    kept, double = world.customer("Dupont"), world.customer("Dupont bis")
    (first,) = world.invoice(kept, "F-1", ("10.00", SEPTEMBER))
    (second,) = world.invoice(double, "F-2", ("20.00", SEPTEMBER))
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    file, _ = built(actor, double, first, second)

    assert file.subject == f"recovery_file:{kept.pk}"


def test_the_dossier_is_of_one_customer_and_needs_the_right(world, actor):
    party, other = world.customer("Dupont"), world.customer("Durand")
    (item,) = world.invoice(other, "F-1", ("10.00", SEPTEMBER))

    with pytest.raises(NoRecoveryItemError, match="Dupont"):
        built(actor, party, item)
    with pytest.raises(NoRecoveryItemError):
        built(actor, party)
    with pytest.raises(RightMissingError):
        built(replace(actor, rights=frozenset({Right.READ})), other, item)


def test_many_debts_are_gathered_by_a_job(world, actor):
    party = world.customer("Dupont")
    items = [world.invoice(party, f"F-{number}", ("10.00", SEPTEMBER))[0] for number in range(41)]

    assert commands.request_recovery_file(actor=actor, party_id=party.pk, item_ids=items) is None

    job = Job.objects.get()
    file_id = jobs.build_recovery_file.func(**job.kwargs)["file_id"]
    assert archive_queries.file_for(actor=actor, file_id=file_id).kind == "recovery_file"


@pytest.mark.slow
def test_two_hundred_invoices_take_the_queries_of_twenty(world, actor):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    party = world.customer("Dupont")
    items = [world.invoice(party, f"F-{number}", ("10.00", SEPTEMBER))[0] for number in range(200)]

    def cost(asked):
        with CaptureQueriesContext(connection) as told:
            queries.recovery_file(actor=actor, party_id=party.pk, item_ids=asked, on=TODAY)
        return len(told)

    assert cost(items[:20]) == cost(items)
