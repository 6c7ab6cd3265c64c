"""Drawings that are played moment by moment: kept in memory, stored now and then, and stored always."""

from __future__ import annotations

import json

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


def play(text, story, others=None):
    """``story`` is one line per moment: what is open, then what is done; ``others`` are processes that are called."""
    moments = [line.strip() for line in story.strip().splitlines()]
    for stored in ("never", "now and then", "always"):
        run = running(text, persist=stored == "always", others=others)
        seen = [open_now(run)]
        for number, action in enumerate(moments[1::2]):
            run.persist = stored == "always" or (stored == "now and then" and number % 2 == 0)
            act(run, action)
            seen.append(open_now(run))
        assert seen == moments[::2], stored
