"""Deployments that this process has compiled, by their id and by the process definitions in them."""

import threading
from collections import OrderedDict
from uuid import UUID

from engine.definitions.deployed import Deployed

KEPT = 64


class KeptDeployments:
    """The deployments used last; one object for all threads of an engine. A deployment never changes."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[UUID, Deployed] = OrderedDict()
        self._id_of: dict[UUID, UUID] = {}  # by process definition
        self._last: tuple[int, Deployed] | None = None  # number of a process definition: most steps ask for the last
        self._lock = threading.Lock()

    def with_id(self, deployment_id: UUID) -> Deployed | None:
        """A deployment, if it is here."""
        with self._lock:
            found = self._by_id.get(deployment_id)
            if found is not None:
                self._by_id.move_to_end(deployment_id)
            return found

    def with_definition(self, process_definition_id: UUID) -> Deployed | None:
        """The deployment of a process definition, if it is here."""
        last = self._last
        if last is not None and last[0] == process_definition_id.int:
            return last[1]
        deployment_id = self._id_of.get(process_definition_id)
        found = self.with_id(deployment_id) if deployment_id is not None else None
        if found is not None:
            self._last = (process_definition_id.int, found)
        return found

    def put(self, deployed: Deployed) -> None:
        """Keep one."""
        with self._lock:
            self._by_id[deployed.id] = deployed
            self._id_of.update(dict.fromkeys(deployed.process_definition_ids.values(), deployed.id))
            while len(self._by_id) > KEPT:
                self._by_id.popitem(last=False)

    def clear(self) -> None:
        """Keep none."""
        with self._lock:
            self._by_id.clear()
            self._last = None
