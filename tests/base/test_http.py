"""The web faces know who asks, for which company, and answer a page or its fragment."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import override_settings
from django_htmx.middleware import HtmxDetails

from echeance.base import commands, panels
from echeance.base.actor import system
from echeance.base.errors import NotFoundError
from echeance.base.http import COMPANY_KEY, actor_of, page, wants_fragment
from echeance.base.rights import RIGHTS_BY_ROLE, Role
from echeance.base.types import CompanyFacts

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {"page.html": "page {{ name }}", "_part.html": "part {{ name }}"},
                )
            ]
        },
    }
]


@pytest.fixture
def ask(rf, user):
    """A request of Léa, with a session and the headers of htmx."""

    def build(**headers):
        names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        request = rf.get("/", **names)
        request.user = user
        request.session = SessionStore()
        request.htmx = HtmxDetails(request)
        return request

    return build


@pytest.fixture
def neighbour(db):
    return commands.create_company(facts=CompanyFacts(name="Zéphyr", siren="404833048"))


def test_the_actor_is_the_signed_in_person_read_once(
    actor, company, user, ask, django_assert_num_queries
):
    commands.give_role(actor=actor, user=user, role=Role.MANAGER)
    request = ask()

    with django_assert_num_queries(1):
        acting, again = actor_of(request), actor_of(request)

    assert acting is again
    assert (acting.company, acting.user) == (company, user)
    assert acting.rights == RIGHTS_BY_ROLE[Role.MANAGER]


def test_the_company_chosen_in_the_session_is_kept(actor, neighbour, user, ask):
    commands.give_role(actor=actor, user=user, role=Role.MANAGER)
    commands.give_role(actor=system(neighbour), user=user, role=Role.AUDITOR)
    request = ask()
    request.session[COMPANY_KEY] = neighbour.pk

    assert actor_of(request).company == neighbour


def test_a_person_who_left_the_chosen_company_is_taken_to_another(
    actor, company, neighbour, user, ask
):
    commands.give_role(actor=actor, user=user, role=Role.MANAGER)
    request = ask()
    request.session[COMPANY_KEY] = neighbour.pk

    acting = actor_of(request)

    assert acting.company == company
    assert COMPANY_KEY not in request.session


def test_a_person_of_no_company_is_nobody(ask, company):
    with pytest.raises(NotFoundError):
        actor_of(ask())


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"hx_request": "true"}, True),
        ({"hx_request": "true", "hx_boosted": "true"}, False),
        ({"hx_request": "true", "hx_history_restore_request": "true"}, False),
    ],
)
def test_htmx_gets_the_fragment_and_everybody_else_the_page(ask, headers, fragment):
    request = ask(**headers)

    with override_settings(TEMPLATES=TEMPLATES):
        response = page(request, "page.html", {"name": "A"}, fragment="_part.html", status=409)

    assert wants_fragment(request) is fragment
    assert response.content.decode() == ("part A" if fragment else "page A")
    assert response.status_code == 409
    assert response.headers["Vary"] == "HX-Request"


def test_a_page_without_fragment_is_whole_for_htmx_too(ask):
    with override_settings(TEMPLATES=TEMPLATES):
        response = page(ask(hx_request="true"), "page.html", {"name": "A"})

    assert response.content == b"page A"


def test_panels_come_in_their_order_and_once():
    panels.add("test_screen", "b:panel", title="B", order=40)
    panels.add("test_screen", "a:panel", title="A", order=60)
    panels.add("test_screen", "b:panel", title="B", order=40)

    assert [panel.url_name for panel in panels.of("test_screen")] == ["b:panel", "a:panel"]
    assert panels.of("other_screen") == []
