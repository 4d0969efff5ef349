"""Deposits what is due until it is killed or nothing is left.

Run by test_kill.py with: the database's settings as JSON, and the address of the platform.
"""

import json
import os
import sys

import django


def main(database: str, url: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.conf import settings
    from django.db import connection

    from echeance.practice.platform.server import CLIENT_ID, CLIENT_SECRET
    from echeance.transmission.commands import deposit_due

    connection.settings_dict.update(json.loads(database))
    settings.ARCHIVE_ROOT = os.environ["ARCHIVE_ROOT"]
    settings.PLATFORM = {
        "base_url": f"{url}/afnor-flow",
        "token_url": f"{url}/oauth/token",
        "directory_url": "",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": "",
    }
    while (report := deposit_due(limit=10)).deposited:
        sys.stdout.write(f"{report.deposited}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
