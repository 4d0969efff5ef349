"""A question about a line, asked to somebody by a link, and the page that answers it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import commands as base
from echeance.base import http
from echeance.base import queries as base_queries
from echeance.base.actor import Actor
from echeance.base.models import ColleagueQuestion
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.forms import ColleagueAnswerForm, ColleagueForm
from echeance.cash.models import StatementEntry

SUBJECT = "statement_entry"


@login_required
@require_POST
def entry_ask(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask somebody about a line; the link that answers is shown once, to be sent to them."""
    actor = http.actor_of(request)
    row = queries.entry_for(actor=actor, entry_id=entry_id)
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        for problem in form.errors.values():
            messages.warning(request, str(problem[0]))
        return redirect("cash:entry", entry_id)
    _, secret = base.ask_colleague(actor=actor, subject=f"{SUBJECT}:{row.pk}", **form.cleaned_data)
    link = request.build_absolute_uri(reverse("cash:question_link", args=[secret]))
    context = {"entry": row, "link": link, "email": form.cleaned_data["email"]}
    return http.page(request, "cash/question_asked.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def question_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The question of a link, what it is about in two lines, and its answer. No account."""
    question = base_queries.question_by_secret(secret=secret)
    form = ColleagueAnswerForm(request.POST or None)
    is_done = request.method == "POST" and form.is_valid()
    if is_done:
        base.answer_colleague(secret=secret, answer=form.cleaned_data["answer"])
    context = {
        "question": question,
        "company": question.company,
        "entry": _entry(question),
        "form": form,
        "is_done": is_done,
    }
    status = 422 if form.is_bound and not is_done else 200
    response = render(request, "cash/question_link.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _entry(question: ColleagueQuestion) -> StatementEntry | None:
    """The line asked about, read as the link allows; None for a question of another room."""
    kind, _, entry_id = question.subject.partition(":")
    if kind != SUBJECT or not entry_id.isdecimal():
        return None
    reader = Actor(company=question.company, user=None, rights=frozenset({Right.READ}))
    return queries.entry_for(actor=reader, entry_id=int(entry_id))


@login_required
@require_POST
def question_withdraw(request: HttpRequest, entry_id: int, question_id: int) -> HttpResponse:
    """Take back a question: its link answers no more."""
    base.withdraw_question(actor=http.actor_of(request), question_id=question_id)
    messages.success(request, gettext("Question retirée : son lien ne répond plus."))
    return redirect("cash:entry", entry_id)
