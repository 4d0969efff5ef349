"""Sending in the background."""

from __future__ import annotations

from dataclasses import asdict

from django_tasks import task

from echeance.base import queries as base
from echeance.transmission import commands
from echeance.transmission.platform import configured


@task()
def send_due() -> dict[str, int]:
    """Send what has been released, in all companies."""
    return asdict(commands.send_due())


@task()
def deposit_due() -> dict[str, int]:
    """Hand over to the platform what is due, in all companies."""
    return asdict(commands.deposit_due())


@task()
def poll_platform() -> dict[str, dict[str, int | str]]:
    """Read the platform for each company; nothing where none is configured."""
    if not configured.has_platform():
        return {}
    return {
        company.siren: asdict(commands.poll_platform(company=company))
        for company in base.companies()
    }
