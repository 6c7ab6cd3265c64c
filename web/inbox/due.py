"""How a deadline was computed, as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_babel import gettext as _

from engine.queries.due_reasons import DueReason
from engine.rules.due_dates import DeadlineUnit, local_day
from web.filters import day, deadline, moment
from web.i18n import counted as _n


def how_computed(reason: DueReason | None) -> list[str]:
    """What a person needs to count again: from which day, how many, and which days the calendar changed."""
    if reason is None:
        return []
    sentences = [_counted(reason)]
    if reason.holidays:
        sentences.append(_("跳过节假日：%(days)s。", days=_spans(reason.holidays)))
    if reason.worked_weekends:
        sentences.append(_("计入调休上班日：%(days)s。", days=_spans(reason.worked_weekends)))
    return sentences


def _counted(reason: DueReason) -> str:
    due = deadline(reason.due_at)
    if reason.anchor is None:
        return _("截止于 %(due)s。", due=due)
    n = abs(reason.value)
    said = {"count": f"{n:f}", "due": due, "anchor": _anchor(reason)}
    if reason.unit is DeadlineUnit.HOURS:
        if reason.value >= 0:
            return _n("自 %(anchor)s 起 %(count)s 小时，截止于 %(due)s。", n, **said)
        return _n("%(anchor)s 之前 %(count)s 小时，截止于 %(due)s。", n, **said)
    if reason.unit is DeadlineUnit.WORKING_DAYS:
        if reason.value >= 0:
            return _n("自 %(anchor)s 起 %(count)s 个工作日，当日不计，截止于 %(due)s。", n, **said)
        return _n("%(anchor)s 之前 %(count)s 个工作日，当日不计，截止于 %(due)s。", n, **said)
    if reason.value >= 0:
        return _n("自 %(anchor)s 起 %(count)s 日，当日不计，截止于 %(due)s。", n, **said)
    return _n("%(anchor)s 之前 %(count)s 日，当日不计，截止于 %(due)s。", n, **said)


def _anchor(reason: DueReason) -> str:
    assert reason.anchor is not None
    return moment(reason.anchor) if reason.unit is DeadlineUnit.HOURS else day(local_day(reason.anchor))


def _spans(days: Iterable[date]) -> str:
    """Days that follow one another are said by the first and the last."""
    spans: list[list[date]] = []
    for each in days:
        if spans and each - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(each)
        else:
            spans.append([each])
    said = [day(span[0]) if len(span) == 1 else f"{day(span[0])} – {day(span[-1])}" for span in spans]
    return _("、").join(said)
