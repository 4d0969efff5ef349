"""The language of the person; business errors as pages or fragments; redirects whole for htmx."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, gettext
from django_htmx.middleware import HtmxDetails

from echeance.base import queries
from echeance.base.errors import NotFoundError
from echeance.base.http import COMPANY_KEY, wants_fragment
from echeance.base.language import translated
from echeance.base.models import User
from echeance.core.errors import ConfirmationNeededError, EcheanceError
from echeance.web.context import Shell
from echeance.web.problems import STATUS, TITLES

# What the browser or the layout adds to a form, which a repeated request sends anew.
OWN_FIELDS = frozenset({"csrfmiddlewaretoken"})


class LanguageMiddleware:
    """Speaks the language of the person signed in; a visitor gets that of the browser (Django)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set it before anything is said; the next request sets its own."""
        if isinstance(request.user, User):
            activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class RedirectMiddleware:
    """Makes htmx leave the page on a redirect, where it would put the new page inside the old one.

    A session that ended meanwhile leads to the sign-in, then back to the page, not to the fragment
    that was asked for. Views redirect the same way with and without htmx.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the answer on its way out."""
        response = self.get_response(request)
        if not (wants_fragment(request) and isinstance(response, HttpResponseRedirectBase)):
            return response
        target = response.url
        if urlsplit(target).path == resolve_url(settings.LOGIN_URL):
            shown = HtmxDetails(request).current_url_abs_path or "/"
            target = f"{urlsplit(target).path}?{urlencode({REDIRECT_FIELD_NAME: shown})}"
        left = HttpResponse(status=204, headers={"HX-Redirect": target, "Vary": "HX-Request"})
        left.cookies = response.cookies
        return left


class ProblemMiddleware:
    """Answers a business error with its status and its sentence; other exceptions go through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls it with what a view raised."""
        if not isinstance(error, EcheanceError):
            return None
        if isinstance(error, NotFoundError) and (elsewhere := _way_to_a_company(request)):
            return elsewhere
        return problem(request, error)


def problem(request: HttpRequest, error: EcheanceError) -> HttpResponse:
    """The page of an error, or the fragment that htmx puts among the notices.

    An error that asks for a yes shows the question, and a form that repeats the request with
    ``confirmed``. Files are not repeated: their form has to be sent again.
    """
    context: dict[str, object] = {
        "title": gettext(TITLES[error.kind]),
        "sentence": translated(error),
        "code": error.code,
    }
    if isinstance(error, ConfirmationNeededError) and not request.FILES:
        context |= {
            "title": gettext("Confirmez-vous ?"),
            "confirm": [*_repeated_fields(request), ("confirmed", error.key)],
        }
    name = "web/_problem.html" if wants_fragment(request) else "web/problem.html"
    context["layout"] = "web/base.html" if Shell(request).actor else "web/bare.html"
    context["back"] = _page_before(request)
    response = render(request, name, context, status=STATUS[error.kind])
    response.headers["Vary"] = "HX-Request"
    return response


def _repeated_fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in OWN_FIELDS
        for value in values
    ]


def _page_before(request: HttpRequest) -> str:
    """Where the person came from, when it is one of our pages."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()})
    return referer if ours else ""


def _way_to_a_company(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where to send a person whose chosen company is no longer theirs, or who has none yet."""
    if not isinstance(request.user, User):
        return None
    companies = {company.pk for company in queries.companies_of(user=request.user)}
    if not companies:
        return redirect("web:company_new")
    if request.session.get(COMPANY_KEY, next(iter(companies))) not in companies:
        del request.session[COMPANY_KEY]
        return redirect("web:home")
    return None
