"""Twelve approvals one after the other, as django-viewflow writes them."""

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process

STEPS = 12


class Approval(flow.Flow):
    """Start, step_1 … step_12, end."""

    process_class = Process
    start = flow.StartHandle().Next(this.step_1)
    for _number in range(1, STEPS):
        locals()[f"step_{_number}"] = (
            flow.View(lambda request: None).Assign(username="clerk").Next(getattr(this, f"step_{_number + 1}"))
        )
    locals()[f"step_{STEPS}"] = flow.View(lambda request: None).Assign(username="clerk").Next(this.end)
    end = flow.End()
