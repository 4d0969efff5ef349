"""Sending in the background."""

from __future__ import annotations

from dataclasses import asdict

from django_tasks import task

from echeance.transmission import commands


@task()
def send_due() -> dict[str, int]:
    """Send what has been released, in all companies."""
    return asdict(commands.send_due())
