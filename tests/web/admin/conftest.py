"""The application with the demo organisation, for its administrators."""

from collections.abc import Callable

import pytest

from tests.web.application import Visitor


@pytest.fixture
def admin(visit: Callable[[str | None], Visitor]) -> Visitor:
    """The system administrator."""
    return visit("admin")
