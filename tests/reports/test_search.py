"""Words are found wherever they stand, on both databases; what is sealed is not."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select

from engine.search import index_case, matching, similar
from engine.search.similar import resemblance
from models import ProcessInstance, SearchEntry, Setting
from tests.reports.caseload import RECEIVED, Motion
from tests.reports.conftest import Office, motions_of_the_year


@pytest.fixture
def library(office: Office) -> Office:
    """Three motions, one of them sealed."""
    office.stores(
        Motion("A", "405001", "关于提高教工食堂菜品质量的提案", text="窗口少，AI 排队系统常坏。"),
        Motion("B", "405002", "关于推进家属区老旧楼加装电梯的提案", text="老人上下楼不便"),
        Motion("S", None, "关于举报食堂采购的来信", disposition="not_filed", sealed=True),
    )
    return office


def _found(office: Office, query: str) -> list[str]:
    with office.engine.reading() as uow:
        ids = matching(uow.session, query)
        if ids is None:
            return []
        query_keys = select(ProcessInstance.business_key).where(ProcessInstance.id.in_(ids))
        return sorted(uow.session.scalars(query_keys))


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("食堂", ["A"]),  # also in the sealed case, which is not found
        ("教工食堂", ["A"]),
        ("工食", ["A"]),
        ("堂食", []),
        ("电梯 老人", ["B"]),
        ("电梯 食堂", []),
        ("梯", ["B"]),
        ("便", ["B"]),  # the last character of its run
        ("405002", ["B"]),
        ("ａｉ", ["A"]),  # full width, lower case
        ("举报", []),
        ("，。", []),
        ('食堂" OR "电梯', []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_word_finds_the_cases_that_contain_it(library: Office, query: str, keys: list[str]):
    assert _found(library, query) == keys


def test_a_changed_text_is_found_under_its_new_words_only(library: Office):
    with library.engine.unit_of_work() as uow:
        instance_id = uow.session.scalars(select(ProcessInstance.id).where(ProcessInstance.business_key == "B")).one()
        index_case(uow.session, instance_id, ["关于校园班车", ["增加班次"]])

    assert _found(library, "老人") == []
    assert _found(library, "班次") == ["B"]


def test_a_case_that_is_sealed_later_leaves_the_index(library: Office):
    with library.engine.unit_of_work() as uow:
        instance = uow.session.scalars(select(ProcessInstance).where(ProcessInstance.business_key == "A")).one()
        instance.is_sealed = True
        uow.session.flush()
        index_case(uow.session, instance.id, ["关于提高教工食堂菜品质量的提案"])

    assert _found(library, "食堂") == []


def _similar(office: Office, title: str, text: str = "", exclude: UUID | None = None) -> list[str | None]:
    with office.engine.reading() as uow:
        return [one.number for one in similar(uow.session, "motion", title, text, exclude=exclude)]


def test_the_same_matter_in_other_words_is_similar(library: Office):
    assert _similar(library, "关于为家属区老旧楼房加装电梯的提案") == ["405002"]


def test_another_matter_is_not_similar(library: Office):
    assert _similar(library, "关于增加门诊教学诊室的提案") == []


def test_of_the_years_motions_only_the_two_about_lifts_are_taken_for_the_same(office: Office):
    motions = motions_of_the_year()
    pairs = [
        {one.key, other.key}
        for position, one in enumerate(motions)
        for other in motions[position + 1 :]
        if resemblance(one.title, one.text, other.title, other.title + other.text) >= 0.6
    ]

    assert len(pairs) == 1
    assert {motion.title for motion in motions if motion.key in pairs[0]} == {
        "关于推进家属区老旧楼加装电梯的提案",
        "关于为家属区居民楼加装电梯的提案",
    }


def test_a_sealed_case_is_never_shown_as_similar(library: Office):
    assert _similar(library, "关于举报食堂采购的来信") == []


def test_somebody_elses_draft_is_never_shown_as_similar(office: Office):
    office.stores(Motion("D", None, "关于增设母婴室的提案", disposition=None, variables={"received_at": None}))

    assert _similar(office, "关于增设母婴室的提案") == []


def test_a_motion_whose_proposer_did_not_agree_to_publish_it_is_not_shown(office: Office):
    office.stores(Motion("P", "1", "关于增设母婴室的提案", variables={"publish_consent": False}))

    assert _similar(office, "关于增设母婴室的提案") == []


def test_the_threshold_is_a_setting(library: Office):
    with library.engine.unit_of_work() as uow:
        uow.session.add(Setting(key="motion.similar_threshold", value={"value": "0.99"}, changed_at=RECEIVED))

    assert _similar(library, "关于为家属区老旧楼房加装电梯的提案") == []


def test_a_title_of_three_characters_is_similar_to_nothing(library: Office):
    assert _similar(library, "关于食堂的提案") == []


def test_a_deleted_row_leaves_the_full_text_index(library: Office):
    with library.engine.unit_of_work() as uow:
        uow.session.execute(delete(SearchEntry))

    assert _found(library, "电梯") == []
