"""Cases: starting one, its page, what is attached to it and said about it, its printed form."""

from flask import Blueprint

bp = Blueprint("instances", __name__, template_folder="templates")
