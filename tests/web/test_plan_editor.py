"""The plan editor: levels and texts in one form, who changes before it is saved, the way back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from collection.conftest import world  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection import commands, queries
from echeance.collection.models import DunningLevel, DunningPlan, DunningText, PlanChoice
from echeance.collection.texts import STARTING_PLANS

LATE_8 = date(2026, 11, 16)
LATE_20 = date(2026, 11, 4)


@pytest.fixture
def plan(world, client, member):  # noqa: F811
    """Nord is 8 days late for 300, Sud 20 days for 1,000; Léa is signed in."""
    world.nord, world.sud = world.customer("Nord"), world.customer("Sud")
    world.invoice(world.nord, "N1", ("300.00", LATE_8))
    world.invoice(world.sud, "S1", ("1000.00", LATE_20))
    client.force_login(member)
    return DunningPlan.objects.get(is_default=True)


def text_of(answer):
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", page.replace("\u202f", " ").replace("\u00a0", " "))


def sent(answer):
    """What the form of the page would send as it is."""
    form, levels = answer.context["form"], answer.context["levels"]
    facts = {"version": answer.context["plan"].version}
    for one in (form, levels.management_form, *levels.forms):
        for field in one:
            value = field.value()
            if value not in {None, False, ""}:
                facts[field.html_name] = value
    return facts


def edited(client, plan, **changes):
    address = f"/relances/plans/{plan.pk}/"
    return client.post(address, sent(client.get(address)) | changes)


def confirm(client, plan, review, **more):
    facts = {
        "plan": review.context["document"],
        "confirmed": review.context["digest"],
        "version": review.context["version"],
    }
    return client.post(f"/relances/plans/{plan.pk}/enregistrement/", facts | more, follow=True)


def test_the_plans_are_listed_with_who_follows_them(client, plan, actor, world):  # noqa: F811
    other = commands.create_plan(actor=actor, draft=STARTING_PLANS["professional"])
    commands.choose_plan(actor=actor, party_ids=[world.nord.pk], plan_id=other.pk)

    shown = text_of(client.get("/relances/plan/"))

    assert "Le suivent : tous ceux qui n'en ont pas d'autre" in shown.replace("&#x27;", "'")
    assert "1 client choisi" in shown
    assert "mise en demeure · lettre recommandée · avec votre accord" in shown
    assert "+35 j" in shown


def test_a_plan_is_created_from_one_offered_then_from_a_copy(client, plan):
    client.post("/relances/plans/creation/", {"name": "Mairies", "source": "public"})
    made = DunningPlan.objects.get(name="Mairies")
    client.post("/relances/plans/creation/", {"name": "Écoles", "source": made.pk})
    refused = client.post("/relances/plans/creation/", {"name": "", "source": "usual"}, follow=True)

    assert DunningPlan.objects.get(name="Écoles").levels.count() == made.levels.count() == 4
    assert "Donnez un nom au plan" in text_of(refused)
    assert DunningPlan.objects.count() == 3


def test_who_changes_is_shown_before_anything_is_saved(client, plan):
    review = edited(client, plan, **{"niveaux-0-days_after_due": "10"})

    shown = text_of(review)
    assert "1 client 300,00 €" in shown
    assert "Relance 1 par courriel aujourd'hui, 300,00 €." in shown.replace("&#x27;", "'")
    assert "Prochain niveau de relance atteint le 26/11/2026." in shown
    assert DunningLevel.objects.get(plan=plan, rank=1).days_after_due == 5

    page = confirm(client, plan, review)

    assert "Plan « Plan habituel » enregistré." in text_of(page)
    assert DunningLevel.objects.get(plan=plan, rank=1).days_after_due == 10


def test_a_list_that_changed_is_shown_again(client, plan, world):  # noqa: F811
    review = edited(client, plan, **{"niveaux-0-days_after_due": "10"})
    world.invoice(world.customer("Est"), "E1", ("50.00", LATE_8))

    again = confirm(client, plan, review)

    assert again.status_code == 409
    assert "La liste a changé depuis que vous l" in text_of(again)
    assert "2 clients" in text_of(again)
    assert DunningLevel.objects.get(plan=plan, rank=1).days_after_due == 5


def test_the_undo_of_the_toast_shows_who_changes_back(client, plan):
    page = confirm(client, plan, edited(client, plan, **{"niveaux-0-days_after_due": "10"}))
    (undo,) = re.findall(r'action="(/relances/plans/\d+/versions/1/)"', page.content.decode())

    review = client.post(undo)
    assert "1 client 300,00 €" in text_of(review)
    confirm(client, plan, review)

    assert DunningLevel.objects.get(plan=plan, rank=1).days_after_due == 5
    plan.refresh_from_db()
    assert plan.version == 3
    assert "Version 2" in text_of(client.get(f"/relances/plans/{plan.pk}/"))


def test_a_level_is_added_then_removed(client, plan):
    more = edited(client, plan, ajouter="1")
    assert len(more.context["levels"].forms) == 4
    facts = sent(more) | {
        "niveaux-3-label": "Mise en demeure",
        "niveaux-3-days_after_due": "45",
        "niveaux-3-step": "formal_notice",
        "niveaux-3-channel": "registered",
    }
    confirm(client, plan, client.post(f"/relances/plans/{plan.pk}/", facts))
    notice = DunningLevel.objects.get(plan=plan, step="formal_notice")
    assert notice.rank == 4
    assert notice.texts.get(language="fr").subject == "Mise en demeure de payer {total}"

    confirm(client, plan, edited(client, plan, **{"niveaux-3-DELETE": "on"}))
    assert plan.levels.count() == 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"niveaux-2-step": "handover", "niveaux-2-days_after_due": "60"},
            "aucune mise en demeure ne la précède",
        ),
        ({"niveaux-2-step": "formal_notice"}, "une mise en demeure doit pouvoir être prouvée"),
        ({"niveaux-1-days_after_due": "5"}, "deux niveaux tombent le même jour"),
        ({"niveaux-0-body_fr": "Payez vite."}, "Le texte ne contient pas {factures}"),
        ({"followers": "consumer"}, "un consommateur ne doit ni les pénalités"),
        ({"niveaux-0-days_after_due": ""}, "Ce champ est obligatoire"),
        ({"followers": "professional"}, "il reste le plan de la société"),
    ],
)
def test_a_plan_that_cannot_stand_is_refused_with_its_reason(client, plan, changes, sentence):
    page = edited(client, plan, **changes)

    assert page.status_code == 422
    assert sentence in text_of(page)
    plan.refresh_from_db()
    assert plan.version == 1


def test_what_the_page_carries_is_checked_again_by_the_command(client, plan):
    review = edited(client, plan, **{"niveaux-2-label": "Encore"})
    forged = review.context["document"].replace('"reminder"', '"handover"')

    page = client.post(
        f"/relances/plans/{plan.pk}/enregistrement/",
        {"plan": forged, "confirmed": review.context["digest"], "version": "1"},
    )
    nonsense = client.post(f"/relances/plans/{plan.pk}/enregistrement/", {"plan": "{}"})

    assert (page.status_code, nonsense.status_code) == (409, 422)
    assert "n'est pas possible" in text_of(page).replace("&#x27;", "'")
    plan.refresh_from_db()
    assert plan.version == 1


def test_modifying_again_keeps_what_was_written(client, plan):
    review = edited(client, plan, **{"niveaux-0-label": "Premier rappel"})

    page = client.post(
        f"/relances/plans/{plan.pk}/",
        {"reprendre": "1", "plan": review.context["document"], "version": "1"},
    )

    assert page.context["levels"].forms[0]["label"].value() == "Premier rappel"


def test_a_text_is_tried_on_a_real_customer(client, plan, world):  # noqa: F811
    address = f"/relances/plans/{plan.pk}/"
    facts = sent(client.get(address)) | {"niveaux-0-body_fr": "{factures}\n\nEn tout {total}."}

    shown = text_of(client.post(f"{address}apercu/?niveau=0", facts | {"apercu": world.sud.pk}))
    invented = text_of(client.post(f"{address}apercu/?niveau=2", facts))
    refused = client.post(f"{address}apercu/?niveau=0", facts | {"niveaux-0-label": ""})

    assert "S1, échéance du 04/11/2026 (20 jours de retard) : 1 000,00 €" in shown
    assert "En tout 1 000,00 €." in shown
    assert "FA-0000-000000" in invented
    assert "Indemnités forfaitaires : 40,00 €" in invented
    assert refused.status_code == 422
    assert DunningText.objects.get(level__plan=plan, level__rank=1, language="fr").body != ""
    plan.refresh_from_db()
    assert plan.version == 1


def test_a_plan_is_given_to_those_ticked_and_taken_back(client, plan, actor, world):  # noqa: F811
    other = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])

    page = client.post(
        "/relances/plans/choix/",
        {"chosen": [world.nord.pk, world.sud.pk], "plan_choisi": other.pk},
        follow=True,
    )
    assert "2 clients suivent ce plan désormais." in text_of(page)
    (undo,) = re.findall(
        r'action="(/relances/plans/choix/annulation/[^"]*)"', page.content.decode()
    )

    back = client.post(undo.replace("&amp;", "&"), follow=True)

    assert "2 clients ont retrouvé leur plan." in text_of(back)
    assert not PlanChoice.objects.filter(ended_at=None).exists()


def test_a_plan_nobody_follows_is_archived_and_taken_up_again(client, plan, actor):
    other = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])
    address = f"/relances/plans/{other.pk}/archivage/"

    assert "archivé" in text_of(client.post(address, follow=True))
    assert queries.plans(actor=actor).count() == 1
    client.post(f"{address}?reprise=1")

    assert queries.plans(actor=actor).count() == 2
    assert client.post(f"/relances/plans/{plan.pk}/archivage/").status_code == 409


def test_a_reader_edits_nothing(client, user, plan, actor):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = client.get(f"/relances/plans/{plan.pk}/")
    review = edited(client, plan, **{"niveaux-0-label": "Autre"})

    assert "Voir qui change" not in text_of(page)
    assert confirm(client, plan, review).status_code == 403
    assert (
        client.post("/relances/plans/creation/", {"name": "A", "source": "usual"}).status_code
        == 403
    )
    assert client.get("/relances/plans/999999/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_editor_is_accessible(live_server, page, axe, plan, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    def checked(address):
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"

    for address in ("/relances/plan/", f"/relances/plans/{plan.pk}/"):
        page.goto(f"{live_server.url}{address}")
        checked(address)
    page.get_by_role("button", name="Aperçu Relance 1").click()
    page.locator("#pane .mail-body").wait_for()
    checked("the preview")
    page.keyboard.press("Escape")
    page.locator("[name=niveaux-0-days_after_due]").fill("10")
    page.get_by_role("button", name="Voir qui change").click()
    page.get_by_role("heading", name="Qui change ?").wait_for()
    checked("who changes")
    page.keyboard.press("e")
    page.get_by_role("status").filter(has_text="enregistré").wait_for()
