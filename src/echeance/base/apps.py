"""Django app."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.base"
    label = "base"

    def ready(self) -> None:
        """Register the housekeeping jobs."""
        from echeance.base import queue

        queue.periodic("echeance.base.jobs.housekeeping", every_seconds=3600)
