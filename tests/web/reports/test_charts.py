"""The small charts: what is written beside a bar fits the room it has, in both scripts."""

import pytest

from web.reports.charts import bars


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("人才培养", "人才培养"),
        ("校园安全与后勤", "校园安全与后勤"),
        ("校园安全与后勤保障服务", "校园安全与后勤…"),
        ("Campus services", "Campus services"),
        ("Research and disciplines", "Research and di…"),
    ],
)
def test_a_label_beside_a_bar_is_cut_only_where_it_does_not_fit(name, written):
    [bar] = bars([(name, 3, "/")]).items
    assert bar.label == written
    assert bar.full_label == name
