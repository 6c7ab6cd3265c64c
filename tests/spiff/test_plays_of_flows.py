"""What BPMN says where gateways, events and calls meet."""

import pytest

from tests.spiff.plays import play

PLAYS = {
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
    "a task without flows behind it ends its branch only": (
        "start s\nparallel f\nuser a\nuser b\ns > f\nf > a\nf > b",
        "a b\na\nb\nb\ncompleted",
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
    "a condition that holds when it is come to lets pass at once": (
        "start s\nuser a\ncatch c when=`n > 3`\nuser z\ns > a > c > z",
        'a\na {"n": 4}\nz',
    ),
    "an event gateway takes the condition that holds already": (
        "start s\nuser a\nevents g\ncatch c when=`n > 3` then=b\ncatch d timer=P1D then=k\ns > a > g\ng > c\ng > d",
        'a\na {"n": 4}\nb',
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
    "three pools pass a message on, and the answer comes back": (
        "start s\nsend a message=m1\nreceive b message=m3\nuser z\ns > a > b > z",
        "w\nw\nz\nz\ncompleted",
        {
            "Q": "start q message=m1\nend e message=m2\nq > e",
            "R": "start r message=m2\nuser w\nend e message=m3\nr > w > e",
        },
    ),
    "an inclusive join in a loop does not wait for a branch beside it that waits for what is behind it": (
        """
        start s
        exclusive m
        parallel f
        user a
        inclusive g
        user b
        user c
        inclusive h
        user d
        parallel j
        user e
        exclusive x
        user z
        s > m > f
        f > a > j
        f > g
        g > b if `true`
        g > c if `both`
        b > h
        c > h
        h > d > j
        j > e > x
        x > m if `again`
        x > z default
        """,
        'a b\nb\na d\nd\na\na\ne\ne {"again": true, "both": true}\na b c\nb\na c\nc\na d\na\nd\nd\ne\n'
        'e {"again": false}\nz',
    ),
    "of two inclusive joins in a loop the inner one fires before the outer one that waits for it": (
        """
        start s
        exclusive m
        parallel f
        user a
        inclusive o
        inclusive g
        user b
        user c
        inclusive h
        user d
        user k
        inclusive p
        user w
        parallel j
        exclusive x
        user z
        s > m > f
        f > a > j
        f > o
        o > g if `true`
        o > k if `true`
        g > b if `true`
        g > c if `false`
        b > h
        c > h
        h > d > p
        k > p
        p > w > j
        j > x
        x > m if `again`
        x > z default
        """,
        'a b k\na\nb k\nk\nb\nb\nd\nd\nw\nw {"again": true}\na b k\nk\na b\nb\na d\nd\na w\nw\na\n'
        'a {"again": false}\nz',
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_what_bpmn_says_where(name):
    play(*PLAYS[name])
