"""Tables and their invariants. Imports nothing of ``engine`` and nothing of ``web``."""
