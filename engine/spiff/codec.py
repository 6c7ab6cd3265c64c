"""The state as bytes: msgpack of flat tuples, variables of inner scopes as tagged JSON text."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from engine.spiff.bodies import Rows
from engine.spiff.effects import Ended
from engine.spiff.errors import ExecutionError, StateError
from engine.spiff.frozen import Frozen
from engine.spiff.packed import Texts, loose, loose_numbers
from engine.spiff.specs import FlowNode, ProcessSpec
from engine.spiff.state import Activity, Loop, Record, Scope, Subscription, within
from engine.values import dumps, loads

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions
    from engine.spiff.execution import Execution

FORMAT: Final = 3
_READ: Final = (1, 2, FORMAT)  # 1: lists of a multi-instance were not compressed; 2: nor were its bodies
_PARTS: Final = 8
_LOOSE: Final = 2  # parts of a list in format 1
_OF_BODIES: Final = 5  # parts of bodies on ice
FREEZE_FROM = 16  # open bodies; fewer are kept as they are
_decoder = msgspec.msgpack.Decoder()
_encoder = msgspec.msgpack.Encoder()
FindDefinitions = Callable[[str, str], "Definitions"]


def encode_state(run: Execution) -> bytes:
    """The live state; variables of the instance itself are not in it. Many parallel bodies are put on ice by it."""
    freeze(run)
    root = run.root
    live = sorted(run.activities.values(), key=_number)
    inner = [_scope_out(activity.child, root) for activity in live if activity.child is not None]
    scopes = [_scope_out(root, root), *inner]
    activities = list(map(_activity_out, live))
    subscriptions = [_subscription_out(s) for s in run.subscriptions.values()]
    ended = None if run.ended is None else (run.ended.status, run.ended.end_event_id, run.ended.error_code)
    process = root.spec.name
    state = (FORMAT, process, run.next_no, ended, run.last_end, scopes, activities, subscriptions)
    data = _encoder.encode(state)
    if len(data) > run.limits.state_bytes:
        raise ExecutionError("budget-exceeded", f"the state has {len(data)} bytes, more than allowed")
    return data


_number = attrgetter("no")


def _scope_out(scope: Scope, root: Scope) -> tuple[Any, ...]:
    called = scope is not root and scope.variables is not None
    return (
        scope.no,
        scope.host.no if scope.host is not None else 0,
        (scope.definitions.key, scope.spec.name, sorted(scope.untouched or ())) if called else None,
        None if not called or scope.variables is None else dumps(scope.variables),
        scope.arrivals,
        [_record_out(r) for r in scope.compensation] if scope.compensation else (),
        scope.performed,
        scope.happened,
    )


def _activity_out(activity: Activity) -> tuple[Any, ...]:
    loop = activity.loop
    return (
        activity.no,
        activity.node.bpmn_id,
        activity.scope.no,
        activity.parent.no if activity.parent is not None else 0,
        activity.index,
        None if activity.names is None else dumps(activity.names),
        None if activity.local is None else dumps(activity.local),
        None if loop is None else _loop_out(loop),
        activity.fired,
        None if activity.queue is None else [_record_out(r) for r in activity.queue],
        activity.on_behalf,
        activity.leaving,
        activity.waiting_for,
    )


def _loop_out(loop: Loop) -> tuple[Any, ...]:
    frozen = None if loop.frozen is None else loop.frozen.parts()
    bits = None if loop.open is None else bytes(loop.open)
    items = None if loop.items is None else loop.items.parts()
    outputs = loop.outputs.parts() if len(loop.outputs) else None
    return (loop.kind, loop.total, loop.done, loop.active, loop.started, items, outputs, loop.first_no, bits, frozen)


def _loop_in(row: Any, outside: tuple[int, int]) -> Loop:
    kind, total, done, active, started, items, outputs, first_no, bits, *frozen = row
    given = None if items is None else Texts.of(loose(*items)) if len(items) == _LOOSE else Texts(*items)
    made = Texts() if outputs is None else _outputs_in(*outputs)
    loop = Loop(kind, total, done, active, started, given, made, first_no)
    if bits is not None:
        loop.open = bytearray(bits)
    if frozen and frozen[0] is not None:
        loop.frozen = _frozen_in(outside, total, frozen[0])
    return loop


def _frozen_in(outside: tuple[int, int], total: int, parts: Any) -> Frozen:
    if len(parts) == _OF_BODIES:
        return Frozen(outside, *parts)
    slots, base, tail, *_, signals = parts  # format 2: each body on its own
    frozen, blob = Frozen.empty(outside, total), base + tail
    frozen.signals = signals
    places = enumerate(struct.iter_unpack("<II", slots))
    frozen.put((body, _decoder.decode(blob[at : at + length])) for body, (at, length) in places if length)
    return frozen


def _outputs_in(ends: bytes, blob: bytes, rest: Any) -> Texts:
    if isinstance(rest, list):
        return Texts(ends, blob, rest)
    counters = loose_numbers(rest)  # format 1
    return Texts.of(f"{counter}:{text}" for counter, text in zip(counters, loose(ends, blob), strict=True))


# --- bodies on ice ------------------------------------------------------------------------------------------------


def freeze(run: Execution) -> None:
    """Turn the bodies of parallel multi-instance activities that have many of them into bytes."""
    for controller in list(run.activities.values()):
        loop = controller.loop
        if loop is None or loop.kind != "parallel" or loop.open is not None or controller.no not in run.activities:
            continue
        if loop.frozen is None and len(controller.children) < FREEZE_FROM:
            continue
        if any(
            a.loop is not None and a.loop.frozen is not None for c in controller.children.values() for a in within(c)
        ):
            continue  # an inner one has many: it is on ice itself
        _freeze_children(run, controller, loop)


def _freeze_children(run: Execution, controller: Activity, loop: Loop) -> None:
    bodies: list[tuple[int, Rows]] = []
    outside = controller.no, controller.scope.no
    for child in list(controller.children.values()):
        if not child.node.maps_in:
            child.names = None  # known by its counter
        inside = list(within(child))
        scopes = [a.child for a in inside if a.child is not None]
        subscriptions = [s for a in inside for s in a.subscriptions]
        subscriptions += [s for scope in scopes for s in scope.subscriptions]
        if any(s.kind == "condition" for s in subscriptions):
            child.names = child.names or run.names_of(controller, child.index or 0)
            continue  # it looks at every change of the variables
        rows = (
            [_scope_out(s, run.root) for s in scopes],
            [_activity_out(a) for a in sorted(inside, key=lambda a: a.no)],
            [_subscription_out(s) for s in subscriptions],
        )
        bodies.append((child.index or 0, rows))
        _forget(run, inside, scopes, subscriptions)
        del controller.children[child.no]
        if any(s.kind == "signal" for s in subscriptions):
            loop.frozen = loop.frozen or Frozen.empty(outside, loop.total)
            loop.frozen.signals = True
    if bodies:
        loop.frozen = loop.frozen or Frozen.empty(outside, loop.total)
        loop.frozen.put(bodies)


def _forget(run: Execution, activities: list[Activity], scopes: list[Scope], subscriptions: list[Subscription]) -> None:
    for activity in activities:
        run.activities.pop(activity.no, None)
        if activity in run.ranges:
            run.ranges.remove(activity)
    for subscription in subscriptions:
        run.subscriptions.pop(subscription.no, None)
    run.forget_joins(scopes)


def thaw(run: Execution, controller: Activity, bodies: Iterable[int]) -> None:
    """Make bodies live again."""
    frozen = controller.loop.frozen if controller.loop is not None else None
    if frozen is None:
        return
    try:
        for body in list(bodies):
            _Loader(run, run.find_definitions).load_body(controller, frozen.take(body))
    except (ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise StateError(f"the state cannot be read: {error!r}") from error
    for child in controller.children.values():
        child.names = child.names or run.names_of(controller, child.index or 0)
    controller.children = dict(sorted(controller.children.items()))


def _record_out(record: Record) -> tuple[Any, ...]:
    nested = None if record.nested is None else [_record_out(r) for r in record.nested]
    return (record.node.bpmn_id, nested, None if record.names is None else dumps(record.names))


def _subscription_out(s: Subscription) -> tuple[Any, ...]:
    where = s.scope.no if s.scope is not None else 0
    activity = s.activity.no if s.activity is not None else 0
    return (
        s.no, s.node.bpmn_id, s.index, s.kind, activity, where, s.scope is not None,
        s.name, s.key, s.due_at, s.cycle, s.turn, s.anchor, s.was_true,
    )  # fmt: skip


def unpack_state(data: bytes) -> list[Any]:
    """The parts of a stored state; the second is the process id.

    Raises:
        StateError: not a state of ours.
    """
    try:
        state = _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError) as error:
        raise StateError(f"the state cannot be read: {error!r}") from error
    if not isinstance(state, list) or len(state) != _PARTS or not isinstance(state[1], str):
        raise StateError("these bytes are no state of an instance")
    if state[0] not in _READ:
        raise StateError(f"state format {state[0]} is none of {_READ}")
    return state


def fill(run: Execution, state: list[Any], find: FindDefinitions) -> None:
    """Fill a fresh execution with an unpacked state.

    Raises:
        StateError: it does not fit the definitions.
    """
    try:
        _, _, run.next_no, ended, run.last_end, scopes, activities, subscriptions = state
        run.ended = None if ended is None else Ended(*ended)
        _Loader(run, find).load(scopes, activities, subscriptions)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StateError(f"the state cannot be read: {error!r}") from error


class _Loader:
    """Puts scopes and activities together again; the outer ones come first because their numbers are lower."""

    def __init__(self, run: Execution, find: FindDefinitions) -> None:
        self._run = run
        self._find = find
        self._scopes: dict[int, Scope] = {}

    def load(self, scopes: list[Any], activities: list[Any], subscriptions: list[Any]) -> None:
        by_host = {row[1]: row for row in scopes}
        self._fill_scope(self._run.root, by_host[0])
        self._fill(by_host, activities, subscriptions)

    def load_body(self, controller: Activity, rows: Any) -> None:
        """Put one body of a multi-instance activity back."""
        scopes, activities, subscriptions = rows
        self._scopes[controller.scope.no] = controller.scope
        self._fill({row[1]: row for row in scopes}, activities, subscriptions)

    def _fill(self, by_host: dict[int, Any], activities: list[Any], subscriptions: list[Any]) -> None:
        for row in activities:
            activity = self._add_activity(self._scopes[row[2]], row)
            if activity.no in by_host:
                self._add_scope(activity, by_host[activity.no])
        for row in subscriptions:
            self._add_subscription(row)
        for scope in self._scopes.values():
            if scope.arrivals:
                self._run.restore_joins(scope)

    def _add_scope(self, host: Activity, row: Any) -> Scope:
        definitions, spec = host.scope.definitions, host.node.body
        if row[2] is not None:
            key, process, *_ = row[2]
            definitions = self._find(key, process)
            spec = definitions.specs[process]
        if spec is None:
            raise StateError(f"{host.node.bpmn_id} has no inside")
        scope = Scope(row[0], spec, definitions, host, None if row[3] is None else loads(row[3]))
        if row[2] is not None:
            scope.untouched = set(*row[2][2:])  # none of them: stored before it was told apart
        host.child = scope
        self._fill_scope(scope, row)
        return scope

    def _fill_scope(self, scope: Scope, row: Any) -> None:
        scope.no = row[0]
        scope.arrivals = row[4]
        if row[5]:
            scope.compensation = [self._record(scope.spec, r) for r in row[5]]
        scope.performed, scope.happened = row[6], row[7]
        self._scopes[scope.no] = scope

    def _record(self, spec: ProcessSpec, row: Any) -> Record:
        node = _node(spec, row[0])
        nested = None
        if row[1] is not None and node.body is not None:
            nested = [self._record(node.body, r) for r in row[1]]
        return Record(node, nested, None if row[2] is None else loads(row[2]))

    def _add_activity(self, scope: Scope, row: Any) -> Activity:
        no, node_id, _, parent_no, index, names, local, loop, fired, queue, on_behalf, leaving, waiting_for = row
        parent = self._run.activities[parent_no] if parent_no else None
        activity = Activity(no, _node(scope.spec, node_id), scope, parent, index)
        if names is not None:
            activity.names = loads(names)
        if local is not None:
            activity.local = loads(local)
        if loop is not None:
            activity.loop = _loop_in(loop, (no, scope.no))
            if activity.loop.open is not None:
                self._run.ranges.append(activity)
        activity.fired = (
            {node_id: fired} if isinstance(fired, list) else fired
        )  # a list: stored before there were several
        if queue is not None:
            activity.queue = [self._record(self._place(scope), r) for r in queue]
        activity.on_behalf, activity.leaving, activity.waiting_for = on_behalf, leaving, waiting_for
        self._run.activities[no] = activity
        if parent is None:
            scope.activities[no] = activity
        else:
            parent.children[no] = activity
        return activity

    def _place(self, scope: Scope) -> ProcessSpec:
        """Where the records of a throw event were made: around the event sub-process it may stand in."""
        where = scope
        while where.host is not None and where.host.node in where.host.scope.spec.event_subprocesses:
            where = where.host.scope
        return where.spec

    def _add_subscription(self, row: Any) -> None:
        no, node_id, index, kind, activity_no, scope_no, of_scope, *rest = row
        activity = self._run.activities[activity_no] if activity_no else None
        scope = self._scopes[scope_no] if of_scope else None
        place = scope if scope is not None else activity.scope if activity is not None else self._run.root
        node = place.spec.root.all_nodes[node_id]
        subscription = Subscription(no, node, index, kind, activity, scope, *rest)
        self._run.subscriptions[no] = subscription
        owner = scope if scope is not None else activity
        if owner is not None:
            owner.subscriptions.append(subscription)


def _node(spec: ProcessSpec, node_id: str) -> FlowNode:
    node = spec.root.all_nodes.get(node_id)  # compensating, a sub-process stands in itself
    if node is None:
        raise StateError(f"there is no flow node {node_id} in {spec.name}")
    return node
