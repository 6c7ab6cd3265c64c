"""Mandatory gates: user tasks that no later version of a folder may leave out."""

from collections.abc import Mapping

from engine.definitions.deployed import Compiled


def gates(compiled: Compiled) -> set[str]:
    """Ids of the user tasks marked ``banli:mandatory``."""
    return {
        task.id
        for process in compiled.definitions.processes.values()
        for task in process.user_tasks.values()
        if task.attributes.mandatory
    }


def unmarked_gates(compiled: Compiled) -> list[str]:
    """Gates that process.yaml names and no diagram marks."""
    present = gates(compiled)
    return [
        f"process.yaml mandatory_gates：流程图中没有标为 banli:mandatory 的用户任务“{name}”（missing-gate）"
        for name in compiled.manifest.data.get("mandatory_gates", ())
        if name not in present
    ]


def dropped_gates(before: Mapping[str, str], compiled: Compiled) -> list[str]:
    """Gates of the version before that are gone, or no longer marked.

    Args:
        before: file of each gate's diagram, by id of the user task.
        compiled: the new version.
    """
    present = gates(compiled)
    return [
        f"{file} {name}：上一版本的必经关口不能去掉（dropped-gate）"
        for name, file in before.items()
        if name not in present
    ]
