"""The engine, the people and the cases of the engine's own tests, on both databases."""

from tests.engine.conftest import clock, deploy, engine, prepared_url, start

__all__ = ["clock", "deploy", "engine", "prepared_url", "start"]
