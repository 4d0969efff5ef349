"""Sends what is released until it is killed or nothing is left.

Run by test_kill.py with: the database's settings as JSON, and the port of the SMTP server.
"""

import json
import os
import sys

import django


def main(database: str, port: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.conf import settings
    from django.db import connection

    from echeance.transmission.commands import send_due

    connection.settings_dict.update(json.loads(database))
    settings.SMTP = settings.SMTP | {
        "host": "127.0.0.1",
        "port": int(port),
        "security": "none",
        "timeout_seconds": 5,
    }
    while (report := send_due(limit=10)).sent:
        sys.stdout.write(f"{report.sent}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
