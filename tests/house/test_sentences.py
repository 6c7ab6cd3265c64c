"""Sentences for people: what people type in them stays data, and every one has an English text."""

import pickle
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog

from engine.sentences import fill, say
from scripts.translations import unused, without_singular

ROOT = Path(__file__).parent.parent.parent


def test_a_figure_is_never_read_as_a_template():
    hostile = "{template.__class__} %(name)s {0} {who}"
    sentence = say("{who}于 {at} ", who=hostile, at="09:30")
    assert sentence == f"{hostile}于 09:30 "


def test_a_template_reaches_no_attribute_and_no_index():
    assert (
        fill("{who.__class__} {who[0]} {who!r} {who:>9}", {"who": "x"}) == "{who.__class__} {who[0]} {who!r} {who:>9}"
    )


def test_a_brace_that_names_no_figure_stays():
    assert say("{period}提案") == "{period}提案"
    assert say("{a} {b}", a=1) == "1 {b}"


def test_a_sentence_keeps_its_template_when_it_is_stored():
    restored = pickle.loads(pickle.dumps(say("最多 {most} 字", most=3)))
    assert (restored, restored.template, restored.figures) == ("最多 3 字", "最多 {most} 字", {"most": 3})


def test_a_sentence_of_many_has_a_form_for_one():
    counted = Catalog(locale="en")
    counted.add("剩 %(n)s 天", "%(n)s days left")
    counted.add(("%(n)s 行", "%(n)s 行"), ("%(n)s rows", "%(n)s rows"))
    counted.add(("%(n)s 步", "%(n)s 步"), ("%(n)s step", "%(n)s steps"))
    counted.add("共 %(n)s 件", "%(n)s in all")
    assert [problem.split("'")[1] for problem in without_singular(counted)] == ["剩 %(n)s 天", "%(n)s 行"]


def test_a_sentence_that_nothing_says_is_found():
    left_behind = Catalog(locale="en")
    left_behind.add("这句话已经没有人说", "Nobody says this any more")
    left_behind.add("待办", "To do")
    assert unused(left_behind) == ["nothing says '这句话已经没有人说'"]


def test_every_sentence_has_one_english_text_and_the_catalogue_no_other():
    done = subprocess.run(
        [sys.executable, "scripts/translations.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == ""
    assert done.returncode == 0
