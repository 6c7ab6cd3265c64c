"""Why a case goes its way: which rule of which table, with its source, on the page of the case."""

import re

from tests.web.application import PROPOSER


def test_the_page_tells_the_rule_of_the_table_its_inputs_its_result_and_its_source(visit):
    # given: the number of seconders a motion needs was decided by a table
    started = visit(PROPOSER).get("/inbox?tab=started").links()
    case = next(link for link in started if link.startswith("/instances/"))
    # when
    page = visit(PROPOSER).get(case)
    # then
    record = page.tree.xpath("//div[@class='why'][contains(., '附议人数')]")[0]
    told = " ".join(record.text_content().split())
    assert re.search(r"附议人数：适用第 \d+ 条规则", told)
    names = [name.text_content() for name in record.xpath(".//dt")]
    assert not names[0].startswith("→")
    assert any(name.startswith("→") for name in names)
    assert "依据" in names
