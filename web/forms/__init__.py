"""Drawing a form: from a checked schema and somebody's values to what the templates print."""

from web.forms.posted import Posted, read_request, request_id_of, storable
from web.forms.view import ActionView, FieldView, FormView, build_view, initial_data

__all__ = [
    "ActionView",
    "FieldView",
    "FormView",
    "Posted",
    "build_view",
    "initial_data",
    "read_request",
    "request_id_of",
    "storable",
]
