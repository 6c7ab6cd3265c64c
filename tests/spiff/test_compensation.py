"""Undoing what was done: handlers, transactions, what belongs to whom."""

import pytest

from engine.spiff import StandIn
from tests.spiff.driving import active, running

BOOKING = """
start s
{container} trip
  start i
  service flight operation=book undone_by=undo_flight
  service hotel operation=book undone_by=undo_hotel
  user pay
  exclusive g
  end ok
  end failed {failed}
  i > flight > hotel > pay > g
  g > ok if `paid`
  g > failed default
boundary b on=trip {boundary} then=undone
user after
s > trip > after
"""


def test_a_cancelled_transaction_is_compensated_last_first_and_leaves_by_its_cancel_event():
    run = running(BOOKING.format(container="transaction", failed="cancel", boundary="cancel"))
    run.complete("pay", data={"paid": False})
    assert active(run) == ["undo_hotel"]
    run.complete("undo_hotel")
    assert active(run) == ["undo_flight"]
    run.complete("undo_flight")
    assert active(run) == ["undone"]


def test_a_transaction_that_succeeds_goes_on():
    run = running(BOOKING.format(container="transaction", failed="cancel", boundary="cancel"))
    run.complete("pay", data={"paid": True})
    assert active(run) == ["after"]


def test_a_compensation_end_event_undoes_what_was_done_in_its_scope():
    run = running(BOOKING.format(container="sub", failed="compensate", boundary="error=E"))
    run.complete("pay", data={"paid": False})
    assert active(run) == ["undo_hotel"]
    run.complete("undo_hotel")
    run.complete("undo_flight")
    assert active(run) == ["after"]


def test_a_finished_subprocess_is_compensated_from_outside():
    run = running(
        BOOKING.format(container="sub", failed="terminate", boundary="error=E").replace(
            "s > trip > after", "s > trip > after > t > last\nthrow t compensate\nuser last"
        )
    )
    run.complete("pay", data={"paid": True})
    run.complete("after")
    assert active(run) == ["undo_hotel"]
    run.complete("undo_hotel")
    run.complete("undo_flight")
    assert active(run) == ["last"]


def test_one_activity_can_be_compensated_alone():
    run = running(
        """
        start s
        user a undone_by=ha
        user b undone_by=hb
        throw t compensate=a
        user after
        s > a > b > t > after
        """
    )
    run.complete("a")
    run.complete("b")
    assert active(run) == ["ha"]
    run.complete("ha")
    assert active(run) == ["after"]


def test_what_was_not_done_is_not_compensated():
    run = running(
        "start s\nuser a undone_by=ha\nthrow t compensate\nuser b\nexclusive g\ns > g\ng > a if `false`\n"
        "g > t default\na > t\nt > b"
    )
    assert active(run) == ["b"]


def test_every_turn_of_a_loop_is_compensated():
    run = running(
        """
        start s
        exclusive m
        user a
        boundary ca on=a compensate handler=ha
        manual ha compensation
        exclusive g
        throw t compensate
        user after
        s > m > a > g
        g > m if `again`
        g > t default
        t > after
        """
    )
    run.complete("a", data={"again": True})
    run.complete("a", data={"again": False})
    run.complete("ha")
    run.complete("ha")
    assert active(run) == ["after"]


def test_a_subprocess_with_its_own_handler_is_undone_by_that():
    run = running(
        """
        start s
        sub p undone_by=hp
          start i
          service x operation=o undone_by=hx
          i > x
        throw t compensate
        user after
        s > p > t > after
        """
    )
    assert active(run) == ["hp"]
    run.complete("hp")
    assert active(run) == ["after"]


def test_a_compensation_event_subprocess_undoes_its_subprocess():
    run = running(
        """
        start s
        sub p
          start i
          service x operation=o
          i > x
          event_sub h
            start c compensate
            user undo
            c > undo
        throw t compensate=p
        user after
        s > p > t > after
        """
    )
    assert active(run) == ["undo"]
    run.complete("undo")
    assert active(run) == ["after"]


def test_a_handler_may_be_a_multi_instance():
    run = running(
        "start s\nservice x operation=o\nboundary cx on=x compensate handler=hx\nuser hx compensation times=2\n"
        "throw t compensate\nuser after\ns > x > t > after"
    )
    assert active(run) == ["hx", "hx"]
    run.complete("hx")
    run.complete("hx")
    assert active(run) == ["after"]


def test_compensation_runs_last_first_and_each_handler_waits_for_the_one_before():
    run = running(
        "start s\nuser a undone_by=undo_a\nuser b undone_by=undo_b\nuser c undone_by=undo_c\nthrow t compensate\n"
        "user z\ns > a > b > c > t > z"
    )
    for task in ("a", "b", "c"):
        run.complete(task)
    for undone in ("undo_c", "undo_b", "undo_a"):
        assert active(run) == [undone]
        run.complete(undone)
    assert active(run) == ["z"]


def test_cancel_in_a_transaction_ends_the_rest_undoes_what_was_done_and_leaves_by_the_cancel_event():
    run = running(
        "start s\ntransaction t\n  start s1\n  parallel f\n  user a undone_by=undo\n  user b\n  user slow\n"
        "  end stop cancel\n  s1 > f\n  f > a\n  f > b > stop\n  f > slow\nboundary out on=t cancel then=after\n"
        "user never\ns > t > never"
    )
    run.complete("a")
    run.complete("b")
    assert active(run) == ["undo"]
    run.complete("undo")
    assert active(run) == ["after"]


def test_an_error_in_a_compensation_handler_is_caught_around_it():
    run = running(
        "start s\nsub p\n  start s1\n  user a\n  boundary un on=a compensate handler=undo\n"
        "  service undo compensation\n  throw t compensate\n  user z\n  s1 > a > t > z\n"
        "boundary out on=p error=E then=c\ns > p",
        services={"undo": StandIn(error="E")},
    )
    run.complete("a")
    assert active(run) == ["c"]


def test_compensation_thrown_in_an_event_sub_process_undoes_what_is_around_it():
    run = running(
        "start s\nuser a undone_by=undo\nuser b\nevent_sub h\n  start m message=m\n  throw t compensate\n  user c\n"
        "  m > t > c\ns > a > b"
    )
    run.complete("a")
    run.message("m")
    assert active(run) == ["undo"]
    run.complete("undo")
    assert active(run) == ["c"]


def test_cancel_undoes_what_a_finished_sub_process_of_the_transaction_did():
    run = running(
        "start s\ntransaction t\n  start s1\n  sub q\n    start s2\n    user a undone_by=undo\n    s2 > a\n  user b\n"
        "  end c cancel\n  s1 > q > b > c\nboundary out on=t cancel then=z\ns > t"
    )
    run.complete("a")
    run.complete("b")
    assert active(run) == ["undo"]
    run.complete("undo")
    assert active(run) == ["z"]


def test_each_instance_of_a_sub_process_is_undone():
    run = running(
        "start s\nsub p times=2\n  start s1\n  user a undone_by=undo\n  s1 > a\nthrow t compensate\nuser z\n"
        "s > p > t > z"
    )
    run.complete("a")
    run.complete("a")
    for _ in range(2):
        assert active(run) == ["undo"]
        run.complete("undo")
    assert active(run) == ["z"]


CANCELLED = """
start s
transaction t
  start i
  sub p{times}
    start j
    user a
    boundary x on=a compensate handler=undo
    {handler} undo compensation{body}
    user k
    j > a > k
  user q
  end c cancel
  i > p
  i > q > c
boundary y on=t cancel
user z
s > t
y > z
"""


@pytest.mark.parametrize("times", ["", " each=`[1, 2]` as=item sequential", " each=`for i in 1..20 return i` as=item"])
def test_cancel_undoes_what_a_sub_process_has_done_that_has_not_finished(times):
    run = running(CANCELLED.format(times=times, handler="user", body=""))
    run.complete("a")
    run.complete("q")
    assert active(run) == ["undo"]
    assert [task.local.get("item") for task in run._cases[0].user_tasks()] == ([1] if times else [None])
    run.complete("undo")
    assert active(run) == ["z"]


UNDONE_BODIES = """
start s
sub p each=`["bus", "train"]` as=means sequential
  start i
  user book
  boundary x on=book compensate handler=undo
  script undo compensation body=`{refunds: append(refunds, means + " " + string(price))}`
  i > book
throw t compensate
user z
s > p > t > z
"""


@pytest.mark.parametrize("kind", [" sequential", ""])
def test_who_undoes_an_instance_sees_what_was_written_in_it_and_writes_beside_it(kind):
    run = running(UNDONE_BODIES.replace(" sequential", kind), variables={"refunds": []})
    run.complete("book", data={"price": 2}, instance=0 if not kind else None)
    run.complete("book", data={"price": 80})
    assert active(run) == ["z"]
    assert run.data["refunds"] == ["train 80", "bus 2"]


def test_who_undoes_an_instance_reads_what_was_written_while_it_was_undone():
    run = running(
        """
        start s
        sub p times=1
          start i
          user book
          boundary x on=book compensate handler=undo
          sub undo compensation
            start j
            script lower body=`{price: price - 1}`
            script tell body=`{told: price}`
            j > lower > tell
          i > book
        throw t compensate
        user z
        s > p > t > z
        """
    )
    run.complete("book", data={"price": 10})
    assert active(run) == ["z"]
    assert (run.data["told"], run.data["price"]) == (9, 9)


def test_who_undoes_an_instance_that_is_cancelled_sees_what_was_written_in_it():
    body = " body=`{undone: price}`"
    run = running(CANCELLED.format(times=" each=`[1, 2]` as=item", handler="script", body=body))
    run.complete("a", data={"price": 10}, instance=0)
    run.complete("q")
    assert active(run) == ["z"]
    assert run.data["undone"] == 10
