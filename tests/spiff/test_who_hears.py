"""Who hears an event first, and what the last step of a scope says to those who listen."""

import pytest

from tests.spiff.driving import active, running


@pytest.mark.parametrize(
    ("trigger", "happen"),
    [
        ("message=m", lambda run: run.message("m")),
        ("signal=m", lambda run: run.signal("m")),
        ("timer=P1D", lambda run: run.advance("P1D")),
        ("when=`late`", lambda run: run.set({"late": True})),
    ],
)
@pytest.mark.parametrize("called", [False, True])
def test_an_event_sub_process_takes_precedence_over_a_boundary_event_of_the_same_trigger(trigger, happen, called):
    inside = (
        "start i\nuser a\nevent_sub h\n  start x {} noninterrupting\n  script q body=`{{first: true}}`\n  x > q\ni > a"
    )
    inside = inside.format(trigger)
    around = f"start s\n{{}}\nboundary y on=p {trigger}\nuser c\ns > p\ny > c"
    if called:
        run = running(around.format("call p calls=Q"), others={"Q": inside})
    else:
        run = running(around.format("sub p\n  " + inside.replace("\n", "\n  ")))
    happen(run)
    if trigger.startswith("message"):  # one receiver: the boundary event has not got it
        assert active(run) == ["a"]
    elif not called:  # both: the event sub-process first
        assert (active(run), run.data.get("first")) == (["c"], True)


@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize("loop", ["times=3", "times=20", "times=3 sequential", "loop=`true`"])
@pytest.mark.parametrize("persist", [False, True])
def test_an_event_sub_process_of_an_instance_hears_a_message_before_the_border_of_them_all(called, loop, persist):
    inside = "start i\nuser a\nevent_sub h\n  start x message=m\n  user b\n  x > b\ni > a"
    nested = "" if called else "".join(f"  {line}\n" for line in inside.splitlines())
    run = running(
        f"start s\n{'call p calls=Q' if called else 'sub p'} {loop}\n{nested}"
        "boundary y on=p message=m then=c\nboundary t on=p timer=P1D then=d\ns > p",
        others={"Q": inside},
        persist=persist,
    )
    at_once = len(active(run))
    for heard in range(1, at_once + 1):
        run.message("m")
        assert active(run) == ["a"] * (at_once - heard) + ["b"] * heard
    if at_once == 1:  # the next one hears it first as well
        run.complete("b")
        run.message("m")
        assert active(run) == ["b"]
    run.message("m")
    assert active(run) == ["c"]


@pytest.mark.parametrize("thrower", ["end t signal=n", "throw t signal=n\n  end e\n  t > e"])
@pytest.mark.parametrize(("flag", "then"), [("", ["c"]), (" noninterrupting", ["c", "w"])])
def test_a_signal_is_heard_at_the_border_before_its_thrower_goes_on_and_ends_the_sub_process(thrower, flag, then):
    run = running(
        f"start s\nsub p\n  user a\n  {thrower}\n  a > t\nboundary x on=p signal=n{flag}\nuser c\nuser w\n"
        "s > p > w\nx > c"
    )
    run.complete("a")
    assert active(run) == then


def _one_after_the_other(run):
    run.complete("a")
    run.complete("b", data={"dear": True})


LAST_SAYS = [
    ("user a", lambda run: run.complete("a", data={"dear": True})),
    ("user a\n  script q body=`{dear: true}`\n  a > q", lambda run: run.complete("a")),
    ("user a\n  user b\n  parallel j\n  a > j\n  b > j", _one_after_the_other),
]


@pytest.mark.parametrize(("inside", "say"), LAST_SAYS)
@pytest.mark.parametrize("flag", ["", " noninterrupting"])
def test_a_condition_that_the_last_step_of_a_sub_process_makes_true_is_still_heard(inside, say, flag):
    at_border = running(
        f"start s\nsub p\n  {inside}\nboundary x on=p when=`dear`{flag}\nuser c\nuser w\ns > p > w\nx > c"
    )
    say(at_border)
    assert active(at_border) == (["c", "w"] if flag else ["c"])
    in_it = running(
        f"start s\nsub p\n  {inside}\n  event_sub h\n    start x when=`dear`{flag}\n    user c\n    x > c\n"
        "user w\ns > p > w"
    )
    say(in_it)
    assert active(in_it) == ["c"]
    in_it.complete("c")
    assert active(in_it) == ["w"]


@pytest.mark.parametrize("flag", ["", " terminate", " error=E", " signal=n"])
def test_the_condition_of_a_process_is_heard_before_it_ends_however_it_would_have_ended(flag):
    run = running(f"start s\nuser a\nend e{flag}\nevent_sub h\n  start x when=`dear`\n  user c\n  x > c\ns > a > e")
    run.complete("a", data={"dear": True})
    assert active(run) == ["c"]
    assert not run.ended
