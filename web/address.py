"""The address that the server is to listen on: whether it is free, and what to do when it is not."""

from __future__ import annotations

import errno
import socket

LAST_PORT = 65535


class AddressTakenError(Exception):
    """The server cannot listen there; says so in a sentence for the person at the terminal."""


def ensure_free(host: str, port: int) -> None:
    """Look whether the address can be listened on, and let it go again.

    Raises:
        AddressTakenError: with what to do instead.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            trial.bind(address)
    except OSError as error:
        raise AddressTakenError(_sentence(error, host, port)) from error


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST_PORT else port - 1
        return (
            f"端口 {port} 已被占用，也许上一次启动的还开着。请先停止它，或者换一个端口："
            f"make demo PORT={other}（或 banli run --port {other}）\n"
            f"Port {port} is in use. Stop what uses it, or choose another one: make demo PORT={other}"
        )
    if error.errno == errno.EACCES:
        return (
            f"没有权限使用端口 {port}。请换一个 1024 以上的端口：make demo PORT=8000（或 banli run --port 8000）\n"
            f"No permission for port {port}. Choose one above 1024: make demo PORT=8000"
        )
    return f"不能监听地址 {host}，请检查 --host（HOST=…）。\nCannot listen on {host}: check --host (HOST=…)"
