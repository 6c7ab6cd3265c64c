"""A process folder as it lies on the disk: which files belong to a version, and the hash that names it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DeploymentRefusedError

MANIFEST = "process.yaml"
SUFFIXES = frozenset({".bpmn", ".dmn", ".json", ".yaml", ".md", ".html", ".txt"})
LEFT_OUT = frozenset({"demo", "tests"})  # data for trying out, not part of what runs
SIZE_LIMIT = 5 * 1024 * 1024  # bytes per file


@dataclass(frozen=True)
class ProcessFolder:
    """Resources by path below the folder."""

    name: str
    resources: Mapping[str, bytes]

    @classmethod
    def read(cls, path: Path) -> "ProcessFolder":
        """Read a folder; refused if it has no ``process.yaml`` or a file is too large."""
        if not (path / MANIFEST).is_file():
            raise DeploymentRefusedError(path.name, [f"{path} 中没有 {MANIFEST}"])
        resources: dict[str, bytes] = {}
        for file in sorted(path.rglob("*")):
            relative = file.relative_to(path)
            if not file.is_file() or file.suffix not in SUFFIXES or relative.parts[0] in LEFT_OUT:
                continue
            if not _has_characters(relative):
                raise DeploymentRefusedError(path.name, [f"文件名 {str(relative)!a} 不是 UTF-8"])
            if file.stat().st_size > SIZE_LIMIT:
                raise DeploymentRefusedError(path.name, [f"{relative} 超过 {SIZE_LIMIT} 字节"])
            resources[relative.as_posix()] = file.read_bytes()
        return cls(path.name, resources)

    @property
    def sha256(self) -> str:
        """Hash over names and contents; equal folders are the same version."""
        digest = hashlib.sha256()
        for name in sorted(self.resources):
            digest.update(f"{name}\0{hashlib.sha256(self.resources[name]).hexdigest()}\n".encode())
        return digest.hexdigest()

    def with_suffix(self, suffix: str) -> dict[str, bytes]:
        """Resources whose name ends like that."""
        return with_suffix(self.resources, suffix)


def _has_characters(relative: Path) -> bool:
    """A name of bytes that are no UTF-8 can be opened and not be stored."""
    return str(relative).encode("utf-8", "surrogateescape") == str(relative).encode("utf-8", "replace")


def with_suffix(resources: Mapping[str, bytes], suffix: str) -> dict[str, bytes]:
    """Resources whose name ends like that, in order of their names."""
    return {name: resources[name] for name in sorted(resources) if name.endswith(suffix)}
