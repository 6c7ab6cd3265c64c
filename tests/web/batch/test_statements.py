"""How often the pages of many lines ask the database: as often for two hundred motions as for a few."""

import json

from flask import Flask
from sqlalchemy import select, update

from models import ProcessInstance, User
from tests.web.application import GOOD_MOTION, PROPOSER, SECONDER
from tests.web.batch.conftest import COMMITTEE_HEAD, start
from tests.web.test_statements import MOST, add_copies, asked

LISTED = 200  # lines of a page
FILING_LIST = "/batch/motion/decide_filing"


def differ(app: Flask) -> None:
    """Let every motion be of another person, and be recommended to be merged into another case."""
    case = ProcessInstance.__table__
    with app.extensions["banli"].unit_of_work() as uow:
        people = list(uow.session.scalars(select(User.id).order_by(User.id)))
        rows = uow.connection.execute(select(case.c.id, case.c.variables)).all()
        for number, row in enumerate(rows):
            variables = json.loads(row.variables)
            variables |= {"proposers": [people[number]], "recommended_merge_into": str(rows[number - 1].id)}
            text = json.dumps(variables, ensure_ascii=False)
            uow.connection.execute(update(case).where(case.c.id == row.id).values(variables=text))


def test_the_open_list_asks_no_more_for_two_hundred_motions_than_for_two(app, visit):
    # given one motion that looks for seconders, and copies by other people
    proposer = visit(PROPOSER)
    proposer.send(
        start(proposer, GOOD_MOTION["title"], 0), **{**GOOD_MOTION, "seconders": None, "open_seconding": "on"}
    )
    add_copies(app, 1)
    differ(app)
    few = asked(app, SECONDER, "/open/")
    add_copies(app, LISTED - 2)
    differ(app)

    # when / then
    assert asked(app, SECONDER, "/open/") == few <= MOST
    assert visit(SECONDER).get("/open/").text.count("<article") == LISTED


def test_the_filing_list_asks_no_more_for_two_hundred_motions_than_for_three(app_with_list):
    differ(app_with_list)
    few = asked(app_with_list, COMMITTEE_HEAD, FILING_LIST)
    add_copies(app_with_list, LISTED - 3)
    differ(app_with_list)
    assert asked(app_with_list, COMMITTEE_HEAD, FILING_LIST) == few <= MOST
