"""What BPMN says where its elements meet: each drawing runs kept in memory, stored now and then, and stored always."""

from __future__ import annotations

import json

import pytest

from tests.spiff.driving import active, begin, running


def act(run, action):
    """One action, as a word with data behind it.

    ``a``, ``a#1``: complete a task, of the instance with that counter; ``!m`` message, ``~s`` signal, ``+P1D`` time,
    ``=`` variables, ``*a`` begin what is offered.
    """
    word, _, rest = action.partition(" ")
    data = json.loads(rest) if rest else {}
    name, kind = word[1:], word[0]
    if kind == "!":
        run.message(name, data=data)
    elif kind == "~":
        run.signal(name, data=data)
    elif kind == "+":
        run.advance(name)
    elif kind == "=":
        run.set(data)
    elif kind == "*":
        begin(run, name)
    else:
        task, _, instance = word.partition("#")
        run.complete(task, data=data, instance=int(instance) if instance else None)


def open_now(run):
    return run.status if run.ended else " ".join(active(run)) or "-"


def play(text, story, **options):
    """``story`` is one line per moment: what is open, then what is done."""
    moments = [line.strip() for line in story.strip().splitlines()]
    for stored in ("never", "now and then", "always"):
        run = running(text, persist=stored == "always", **options)
        seen = [open_now(run)]
        for number, action in enumerate(moments[1::2]):
            run.persist = stored == "always" or (stored == "now and then" and number % 2 == 0)
            act(run, action)
            seen.append(open_now(run))
        assert seen == moments[::2], stored


PLAYS = {
    "an error in a handler that a message started is caught by the error handler beside it": (
        """
        start s
        user a
        event_sub h
          start hs message=m noninterrupting
          end bad error=E
          hs > bad
        event_sub g
          start gs error=E
          user b
          gs > b
        s > a
        """,
        "a\n!m\nb\nb\ncompleted",
    ),
    "an error in the handler of that error goes outwards": (
        """
        start s
        sub p
          start i
          end bad error=E
          i > bad
          event_sub g
            start gs error=E
            user b
            end again error=E
            gs > b > again
        boundary x on=p error=E then=c
        s > p
        """,
        "b\nb\nc",
    ),
    "an escalation in a handler is heard by the handler beside it": (
        """
        start s
        user a
        event_sub h
          start hs message=m noninterrupting
          throw t escalation=X
          user d
          hs > t > d
        event_sub g
          start gs escalation=X noninterrupting then=b
        s > a
        """,
        "a\n!m\na b d",
    ),
    "a boundary event leads back to its own task as often as it happens": (
        "start s\nuser a\nboundary x on=a timer=P1D\nscript n body=`{n: 1}`\ns > a\nx > n > a",
        "a\n+P3D\na\na\ncompleted",
    ),
    "an event gateway in a loop waits anew in every turn": (
        """
        start s
        exclusive m
        events g
        catch c message=go
        catch d timer=P1D
        user a
        user b
        s > m > g
        g > c > a
        g > d > b > m
        """,
        "-\n+P1D\nb\nb\n-\n!go\na\na\ncompleted",
    ),
    "an event of all its triggers waits for all of them again in the next turn": (
        "start s\nexclusive m\ncatch c message=m signal=n all_of\nuser a\ns > m > c > a\na > m",
        "-\n!m\n-\n~n\na\na\n-\n~n\n-\n!m\na",
    ),
    "tokens that enter a sub-process one after the other run in it side by side": (
        """
        start s
        parallel f
        user x
        exclusive m
        sub p
          user a
        user z
        s > f
        f > m
        f > x > m
        m > p > z
        """,
        "a x\nx\na a\na\na z\nz\na\na\nz\nz\ncompleted",
    ),
    "an interrupting handler of a sub-process ends its non-interrupting one": (
        """
        start s
        sub p
          user a
          event_sub h
            start hs message=m noninterrupting then=b
          event_sub g
            start gs signal=n then=c
        user z
        s > p > z
        """,
        "a\n!m\na b\n!m\na b b\n~n\nc\nc\nz",
    ),
    "a boundary event ends the handlers of its sub-process as well": (
        """
        start s
        sub p
          user a
          event_sub h
            start hs message=m noninterrupting then=b
        boundary x on=p timer=P1D then=c
        s > p
        """,
        "a\n!m\na b\na\nb\n+P1D\nc",
    ),
    "a token waits in a handler after the main flow of the process has ended": (
        "start s\nuser a\nevent_sub h\n  start hs signal=n noninterrupting then=b\ns > a",
        "a\n~n\na b\na\nb\n~n\nb b\nb\nb\nb\ncompleted",
    ),
    "a timer that was to begin a handler does not hold the process open": (
        "start s\nuser a\nevent_sub h\n  start hs timer=P1D noninterrupting then=b\ns > a",
        "a\na\ncompleted",
    ),
    "an error two calls down is caught at the outer call, and its sibling is ended": (
        """
        start s
        parallel f
        call c calls=Q
        user o
        boundary x on=c error=E then=d
        s > f
        f > c
        f > o
        """,
        "a b o\na\nd o",
        {
            "Q": "start q\nparallel f\ncall r calls=R\nuser b\nq > f\nf > r\nf > b",
            "R": "start r0\nuser a\nend bad error=E\nr0 > a > bad",
        },
    ),
    "an escalation end two calls down is heard at both, the inner one not interrupting": (
        "start s\ncall c calls=Q\nboundary x on=c escalation=X noninterrupting then=d\nuser z\ns > c > z",
        "a\na\nd z",
        {"Q": "start q\ncall r calls=R\nq > r", "R": "start r0\nuser a\nend up escalation=X\nr0 > a > up"},
    ),
    "an escalation is heard once, by the nearest": (
        """
        start s
        sub p
          start i
          sub q
            start j
            throw t escalation=X
            user a
            j > t > a
          boundary y on=q escalation=X noninterrupting then=b
          i > q
        boundary x on=p escalation=X noninterrupting then=c
        s > p
        """,
        "a b",
    ),
    "what catches all errors nearer is asked before what names the error farther": (
        """
        start s
        sub p
          start i
          sub q
            start j
            user a
            end bad error=E
            j > a > bad
          boundary y on=q error then=b
          i > q
        boundary x on=p error=E then=c
        s > p
        """,
        "a\na\nb",
    ),
    "cancel in a sub-process of a transaction undoes all of the transaction": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo_a
          sub p
            start j
            user b undone_by=undo_b
            end stop cancel
            j > b > stop
          user never
          i > a > p > never
        boundary x on=t cancel then=c
        s > t
        """,
        "a\na\nb\nb\nundo_b\nundo_b\nundo_a\nundo_a\nc",
    ),
    "cancel in a handler of a transaction undoes what the transaction did": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo
          user b
          i > a > b
          event_sub h
            start hs message=m
            end stop cancel
            hs > stop
        boundary x on=t cancel then=c
        s > t
        """,
        "a\na\nb\n!m\nundo\nundo\nc",
    ),
    "an error that leaves a transaction undoes nothing": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo
          user b
          end bad error=E
          i > a > b > bad
        boundary x on=t error=E then=c
        boundary y on=t cancel then=d
        s > t
        """,
        "a\na\nb\nb\nc",
    ),
    "a transaction that one of several instances cancels is left by its cancel event": (
        """
        start s
        transaction t times=2
          start i
          user a undone_by=undo
          exclusive g
          end stop cancel
          end ok
          i > a > g
          g > stop if `bad`
          g > ok default
        boundary x on=t cancel then=c
        user z
        s > t > z
        """,
        'a a\na#0 {"bad": true}\na undo\nundo\nc',
    ),
    "an error handler undoes what was done before the error": (
        """
        start s
        sub p
          start i
          user a undone_by=undo
          user b
          end bad error=E
          i > a > b > bad
          event_sub h
            start hs error=E
            throw t compensate
            user c
            hs > t > c
        user z
        s > p > z
        """,
        "a\na\nb\nb\nundo\nundo\nc\nc\nz",
    ),
    "compensation goes into sub-processes of sub-processes, last first": (
        """
        start s
        sub p
          start i
          user a undone_by=undo_a
          sub q
            start j
            user b undone_by=undo_b
            j > b
          user c undone_by=undo_c
          i > a > q > c
        throw t compensate=p
        user z
        s > p > t > z
        """,
        "a\na\nb\nb\nc\nc\nundo_c\nundo_c\nundo_b\nundo_b\nundo_a\nundo_a\nz",
    ),
    "what has been undone is not undone again": (
        "start s\nuser a undone_by=undo\nthrow t compensate\nuser b\nthrow u compensate\nuser z\ns > a > t > b > u > z",
        "a\na\nundo\nundo\nb\nb\nz",
    ),
    "a called process with a handler at its call is undone by that": (
        "start s\ncall c calls=Q undone_by=undo\nthrow t compensate\nuser z\ns > c > t > z",
        "a\na\nundo\nundo\nz",
        {"Q": "start q\nuser a\nq > a"},
    ),
    "a handler may be a sub-process": (
        """
        start s
        user a
        boundary x on=a compensate handler=h
        sub h compensation
          start i
          user b
          user c
          i > b > c
        throw t compensate
        user z
        s > a > t > z
        """,
        "a\na\nb\nb\nc\nc\nz",
    ),
    "an interrupted activity is not undone": (
        """
        start s
        user a undone_by=undo_a
        user b undone_by=undo_b
        boundary x on=b message=m
        throw t compensate
        user z
        s > a > b
        x > t > z
        """,
        "a\na\nb\n!m\nundo_a\nundo_a\nz",
    ),
    "a parallel branch goes on while another undoes": (
        """
        start s
        user a undone_by=undo
        parallel f
        throw t compensate
        user b
        parallel j
        user z
        s > a > f
        f > t > j
        f > b > j
        j > z
        """,
        "a\na\nb undo\nb\nundo\nundo\nz",
    ),
    "an event ends a sub-process that is undoing": (
        """
        start s
        sub p
          start i
          user a undone_by=undo
          throw t compensate
          i > a > t
        boundary x on=p message=m then=c
        s > p
        """,
        "a\na\nundo\n!m\nc",
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    text, story, *others = PLAYS[name]
    play(text, story, others=others[0] if others else None)
