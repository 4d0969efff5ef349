"""Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.web"
    label = "web"

    def ready(self) -> None:
        """Declare what the door adds to the pages of the rooms."""
        from echeance.base import panels

        panels.add("party", "web:party_pieces", title="Pièces", order=60)
