"""Sentences for people: what people type in them stays data, and every one has an English text."""

import pickle
import subprocess
import sys
from pathlib import Path

from engine.sentences import fill, say

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


def test_every_sentence_has_an_english_text():
    done = subprocess.run(
        [sys.executable, "scripts/translations.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == ""
    assert done.returncode == 0
