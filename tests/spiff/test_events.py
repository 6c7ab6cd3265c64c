"""Every trigger at every place where it may stand."""

import pytest

from engine.spiff import ExecutionError
from tests.spiff.driving import active, running, waiting

HAPPENS = {
    "message": ("message=m", lambda run: run.message("m", data={"v": "x"})),
    "signal": ("signal=m", lambda run: run.signal("m", data={"v": "x"})),
    "timer": ("timer=PT2H", lambda run: run.advance("PT2H")),
    "date": ("date=2030-01-01T11:00:00Z", lambda run: run.advance("PT2H")),
    "condition": ("when=`n > 3`", lambda run: run.set({"n": 4})),
}
TRIGGERS = list(HAPPENS)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_intermediate_event_waits_for_its_trigger(trigger):
    option, happen = HAPPENS[trigger]
    run = running(f"start s\ncatch c {option}\nuser a\ns > c > a")
    assert (active(run), waiting(run)) == ([], ["c"])
    happen(run)
    assert (active(run), waiting(run)) == (["a"], [])
    assert run.trace == ("c_a", "a")


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_interrupting_boundary_event_ends_its_task(trigger):
    option, happen = HAPPENS[trigger]
    run = running(f"start s\nuser a\nuser b\nuser c\nboundary x on=a {option}\ns > a > b\nx > c")
    happen(run)
    assert (active(run), waiting(run)) == (["c"], [])
    assert run.trace == ("x", "x_c", "c")


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_non_interrupting_boundary_event_leaves_its_task_open(trigger):
    option, happen = HAPPENS[trigger]
    run = running(f"start s\nuser a\nuser b\nuser c\nboundary x on=a {option} noninterrupting\ns > a > b\nx > c")
    happen(run)
    assert active(run) == ["a", "c"]
    run.complete("a")
    assert (active(run), waiting(run)) == (["b", "c"], [])


@pytest.mark.parametrize("trigger", ["message", "signal", "condition"])
def test_a_non_interrupting_boundary_event_can_happen_again(trigger):
    option, happen = HAPPENS[trigger]
    run = running(f"start s\nuser a\nuser c\nboundary x on=a {option} noninterrupting\ns > a\nx > c")
    happen(run)
    if trigger == "condition":
        run.set({"n": 0})
    happen(run)
    assert active(run) == ["a", "c", "c"]


def test_a_cycle_fires_as_often_as_it_says():
    run = running("start s\nuser a\nboundary x on=a cycle=R3/PT1H noninterrupting then=r\ns > a")
    for expected in (1, 2, 3, 3):
        run.advance("PT1H")
        assert active(run).count("r") == expected


def test_an_endless_cycle_ends_with_its_task():
    run = running("start s\nuser a\nend r\nboundary x on=a cycle=R/P1D noninterrupting\ns > a\nx > r")
    run.advance("P10D")
    assert run.trace.count("x") == 10
    run.complete("a")
    assert run.ended


def test_a_monthly_cycle_keeps_the_last_day_of_the_month():
    option = "cycle=R3/2030-01-31T09:00:00+08:00/P1M"
    run = running(f"start s\nuser a\nend r\nboundary x on=a {option} noninterrupting\ns > a\nx > r")
    run.advance("P30D")
    assert run.waiting[0].due_at.isoformat() == "2030-02-28T01:00:00+00:00"
    run.advance("P29D")
    assert run.waiting[0].due_at.isoformat() == "2030-03-31T01:00:00+00:00"


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_starts_by_its_trigger(trigger, interrupting):
    option, happen = HAPPENS[trigger]
    flag = "" if interrupting else " noninterrupting"
    run = running(
        f"""
        start s
        user a
        event_sub handle
          start h {option}{flag}
          user b
          h > b
        s > a
        """
    )
    assert waiting(run) == ["h"]
    happen(run)
    assert active(run) == (["b"] if interrupting else ["a", "b"])
    assert run.trace[:2] == ("handle", "h")
    for task in active(run):
        run.complete(task)
    assert run.ended
    assert run.status == "completed"


def test_a_non_interrupting_event_subprocess_can_start_again():
    run = running("start s\nuser a\nevent_sub h\n  start m message=m noninterrupting then=b\ns > a")
    run.message("m")
    run.message("m")
    assert active(run) == ["a", "b", "b"]


def test_an_event_subprocess_inside_a_subprocess_ends_only_that():
    run = running(
        """
        start s
        parallel f
        user other
        sub inner
          start i
          user a
          event_sub h
            start m message=stop then=b
          i > a
        user after
        s > f
        f > other
        f > inner > after
        """
    )
    run.message("stop")
    assert active(run) == ["b", "other"]
    run.complete("b")
    assert active(run) == ["after", "other"]


def test_an_error_end_is_caught_at_the_border_of_the_subprocess():
    text = """
    start s
    sub inner
      start i
      user a
      end bad error=E1
      i > a > bad
    boundary any on=inner error then=caught_any
    boundary one on=inner error=E1 then=caught
    user after
    s > inner > after
    """
    run = running(text)
    run.complete("a")
    assert active(run) == ["caught"]


def test_an_error_that_is_not_named_is_caught_by_the_event_that_catches_all():
    run = running(
        """
        start s
        sub inner
          start i
          end bad error=E2
          i > bad
        boundary any on=inner error then=caught_any
        boundary one on=inner error=E1 then=caught
        s > inner
        """
    )
    assert active(run) == ["caught_any"]


def test_an_error_event_subprocess_takes_precedence_over_the_boundary_event():
    run = running(
        """
        start s
        sub inner
          start i
          user a
          end bad error=E1
          event_sub h
            start he error=E1 then=inside
          i > a > bad
        boundary b on=inner error=E1 then=outside
        user after
        s > inner > after
        """
    )
    run.complete("a")
    assert active(run) == ["inside"]
    run.complete("inside")
    assert active(run) == ["after"]


def test_an_error_thrown_by_an_error_handler_goes_outwards():
    run = running(
        """
        start s
        sub inner
          start i
          end bad error=E1
          event_sub h
            start he error=E1
            end again error=E1
            he > again
          i > bad
        boundary b on=inner error=E1 then=outside
        s > inner
        """
    )
    assert active(run) == ["outside"]


def test_an_error_that_nobody_catches_ends_the_instance_in_error():
    run = running("start s\nparallel f\nuser a\nuser b\nend bad error=E9\ns > f\nf > a > bad\nf > b")
    run.complete("a")
    assert (run.ended, run.status, run.error_code) == (True, "error", "E9")


def test_an_error_of_a_service_is_caught_at_its_border():
    from engine.spiff import StandIn

    run = running(
        "start s\nservice a operation=book\nboundary x on=a error=E1 then=caught\ns > a",
        services={"a": StandIn(error="E1")},
    )
    assert active(run) == ["caught"]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("place", ["throw", "end"])
def test_an_escalation_is_caught_at_the_border(interrupting, place):
    run = running(
        f"""
        start s
        sub inner
          start i
          {place} up escalation=L1
          user a
          user b
          parallel f
          i > f
          f > a
          f > b > up
        boundary x on=inner escalation=L1{"" if interrupting else " noninterrupting"}
        user boss
        s > inner
        x > boss
        """
    )
    run.complete("b")
    assert active(run) == (["boss"] if interrupting else ["a", "boss"])


def test_an_escalation_event_subprocess_catches_inside():
    run = running(
        """
        start s
        throw up escalation=L1
        user a
        event_sub h
          start e escalation=L1 noninterrupting then=boss
        s > up > a
        """
    )
    assert active(run) == ["a", "boss"]


def test_an_escalation_that_nobody_catches_goes_on():
    run = running("start s\nthrow up escalation=L1\nuser a\ns > up > a")
    assert active(run) == ["a"]


@pytest.mark.parametrize("place", ["throw", "end"])
def test_a_thrown_signal_reaches_all_who_wait_in_the_instance(place):
    run = running(
        f"""
        start s
        parallel f
        catch c1 signal=go
        catch c2 signal=go
        user a
        user x
        user y
        {place} t signal=go
        s > f
        f > c1 > x
        f > c2 > y
        f > a > t
        """
    )
    run.complete("a")
    assert active(run) == ["x", "y"]


def test_a_terminate_end_event_ends_everything():
    run = running("start s\nparallel f\nuser a\nuser b\nend t terminate\ns > f\nf > a > t\nf > b")
    run.complete("a")
    assert (run.ended, run.status) == (True, "terminated")


def test_terminate_in_a_subprocess_ends_only_the_subprocess():
    run = running(
        """
        start s
        sub inner
          start i
          parallel f
          user a
          user b
          end t terminate
          i > f
          f > a > t
          f > b
        user after
        s > inner > after
        """
    )
    run.complete("a")
    assert active(run) == ["after"]


def test_link_events_are_a_jump():
    run = running("start s\nthrow t link=L\ncatch c link=L\nuser a\ns > t\nc > a")
    assert active(run) == ["a"]
    assert run.trace == ("s", "s_t", "t", "c", "c_a", "a")


def test_a_multiple_event_waits_for_any_of_its_triggers():
    run = running("start s\ncatch c message=m signal=n\nuser a\ns > c > a")
    assert waiting(run) == ["c", "c"]
    run.signal("n")
    assert (active(run), waiting(run)) == (["a"], [])


def test_a_parallel_multiple_event_waits_for_all_of_its_triggers():
    run = running("start s\ncatch c message=m signal=n all_of\nuser a\ns > c > a")
    run.signal("n")
    assert (active(run), waiting(run)) == ([], ["c"])
    run.message("m")
    assert active(run) == ["a"]


def test_a_multiple_end_event_throws_everything():
    run = running(
        "start s\nparallel f\ncatch c signal=go\nuser a\nuser x\nend t signal=go message=m\ns > f\nf > c > x\nf > a > t"
    )
    run.complete("a")
    assert active(run) == ["x"]


def test_a_condition_that_holds_already_does_not_wait():
    run = running("start s\ncatch c when=`n > 3`\nuser a\ns > c > a", variables={"n": 5})
    assert active(run) == ["a"]


def test_a_value_set_in_one_branch_wakes_a_condition_in_another():
    run = running("start s\nparallel f\ncatch c when=`ok`\nuser a\nuser b\nuser x\ns > f\nf > c > x\nf > a > b")
    run.complete("a", data={"ok": True})
    assert active(run) == ["b", "x"]


def test_a_message_needs_the_correlation_key_of_its_receiver():
    run = running("start s\ncatch c message=m key=order\nuser a\ns > c > a", variables={"order": 7})
    assert run.waiting[0].correlation_key == "7"
    with pytest.raises(ExecutionError) as failure:
        run.message("m", correlation={"order": 8})
    assert failure.value.code == "no-receiver"
    run.message("m", correlation={"order": 7})
    assert active(run) == ["a"]


@pytest.mark.parametrize(
    "sender", ["send t message=m with=`v:n + 1`", "throw t message=m with=`v:n + 1`", "end t message=m with=`v:n + 1`"]
)
def test_a_message_sent_reaches_one_who_waits_with_its_payload(sender):
    run = running(
        f"start s\nparallel f\ncatch c message=m\nuser a\nuser x\n{sender}\ns > f\nf > c > x\nf > a > t",
        variables={"n": 1},
    )
    run.complete("a")
    assert active(run) == ["x"]
    assert run.data["v"] == 2


def test_a_receive_task_waits_with_its_own_boundary_events():
    run = running("start s\nreceive r message=m\nboundary b on=r timer=P1D then=late\nuser a\ns > r > a")
    run.advance("P1D")
    assert (active(run), waiting(run)) == (["late"], [])


def test_an_event_subprocess_may_wait_for_all_of_its_triggers():
    run = running("start s\nuser a\nevent_sub h\n  start x message=m signal=n all_of then=b\ns > a")
    run.signal("n")
    assert active(run) == ["a"]
    run.message("m")
    assert active(run) == ["b"]


@pytest.mark.parametrize(
    "where",
    [
        "boundary x on=a {} noninterrupting\nx > c\nuser c",
        "event_sub h\n  start x {} noninterrupting\n  user c\n  x > c",
    ],
)
def test_what_waits_for_all_of_its_triggers_without_interrupting_can_happen_again(where):
    run = running("start s\nuser a\ns > a\n" + where.format("message=m signal=n all_of"))
    for times in range(1, 4):
        run.message("m", data={"told": times})
        run.message("m", data={"said": times})
        assert len(active(run)) == times
        run.signal("n")
        assert active(run) == ["a"] + ["c"] * times
        assert (run.data["told"], run.data["said"]) == (times, times)


def test_two_events_at_one_activity_that_wait_for_all_do_not_count_each_others_triggers():
    run = running(
        "start s\nuser a\nboundary x on=a message=m signal=n all_of noninterrupting then=c\n"
        "boundary y on=a message=o signal=p all_of noninterrupting then=d\ns > a"
    )
    run.message("m")
    run.signal("p")
    assert active(run) == ["a"]
    run.message("o")
    assert active(run) == ["a", "d"]


@pytest.mark.parametrize("flag", ["", " noninterrupting"])
def test_a_timer_among_triggers_that_must_all_happen_fires_once_and_waits_for_the_others(flag):
    run = running(f"start s\nuser a\nevent_sub h\n  start x message=m timer=P1D all_of{flag}\n  user b\n  x > b\ns > a")
    run.advance("P9D")
    assert active(run) == ["a"]
    run.message("m")
    assert active(run) == (["a", "b"] if flag else ["b"])


@pytest.mark.parametrize("duration", ["PT2H", "=PT2H", "=P", '="PT2H"', "=duration(P)", "P2h", '"PT2H"'])
def test_a_duration_is_a_literal_or_an_expression(duration):
    run = running(f"start s\ncatch c timer=`{duration}`\nuser a\ns > c > a", variables={"P": "PT2H", "P2h": "PT2H"})
    run.advance("PT1H")
    assert active(run) == []
    run.advance("PT1H")
    assert active(run) == ["a"]
