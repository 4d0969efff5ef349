"""The policy is typed, versioned and says what is wrong; what it does not say is the default."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

import pytest

from echeance.base import commands, policy
from echeance.base.actor import Actor
from echeance.base.errors import PolicyInvalidError, RightMissingError
from echeance.base.models import JournalEvent, PolicyVersion
from echeance.base.rights import Right


@dataclass(frozen=True, slots=True)
class SamplePolicy:
    SECTION: ClassVar[str] = "sample"

    hold_minutes: int = 15
    limit: Decimal = Decimal("50.00")
    mode: Literal["act", "ask"] = "ask"
    journals: tuple[str, ...] = ("VT",)


@pytest.fixture(autouse=True)
def _registered():
    policy.register(SamplePolicy)
    yield
    policy._slices.pop("sample")


def test_before_any_save_the_defaults_are_in_force(company):
    assert policy.read(company, SamplePolicy) == SamplePolicy()
    assert policy.current(company) == (0, {})


def test_what_is_saved_is_read_typed_and_the_rest_stays_default(actor, company):
    commands.save_policy(
        actor=actor,
        document={"sample": {"limit": Decimal("120.50"), "mode": "act", "journals": ["VT", "OD"]}},
        note="essai",
    )

    assert policy.read(company, SamplePolicy) == SamplePolicy(
        limit=Decimal("120.50"), mode="act", journals=("VT", "OD")
    )


def test_each_save_is_a_version_and_the_former_ones_stay(actor, company):
    for minutes in (5, 10):
        commands.save_policy(actor=actor, document={"sample": {"hold_minutes": minutes}})

    versions = list(PolicyVersion.objects.order_by("number").values_list("number", "document"))
    assert versions == [
        (1, {"sample": {"hold_minutes": 5}}),
        (2, {"sample": {"hold_minutes": 10}}),
    ]
    assert policy.current(company)[0] == 2
    assert [e.subject for e in JournalEvent.objects.filter(action="base.policy_saved")] == [
        "policy:1",
        "policy:2",
    ]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {"samples": {}},
            "Règle refusée dans « samples » : section inconnue. Corrigez cette valeur.",
        ),
        (
            {"sample": {"hold": 1}},
            "Règle refusée dans « sample » : réglage inconnu « hold ». Corrigez cette valeur.",
        ),
        (
            {"sample": {"hold_minutes": "bientôt"}},
            "Règle refusée dans « sample » : hold_minutes = 'bientôt'. Corrigez cette valeur.",
        ),
        (
            {"sample": {"mode": "guess"}},
            "Règle refusée dans « sample » : mode = 'guess'. Corrigez cette valeur.",
        ),
        (
            {"sample": [1]},
            "Règle refusée dans « sample » : des réglages sont attendus. Corrigez cette valeur.",
        ),
    ],
)
def test_a_wrong_document_is_refused_and_nothing_is_saved(actor, document, sentence):
    with pytest.raises(PolicyInvalidError) as refusal:
        commands.save_policy(actor=actor, document=document)

    assert str(refusal.value) == sentence
    assert not PolicyVersion.objects.exists()


def test_saving_takes_its_right(company):
    clerk = Actor(company=company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        commands.save_policy(actor=clerk, document={})

    assert not PolicyVersion.objects.exists()


def test_every_registered_slice_has_defaults_that_pass_their_own_check():
    document = {section: {} for section in policy.slices()}

    policy.check(document)

    assert {"cash", "sample"} <= set(document)
