"""Mandatory gates: user tasks that no later version of a folder may leave out."""

from collections.abc import Mapping

from engine.bpmn.diagram import our
from engine.bpmn.names import FOR_PEOPLE, bpmn_elements, local_name
from engine.bpmn.read import read_xml
from engine.definitions.deployed import Compiled
from engine.definitions.folder import with_suffix
from engine.definitions.manifest import Manifest
from engine.definitions.places import Places
from engine.spiff import reachable_nodes


def gates_in(resources: Mapping[str, bytes]) -> dict[str, str]:
    """File of each user task marked ``banli:mandatory``, by its id.

    Read from the files as they are: those of an old version may compile no more, and its gates count all the same.
    """
    return {
        (element.get("id") or "").strip(): file
        for file, content in with_suffix(resources, ".bpmn").items()
        for element in bpmn_elements(read_xml(content))
        if local_name(element) in FOR_PEOPLE and our(element, "mandatory") == "true"
    }


def unmarked_gates(manifest: Manifest, resources: Mapping[str, bytes]) -> list[str]:
    """Gates that process.yaml names and no diagram marks."""
    present = gates_in(resources)
    return [
        f"process.yaml mandatory_gates：流程图中没有标为 banli:mandatory 的用户任务“{name}”（missing-gate）"
        for name in manifest.data.get("mandatory_gates", ())
        if name not in present
    ]


def unreached_gates(compiled: Compiled, resources: Mapping[str, bytes], places: Places) -> list[str]:
    """Gates to which no way leads: they are marked, and no case ever comes to them."""
    problems = []
    for name, file in gates_in(resources).items():
        for process in compiled.definitions.processes.values():
            if process.file != file or name not in process.user_tasks:
                continue
            if name not in reachable_nodes(compiled.definitions, process.id):
                problems.append(f"{places.of(file, 'id', name)}：没有路径通到必经关口（unreached-gate）")
    return problems


def dropped_gates(before: Mapping[str, bytes], resources: Mapping[str, bytes]) -> list[str]:
    """Gates of the version before that are gone, or no longer marked.

    Args:
        before: the resources of that version.
        resources: those of the new one.
    """
    present = gates_in(resources)
    return [
        f"{file} {name}：上一版本的必经关口不能去掉（dropped-gate）"
        for name, file in gates_in(before).items()
        if name not in present
    ]
