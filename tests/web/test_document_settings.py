# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""How documents look is chosen on a page, beside a picture of what is typed."""

from __future__ import annotations

import base64
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.conftest import issued, lefevre, line, ready
from billing.test_languages import text_of
from echeance.archive import queries as archive
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.billing import queries, rendering
from echeance.billing.models import DocumentStyle
from echeance.billing.rules import frozen
from echeance.core.einvoice.facturx import default_template

PAGE = "/reglages/documents/"
PREVIEW = "/reglages/documents/apercu/"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def typed(**changes):
    return {
        "color": "#aa0000",
        "footer": "Merci",
        "payment_link": "https://payer.example/{number}?m={amount}",
        "payment_qr": "on",
        "template": default_template(),
        "language": "fr",
    } | changes


@pytest.fixture
def signed(client, ready, member):
    """Léa's session."""
    client.force_login(member)
    return client


def test_the_page_has_the_template_of_the_house_and_no_history(signed):
    page = signed.get(PAGE)

    assert page.status_code == 200
    assert "Modèle de facture et d&#x27;avoir." in page.content.decode()
    assert "Vos documents ont l'aspect d'origine" in page.content.decode()


def test_the_preview_is_a_picture_of_what_is_typed_and_keeps_nothing(signed):
    page = signed.post(PREVIEW, typed(), headers={"HX-Request": "true"})

    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', page.content.decode())
    assert len(pictures) == 1
    assert base64.b64decode(pictures[0]).startswith(b"\x89PNG")
    assert not DocumentStyle.objects.exists()


def test_without_script_the_page_comes_back_with_its_picture(signed):
    page = signed.post(PAGE, typed(do="preview", language="de"))

    assert 'src="data:image/png;base64,' in page.content.decode()
    assert "#aa0000" in page.content.decode()
    assert not DocumentStyle.objects.exists()


@pytest.mark.parametrize(
    ("template", "where", "what"),
    [
        ("#let a = 1\n#b", "Ligne 2 du modèle", "Le nom « b » est inconnu"),
        ('\n\n#read("/etc/passwd")', "Ligne 3 du modèle", "ne voit que son logo"),
        ("#while true {}", "Ligne 1 du modèle", "la boucle est sans fin"),
        ("#(", "Ligne 1 du modèle", "Un signe ouvrant n'est pas refermé"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(signed, template, where, what):
    page = signed.post(PREVIEW, typed(template=template), headers={"HX-Request": "true"})

    said = page.content.decode().replace("&#x27;", "'")
    assert where in said
    assert what in said


def test_saving_changes_the_next_documents_and_not_those_issued(signed, ready, lefevre):
    before = issued(ready, lefevre, line())
    own = default_template().replace("upper(d.title)", '"NOTRE " + upper(d.title)')

    page = signed.post(
        PAGE, typed(template=own, logo=SimpleUploadedFile("logo.png", PNG)), follow=True
    )

    assert "Enregistré" in page.content.decode()
    after = issued(ready, lefevre, line())
    renderer = rendering.Renderer(ready)
    new, old = (text_of(renderer.render(frozen.thaw(row.facts))) for row in (after, before))
    assert "NOTRE FACTURE" in new
    assert "Merci" in new
    link = f"https://payer.example/{after.number}?m=359.76"
    assert link in "".join(new.replace("\u200b", "").split())
    assert "NOTRE" not in old
    assert "Merci" not in old
    style = queries.style_in_force(actor=ready)
    assert archive.content(actor=ready, file_id=style.logo_id) == PNG


def test_a_former_look_is_taken_again_and_the_house_comes_back(signed, ready):
    signed.post(PAGE, typed(template=default_template() + "\n// un\n", footer="un"))
    signed.post(PAGE, typed(template=default_template() + "\n// deux\n", footer="deux"))
    first, second = DocumentStyle.objects.order_by("pk")

    signed.post(PAGE, {"do": "restore", "style": first.pk})

    style = queries.style_in_force(actor=ready)
    assert (style.footer, style.template_id) == ("un", first.template_id)
    assert style.pk > second.pk
    signed.post(PAGE, {"do": "reset"})
    assert queries.style_in_force(actor=ready).template_id is None
    assert queries.template_source(actor=ready) == default_template()


def test_the_logo_stays_when_none_is_given(signed, ready):
    signed.post(PAGE, typed(logo=SimpleUploadedFile("logo.png", PNG)))

    signed.post(PAGE, typed(keep_logo="on", footer="Autre"))
    kept = queries.style_in_force(actor=ready)
    signed.post(PAGE, typed(footer="Sans"))

    assert kept.logo_id is not None
    assert queries.style_in_force(actor=ready).logo_id is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"payment_link": "http://payer.example/"}, "doit commencer par https"),
        ({"payment_link": "https://payer.example/{iban}"}, "les seuls mots entre accolades"),
        ({"logo": SimpleUploadedFile("logo.gif", b"GIF89a")}, "ni un PNG"),
        ({"footer": "a\nb\nc\nd\ne"}, "4 lignes"),
        ({"template": "#let x ="}, "ligne 1"),
    ],
)
def test_a_look_that_cannot_be_used_is_refused_on_the_page(signed, changes, problem):
    page = signed.post(PAGE, typed(**changes))

    assert page.status_code == 422
    assert problem in page.content.decode().replace("&#x27;", "'")
    assert not DocumentStyle.objects.exists()


def test_who_may_not_change_the_company_only_reads(client, ready, user):
    base.give_role(actor=ready, user=user, role=Role.ASSISTANT)
    client.force_login(user)

    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, typed()).status_code == 403
    assert client.post(PREVIEW, typed()).status_code == 403
    assert not DocumentStyle.objects.exists()
