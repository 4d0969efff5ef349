"""The page a customer opens through the link of a quote: nothing else of the house is reachable.

No account, no session. A wrong link says one thing whatever the reason, and an address that tries
many of them is made to wait; with 256 bits to guess, that only spares the logs.
"""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from echeance.base import clock, http
from echeance.base.language import terms, translated
from echeance.billing import commands, queries
from echeance.billing.errors import QuoteInvalidError, QuoteLinkError, TooManyTriesError
from echeance.billing.forms import QuoteAnswerForm
from echeance.billing.rules import quotes as rules
from echeance.billing.views.quotes import lines_shown

TRIES_MAX = 30
TRIES_SECONDS = 600


@never_cache
@require_http_methods(["GET", "POST"])
def quote_link(request: HttpRequest, token: str) -> HttpResponse:
    """The quote of a link, its options and its answer. Four queries to read it."""
    _refuse_hammering(request)
    try:
        actor, row = queries.quote_of_link(token=token)
    except QuoteLinkError:
        _count(request)
        raise
    form = QuoteAnswerForm(request.POST or None)
    ticked = form.options(request.POST) if request.method == "POST" else None
    doing = request.POST.get("do", "") if request.method == "POST" else ""
    status = 200
    if doing in {"accept", "refuse"}:
        _count(request)
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                commands.answer_quote_by_link(
                    token=token,
                    accepted=doing == "accept",
                    name=given["name"],
                    agreed=given["agreed"],
                    options=ticked or (),
                    reason=given["reason"],
                    order_reference=given["order_reference"],
                )
            except QuoteInvalidError as error:
                form.add_error(None, translated(error))
            else:
                return redirect("billing:quote_link", token)
    options = None if row.status == "accepted" else (ticked or ())
    offer = queries.offer_of(actor=actor, quote=row, on=clock.today(), options=options)
    chosen = {line.position for line in rules.counted(offer.lines, options) if line.is_option}
    context = {
        "quote": row,
        "offer": offer,
        "company": actor.company,
        "lines": lines_shown(offer),
        "chosen": chosen,
        "has_options": any(line.is_option for line in offer.lines),
        "terms": terms(row.payment_terms) if row.payment_terms else "",
        "form": form,
    }
    name = "billing/quote_link.html"
    if http.wants_fragment(request) and doing == "total":
        name = "billing/_offer_totals.html"
    response = render(request, name, context, status=status)
    response.headers["Vary"] = "HX-Request"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _key(request: HttpRequest) -> str:
    return f"quote_link:{request.META.get('REMOTE_ADDR', '')}"


def _refuse_hammering(request: HttpRequest) -> None:
    if cache.get(_key(request), 0) >= TRIES_MAX:
        raise TooManyTriesError(TRIES_SECONDS // 60)


def _count(request: HttpRequest) -> None:
    if not cache.add(_key(request), 1, TRIES_SECONDS):
        try:
            cache.incr(_key(request))
        except ValueError:  # it expired in between
            cache.set(_key(request), 1, TRIES_SECONDS)
