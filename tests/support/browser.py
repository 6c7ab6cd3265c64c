"""Chromium for tests, driven by Playwright; the browser is the machine's own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # people at addresses of their own (d0101.localhost) share a few renderers: one for each takes much memory, a single
    # one has twice the work with each page while fifteen others are open in it
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=4",
)
PHONE = {"width": 390, "height": 844}  # pixels, CSS
DESK = {"width": 1280, "height": 800}


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome on this machine."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """A headless Chromium with an empty profile.

    Raises:
        FileNotFoundError: there is none on this machine.
    """
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if program is None:
        raise FileNotFoundError("Chromium: not found on this machine (apt-get install chromium)")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=[*FLAGS, *sandbox])
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One browser for the run; a test opens contexts of its own (``browser.new_context(viewport=PHONE)``)."""
    if find_chromium() is None:
        pytest.skip("Chromium: not found on this machine")
    with open_browser() as opened:
        yield opened
