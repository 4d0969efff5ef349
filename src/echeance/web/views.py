"""Pages of the house: home, search, company, background jobs, style guide."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.assistant.commands import found_company
from echeance.base import commands, queries
from echeance.base.http import COMPANY_KEY, actor_of, page
from echeance.base.language import translated
from echeance.base.models import Job, User
from echeance.base.rights import Right
from echeance.billing.errors import SeriesInvalidError, StyleInvalidError
from echeance.core.terms import parse_terms
from echeance.web.forms import CompanyForm, FirstPageForm, OwnPasswordForm, SignInForm
from echeance.web.navigation import menu
from echeance.web.samples import STYLEGUIDE

JOBS_SHOWN = 100

sign_in = LoginView.as_view(
    template_name="web/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
sign_out = LogoutView.as_view()


class PasswordPage(PasswordChangeView):
    """Change one's own password, then back to the first page."""

    template_name = "web/password_change.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("web:home")

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:  # type: ignore[override]
        """Say that it is done."""
        messages.success(self.request, gettext("Mot de passe changé."))
        return super().form_valid(form)


password_change = PasswordPage.as_view()


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the menu; a person without a company is led to create one."""
    actor = actor_of(request)
    links = [link for group in menu(rights=actor.rights, path="") for link in group.links]
    if links:
        return redirect(links[0].url)
    return render(request, "web/home.html")


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One slot for each room that can be searched (panels of the screen ``search``)."""
    return render(request, "web/search.html", {"q": request.GET.get("q", "").strip()[:200]})


@login_required
@require_POST
def language_switch(request: HttpRequest) -> HttpResponse:
    """Be spoken to in another language, from now on and on every machine."""
    assert isinstance(request.user, User)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        commands.change_language(user=request.user, language=chosen)
    return redirect("web:home")


@login_required
@require_POST
def company_switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's companies."""
    assert isinstance(request.user, User)
    chosen = request.POST.get("company", "")
    actor = queries.actor_for(
        user=request.user, company_id=int(chosen) if chosen.isdecimal() else None
    )
    request.session[COMPANY_KEY] = actor.company.pk
    return redirect("web:home")


@login_required
@require_http_methods(["GET", "POST"])
def company_new(request: HttpRequest) -> HttpResponse:
    """Create a company ready to work; whoever creates it is its administrator."""
    assert isinstance(request.user, User)
    form = FirstPageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = found_company(
                facts=form.facts(), founding=form.founding(), owner=request.user
            )
        except SeriesInvalidError as error:
            form.add_error("invoice_prefix", translated(error))
        except StyleInvalidError as error:
            form.add_error("logo", translated(error))
        else:
            request.session[COMPANY_KEY] = company.pk
            told = gettext("La société {name} est créée.").format(name=company.name)
            messages.success(request, told)
            return redirect("web:home")
    status = 422 if form.is_bound else 200
    return render(request, "web/company_new.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Identity of the company; documents already issued keep the one they were issued with."""
    actor = actor_of(request)
    present = {name: getattr(actor.company, name) for name in CompanyForm.base_fields}
    present["payment_terms"] = parse_terms(actor.company.payment_terms).label
    form = CompanyForm(request.POST or None, initial=present)
    # The SIREN is what makes it this company and no other.
    form.fields["siren"].disabled = True
    if request.method == "POST" and form.is_valid():
        changes = asdict(form.facts())
        changes.pop("country")
        changes["electronic_address"] = actor.company.electronic_address
        commands.change_company(actor=actor, changes=changes)
        messages.success(request, gettext("Société enregistrée."))
        return redirect("web:company")
    context = {"form": form, "may_edit": Right.EDIT_COMPANY in actor.rights}
    return render(request, "web/company.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Background jobs, latest first, with what went wrong."""
    actor = actor_of(request)
    actor.require(Right.MANAGE_JOBS)
    status = request.GET.get("etat", "")
    chosen = status if status in Job.Status.values else None
    context = {
        "jobs": queries.jobs(actor=actor, status=chosen)[:JOBS_SHOWN],
        "statuses": Job.Status.choices,
        "status": chosen or "",
        "shown": JOBS_SHOWN,
    }
    return page(request, "web/jobs.html", context, fragment="web/_jobs.html")


@login_required
@require_POST
def job_retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Start again a job that gave up."""
    commands.retry_job(actor=actor_of(request), job_id=job_id)
    messages.success(request, gettext("Tâche relancée : elle repart au prochain passage."))
    return redirect("web:jobs")


@login_required
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in its states, on invented facts."""
    return render(request, "web/styleguide.html", STYLEGUIDE)
