"""The printed report tells what the whole session came to: refusals with reasons, awards, what the office adds."""

from collections.abc import Mapping

from sqlalchemy import select

from engine.reports import Document, build_document
from engine.values import Value
from models import ProcessDefinition
from tests.reports.caseload import Motion, store_motion, store_season
from tests.reports.conftest import Office

HONOURED = Motion("M1", "405001", "关于延长食堂供餐时间的提案")
FOR_REFERENCE = Motion(
    "M2", "405002", "关于新建地下车库的提案", variables={"class": "D", "difficulty": "用地规划未调整"}
)
REFUSED = Motion("M3", None, "关于给我本人解决住房的提案", "not_filed", variables={"reason_code": "private_interest"})


def paper_of(office: Office, **season: Value) -> Document:
    """The paper of a session whose season has set these variables; HONOURED is proposed for an award."""
    with office.engine.unit_of_work() as uow:
        definition_id = uow.session.scalars(select(ProcessDefinition.id)).one()
        honoured = store_motion(uow.session, definition_id, HONOURED)
        for motion in (FOR_REFERENCE, REFUSED):
            store_motion(uow.session, definition_id, motion)
        store_season(uow.session, definition_id, {"excellent_motions": [str(honoured)], **season})
    paper = build_document(office.report())
    assert paper is not None
    return paper


def titles_by_heading(paper: Document) -> Mapping[str, list[str]]:
    """The cases that each section lists."""
    return {
        passage.heading.partition("、")[2]: [line.case.title for _name, lines in passage.list.groups for line in lines]
        for passage in paper.passages
        if passage.list
    }


def test_the_paper_names_what_was_refused_and_what_is_kept_for_reference(office):
    listed = titles_by_heading(paper_of(office))

    assert listed["不予立案的提案和理由"] == [REFUSED.title]
    assert listed["留作参考的提案和依据"] == [FOR_REFERENCE.title]


def test_the_paper_names_the_awards_once_the_chair_has_approved_them(office):
    paper = paper_of(office, excellent_action="approve", excellent_units=["后勤管理处"])

    assert titles_by_heading(paper)["优秀提案"] == [HONOURED.title]
    (units,) = [passage for passage in paper.passages if passage.heading.endswith("先进承办单位")]
    assert (units.variable, units.value) == ("excellent_units", ["后勤管理处"])


def test_awards_that_nobody_has_approved_are_not_printed(office):
    headings = [passage.heading for passage in paper_of(office, excellent_units=["后勤管理处"]).passages]

    assert not any("优秀提案" in heading or "先进承办单位" in heading for heading in headings)


def test_the_paper_carries_its_number_and_what_the_office_adds(office):
    paper = paper_of(office, report_no="校工字〔2026〕9号", report_text="征集期间走访了十二个单位。")

    assert paper.number == "校工字〔2026〕9号"
    assert paper.passages[-1].value == "征集期间走访了十二个单位。"


def test_a_session_without_a_season_of_its_own_has_a_paper_all_the_same(office):
    office.stores(HONOURED)

    paper = build_document(office.report())

    assert paper is not None
    assert paper.number is None
