"""Begin again at a node of a case."""

from engine.commands.move_token import rewind_instance

__all__ = ["rewind_instance"]
