"""Which answer an error gets: one table from the engine's errors to HTTP."""

from __future__ import annotations

import logging
from uuid import uuid4

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import (
    BusyError,
    ConflictError,
    EngineError,
    ErasedError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
)
from web.extensions import current_engine, login_manager
from web.filters import filesize
from web.kept_forms import comes_from_our_pages, kept_fields, lost_files, view_with_what_was_typed

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every error with a page that says what to do next."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: EngineError) -> int:
    """The HTTP status of an engine error. No right looks like no such thing."""
    if isinstance(error, (NotFoundError, NotPermittedError)):
        return 404
    if isinstance(error, InvalidInputError):
        return 422
    if isinstance(error, BusyError):
        return 503
    if isinstance(error, ErasedError):
        return 410
    if isinstance(error, ConflictError):
        return 409
    return 422


def _engine_error(error: EngineError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 404:
        return _not_found()
    sentences = list(error.fields.values()) if isinstance(error, InvalidInputError) else [error.message]
    if status == 503:
        sentences = [_("很多人正在同时提交，本次没有保存。请稍候再提交一次，不会重复。")]
        return _page(status, _TITLES[status](), sentences, again=kept_fields()), status, {"Retry-After": "2"}
    return _page(status, _TITLES[status](), sentences), status


def _not_found() -> ResponseReturnValue:
    return _page(404, _("没有找到"), [_("这个地址不存在，或者您无权查看。")]), 404


def _expired(error: CSRFError) -> ResponseReturnValue:
    again = kept_fields() if comes_from_our_pages() else []
    if not again:
        return _page(400, _("页面已过期"), [_("请返回上一页，刷新后再提交；您输入的文字还在那里。")]), 400
    if not current_user.is_authenticated:
        return login_manager.unauthorized()  # type: ignore[no-any-return]
    view = view_with_what_was_typed()
    if view is None:
        return _to_be_sent_again(again), 400
    try:
        return view(**(request.view_args or {}))
    except EngineError as refused:
        return _engine_error(refused)


def _to_be_sent_again(fields: list[tuple[str, str]]) -> str:
    sentences = [_("本次没有保存。您输入的文字还在，请再提交一次。")]
    lost = [name for names in lost_files().values() for name in names]
    if lost:
        sentences.append(_("附件没有保存，需要重新选择：%(names)s", names=_("、").join(lost)))
    return _page(400, _("请再提交一次"), sentences, again=fields)


def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    largest = filesize(current_engine().settings.upload_limit)
    sentences = [
        _("文字或附件超过了上限，请减小后再提交。"),
        _("每个附件最多 %(size)s。请返回上一页重新选择；您输入的文字还在那里。", size=largest),
    ]
    return _page(413, _("内容过大"), sentences), 413


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code == 404:
        return _not_found()
    if code < 400:
        return error
    title = _TITLES.get(code, _TITLES[400])()
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _page(code, title, [_("请返回上一页重试；如果仍不成功，请联系校工会办公室。")]), code, headers


def _unexpected(error: Exception) -> ResponseReturnValue:
    number = uuid4().hex[:8]
    log.exception("unexpected error %s at %s %s", number, request.method, request.path)
    sentence = _("系统出错，没有保存任何内容。请稍后再试，或把编号 %(number)s 告诉管理员。", number=number)
    return _page(500, _("系统出错"), [sentence]), 500


_TITLES = {
    400: lambda: _("请求无法处理"),
    403: lambda: _("不允许"),
    405: lambda: _("请求无法处理"),
    409: lambda: _("已有变化"),
    410: lambda: _("内容已清除"),
    413: lambda: _("内容过大"),
    422: lambda: _("内容不符合要求"),
    429: lambda: _("请求过于频繁"),
    500: lambda: _("系统出错"),
    503: lambda: _("系统繁忙"),
}


def _page(status: int, title: str, sentences: list[str], *, again: list[tuple[str, str]] | None = None) -> str:
    """``again``: the fields of a form that was not saved, to be sent once more with one press."""
    return render_template("errors/error.html", status=status, title=title, sentences=sentences, again=again or [])
