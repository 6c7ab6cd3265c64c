"""The part of form-js's JSON that we accept, by component type. What is not listed here is refused by name.

form-js documents its schema for 1.x (``schemaVersion`` up to 18). Our own extras live under ``properties``, which
form-js keeps untouched.
"""

from __future__ import annotations

from engine.bpmn.names import PROVIDED_NAMES, SEALED_NAME

FORM_KEYS = frozenset(
    [
        "id",
        "type",
        "title",
        "schemaVersion",
        "components",
        "properties",
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
        "description",
    ]
)

COMMON_KEYS = frozenset(["id", "key", "type", "label", "description", "properties", "conditional", "layout"])
INPUT_KEYS = frozenset(["validate", "disabled", "readonly", "defaultValue"])
CHOICE_KEYS = frozenset(["values", "valuesKey", "valuesExpression", "searchable"])
BOX_KEYS = frozenset(["components", "showOutline", "verticalAlignment"])

TYPE_KEYS: dict[str, frozenset[str]] = {
    "textfield": INPUT_KEYS | {"appearance"},
    "textarea": INPUT_KEYS,
    "number": INPUT_KEYS | {"decimalDigits", "increment", "serializeToString", "appearance"},
    "datetime": INPUT_KEYS
    | frozenset(
        [
            "subtype",
            "dateLabel",
            "timeLabel",
            "timeSerializingFormat",
            "timeInterval",
            "use24h",
            "disallowPassedDates",
            "appearance",
        ]
    ),
    "select": INPUT_KEYS | CHOICE_KEYS,
    "radio": INPUT_KEYS | CHOICE_KEYS,
    "checkbox": INPUT_KEYS,
    "checklist": INPUT_KEYS | CHOICE_KEYS,
    "taglist": INPUT_KEYS | CHOICE_KEYS,
    "filepicker": INPUT_KEYS | {"accept", "multiple"},
    "text": frozenset({"text"}),
    "separator": frozenset(),
    "group": BOX_KEYS | {"path"},
    "dynamiclist": BOX_KEYS
    | frozenset(
        [
            "path",
            "validate",
            "isRepeating",
            "allowAddRemove",
            "defaultRepetitions",
            "nonCollapsedItems",
            "disableCollapse",
        ]
    ),
}

VALIDATE_KEYS = frozenset(
    [
        "required",
        "minLength",
        "maxLength",
        "min",
        "max",
        "pattern",
        "patternErrorMessage",
        "validationType",
        "minItems",
        "maxItems",
    ]
)

PROPERTY_KEYS = frozenset(
    # where the options come from; the field that is shown as the buttons of the page
    [
        "source",
        # recusal: whom the list leaves out, what is said instead, and what when nobody is left
        "exclude",
        "excludeUnits",
        "excludeMessage",
        "staffed",
        "emptyMessage",
        # of a long list: what people are likely to look for, by heading
        "suggest",
        "action",
        "computed",
        "required",
        "check",
        "checkMessage",
        "warn",
        "warnMessage",
        "unique",
        "pattern",
        "rows",
        "flat",
        "minItems",
        "maxItems",
        "maxFiles",
        "maxMegabytes",
        "sensitive",
        "mask",
        "help",
        "tones",
        "similar",
        "full",
        "quickPhrases",
        # the words of a decision: a text that stands beside it in the case's timeline
        "opinion",
        "recorded",
    ]
)

FORM_PROPERTY_KEYS = frozenset(
    ["opinion", "opinionRequired", "similar", "autosave", "quickPhrases", "submitLabel", "help"]
)

INPUT_TYPES = frozenset(
    [
        "textfield",
        "textarea",
        "number",
        "datetime",
        "select",
        "radio",
        "checkbox",
        "checklist",
        "taglist",
        "filepicker",
        "dynamiclist",
    ]
)
CHOICE_TYPES = frozenset({"select", "radio", "checklist", "taglist"})
SEVERAL_TYPES = frozenset({"checklist", "taglist", "filepicker"})

RESERVED_KEYS = PROVIDED_NAMES | {"csrf_token", "request_id", "version", "loopCounter", SEALED_NAME}

MAX_FIELDS = 150
MAX_DEPTH = 4
MAX_OPTIONS = 300  # written in the form; a source may have more
MAX_TEXT = 20_000  # characters of one long text, whatever the form allows
MAX_LINE = 500  # characters of a one-line text without maxLength
MAX_ROWS = 50  # of a dynamic list
MAX_CHOSEN = 200
MAX_FILES = 20
MAX_DIGITS = 30
MAX_POSTED = 200_000  # characters of all values together
