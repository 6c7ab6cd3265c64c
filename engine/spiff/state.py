"""The live state of an instance: scopes, activities that wait, subscriptions. Nothing that is over is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from engine.spiff.frozen import Frozen
from engine.spiff.packed import Texts
from engine.spiff.specs import FlowNode, ProcessSpec, Trigger

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions


NOTHING_MORE: Final = ""  # among the activities performed in an ad-hoc sub-process, an id that none has: no more begins


class Scope(Struct, eq=False):
    """A running process, sub-process, called process or event sub-process."""

    no: int
    spec: ProcessSpec
    definitions: Definitions
    host: Activity | None  # the activity whose inside this is; None for the instance itself
    variables: dict[str, Any] | None = None  # of the instance and of a call; a sub-process uses its parent's
    untouched: set[str] = field(
        default_factory=set
    )  # of a call: variables that went in with all and were not set since
    activities: dict[int, Activity] = field(default_factory=dict)  # what waits directly in here
    arrivals: dict[str, dict[str, int]] = field(default_factory=dict)  # join id → flow → tokens
    tokens: int = 0  # on their way in this step
    subscriptions: list[Subscription] = field(default_factory=list)  # of event sub-processes
    compensation: list[Record] = field(default_factory=list)  # finished activities that can be compensated
    performed: dict[str, int] = field(default_factory=dict)  # of an ad-hoc sub-process: node id → times
    happened: dict[str, list[int]] = field(default_factory=dict)  # parallel multiple starts: triggers so far
    finishing: bool = False
    dead: bool = False
    generation: int = 0  # raised when everything in here is cancelled: older tokens are void


class Loop(Struct, eq=False):
    """Progress of a multi-instance or loop activity: counters, never a list of what is done."""

    kind: str
    total: int
    done: int = 0
    active: int = 0
    started: int = 0
    items: Texts | None = None  # encoded one by one
    outputs: Texts = field(default_factory=Texts)  # in the order in which they came, each after its loop counter
    first_no: int = 0  # parallel user tasks: the child with index i has the number first_no + i
    open: bytearray | None = None  # parallel user tasks: one bit per child
    frozen: Frozen | None = None  # other parallel bodies: those that this step has not touched


class Activity(Struct, eq=False):
    """A node that a token has entered and not yet left."""

    no: int
    node: FlowNode
    scope: Scope
    parent: Activity | None = None  # the loop that this is an iteration of
    index: int | None = None  # loop counter, from 0; of an event that waits for compensation: which trigger is next
    names: Mapping[str, Any] | None = None  # read-only: loop counter and item
    local: dict[str, Any] | None = None  # written by a multi-instance iteration
    child: Scope | None = None
    loop: Loop | None = None
    children: dict[int, Activity] = field(default_factory=dict)  # of a loop
    subscriptions: list[Subscription] = field(default_factory=list)
    fired: dict[str, list[int]] | None = None  # parallel multiple events here: triggers that have happened
    queue: list[Record] | None = None  # compensation still to be done by this throw event
    on_behalf: int = 0  # this runs as compensation for the activity with that number
    leaving: str = ""  # what to do when the compensation queue is empty; "completed" once a person has done the task
    waiting_for: str = ""  # "service" while a stand-in lets an automatic task wait


class Subscription(Struct, eq=False):
    """An event that is waited for."""

    no: int
    node: FlowNode  # the event, receive task or boundary event
    index: int  # which of its triggers
    kind: str
    activity: Activity | None  # catch event, event gateway, or the host of a boundary event
    scope: Scope | None  # of an event sub-process start
    name: str | None = None
    key: str | None = None
    due_at: datetime | None = None
    cycle: str | None = None  # the repeating interval, while there are repetitions to come
    turn: int = 0  # repetitions so far
    anchor: datetime | None = None
    was_true: bool = False  # conditional events fire when the condition becomes true

    @property
    def trigger(self) -> Trigger:
        """What is waited for."""
        return self.node.triggers[self.index]


class Record(Struct, eq=False):
    """A finished activity that can be compensated."""

    node: FlowNode
    nested: list[Record] | None = None  # of a finished sub-process
    names: Mapping[str, Any] | None = None


def within(activity: Activity) -> Iterator[Activity]:
    """The activity and every one inside it."""
    pending = [activity]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.children.values())
        if current.child is not None:
            pending.extend(current.child.activities.values())
