"""Runs due jobs, or adds those of periodic slots; prints how many.

Run by test_runner.py with: the database's settings as JSON, the instant, what to do, how many.
"""

import json
import os
import sys
from datetime import datetime, timedelta

import django


def main(database: str, instant: str, what: str, count: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.db import connection

    from echeance.base import clock, queue, runner

    connection.settings_dict.update(json.loads(database))
    start = datetime.fromisoformat(instant)
    done = 0
    if what == "run":
        with clock.at(start):
            done = runner.drain()
    else:
        queue._periodic.clear()
        queue.periodic("tests.base.sample_jobs.tell_time", every_seconds=60)
        for minute in range(int(count)):
            with clock.at(start + timedelta(minutes=minute)):
                done += queue.enqueue_periodic()
    sys.stdout.write(str(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
