"""The English of a process folder's own texts: `locales/en.yaml`."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from engine.bootstrap import Engine
from engine.cli.check import check
from engine.commands.deploy import deploy_folder
from engine.definitions.locales import ENGLISH, read_english, untranslated
from engine.definitions.manifest import text_of
from engine.errors import DeploymentRefusedError
from engine.queries.locales import english_texts
from engine.queries.notices import notices
from engine.rules.numbering import sentence
from engine.sentences import say
from engine.step.writes import PendingWrites, write_pending
from tests.support.folders import process, write_folder

DIAGRAM = process(
    "plan",
    """
    <bpmn:startEvent id="begin"/>
    begin -> look
    <bpmn:userTask id="look" name="审阅" banli:candidateRole="union_clerk" banli:formKey="look"/>
    look -> done
    <bpmn:endEvent id="done" name="办结"/>
    """,
)
FORM = json.dumps(
    {
        "id": "look",
        "type": "default",
        "components": [
            {"type": "textfield", "key": "opinion", "label": "意见", "properties": {"checkMessage": "太短"}},
            {"type": "radio", "key": "go", "label": "决定", "values": [{"value": "同意", "label": "同意"}]},
        ],
    }
)


def folder(tmp_path: Path, english: str | None, version: str = "a") -> Path:
    files = {"forms/look.json": FORM} | ({ENGLISH: english} if english is not None else {})
    return write_folder(tmp_path / version, "plan", DIAGRAM, files=files, name={"zh": "计划"})


def resources(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_a_folder_that_declares_no_english_misses_none(tmp_path: Path) -> None:
    assert untranslated(resources(folder(tmp_path, None))) == []


def test_what_people_read_and_has_no_english_is_named_with_its_file(tmp_path: Path) -> None:
    missing = untranslated(resources(folder(tmp_path, "审阅: Review\n意见: Opinion\n")))
    assert sorted(missing) == [
        ("forms/look.json", "决定"),
        ("forms/look.json", "同意"),
        ("forms/look.json", "太短"),
        ("plan.bpmn", "办结"),
        ("process.yaml", "计划"),
    ]


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rules" name="r" namespace="t">
  <decision id="rule" name="rule">
    <decisionTable hitPolicy="FIRST">
      <input label="意见"><inputExpression typeRef="string"><text>opinion</text></inputExpression></input>
      <output name="advice" typeRef="string"/><output name="opinion" typeRef="string"/><output name="unit"/>
      <annotation name="source"/>
      <rule>
        <inputEntry><text>-</text></inputEntry>
        <outputEntry><text>if opinion = null then "先补充" else "可以"</text></outputEntry>
        <outputEntry><text>"同意"</text></outputEntry>
        <outputEntry><text>"教务处"</text></outputEntry>
        <annotationEntry><text>本会规则</text></annotationEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>"""


def folder_with_words(tmp_path: Path, english: str) -> Path:
    form = json.loads(FORM)
    form["components"].append(
        {"type": "select", "key": "kind", "label": "类别", "properties": {"source": "categories"}}
    )
    return write_folder(
        tmp_path / "words",
        "plan",
        DIAGRAM,
        files={"forms/look.json": json.dumps(form), "rule.dmn": TABLE, ENGLISH: english},
        name={"zh": "计划", "en": "Plan"},
        categories=["后勤"],
        labels={
            "advice": {"label": {"zh": "建议", "en": "Advice"}},
            "opinion": {"label": {"zh": "意见", "en": "Opinion"}},
            "kind": {"zh": "类别", "en": "Kind"},
        },
        x_decisions={"rule": {"zh": "规则", "en": "Rule", "names": ["unit"]}},
    )


def test_categories_and_what_tables_answer_and_note_are_texts_of_the_folder(tmp_path: Path) -> None:
    missing = untranslated(resources(folder_with_words(tmp_path, "审阅: Review\n")))
    assert {("process.yaml", "后勤"), ("rule.dmn", "先补充"), ("rule.dmn", "可以"), ("rule.dmn", "本会规则")} <= {
        *missing
    }
    assert not any(text == "教务处" for _, text in missing)  # a unit is called what it is called


def test_values_that_are_words_of_the_folder_know_their_english(tmp_path: Path, engine: Engine) -> None:
    english = "后勤: Logistics\n先补充: Say more first\n可以: It may be\n同意: Agreed\n"
    with engine.unit_of_work() as uow:
        done = deploy_folder(uow, folder_with_words(tmp_path, english))
        manifest = engine.deployed(uow.session, done.deployment_id).manifest
    assert manifest.value_label("kind", "后勤").english == "Logistics"  # type: ignore[attr-defined]
    assert manifest.value_label("advice", "先补充").english == "Say more first"  # type: ignore[attr-defined]
    assert (manifest.label("kind"), manifest.label("advice")) == ("类别", "建议")


def test_what_a_person_may_have_typed_is_no_word_of_the_folder(tmp_path: Path, engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        done = deploy_folder(uow, folder_with_words(tmp_path, "同意: Agreed\n"))
        manifest = engine.deployed(uow.session, done.deployment_id).manifest
    assert type(manifest.value_label("opinion", "同意")) is str


def test_check_warns_of_missing_english(tmp_path: Path) -> None:
    path = folder(tmp_path, "审阅: Review\n")
    done = CliRunner().invoke(check, [str(path), "--json"])
    assert done.exit_code == 0
    report = json.loads(done.stdout)[-1]
    assert report["file"] == str(path / ENGLISH)
    found = {(problem["code"], problem["severity"], problem["message"]) for problem in report["problems"]}
    assert ("no-english", "warning", "办结") in found
    assert not any(message == "审阅" for _, _, message in found)


def test_check_refuses_a_locale_file_that_cannot_be_used(tmp_path: Path) -> None:
    done = CliRunner().invoke(check, [str(folder(tmp_path, "- 审阅\n"))])
    assert done.exit_code == 1
    assert "键值表" in done.stdout


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("- 审阅\n", "应为“中文: 英文”的键值表"),
        ("审阅: 3\n", "中文和英文都应为文字"),
        ("审阅: {a: b}\n", "中文和英文都应为文字"),
        ("审阅: [\n", "locales/en.yaml"),
        ("'还有 {n} 天': 'days left: {m}'\n", "英文中的 {…} 与中文不同"),
        (f"审阅: {'x' * 4001}\n", "超过 4000 字"),
    ],
)
def test_a_locale_file_that_is_no_table_of_texts_is_refused(
    tmp_path: Path, engine: Engine, content: str, reason: str
) -> None:
    texts, problems = read_english(content.encode())
    assert not texts
    assert reason in problems[0]
    with pytest.raises(DeploymentRefusedError) as refused, engine.unit_of_work() as uow:
        deploy_folder(uow, folder(tmp_path, content))
    assert reason in refused.value.message


def test_what_is_counted_may_have_a_form_for_one() -> None:
    texts, problems = read_english("天: [day, days]\n次: [time, times, many]\n".encode())
    assert [problem.partition("：")[0] for problem in problems] == ["locales/en.yaml 次"]
    texts, problems = read_english("天: [day, days]\n".encode())
    assert (texts["天"], texts["天"].one) == ("days", "day")  # type: ignore[attr-defined]


def test_the_texts_of_process_yaml_know_their_english(tmp_path: Path, engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        done = deploy_folder(uow, folder(tmp_path, "计划: Plan\n"))
        manifest = engine.deployed(uow.session, done.deployment_id).manifest
    assert manifest.name == "计划"
    assert manifest.name.english == "Plan"  # type: ignore[attr-defined]
    assert text_of(manifest.data["name"], "en") == "Plan"


def test_the_newest_version_says_what_a_text_is_in_english(tmp_path: Path, engine: Engine) -> None:
    for version, english in (("a", "审阅: Look\n办结: Done\n"), ("b", "审阅: Review\n")):
        with engine.unit_of_work() as uow:
            deploy_folder(uow, folder(tmp_path, english, version))
    with engine.reading() as uow:
        texts = english_texts(uow)
    assert texts["审阅"] == "Review"
    assert texts["办结"] == "Done"  # a case that runs on the older version still says it


def test_a_notice_keeps_its_template_and_figures_apart(engine: Engine) -> None:
    title = sentence("新交办提案 {number}：{title}", {"number": "405001", "title": "{who} 关于食堂"})
    with engine.unit_of_work() as uow:
        pending = PendingWrites()
        pending.notice("officer_a", None, "assigned", title, say("请办理：{task}", task=say("审阅")))
        write_pending(uow.connection, pending, UUID(int=0), uow.now)
    with engine.reading("officer_a") as uow:
        [told] = notices(uow).entries
    assert told.title == "新交办提案 405001：{who} 关于食堂"
    assert told.title.template == "新交办提案 {number}：{title}"  # type: ignore[attr-defined]
    assert told.body == "请办理：审阅"
    assert told.body.figures["task"].template == "审阅"  # type: ignore[attr-defined]


def test_a_notice_whose_template_pads_a_number_is_said_as_it_was_written(engine: Engine) -> None:
    assert type(sentence("第 {meeting:2} 次", {"meeting": "5"})) is str
