"""Sealing: the file is made from the frozen facts, judged by the official rules, archived."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import issued, line
from echeance.archive import queries as archive
from echeance.base import commands as base
from echeance.base import runner
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing import queries, rendering
from echeance.billing.errors import InvoiceNotSealedError, StyleInvalidError
from echeance.billing.models import Invoice
from echeance.billing.rules import frozen
from echeance.billing.types import CreditLine, SealReport
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.facturx import default_template
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.official.verdict import Verdict, not_validated
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts

VALID = Verdict(validated=True, valid=True, syntax="FACTUR-X", profile="EN 16931")
REFUSED = Verdict(
    validated=True,
    valid=False,
    syntax="FACTUR-X",
    profile="EN 16931",
    findings=(Finding("BR-CO-10", "fatal", "BT-106", "sum of lines"),),
)


class Judge:
    """Stands for the official validator, an outside program: says what it is told to."""

    def __init__(self, *verdicts):
        self.verdicts = list(verdicts)

    def validate_many(self, files):
        for _ in files:
            yield self.verdicts.pop(0)


def customer(actor, code, **facts):
    given = {"name": code, "address_line": "1 rue du Lac", "city": "Ville", **facts}
    row = parties.create_parties(actor=actor, parties=[PartyFacts(code=code, **given)])[0]
    parties.add_contacts(
        actor=actor, contacts=[ContactFacts(row.pk, email=f"{code}@x.example", purpose="billing")]
    )
    return row


def credit(actor, row, *lines):
    note = billing.draft_credit_note(
        actor=actor, invoice_id=row.pk, reason="Retour", lines=lines or None
    )
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[note.pk])
    assert result.number, result.findings


def test_every_kind_of_document_passes_the_official_rules(ready, lefevre):
    german = customer(ready, "DE1", country="DE", postcode="10115", vat_id="DE136695976")
    swiss = customer(ready, "CH1", country="CH", postcode="1201")
    person = customer(ready, "P1", category="consumer", postcode="31000")
    mayor = customer(ready, "M1", category="public", siren="213105554", postcode="31000")
    mixed = issued(
        ready,
        lefevre,
        line("Étagère", "2", "149.90"),
        line("Pose", "3.5", "52", nature="services"),
        line("Livre", "3", "18.957346", rate="5.5"),
        payment_terms="30%reception/70%net30",
        note="Merci de votre confiance",
    )
    sweets = issued(ready, lefevre, line("Bonbon", "3", "0.33"))
    issued(ready, german, line("Table", "4", "640", rate=None))
    issued(ready, german, line("Conseil", "1", "800", rate=None, nature="services"))
    issued(ready, swiss, line("Table", "1", "640", rate=None))
    issued(ready, person, line("Chaise", "4", "39.90"))
    issued(ready, mayor, line("Banc", "4", "139.90"), buyer_reference="SERVICE-1")
    issued(ready, lefevre, line("Acompte", "1", "300"), kind="386")
    issued(ready, lefevre, line("Débours", "1", "30", exemption="disbursement"))
    credit(ready, mixed)
    sweet = sweets.lines.get()
    for _ in range(3):  # VAT 0.07, 0.07 then what is left, 0.06
        credit(ready, sweets, CreditLine(sweet.pk, Decimal(1)))

    report = billing.seal_invoices(actor=ready)

    told = [
        (row.number, finding["rule"], finding["message"])
        for row in queries.invoices(actor=ready)
        for finding in (row.verdict or {}).get("findings", ())
        if finding["severity"] == "fatal"
    ]
    assert (report, told) == (SealReport(sealed=13, refused=0, not_validated=0), [])


def test_the_file_says_what_was_frozen_and_is_archived_ten_years(ready, lefevre):
    row = issued(ready, lefevre, line(), order_reference="BC-7")

    billing.seal_invoices(actor=ready, validator=Judge(VALID))

    row.refresh_from_db()
    content = queries.pdf(actor=ready, invoice_id=row.pk)
    assert read_cii(detect(content).xml).invoice == frozen.thaw(row.facts).document
    assert detect(content).xml == queries.xml(actor=ready, invoice_id=row.pk)
    assert row.sealed_at is not None
    assert (row.file.filename, row.file.kind, row.file.keep_until) == (
        "FA-2026-000001.pdf",
        "invoice",
        date(2036, 12, 31),
    )
    assert [one.pk for one in archive.search(actor=ready, text="lefevre BC-7 etagere")] == [
        row.file_id
    ]


def test_the_same_facts_give_the_same_bytes(ready, lefevre):
    row = issued(ready, lefevre)
    facts = frozen.thaw(row.facts)

    first = rendering.Renderer(ready).render(facts)
    second = rendering.Renderer(ready).render(facts)

    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_sealing_again_changes_nothing(ready, lefevre):
    row = issued(ready, lefevre)
    billing.seal_invoices(actor=ready, validator=Judge(VALID))
    row.refresh_from_db()

    report = billing.seal_invoices(actor=ready, validator=Judge())

    assert report == SealReport()
    assert Invoice.objects.get().sealed_at == row.sealed_at


def test_a_file_nobody_could_judge_is_not_sealed_and_is_tried_again(ready, lefevre):
    row = issued(ready, lefevre)

    report = billing.seal_invoices(actor=ready, validator=Judge(not_validated("arrêté")))

    assert report == SealReport(not_validated=1)
    row.refresh_from_db()
    assert (row.sealed_at, row.file, row.verdict) == (None, None, None)
    with pytest.raises(InvoiceNotSealedError):
        queries.pdf(actor=ready, invoice_id=row.pk)
    assert billing.seal_invoices(actor=ready, validator=Judge(VALID)).sealed == 1


def test_a_refused_file_is_kept_back_and_asked_about_once(ready, lefevre):
    row = issued(ready, lefevre)
    other = issued(ready, lefevre)

    report = billing.seal_invoices(actor=ready, validator=Judge(REFUSED, VALID))
    again = billing.seal_invoices(actor=ready, validator=Judge())

    assert (report, again) == (SealReport(sealed=1, refused=1), SealReport())
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.sealed_at, row.verdict["findings"][0]["rule"]) == (None, "BR-CO-10")
    assert other.sealed_at is not None
    question = WorkItem.objects.get()
    assert question.title == (
        "Le fichier de FA-2026-000001 est refusé par les règles officielles : rien n'est envoyé. "
        "Annuler par un avoir interne et refaire la facture ?"
    )
    assert billing.queue_invoices(actor=ready, invoice_ids=[row.pk]).skipped == {
        row.pk: "le fichier n'est pas encore scellé"
    }


def test_the_job_of_an_issuing_seals_it(ready, lefevre, monkeypatch):
    monkeypatch.setattr(rendering, "validator", lambda: Judge(VALID, VALID))
    issued(ready, lefevre)
    issued(ready, lefevre)

    ran = runner.drain()

    assert ran == 2
    assert queries.invoices(actor=ready, sealed=True).count() == 2


def test_a_company_may_edit_its_template_and_colours(ready, lefevre):
    before = issued(ready, lefevre)
    template = default_template().replace('"invoice.typ"', '"invoice.typ"') + "\n// de la maison\n"

    billing.save_style(actor=ready, color="#AA0000", template=template)
    after = issued(ready, lefevre)

    assert queries.template_source(actor=ready) == template
    assert (after.facts["style"]["color"], before.facts["style"]["color"]) == (
        "#aa0000",
        "#1f4e79",
    )
    assert after.template_sha256 == hashlib.sha256(template.encode()).hexdigest()
    assert before.template_sha256 == hashlib.sha256(default_template().encode()).hexdigest()
    assert billing.seal_invoices(actor=ready, validator=Judge(VALID, VALID)).sealed == 2


@pytest.mark.parametrize(
    ("style", "problem"),
    [
        ({"color": "rouge"}, "« rouge » n'est pas une couleur"),
        ({"logo": b"GIF89a"}, "le logo n'est ni un PNG, ni un JPEG, ni un SVG"),
        ({"template": "#let x = "}, "Le modèle de document ne peut pas être composé"),
        ({"logo": b"<svg>"}, "Le modèle de document ne peut pas être composé"),
    ],
)
def test_a_look_that_cannot_be_printed_is_refused(ready, style, problem):
    with pytest.raises(StyleInvalidError, match=problem):
        billing.save_style(actor=ready, **style)

    assert queries.style_in_force(actor=ready) is None


def test_a_logo_is_printed(ready, lefevre):
    logo = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
        b'<rect width="40" height="20" fill="#aa0000"/></svg>'
    )
    plain = len(rendering.Renderer(ready).render(frozen.thaw(issued(ready, lefevre).facts)))

    billing.save_style(actor=ready, logo=logo)
    row = issued(ready, lefevre)

    assert row.facts["style"]["logo_name"] == "logo.svg"
    assert len(rendering.Renderer(ready).render(frozen.thaw(row.facts))) > plain


def test_a_change_of_company_name_does_not_reach_a_file_not_yet_made(ready, lefevre):
    row = issued(ready, lefevre)
    base.change_company(actor=ready, changes={"name": "Autre nom"})

    billing.seal_invoices(actor=ready, validator=Judge(VALID))

    content = queries.pdf(actor=ready, invoice_id=row.pk)
    assert read_cii(detect(content).xml).invoice.seller.name == "Atelier Morel"


def test_what_a_lost_worker_left_is_sealed_by_the_next_turn(ready, lefevre, monkeypatch):
    from datetime import UTC, datetime

    from echeance.base import clock
    from echeance.billing import jobs

    monkeypatch.setattr(rendering, "validator", lambda: Judge(VALID))
    issued(ready, lefevre)

    at_once = jobs.seal_left.call()
    with clock.at(datetime(2026, 11, 24, 9, 6, tzinfo=UTC)):
        later = jobs.seal_left.call()

    assert (at_once["sealed"], later["sealed"]) == (0, 1)
