"""What BPMN says where boundary events and event sub-processes meet other elements."""

import pytest

from tests.spiff.plays import play

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
    "an inclusive join waits for the branch of a boundary event that leads to it": (
        """
        start s
        inclusive f
        user a
        user b
        user c
        boundary x on=b timer=P1D
        inclusive j
        user z
        s > f
        f > a > j
        f > b > j
        x > c > j
        j > z
        """,
        "a b\na\nb\n+P1D\nc\nc\nz",
    ),
    "an inclusive join waits for both ways of a task with a boundary event that does not interrupt": (
        """
        start s
        inclusive f
        user a
        user b
        user c
        boundary x on=b message=m noninterrupting
        inclusive j
        user z
        s > f
        f > a > j
        f > b > j
        x > c > j
        j > z
        """,
        "a b\na\nb\n!m\nb c\nb\nc\nc\nz",
    ),
    "terminate ends the branches and the handlers of the process": (
        """
        start s
        parallel f
        user a
        user b
        end e terminate
        event_sub h
          start hs message=m noninterrupting then=c
        s > f
        f > a > e
        f > b
        """,
        "a b\n!m\na b c\na\nterminated",
    ),
    "a sub-process inside an ad-hoc sub-process": (
        """
        start s
        adhoc p until=`done`
          sub q
            user a
            user b
        boundary x on=p timer=P1D then=c
        user z
        s > p > z
        """,
        '-\n*q\na b\n*q\na a b b\na {"done": true}\na b b\n+P1D\nc',
    ),
    "an event ends an ad-hoc sub-process": (
        "start s\nadhoc p until=`done`\n  user a\n  user b\nboundary x on=p message=m then=c\nuser z\ns > p > z",
        "-\n*a\na\n!m\nc",
    ),
    "a handler runs beside the activities of an ad-hoc sub-process": (
        """
        start s
        adhoc p until=`done`
          user a
          event_sub h
            start hs message=m noninterrupting then=b
        user z
        s > p > z
        """,
        '-\n!m\nb\n*a\na b\na {"done": true}\nz',
    ),
    "a message end event reaches the border of another branch": (
        """
        start s
        parallel f
        user a
        end t message=m
        user b
        boundary x on=b message=m then=c
        s > f
        f > a > t
        f > b
        """,
        "a b\na\nc",
    ),
    "a throw event of several does each": (
        """
        start s
        parallel f
        user a
        throw t message=m signal=n escalation=X
        user z
        catch c message=m then=d
        catch k signal=n then=g
        event_sub h
          start hs escalation=X noninterrupting then=b
        s > f
        f > a > t > z
        f > c
        f > k
        """,
        "a\na\nb d g z",
    ),
    "an interrupting boundary event of all its triggers": (
        "start s\nuser a\nboundary x on=a message=m signal=n all_of then=c\ns > a",
        "a\n!m\na\n~n\nc",
    ),
    "a boundary event of all its triggers that does not interrupt happens once for each pair": (
        "start s\nuser a\nboundary x on=a message=m signal=n all_of noninterrupting then=c\ns > a",
        "a\n!m\na\n!m\na\n~n\na c\n~n\na c\n!m\na c c",
    ),
    "two conditions become true at once, the first in the file ends the rest": (
        """
        start s
        user a
        boundary x on=a when=`n > 3` then=b
        boundary y on=a when=`n > 2` then=c
        s > a
        """,
        'a\n= {"n": 4}\nb',
    ),
    "a date that has passed happens at once": (
        "start s\nuser a\nboundary x on=a date=2029-01-01T00:00:00Z noninterrupting then=b\ns > a",
        "a\n+PT0S\na b",
    ),
    "timers of inner and outer activities happen in the order of their instants": (
        """
        start s
        sub p
          user a
          boundary x on=a timer=PT2H then=b
        boundary y on=p timer=PT3H noninterrupting then=c
        s > p
        """,
        "a\n+PT2H\nb\n+PT1H\nb c",
    ),
    "a cycle at the border of a sub-process ends with it": (
        "start s\nsub p\n  user a\nboundary x on=p cycle=R/PT1H noninterrupting then=b\nuser z\ns > p > z",
        "a\n+PT2H\na b b\na\nb b z\n+PT5H\nb b z",
    ),
    "a user task may be ended by each of several events, and the others end with it": (
        """
        start s
        user a
        boundary x on=a message=m then=b
        boundary y on=a signal=n then=c
        boundary t on=a timer=P1D then=d
        s > a
        """,
        "a\n~n\nc\n+P2D\nc",
    ),
    "a script that a boundary error cannot hear ends nothing": (
        "start s\nuser a\nsub p\n  start i\n  end bad error=F\n  i > bad\nboundary x on=p error=E then=c\ns > a > p",
        "a\na\nerror",
    ),
    "a handler at the process catches an error of a call": (
        "start s\ncall c calls=Q\nevent_sub h\n  start hs error=E\n  user b\n  hs > b\ns > c",
        "a\na\nb\nb\ncompleted",
        {"Q": "start q\nuser a\nend bad error=E\nq > a > bad"},
    ),
    "a call in a handler": (
        "start s\nuser a\nevent_sub h\n  start hs message=m noninterrupting\n  call c calls=Q\n  hs > c\ns > a",
        "a\n!m\na b\na\nb\nb\ncompleted",
        {"Q": "start q\nuser b\nq > b"},
    ),
    "a handler in a handler": (
        """
        start s
        user a
        event_sub h
          start hs message=m
          user b
          event_sub g
            start gs signal=n
            user c
            gs > c
          hs > b
        s > a
        """,
        "a\n~n\na\n!m\nb\n~n\nc\nc\ncompleted",
    ),
    "a signal is not heard by what its first hearer comes to": (
        "start s\nuser a\nboundary x on=a signal=n noninterrupting\ncatch c signal=n then=b\ns > a\nx > c",
        "a\n~n\na\n~n\na b",
    ),
    "of two interrupting events of one signal at one task the first happens": (
        "start s\nuser a\nboundary x on=a signal=n then=b\nboundary y on=a signal=n then=c\ns > a",
        "a\n~n\nb",
    ),
    "a signal that interrupts a sub-process is not heard in it": (
        """
        start s
        sub p
          start i
          user a
          boundary y on=a signal=n then=b
          i > a
          event_sub h
            start hs signal=n then=c
        s > p
        """,
        "a\n~n\nc",
    ),
    "what a call sends as a message interrupts its caller's border": (
        "start s\ncall c calls=Q\nboundary x on=c message=m then=b\ns > c",
        "a\na\nb",
        {"Q": "start q\nuser a\nthrow t message=m\nuser d\nq > a > t > d"},
    ),
    "a join behind an event sub-process's sibling branches waits for nobody in the handler": (
        """
        start s
        inclusive f
        user a
        user b
        inclusive j
        user z
        event_sub h
          start hs message=m noninterrupting then=c
        s > f
        f > a > j
        f > b > j
        j > z
        """,
        "a b\n!m\na b c\na\nb c\nb\nc z",
    ),
    "a message, a signal or a time: one start of a handler for any of them": (
        "start s\nuser a\nevent_sub h\n  start hs message=m signal=n timer=P1D noninterrupting then=b\ns > a",
        "a\n!m\na b\n~n\na b b\n+P1D\na b b b\n+P9D\na b b b\n!m\na b b b b",
    ),
    "an error end inside a non-interrupting handler ends its sub-process": (
        """
        start s
        sub p
          user a
          event_sub h
            start hs message=m noninterrupting
            end bad error=E
            hs > bad
        boundary x on=p error=E then=c
        s > p
        """,
        "a\n!m\nc",
    ),
    "an event that throws an error throws its signal as well": (
        """
        start s
        parallel f
        sub p
          user a
          end e error=E signal=n
          a > e
        boundary x on=p error=E then=b
        catch c signal=n then=d
        s > f
        f > p
        f > c
        """,
        "a\na\nb d",
    ),
    "several flows and conditions lead away from events": (
        """
        start s
        user a
        user b
        boundary x on=a message=m
        user c
        user d
        user k
        s > a
        s > b
        x > c if `n > 1`
        x > d if `n > 0`
        x > k default
        """,
        'a b\n!m {"n": 2}\nb c d',
    ),
    "one value is heard by the handlers of each level and at the border between them": (
        """
        start s
        sub p
          user a
          event_sub h
            start hs when=`n > 1` noninterrupting then=b
        boundary x on=p when=`n > 1` noninterrupting then=c
        event_sub g
          start gs when=`n > 1` noninterrupting then=d
        user z
        s > p > z
        """,
        'a\na {"n": 2}\nb c d\nb\nc d z',
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    play(*PLAYS[name])
