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
    "several links lead to one catch, each token on its own": (
        """
        start s
        parallel f
        user a
        user b
        throw ta link=L
        throw tb link=L
        catch l link=L
        user z
        s > f
        f > a > ta
        f > b > tb
        l > z
        """,
        "a b\na\nb z\nb\nz z\nz\nz\nz\ncompleted",
    ),
    "a link leads backwards": (
        """
        start s
        catch l link=L
        exclusive m
        user a
        exclusive g
        throw t link=L
        end e
        s > m
        l > m
        m > a > g
        g > t if `again`
        g > e default
        """,
        'a\na {"again": true}\na\na {"again": false}\ncompleted',
    ),
    "an inclusive join hears of a token that a link brings": (
        """
        start s
        inclusive f
        user a
        user b
        throw t link=L
        catch l link=L
        inclusive j
        user z
        s > f
        f > a
        f > b > t
        a > j
        l > j > z
        """,
        "a b\na\nb\nb\nz",
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
    "an inclusive join in a sub-process looks at its own tokens only": (
        """
        start s
        sub p times=2
          start i
          inclusive f
          user a
          user b
          inclusive j
          user z
          i > f
          f > a if `true`
          f > b if `loopCounter = 1`
          a > j
          b > j
          j > z
        s > p
        """,
        "a a b\na#0\na b z\na#1\nb z\nb\nz z",
    ),
    "conditional flows that leave a task split it, none true takes the default": (
        """
        start s
        user a
        user b
        user c
        user d
        s > a
        a > b if `x`
        a > c if `y`
        a > d default
        """,
        'a\na {"x": true, "y": true}\nb c',
    ),
    "conditional flows that leave a sub-process see what it wrote": (
        """
        start s
        sub p
          user a
        user b
        user c
        s > p
        p > b if `x`
        p > c default
        """,
        'a\na {"x": true}\nb',
    ),
    "conditional flows that leave a multi-instance task see what all of it wrote": (
        """
        start s
        user a times=2 into=votes output=`v`
        user b
        user c
        s > a
        a > b if `count(votes[item = 1]) = 2`
        a > c default
        """,
        'a a\na {"v": 1}\na\na {"v": 1}\nb',
    ),
    "a task without flows behind it ends its branch only": (
        "start s\nparallel f\nuser a\nuser b\ns > f\nf > a\nf > b",
        "a b\na\nb\nb\ncompleted",
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
    "terminate in one body of several ends that body": (
        """
        start s
        sub p times=2
          start i
          parallel f
          user a
          user b
          end e terminate
          i > f
          f > a > e
          f > b
        user z
        s > p > z
        """,
        "a a b b\na#0\na b\na#1\nz",
    ),
    "a standard loop of a sub-process with an event that ends it": (
        """
        start s
        sub p loop=`n < 3`
          user a
        boundary x on=p message=m then=c
        user z
        s > p > z
        """,
        'a\na {"n": 1}\na\n!m\nc',
    ),
    "a loop that is tested before is not entered, and its events do not happen": (
        "start s\nuser a loop=`false` before\nboundary x on=a timer=P1D then=c\nuser z\ns > a > z",
        "z\n+P2D\nz",
    ),
    "a loop inside a loop": (
        """
        start s
        sub p maximum=2
          user a maximum=2
        user z
        s > p > z
        """,
        "a\na\na\na\na\na\na\na\nz",
    ),
    "a multi-instance of loops": (
        "start s\nsub p times=2\n  user a maximum=2\nuser z\ns > p > z",
        "a a\na#0\na a\na#1\na\na\na\na\nz",
    ),
    "a sequence of multi-instances inside one another": (
        "start s\nsub p times=2 sequential\n  user a times=2 sequential\nuser z\ns > p > z",
        "a\na\na\na\na\na\na\na\nz",
    ),
    "a multi-instance call of a process with an error that one of them throws": (
        "start s\ncall c calls=Q each=`[1, 2, 3]` as=n\nboundary x on=c error=E then=d\nuser z\ns > c > z",
        "a a a\na#0\na a\na#1\nd",
        {"Q": "start q\nuser a\nexclusive g\nend bad error=E\nend ok\nq > a > g\ng > bad if `n = 2`\ng > ok default"},
    ),
    "a signal from one body reaches the border of them all": (
        """
        start s
        sub p times=3
          start i
          user a
          throw t signal=n
          user b
          i > a > t > b
        boundary x on=p signal=n then=c
        s > p
        """,
        "a a a\na#1\nc",
    ),
    "a signal from one body reaches the handlers in all of them": (
        """
        start s
        sub p times=20
          start i
          user a
          throw t signal=n
          i > a > t
          event_sub h
            start hs signal=n noninterrupting then=b
        s > p
        """,
        " ".join(["a"] * 20) + "\na#7\n" + " ".join(["a"] * 19 + ["b"] * 20),
    ),
    "an ad-hoc activity leads on to what follows it": (
        """
        start s
        adhoc p until=`done`
          user a
          user b
          user c
          a > b
        user z
        s > p > z
        """,
        '-\n*a\na\na\nb\n*c\nb c\nb {"done": true}\nz',
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
    "a branch sends what another waits for": (
        """
        start s
        parallel f
        user a
        send t message=m
        receive r message=m
        parallel j
        user z
        s > f
        f > a > t > j
        f > r > j
        j > z
        """,
        "a\na\nz",
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
    "a condition that holds when it is come to lets pass at once": (
        "start s\nuser a\ncatch c when=`n > 3`\nuser z\ns > a > c > z",
        'a\na {"n": 4}\nz',
    ),
    "an event gateway takes the condition that holds already": (
        "start s\nuser a\nevents g\ncatch c when=`n > 3` then=b\ncatch d timer=P1D then=k\ns > a > g\ng > c\ng > d",
        'a\na {"n": 4}\nb',
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
    "a receive task in a loop receives one message a turn": (
        "start s\nreceive r message=m loop=`n < 2`\nuser z\ns > r > z",
        '-\n!m {"n": 1}\n-\n!m {"n": 2}\nz',
    ),
    "receive tasks of several instances receive one message each": (
        "start s\nreceive r message=m times=2\nuser z\ns > r > z",
        "-\n!m\n-\n!m\nz",
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
    "parallel joins inside each of several bodies keep their tokens apart": (
        """
        start s
        sub p times=2
          start i
          parallel f
          user a
          user b
          parallel j
          user z
          i > f
          f > a > j
          f > b > j
          j > z
        s > p
        """,
        "a a b b\na#0\na b b\nb#1\na b\nb#0\na z\na\nz z",
    ),
    "an exclusive gateway that splits and merges": (
        """
        start s
        parallel f
        user a
        user b
        exclusive g
        user c
        user d
        s > f
        f > a > g
        f > b > g
        g > c if `x = 1`
        g > d default
        """,
        'a b\na {"x": 1}\nb c\nb {"x": 2}\nc d',
    ),
    "a parallel gateway that joins and splits": (
        """
        start s
        parallel f
        user a
        user b
        parallel g
        user c
        user d
        s > f
        f > a > g
        f > b > g
        g > c
        g > d
        """,
        "a b\na\nb\nb\nc d",
    ),
    "an escalation boundary that interrupts one of several instances ends them all": (
        """
        start s
        sub p times=3
          start i
          user a
          throw t escalation=X
          i > a > t
        boundary x on=p escalation=X then=c
        s > p
        """,
        "a a a\na#1\nc",
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
    "each of many bodies has a timer of its own": (
        """
        start s
        sub p times=20
          user a
          boundary x on=a timer=P1D then=b
        boundary y on=p timer=P2D then=c
        s > p
        """,
        " ".join(["a"] * 20) + "\na#3\n" + " ".join(["a"] * 19) + "\n+P1D\n" + " ".join(["b"] * 19) + "\n+P1D\nc",
    ),
    "an error in one of many bodies ends the others, whatever they wait for": (
        """
        start s
        sub p times=20
          start i
          user a
          events g
          catch c message=m then=b
          catch d timer=P1D
          end bad error=E
          i > a > g
          g > c
          g > d > bad
        boundary x on=p error=E then=z
        s > p
        """,
        " ".join(["a"] * 20) + "\na#5\n" + " ".join(["a"] * 19) + "\n+P1D\nz\n+P9D\nz",
    ),
    "an interrupting handler finishes its body, not the others": (
        """
        start s
        sub p times=2
          user a
          event_sub h
            start hs message=m then=b
        user z
        s > p > z
        """,
        "a a\n!m\na b\nb\na\na\nz",
    ),
    "bodies one after the other listen one after the other": (
        """
        start s
        sub p times=2 sequential
          user a
          event_sub h
            start hs timer=P1D then=b
        user z
        s > p > z
        """,
        "a\n+P1D\nb\nb\na\na\nz",
    ),
    "a task of many people with a reminder and a limit": (
        """
        start s
        user a times=3
        boundary x on=a timer=P1D noninterrupting then=b
        boundary y on=a timer=P2D then=c
        s > a
        """,
        "a a a\n+P1D\na a a b\na#1\na a b\n+P1D\nb c",
    ),
    "a completion condition ends the bodies with all that runs beside them": (
        """
        start s
        sub p times=3 until=`nrOfCompletedInstances = 1`
          user a
          event_sub h
            start hs message=m noninterrupting then=b
        user z
        s > p > z
        """,
        "a a a\n!m\na a a b\na#2\nz",
    ),
    "a process that calls itself keeps its levels apart": (
        """
        start s
        user a
        exclusive g
        call c calls=P in=`n: n + 1` out=`n: n`
        end e
        s > a > g
        g > c if `n < 2`
        g > e default
        c > e
        """,
        'a\na {"n": 0}\na\na\na\na\ncompleted',
    ),
    "what a call throws as a signal is heard by who called it": (
        "start s\nparallel f\ncall c calls=Q\ncatch k signal=n then=b\ns > f\nf > c\nf > k",
        "a\na\nb",
        {"Q": "start q\nuser a\nend e signal=n\nq > a > e"},
    ),
    "what a call sends as a message interrupts its caller's border": (
        "start s\ncall c calls=Q\nboundary x on=c message=m then=b\ns > c",
        "a\na\nb",
        {"Q": "start q\nuser a\nthrow t message=m\nuser d\nq > a > t > d"},
    ),
    "terminate in a call of one of several bodies ends that call": (
        """
        start s
        sub p times=2
          start i
          call c calls=Q
          user b
          i > c > b
        s > p
        """,
        "a a d d\na#0\na b d",
        {"Q": "start q\nparallel f\nuser a\nuser d\nend e terminate\nq > f\nf > a > e\nf > d"},
    ),
    "one message goes to one of two gateways that wait for it": (
        """
        start s
        parallel f
        events g
        catch c message=m then=a
        catch d timer=P1D
        events h
        catch k message=m then=b
        catch l timer=P1D
        s > f
        f > g
        f > h
        g > c
        g > d
        h > k
        h > l
        """,
        "-\n!m\na\n!m\na b",
    ),
    "an event gateway hears what a parallel branch throws, and its other events end": (
        """
        start s
        parallel f
        events g
        catch c signal=n then=a
        catch d timer=P1D then=b
        user x
        throw t signal=n
        s > f
        f > g
        f > x > t
        g > c
        g > d
        """,
        "x\nx\na\n+P2D\na",
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
    "an inclusive join waits for a sub-process on its way": (
        """
        start s
        inclusive f
        user a
        sub p times=2
          user b
        inclusive j
        user z
        s > f
        f > a > j
        f > p > j
        j > z
        """,
        "a b b\na\nb b\nb\nb\nb\nz",
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
    "nested inclusive blocks with other choices in each": (
        """
        start s
        inclusive f
        inclusive f2
        user a
        user b
        user c
        inclusive j2
        inclusive j
        user z
        s > f
        f > f2 if `true`
        f > c if `x`
        f2 > a if `x`
        f2 > b if `true`
        a > j2
        b > j2 > j
        c > j > z
        """,
        "b\nb\nz",
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
    "an implied end in a body with a split: the body ends with its last branch": (
        "start s\nsub p times=2\n  start i\n  user a\n  user b\n  i > a\n  i > b\nuser z\ns > p > z",
        "a a b b\na#0\na b b\nb#0\na b\na\nb\nb\nz",
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
    "three pools pass a message on, and the answer comes back": (
        "start s\nsend a message=m1\nreceive b message=m3\nuser z\ns > a > b > z",
        "w\nw\nz\nz\ncompleted",
        {
            "Q": "start q message=m1\nend e message=m2\nq > e",
            "R": "start r message=m2\nuser w\nend e message=m3\nr > w > e",
        },
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
    "a call that hands up a value ends the calls that were to follow": (
        """
        start s
        call c calls=Q each=`[1, 2, 3]` as=k sequential out=`t: k`
        boundary x on=c when=`t = 2` then=b
        user z
        s > c > z
        """,
        "a\na\na\na\nb",
        {"Q": "start q\nuser a\nq > a"},
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    text, story, *others = PLAYS[name]
    play(text, story, others=others[0] if others else None)
