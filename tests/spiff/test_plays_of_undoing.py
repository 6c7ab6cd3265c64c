"""What BPMN says where compensation and transactions meet other elements."""

import pytest

from tests.spiff.plays import play

PLAYS = {
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
    "compensation thrown in a handler undoes what the handler did, and before that what is around it": (
        """
        start s
        user a undone_by=undo_a
        user b
        event_sub h
          start hs message=m
          user c undone_by=undo_c
          throw t compensate
          user d
          hs > c > t > d
        s > a > b
        """,
        "a\na\nb\n!m\nc\nc\nundo_c\nundo_c\nundo_a\nundo_a\nd",
    ),
    "a handler that its own boundary event ends makes way for the next": (
        """
        start s
        user a undone_by=undo_a
        user b
        boundary y on=b compensate handler=undo_b
        user undo_b compensation
        boundary late on=undo_b timer=P1D then=c
        throw t compensate
        user z
        s > a > b > t > z
        """,
        "a\na\nb\nb\nundo_b\n+P1D\nc undo_a\nundo_a\nc z",
    ),
    "a cancelled transaction may be tried again": (
        """
        start s
        exclusive m
        transaction t
          start i
          user a undone_by=undo
          exclusive g
          end stop cancel
          end ok
          i > a > g
          g > stop if `bad`
          g > ok default
        boundary x on=t cancel
        user z
        s > m > t > z
        x > m
        """,
        'a\na {"bad": true}\nundo\nundo\na\na {"bad": false}\nz',
    ),
    "cancel ends the inner transaction only": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo_a
          transaction u
            start j
            user b undone_by=undo_b
            end stop cancel
            j > b > stop
          boundary y on=u cancel then=c
          i > a > u
        boundary x on=t cancel then=d
        s > t
        """,
        "a\na\nb\nb\nundo_b\nundo_b\nc\nc\ncompleted",
    ),
    "the time at the border of a transaction runs while it is undone": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo
          end stop cancel
          i > a > stop
        boundary x on=t cancel then=c
        boundary y on=t timer=P1D then=d
        s > t
        """,
        "a\na\nundo\n+P1D\nd",
    ),
    "every turn of a looping sub-process is undone, last first": (
        """
        start s
        sub p maximum=2
          start i
          user a undone_by=undo_a
          user b undone_by=undo_b
          i > a > b
        throw t compensate
        user z
        s > p > t > z
        """,
        "a\na\nb\nb\na\na\nb\nb\nundo_b\nundo_b\nundo_a\nundo_a\nundo_b\nundo_b\nundo_a\nundo_a\nz",
    ),
    "what an ad-hoc sub-process did is undone": (
        """
        start s
        adhoc p until=`done`
          user a undone_by=undo
          user b
        throw t compensate
        user z
        s > p > t > z
        """,
        '-\n*a\na\na\n-\n*b\nb\nb {"done": true}\nundo\nundo\nz',
    ),
    "what a handler of a finished sub-process did is undone with it": (
        """
        start s
        sub p
          user a
          event_sub h
            start hs message=m noninterrupting
            user b undone_by=undo
            hs > b
        throw t compensate
        user z
        s > p > t > z
        """,
        "a\n!m\na b\nb\na\na\nundo\nundo\nz",
    ),
    "an inclusive join waits for an activity that undoes on its way": (
        """
        start s
        user k undone_by=undo
        inclusive f
        user a
        throw t compensate
        inclusive j
        user z
        s > k > f
        f > a > j
        f > t > j
        j > z
        """,
        "k\nk\na undo\na\nundo\nundo\nz",
    ),
    "an end event that undoes, tells and terminates does all three": (
        """
        start s
        user a undone_by=undo
        parallel f
        user o
        end e terminate compensate message=m
        catch c message=m
        user told
        s > a > f
        f > o > e
        f > c > told
        """,
        "a\na\no\no\ntold undo\nundo\nterminated",
    ),
    "an event that undoes two activities undoes both": (
        """
        start s
        user a undone_by=undo_a
        user b undone_by=undo_b
        throw t compensate=a,b
        user z
        s > a > b > t > z
        """,
        "a\na\nb\nb\nundo_a\nundo_a\nundo_b\nundo_b\nz",
    ),
    "a condition in a transaction cancels it": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo
          user b
          i > a > b
          event_sub h
            start hs when=`bad`
            end e cancel
            hs > e
        boundary x on=t cancel then=z
        s > t
        """,
        'a\na\nb\nb {"bad": true}\nundo\nundo\nz',
    ),
    "cancel while something is being undone undoes the rest of it": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo_a
          user b undone_by=undo_b
          parallel f
          throw u compensate
          user c
          end stop cancel
          i > a > b > f
          f > u
          f > c > stop
        boundary x on=t cancel then=d
        s > t
        """,
        "a\na\nb\nb\nc undo_b\nc\nundo_a\nundo_a\nd",
    ),
    "cancel while a sub-process is half undone undoes the other half, in its turn": (
        """
        start s
        transaction t
          start i
          user k undone_by=undo_k
          sub p
            start j
            user a undone_by=undo_a
            user b undone_by=undo_b
            j > a > b
          parallel f
          throw u compensate
          user c undone_by=undo_c
          user d
          end stop cancel
          i > k > p > f
          f > u
          f > c > d > stop
        boundary x on=t cancel then=y
        s > t
        """,
        "k\nk\na\na\nb\nb\nc undo_b\nc\nd undo_b\nd\nundo_c\nundo_c\nundo_a\nundo_a\nundo_k\nundo_k\ny",
    ),
    "cancel ends a sub-process that undoes, and undoes the rest of it": (
        """
        start s
        transaction t
          start i
          parallel f
          sub p
            start j
            user a undone_by=undo_a
            user b undone_by=undo_b
            throw u compensate
            j > a > b > u
          user c
          end stop cancel
          i > f
          f > p
          f > c > stop
        boundary x on=t cancel then=y
        s > t
        """,
        "a c\na\nb c\nb\nc undo_b\nc\nundo_a\nundo_a\ny",
    ),
    "an interrupting handler undoes what the event it interrupts had yet to undo": (
        """
        start s
        sub p
          start i
          user a undone_by=undo_a
          user b undone_by=undo_b
          throw t compensate
          i > a > b > t
          event_sub h
            start hs message=m
            throw u compensate
            user c
            hs > u > c
        user z
        s > p > z
        """,
        "a\na\nb\nb\nundo_b\n!m\nundo_a\nundo_a\nc\nc\nz",
    ),
    "a handler that terminates leaves what it had yet to undo around it to the next that undoes": (
        """
        start s
        user a undone_by=undo_a
        user b undone_by=undo_b
        user c
        throw t compensate
        user d
        s > a > b > c > t > d
        event_sub h
          start hs message=m noninterrupting
          parallel f
          throw u compensate
          user x
          end stop terminate
          hs > f
          f > u
          f > x > stop
        """,
        "a\na\nb\nb\nc\n!m\nc undo_b x\nx\nc\nc\nundo_a\nundo_a\nd",
    ),
    "a handler that undoes is interrupted by another, which undoes the rest around both": (
        """
        start s
        sub p
          start i
          user a undone_by=undo_a
          user b
          i > a > b
          event_sub h
            start hs message=m noninterrupting
            user c undone_by=undo_c
            throw t compensate
            hs > c > t
          event_sub g
            start gs signal=n
            throw u compensate
            user e
            gs > u > e
        user z
        s > p > z
        """,
        "a\na\nb\n!m\nb c\nc\nb undo_c\n~n\nundo_a\nundo_a\ne\ne\nz",
    ),
    "an inclusive join does not wait for a sub-process before it that is being undone": (
        """
        start s
        sub p
          start i
          user a undone_by=undo
          i > a
        inclusive f
        user b
        user c
        throw u compensate=p
        inclusive j
        user y
        user z
        s > p > f
        f > b if `true`
        f > c if `false`
        f > u if `true`
        b > j
        c > j
        j > z
        u > y
        """,
        "a\na\nb undo\nb\nundo z\nundo\ny z",
    ),
    "an inclusive join does not wait for an event that has gone on while it undoes": (
        """
        start s
        user a undone_by=undo
        inclusive f
        user b
        throw u compensate nowait
        exclusive g
        user y
        inclusive j
        user z
        s > a > f
        f > b > j
        f > u > g
        g > j if `false`
        g > y default
        j > z
        """,
        "a\na\nb undo y\nb\nundo y z",
    ),
    "a cancelled transaction hears nothing more in it while it is undone": (
        """
        start s
        transaction t
          start i
          user a undone_by=undo
          end stop cancel
          i > a > stop
          event_sub h
            start hs message=m then=b
          event_sub g
            start gs timer=P1D noninterrupting then=d
        boundary x on=t cancel then=c
        catch k message=m then=told
        user z
        s > t > z
        s > k
        """,
        "a\na\nundo\n+P2D\nundo\n!m\ntold undo\nundo\nc told",
    ),
    "an inclusive join waits for what may come from the border of a handler": (
        """
        start s
        user a
        boundary ab on=a compensate handler=undo
        user undo compensation
        boundary late on=undo timer=P1D
        inclusive f
        user b
        throw u compensate
        user y
        inclusive j
        user z
        s > a > f
        f > b > j
        f > u > y
        late > j
        j > z
        """,
        "a\na\nb undo\nb\nundo\n+P1D\ny z",
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    play(*PLAYS[name])
