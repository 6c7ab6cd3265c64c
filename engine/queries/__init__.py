"""The read side: frozen dataclasses, never a table row."""
