"""Settings: change one value, with the source it rests on."""

from typing import TYPE_CHECKING

from engine.commands.organisation.trail import ensure_may, record
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.settings import declared_settings
from engine.rules.administration import Area
from engine.rules.setting_values import SettingValue, parse_setting, to_stored
from engine.sentences import say
from models import Setting

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

SOURCE_LENGTH = 500


def change_setting(uow: "UnitOfWork", key: str, text: str, *, source: str = "") -> SettingValue:
    """Set a value as typed by a person; running deadlines keep the value they were computed with.

    Raises:
        NotFoundError: nothing declares such a setting.
        InvalidInputError: ``value`` or ``source``.
    """
    ensure_may(uow, Area.SETTINGS)
    declaration = declared_settings(uow.session).get(key)
    if declaration is None:
        raise NotFoundError
    if len(source) > SOURCE_LENGTH:
        raise InvalidInputError({"source": say("依据最多 {most} 个字符", most=SOURCE_LENGTH)})
    try:
        value = parse_setting(declaration, text)
    except ValueError as error:
        raise InvalidInputError({"value": error.args[0]}) from error
    row = uow.session.get(Setting, key)
    before = {"value": row.value["value"], "source": row.source} if row else {"value": None, "source": None}
    if row is None:
        row = Setting(key=key, value={}, changed_at=uow.clock.now())
        uow.session.add(row)
    row.value, row.source = to_stored(value), source.strip() or None
    row.changed_by, row.changed_at = uow.actor, uow.clock.now()
    record(uow, "setting.changed", key, before=before, after={"value": row.value["value"], "source": row.source})
    return value
