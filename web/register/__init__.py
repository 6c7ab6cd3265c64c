"""The register of cases, its workbook, past years' cases, and the hint at similar ones."""

from web.register import imports, similar, views
from web.register.blueprint import bp

__all__ = ["bp", "imports", "similar", "views"]
