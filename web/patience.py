"""A request that met a busy database is done again, here and nowhere else."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from engine.retrying import patiently
from web.extensions import current_engine

REPEATABLE = {"GET", "HEAD", "OPTIONS"}


class PatientFlask(Flask):
    """Repeats a view whose transaction failed because another was quicker.

    Only what is safe to repeat: reading, and forms with a ``request_id``, whose command answers the same request a
    second time without doing it again. After the last try ``BusyError`` becomes 503 with ``Retry-After``.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view of this request."""
        if not is_repeatable():
            return super().dispatch_request()
        return patiently(self._once, current_engine().pause)

    def _once(self) -> ResponseReturnValue:
        for file in request.files.values():  # an earlier try may have read them
            file.stream.seek(0)
        return super().dispatch_request()


def is_repeatable() -> bool:
    """Whether this request may be done twice."""
    return request.method in REPEATABLE or bool(request.form.get("request_id"))
