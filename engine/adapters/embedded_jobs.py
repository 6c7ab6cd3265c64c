"""The thread that carries out due jobs inside the web process of a small installation."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class EmbeddedWorker:
    """Looks for due jobs every few seconds, and at once when notified. One daemon thread."""

    def __init__(self, run_due_jobs: Callable[[], int], *, poll_interval: float) -> None:
        self._run_due_jobs = run_due_jobs
        self._poll_interval = poll_interval
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="banli-jobs", daemon=True)

    def start(self) -> None:
        """Start the thread; once."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the thread to finish its present job and wait for it, at most ``timeout`` seconds."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout)

    def notify(self) -> None:
        """Jobs may have become due."""
        self._wake.set()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._poll_interval)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self._run_due_jobs()
            except Exception:
                log.exception("jobs_failed")  # the database may be away for a while; the next look tries again
