"""Django app."""

from django.apps import AppConfig


class CashConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.cash"
    label = "cash"
