"""Reports of a session: figures with the cases behind them, lists, comparison, and the paper for printing."""

from web.reports.views import bp

__all__ = ["bp"]
