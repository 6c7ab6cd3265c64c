"""How a command says that it cannot do what it was asked: a sentence for people, with ``--json`` an object as well."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any, NoReturn

import click

EXIT_REFUSED, EXIT_USAGE = 1, 3
_ASKED = "banli.json"  # in the meta of a click context: the command line has --json


class Refusal(click.ClickException):
    """Ends a command with a sentence on standard error; whoever asked for JSON gets an object on standard output.

    Args:
        code: stable, for programs.
        message: the sentence.
        exit_code: of the process.
        document: the object, where the command's answers have a form of their own; else ``{"error": …}``.
    """

    def __init__(self, code: str, message: str, *, exit_code: int = EXIT_USAGE, document: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it of the instance
        self.document = document if document is not None else {"error": {"code": code, "message": message}}
        self._is_json = wants_json()

    def show(self, file: IO[Any] | None = None) -> None:
        """Print both."""
        if self._is_json:
            click.echo(printable(json.dumps(self.document, ensure_ascii=False)))
        click.echo(printable(f"错误：{self.message}"), file=file, err=True)


def notice_json(context: click.Context, arguments: Sequence[str]) -> None:
    """Keep in mind whether a command line asks for JSON: what is wrong with it is answered in JSON, too."""
    context.meta[_ASKED] = "--json" in arguments


def wants_json() -> bool:
    """Whether the present command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.params.get("as_json") or context.meta.get(_ASKED))


def printable(text: str) -> str:
    """The text with what is no character replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def wrong_usage(error: click.UsageError) -> Refusal:
    """What is wrong with the command line, and where to read how it should look."""
    sentence = error.format_message()
    if error.ctx is not None:
        sentence += f"（用法：{error.ctx.command_path} --help）"
    return Refusal("usage", sentence)


def raise_as_refusal(error: Exception, exit_code: int) -> NoReturn:
    """What the person at the terminal can mend becomes a sentence; a mistake of ours stays what it is."""
    found = None if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort) else _words(error)
    if found is None:
        raise error
    raise Refusal(*found, exit_code=exit_code) from error


def _words(error: Exception) -> tuple[str, str] | None:
    """Code and sentence of a refusal of the engine, a file or a database."""
    from engine.errors import EngineError

    if isinstance(error, EngineError):
        return error.code, str(error)
    if isinstance(error, OSError) and error.strerror:
        return "file", f"{error.filename}：{unread(error)}" if error.filename else error.strerror
    alchemy = sys.modules.get("sqlalchemy.exc")  # a command that has not imported it has no database either
    if alchemy is None:
        return None
    if isinstance(error, alchemy.OperationalError | alchemy.ProgrammingError) or type(error) is alchemy.DatabaseError:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        return "database", f"数据库无法使用，或尚未建库（banli database create）：{reason}"
    if isinstance(error, alchemy.IntegrityError) and "foreign key" in str(error.orig).lower():
        return "unknown-reference", "所指的人员或单位不存在：请核对 --by 和流程图中写定的办理人"
    return None


def unread(error: OSError) -> str:
    """Why a file could not be read, in words."""
    words = next((words for kind, words in _UNREAD if isinstance(error, kind)), None)
    return words or error.strerror or str(error)


_UNREAD: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "没有这个文件"),
    (IsADirectoryError, "这是文件夹，不是文件"),
    (PermissionError, "没有读取它的权限"),
)


def standard_input() -> IO[bytes]:
    """Standard input; empty where a command was started without one."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer


def lines_of_input() -> Iterator[str]:
    """Lines of standard input; what is no UTF-8 in one stays, as surrogates, in that line alone."""
    for line in standard_input():
        yield line.decode("utf-8", "surrogateescape")
