"""Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.web"
    label = "web"
