"""Files attached to a customer: shown on its page, added, taken off."""

from __future__ import annotations

import mimetypes
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from echeance.archive import commands
from echeance.archive import queries as archive
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile, NewLink
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.http import actor_of, page, wants_fragment
from echeance.base.language import choices_of, translated
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.parties import queries as parties

PIECE_BYTES_MAX = 20_000_000
PIECE_LABELS = [
    ("contract", "contrat"),
    ("mandate", "mandat de prélèvement"),
    ("order", "bon de commande"),
    ("bank_details", "RIB"),
    ("registration", "extrait de registre"),
    ("terms", "conditions générales"),
    ("other", "autre"),
]


class PieceForm(forms.Form):
    """A file, what it is, what to call it."""

    file = forms.FileField(label=gettext_lazy("Fichier"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Genre"), choices=choices_of(PIECE_LABELS))
    label = forms.CharField(
        label=gettext_lazy("Libellé"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Vide : le nom du fichier."),
    )

    def clean_file(self) -> Any:
        """Not beyond what a page may receive."""
        file = self.cleaned_data["file"]
        if file.size > PIECE_BYTES_MAX:
            told = gettext(
                "Le fichier dépasse {size} Mo : réduisez-le, ou joignez-le en plusieurs."
            )
            raise forms.ValidationError(told.format(size=PIECE_BYTES_MAX // 1_000_000))
        return file

    def new_file(self, subject: str) -> NewFile:
        """The file of a valid form, as the archive takes it.

        Its type follows its name: the word of a browser is not taken for it. It is kept ten years
        from the end of the next civil year, which no fiscal year of today outlives.
        """
        facts = self.cleaned_data
        guessed, _ = mimetypes.guess_type(facts["file"].name or "")
        return NewFile(
            content=facts["file"].read(),
            filename=facts["file"].name,
            media_type=guessed or "application/octet-stream",
            kind=facts["kind"],
            subject=subject,
            keep_until=retention_date(date(clock.today().year + 1, 12, 31)),
            text=facts["label"],
        )


@login_required
@require_http_methods(["GET", "POST"])
def party_pieces(request: HttpRequest, party_id: int) -> HttpResponse:
    """Files attached to a customer: a fragment of its page, else a page to attach one more.

    Four queries to read.
    """
    actor = actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    subject = f"party:{party.pk}"
    form = PieceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            row = commands.store_file(actor=actor, file=form.new_file(subject))
            commands.attach_files(
                actor=actor, links=[NewLink(row.pk, subject, facts["kind"], facts["label"])]
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Pièce jointe à la fiche."))
            return redirect("parties:customer", party.pk)
    labels = dict(PIECE_LABELS)
    context = {
        "links": [
            (row, labels.get(row.kind, row.kind))
            for row in archive.links_of(actor=actor, subjects=_subjects(actor, party.pk))
        ],
        "form": form,
        "party": party,
        "may_attach": Right.STORE_FILES in actor.rights,
        "alone": not wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "web/pieces.html", context, fragment="web/_pieces.html", status=status)


@login_required
@require_POST
def party_piece_remove(request: HttpRequest, party_id: int, link_id: int) -> HttpResponse:
    """Take a file off a customer; it stays in the archive until its term."""
    actor = actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    links = archive.links_of(actor=actor, subjects=_subjects(actor, party.pk))
    link = links.filter(pk=link_id).first()
    if link is None:
        raise NotFoundError(what=f"pièce n° {link_id}")
    commands.detach_files(actor=actor, subject=link.subject, link_ids=[link.pk])
    messages.success(request, gettext("Pièce retirée de la fiche ; l'archive la garde."))
    return redirect("parties:customer", party.pk)


def _subjects(actor: Actor, party_id: int) -> list[str]:
    """The customer, and those merged into it: their files are its own."""
    known = parties.with_merged(actor=actor, party_ids=[party_id])
    return [f"party:{one}" for one in known]
