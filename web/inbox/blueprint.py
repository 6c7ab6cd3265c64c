"""The inbox, the task page and the notices."""

from flask import Blueprint

bp = Blueprint("inbox", __name__, template_folder="templates")
