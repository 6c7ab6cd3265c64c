"""Process folders: read, checked, stored as immutable deployments and compiled for running."""

from engine.definitions.deployed import Deployed
from engine.definitions.folder import ProcessFolder
from engine.definitions.manifest import Manifest

__all__ = ["Deployed", "Manifest", "ProcessFolder"]
