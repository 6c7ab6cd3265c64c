"""django-viewflow, one transaction a step, as its pages do it; run by a Python that has it.

``viewflow_peer.py DATABASE`` reads lines from stdin and answers each with one life of an instance: a JSON list of
microseconds a step.
"""

import json
import sys
import time

import django
from django.conf import settings


def configure(path: str) -> None:
    """The least that a Django project needs."""
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "viewflow",
            "viewflow.workflow",
            "approval",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": path,
                "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="bench",  # of a database that is thrown away
    )
    django.setup()


def main() -> None:
    """Answer lines."""
    configure(sys.argv[1])
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    User.objects.create(username="clerk")
    for _ in sys.stdin:
        print(json.dumps(life()), flush=True)


def life() -> list[float]:
    """Start an instance and complete its tasks."""
    from approval.flows import Approval
    from django.db import transaction
    from viewflow.workflow.models import Task

    process, times = Approval.start.run().pk, []
    while True:
        began = time.perf_counter()
        with transaction.atomic():
            task = Task.objects.filter(process_id=process, status="ASSIGNED").first()
            if task is None:
                return times
            with task.activation() as activation:  # locks the process
                activation.process.data = {**(activation.process.data or {}), "said": task.flow_task.name}
                activation.process.save()
                activation.start(None)
                activation.execute()
        times.append((time.perf_counter() - began) * 1e6)


if __name__ == "__main__":
    main()
