"""FEEL, the expression language of DMN 1.5, with exact decimals and a budget for every evaluation.

    evaluate('if amount >= 5000 then "主席" else "部长"', {"amount": Decimal(6000)}).result

Nothing here knows the rest of the project or reaches anything of Python.
"""

from engine.feel.errors import (
    EvaluationWarning,
    FeelBudgetError,
    FeelError,
    FeelSyntaxError,
    Problem,
)
from engine.feel.expression import (
    Evaluation,
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    evaluate,
    strip_marker,
)
from engine.feel.kinds import Function, Range
from engine.feel.runtime import Budget
from engine.feel.temporal import YearsMonthsDuration
from engine.feel.validation import validate

__all__ = [
    "Budget",
    "Evaluation",
    "EvaluationWarning",
    "Expression",
    "FeelBudgetError",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "Problem",
    "Range",
    "UnaryTests",
    "YearsMonthsDuration",
    "compile_expression",
    "compile_unary_tests",
    "evaluate",
    "strip_marker",
    "validate",
]
