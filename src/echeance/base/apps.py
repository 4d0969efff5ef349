"""Django app."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.base"
    label = "base"
