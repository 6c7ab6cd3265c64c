"""Sentences for people that still know their figures, so that a page can say them in another language."""

from engine.forms.messages import Message


def say(template: str, **figures: object) -> Message:
    """A Chinese sentence; ``{name}`` stands for a figure. Figures may be sentences themselves (`say` of a name)."""
    return Message("sentence", template, figures)
