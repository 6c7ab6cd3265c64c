"""Forms for the tests."""

from datetime import date

import pytest

from engine.forms import Choice, FixedChoices, FormSchema


@pytest.fixture
def lists():
    return FixedChoices(
        {
            "units": [Choice("教务处", "教务处"), Choice("后勤管理处", "后勤管理处")],
            "people:rep": [Choice("d0101", "代表甲"), Choice("d0102", "代表乙")],
            "attachments": [Choice("a1", "现场.jpg"), Choice("a2", "说明.exe")],
        }
    )


@pytest.fixture
def judge(lists):
    """Parse ``data`` with a form of the given components."""

    def parse(*components, data, **context):
        schema = FormSchema.load({"id": "f", "type": "default", "components": list(components)})
        return schema.parse(data, {"today": date(2026, 11, 25), **context}, lists)

    return parse
