"""What every table promises, read from the app registry: a new table cannot forget it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

ROOMS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("echeance.")
    for model in config.get_models(include_auto_created=True)
]
# The company itself, people, who may belong to several, and the rates of the law, the same for all.
WITHOUT_COMPANY = {"base.Company", "base.User", "collection.LegalRate"}
# Work of the installation belongs to no company.
COMPANY_MAY_BE_ABSENT = {"base.Job"}

OF_A_COMPANY = [model for model in ROOMS if model._meta.label not in WITHOUT_COMPANY]


def labels(models_):
    return [model._meta.label for model in models_]


def foreign_keys(model):
    return [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]


def test_the_registry_is_read():
    assert {"base.Job", "transmission.Message", "archive.StoredFile"} <= set(labels(ROOMS))


@pytest.mark.parametrize("model", OF_A_COMPANY, ids=labels(OF_A_COMPANY))
def test_every_table_of_a_room_has_its_company(model):
    company = model._meta.get_field("company")

    assert company.remote_field.model._meta.label == "base.Company"
    assert company.remote_field.on_delete is models.PROTECT
    assert company.null is (model._meta.label in COMPANY_MAY_BE_ABSENT)


@pytest.mark.parametrize("model", ROOMS, ids=labels(ROOMS))
def test_what_another_room_keeps_cannot_be_deleted_under_a_table(model):
    outside = [
        field
        for field in foreign_keys(model)
        if field.remote_field.model._meta.app_label != model._meta.app_label
    ]

    assert [
        field.name for field in outside if field.remote_field.on_delete is not models.PROTECT
    ] == []


@pytest.mark.parametrize("model", ROOMS, ids=labels(ROOMS))
def test_no_amount_is_kept_as_a_floating_number(model):
    inexact = [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField | models.DecimalField)
    ]

    assert inexact == []


@pytest.mark.parametrize("model", ROOMS, ids=labels(ROOMS))
def test_no_table_sets_its_times_by_itself(model):
    by_itself = [
        field.name
        for field in model._meta.local_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]

    assert by_itself == []
    assert model.save is models.Model.save or model._meta.label == "base.User"
    assert model.delete is models.Model.delete
