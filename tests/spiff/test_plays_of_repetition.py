"""What BPMN says where multi-instance and loops meet other elements."""

import pytest

from tests.spiff.plays import play

PLAYS = {
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
    "a receive task in a loop receives one message a turn": (
        "start s\nreceive r message=m loop=`n < 2`\nuser z\ns > r > z",
        '-\n!m {"n": 1}\n-\n!m {"n": 2}\nz',
    ),
    "receive tasks of several instances receive one message each": (
        "start s\nreceive r message=m times=2\nuser z\ns > r > z",
        "-\n!m\n-\n!m\nz",
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
    "an implied end in a body with a split: the body ends with its last branch": (
        "start s\nsub p times=2\n  start i\n  user a\n  user b\n  i > a\n  i > b\nuser z\ns > p > z",
        "a a b b\na#0\na b b\nb#0\na b\na\nb\nb\nz",
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
    "a completion condition of calls without mappings counts those that are done now": (
        "start s\ncall c calls=Q times=3 until=`nrOfCompletedInstances = 2`\nuser z\ns > c > z",
        "a a a\na#1\na a\na#0\nz",
        {"Q": "start q\nuser a\nq > a"},
    ),
    "calls without mappings in a body leave the loop counter of the body alone": (
        """
        start s
        sub p times=2 sequential
          start i
          call c calls=Q times=3 sequential
          exclusive g
          user b
          user d
          i > c > g
          g > b if `loopCounter = 0`
          g > d default
        s > p
        """,
        "a\na\na\na\na\na\nb\nb\na\na\na\na\na\na\nd",
        {"Q": "start q\nuser a\nq > a"},
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    play(*PLAYS[name])
