"""A template that a person wrote is bounded: no file, no end of time, no flood, one fault told."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billing.conftest import issued, line
from billing.test_languages import text_of
from echeance.billing import commands as billing
from echeance.billing import rendering
from echeance.billing.errors import StyleInvalidError
from echeance.billing.models import DocumentStyle
from echeance.billing.rules import frozen
from echeance.billing.rules.payment_link import pattern_problem, payment_link
from echeance.core.einvoice.facturx import default_template
from echeance.core.einvoice.pdfa.check import check_pdfa
from echeance.core.typesetting import FileAttachment, TemplateError, Typesetter
from echeance.core.typesetting_bounded import BoundedTypesetter

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
START = '#set document(title: "essai", date: auto)\n#set text(font: "Libertinus Serif")\n'


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../../../../../etc/passwd")', "not found|outside|escape"),
        ('#image("/proc/self/environ", alt: "x")', "file not found"),
        ('#import "@preview/cades:0.3.0": qr-code', "package"),
        ("#while true {}", "condition is always true"),
        ("#let f(n) = f(n + 1)\n#f(0)", "maximum function call depth"),
        ('#let a = "x" * 1000000000\n#(a * 100)', "mémoire|secondes"),
        ("#for i in range(200000) { pagebreak() }", "30 Mo|secondes|mémoire"),
    ],
)
def test_a_hostile_template_is_ended_and_nobody_else_is(source, words):
    typesetter = BoundedTypesetter(START + source, seconds=4)
    began = time.monotonic()

    with pytest.raises(TemplateError, match=words):
        typesetter.render({}, timestamp=NOON)

    assert time.monotonic() - began < 15


def test_a_loop_that_typst_does_not_see_is_ended_by_the_clock():
    endless = "#for i in range(9999) { for j in range(9999) { let x = i * j } }"
    typesetter = BoundedTypesetter(START + endless, seconds=1)

    with pytest.raises(TemplateError, match="une boucle sans fin"):
        typesetter.render({}, timestamp=NOON)


def test_after_one_that_was_ended_the_next_document_is_set():
    source = (
        START
        + "#let d = json(bytes(sys.inputs.data))\n#for i in range(d.turns) { for j in range(9999) { let x = i * j } }\nFini"
    )
    typesetter = BoundedTypesetter(source, seconds=2)
    with pytest.raises(TemplateError):
        typesetter.render({"turns": 99999}, timestamp=NOON)

    assert "Fini" in text_of(typesetter.render({"turns": 1}, timestamp=NOON))


def test_the_bounded_one_makes_the_same_bytes():
    joined = [FileAttachment("plan.csv", b"a;b\r\n", "text/csv", description="Plan")]
    here = Typesetter(START + "Bonjour").render({}, timestamp=NOON, attachments=joined)
    there = BoundedTypesetter(START + "Bonjour").render({}, timestamp=NOON, attachments=joined)

    assert here == there


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    typesetter = BoundedTypesetter(START + "Bonjour")
    typesetter.render({}, timestamp=NOON)
    assert any(tmp_path.iterdir())

    del typesetter

    assert list(tmp_path.iterdir()) == []


def test_the_fault_names_its_line():
    with pytest.raises(TemplateError) as refusal:
        BoundedTypesetter(START + "\n\n#inconnu").render({}, timestamp=NOON)

    assert (refusal.value.reason, refusal.value.line) == ("unknown variable: inconnu", 5)


def test_the_secrets_of_the_process_are_not_given_to_the_child(monkeypatch):
    monkeypatch.setenv("ECHEANCE_SECRET_KEY", "rien-a-voir")
    typesetter = BoundedTypesetter(START + "Bonjour")
    typesetter.render({}, timestamp=NOON)
    child = typesetter._child.pid

    environment = Path(f"/proc/{child}/environ")
    if not os.access(environment, os.R_OK):
        pytest.skip("this system does not show the environment of a process")
    assert b"rien-a-voir" not in environment.read_bytes()


@pytest.mark.django_db
def test_a_template_of_the_company_prints_valid_documents(ready, lefevre):
    own = default_template().replace("upper(d.title)", "d.title").replace("19pt", "24pt")
    billing.save_style(actor=ready, template=own, color="#225522", footer="Merci\nÀ bientôt")

    row = issued(ready, lefevre, line())

    pdf = rendering.Renderer(ready).render(frozen.thaw(row.facts))
    assert check_pdfa(pdf) == []
    assert "Facture" in text_of(pdf)
    assert "Merci À bientôt" in text_of(pdf)
    assert rendering.Renderer(ready).render(frozen.thaw(row.facts)) == pdf


@pytest.mark.django_db
def test_a_template_that_only_hangs_on_real_documents_is_ended_at_sealing(
    ready, lefevre, monkeypatch
):
    trap = default_template() + (
        '\n#if not d.number.starts-with("SPECIMEN") '
        "{ for i in range(9999) { for j in range(9999) { let x = i * j } } }\n"
    )
    billing.save_style(actor=ready, template=trap)
    row = issued(ready, lefevre, line())
    renderer = rendering.Renderer(ready)
    monkeypatch.setattr(
        rendering, "BoundedTypesetter", lambda *a, **k: BoundedTypesetter(*a, **k, seconds=1)
    )

    with pytest.raises(TemplateError, match="une boucle sans fin"):
        renderer.render(frozen.thaw(row.facts))


@pytest.mark.django_db
def test_the_template_of_the_house_is_not_kept_twice(ready):
    style = billing.save_style(actor=ready, template=default_template(), footer="Merci")

    assert style.template_id is None
    with pytest.raises(StyleInvalidError, match="ligne 1"):
        billing.save_style(actor=ready, template="#let x =")
    assert DocumentStyle.objects.count() == 1


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", ""),
        ("https://payer.example/{number}", ""),
        ("javascript:alert(1)", "l'adresse doit commencer par https://"),
        ("https://{number}.example/", "le nom du site ne peut pas changer d'un document à l'autre"),
        ("https://payer.example/{number", "les seuls mots entre accolades sont"),
        ("https://payer.example/a b", "l'adresse contient un blanc"),
        ("https://payer.example/" + "a" * 300, "l'adresse dépasse 300 caractères"),
    ],
)
def test_a_link_pattern_is_checked_before_it_is_printed(pattern, problem):
    assert pattern_problem(pattern).startswith(problem)
    assert bool(pattern_problem(pattern)) == bool(problem)


def test_the_values_of_a_link_cannot_change_where_it_leads():
    from decimal import Decimal

    link = payment_link(
        "https://payer.example/{number}?r={reference}",
        number="../../@evil.example/?x#",
        amount=Decimal(1),
        currency="EUR",
        reference="a&b=c",
    )

    assert link == "https://payer.example/..%2F..%2F%40evil.example%2F%3Fx%23?r=a%26b%3Dc"
