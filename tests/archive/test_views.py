"""The browser gets a file as it was stored, and can run nothing that is in it."""

from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import include, path

from echeance.archive import views
from echeance.archive.commands import store_file
from echeance.archive.types import NewFile
from echeance.base.commands import create_user, give_role
from echeance.base.errors import NotFoundError
from echeance.base.models import User
from echeance.base.rights import Role

urlpatterns = [path("", include("echeance.archive.urls"))]


@pytest.fixture
def user(actor) -> User:
    user = create_user(email="a@b.example", full_name="Ana", password="x")
    give_role(actor=actor, user=user, role=Role.AUDITOR)
    return user


@pytest.fixture
def client(settings, user) -> Client:
    settings.ROOT_URLCONF = __name__
    client = Client()
    client.force_login(user)
    return client


def stored(actor, media_type, filename="F-1.pdf"):
    file = NewFile(b"<x/>", filename, media_type, "invoice", "invoice:1", date(2036, 12, 31))
    return store_file(actor=actor, file=file)


def test_a_pdf_is_shown_with_headers_that_let_nothing_run(client, actor):
    row = stored(actor, "application/pdf")

    response = client.get(f"/archives/{row.pk}/")

    assert (response.status_code, response.content) == (200, b"<x/>")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'inline; filename="F-1.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/x-thing"])
def test_what_a_browser_could_run_is_only_downloaded(client, actor, media_type):
    row = stored(actor, media_type, "piège.html")

    response = client.get(f"/archives/{row.pk}/")

    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''pi")


def test_a_file_of_another_company_is_not_found(actor, user, stranger):
    row = stored(stranger, "application/pdf")
    request = RequestFactory().get(f"/archives/{row.pk}/")
    request.user, request.echeance_actor = user, actor

    with pytest.raises(NotFoundError):
        views.file(request, row.pk)


def test_nobody_reads_a_file_without_signing_in(client, actor):
    row = stored(actor, "application/pdf")

    response = Client().get(f"/archives/{row.pk}/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/connexion/")


def test_a_file_is_read_and_never_posted_to(client, actor):
    row = stored(actor, "application/pdf")

    assert client.post(f"/archives/{row.pk}/").status_code == 405
