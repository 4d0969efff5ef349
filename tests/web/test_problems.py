"""A business error is a French page or fragment with its status; it never looks like a crash."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string

from echeance.base import commands as base
from echeance.base.http import COMPANY_KEY
from echeance.base.models import Membership
from echeance.base.types import CompanyFacts
from echeance.core.errors import Kind
from echeance.web.middleware import ProblemMiddleware

pytestmark = pytest.mark.urls("tests.web.sample_pages")

SENTENCE = "La facture &lt;FA-1&gt; est déjà émise : corrigez-la par un avoir."
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.INVALID, 422),
        (Kind.NOT_FOUND, 404),
        (Kind.FORBIDDEN, 403),
        (Kind.REFUSED, 409),
        (Kind.CONFLICT, 409),
        (Kind.UNAVAILABLE, 503),
    ],
)
def test_each_kind_has_its_status_on_a_page_and_in_a_fragment(client, kind, status):
    page = client.get(f"/sample/{kind.value}/")
    fragment = client.get(f"/sample/{kind.value}/", headers=HTMX)

    assert page.status_code == fragment.status_code == status
    assert SENTENCE in page.content.decode()
    assert SENTENCE in fragment.content.decode()
    assert page.content.decode().startswith("<!doctype html>")
    assert page.headers["Vary"] == "HX-Request, Accept-Language, Cookie"


def test_a_fragment_goes_to_the_notices_whatever_the_request_targeted(client):
    fragment = client.post("/sample/refused/", headers=HTMX).content.decode()

    assert '<hx-partial hx-target="#notices" hx-swap="innerHTML">' in fragment
    assert "<!doctype" not in fragment


def test_a_question_repeats_the_request_with_a_yes(client):
    asked = client.post("/sample/confirm/?vue=1", {"chosen": ["7", "9"]})

    form = asked.content.decode()
    assert asked.status_code == 409
    assert "Relancer deux fois le même jour ?" in form
    assert 'action="/sample/confirm/?vue=1"' in form
    assert '<input type="hidden" name="chosen" value="7">' in form
    assert '<input type="hidden" name="chosen" value="9">' in form
    assert '<input type="hidden" name="confirmed" value="twice">' in form

    answered = client.post("/sample/confirm/", {"chosen": ["7", "9"], "confirmed": "twice"})
    assert answered.content == b"7,9"


def test_the_page_leads_back_to_our_pages_only(client):
    ours = client.get("/sample/refused/", headers={"Referer": "http://testserver/taches/"})
    theirs = client.get("/sample/refused/", headers={"Referer": "https://evil.example/taches/"})

    assert 'href="http://testserver/taches/"' in ours.content.decode()
    assert "evil.example" not in theirs.content.decode()


def test_a_person_without_a_company_is_led_to_create_one(client, user):
    client.force_login(user)

    answer = client.get("/sample/acting/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/societe/creer/")


def test_a_company_one_has_left_is_forgotten(client, member, company, actor):
    other = base.create_company(facts=CompanyFacts(name="Zéphyr", siren="404833048"), owner=member)
    client.force_login(member)
    client.post("/societe/changer/", {"company": other.pk})
    Membership.objects.filter(company=other, user=member).update(ended_at=other.created_at)

    answer = client.get("/sample/acting/")

    assert (answer.status_code, answer.content.decode()) == (200, "Atelier Morel")
    assert COMPANY_KEY not in client.session


def test_other_exceptions_are_not_disguised(rf):
    middleware = ProblemMiddleware(HttpResponse)

    assert middleware.process_exception(rf.get("/"), ValueError("bug")) is None


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_render_with_nothing_but_themselves(name):
    html = render_to_string(f"{name}.html")

    assert '<html lang="fr">' in html
    assert "Aller à l'accueil" in html


def test_an_unknown_address_answers_in_french(client):
    answer = client.get("/nulle-part/")

    assert answer.status_code == 404
    assert "Page introuvable" in answer.content.decode()


def test_htmx_leaves_the_page_on_a_redirect(client, member):
    client.force_login(member)

    answer = client.post("/societe/changer/", {"company": ""}, headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/")
    assert client.post("/societe/changer/", {"company": ""}).status_code == 302


def test_a_session_that_ended_leads_back_to_the_page_not_to_its_fragment(client, db):
    shown = {"HX-Current-URL": "http://testserver/taches/?etat=FAILED"}

    answer = client.get("/sample/pane/1/", headers=HTMX | shown)

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/connexion/?next=%2Ftaches%2F%3Fetat%3DFAILED"
