"""Forms: a profile of form-js JSON, checked, filled in and judged on the server. No Flask in here.

``docs/forms.md`` describes the profile for those who draw forms.
"""

from engine.forms.choices import Choice, ChoiceSource, FixedChoices, NoChoices
from engine.forms.parse import FormResult
from engine.forms.schema import Component, FormProblem, FormSchema, FormSchemaError
from engine.forms.uniqueness import OtherCases, Twin
from engine.sentences import Message

__all__ = [
    "Choice",
    "ChoiceSource",
    "Component",
    "FixedChoices",
    "FormProblem",
    "FormResult",
    "FormSchema",
    "FormSchemaError",
    "Message",
    "NoChoices",
    "OtherCases",
    "Twin",
]
