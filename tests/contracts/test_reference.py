"""The reference pages say what the product is: they come from it, and nothing is left out."""

from __future__ import annotations

import json

import pytest
from tools import errors_page, messages, reference

REMEDY = "run « make docs » and commit what it changed"


@pytest.fixture(scope="module")
def pages():
    return {file.name: text for file, text in reference.pages().items()}


def test_an_error_is_told_with_its_sentence_its_english_its_kind_and_its_facts(pages):
    entry = """### billing.invoice_already_issued

An issued document is corrected by a credit note, never edited.

- French: `La facture {number} est déjà émise : corrigez-la par un avoir.`
- English: `Invoice {number} is already issued: correct it with a credit note.`
- Kind: refused. Facts: `number`.
"""

    assert entry in pages["errors.md"]


def test_no_error_lacks_its_entry_in_the_page_kept():
    kept = errors_page.PAGE.read_text(encoding="utf-8").splitlines()

    missing = [error.code for error in messages.error_classes() if f"### {error.code}" not in kept]

    assert missing == [], REMEDY


def test_the_description_kept_is_the_one_of_today(pages):
    kept = (reference.REFERENCE / "openapi.json").read_text(encoding="utf-8")

    assert kept == pages["openapi.json"], REMEDY


def test_an_operation_is_told_with_what_it_takes_and_gives(pages):
    operation = """### Modifier un tiers

`PATCH /api/v1/parties/{party_id}`

Change fields of one party.

- path `party_id`: integer
- body: [PartyChanges](#partychanges)
- 200: [PartyOut](#partyout)
"""

    assert operation in pages["api.md"]


def test_the_description_of_the_api_is_the_one_it_serves(pages, client):
    served = client.get("/api/v1/openapi.json").json()

    assert json.loads(pages["openapi.json"]) == served


def test_two_shapes_of_the_api_never_share_a_name(pages):
    """The description holds one shape a name: a second one would hide the first."""
    from echeance.api.root import api

    owners: dict[str, set[str]] = {}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in [*operation.models, *operation.response_models.values()]:
                    for field in getattr(model, "model_fields", {}).values():
                        for shape in shapes_in(field.annotation):
                            owners.setdefault(shape.__name__, set()).add(shape.__module__)

    assert "PartyOut" in owners
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


def shapes_in(annotation):
    """The shapes inside an annotation like ``list[PartyOut] | None``, and inside their fields."""
    from typing import get_args

    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield annotation
        for field in annotation.model_fields.values():
            yield from shapes_in(field.annotation)
    for inside in get_args(annotation):
        yield from shapes_in(inside)


def test_a_command_is_told_with_its_options(pages):
    assert (
        "### echeance why\n\nDire en une phrase où en est une facture, et pourquoi.\n\n"
        "- `NUMBER` : Numéro de facture. Obligatoire.\n"
    ) in pages["console.md"]
    assert (
        "- `--mapping`, `--source` : Source dont la correspondance de colonnes est enregistrée. "
        'Par défaut : `"standard"`.\n' in (pages["console.md"])
    )


def test_a_setting_is_told_with_its_default_and_its_meaning(pages):
    assert (
        "| `hold_minutes` | `120` | How long a prepared message can be taken back before it leaves. |"
        in pages["policy.md"]
    )
    empty = [line for line in pages["policy.md"].splitlines() if line.endswith("|  |")]
    assert empty == []


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "integer", "minimum": 1, "maximum": 500}, "integer ≥ 1 ≤ 500"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/PartyOut"}},
            "list of [PartyOut](#partyout)",
        ),
        ({"enum": ["sent", "not_sent"]}, '`"sent"`, `"not_sent"`'),
        ({}, "anything"),
    ],
)
def test_a_shape_is_told_in_words(schema, words):
    assert reference._shape(schema) == words


def test_the_meaning_of_an_error_is_its_docstring_without_its_arguments():
    class ToldError:
        """A file of ``0`` bytes proves nothing.

        Attributes:
            name: Of the file.
        """

    assert errors_page.meaning(ToldError) == "A file of `0` bytes proves nothing."
