"""Django app."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.practice"
    label = "practice"
