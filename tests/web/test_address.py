"""Starting the server on an address that cannot be had: a sentence that says what to do."""

import errno
import socket
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from web import address
from web.cli import main


@pytest.fixture
def port_in_use() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_what_to_do(port_in_use):
    # when
    result = CliRunner().invoke(main, ["run", "--port", str(port_in_use)])

    # then
    assert result.exit_code == 1
    assert f"端口 {port_in_use} 已被占用" in result.output
    assert f"make demo PORT={port_in_use + 1}" in result.output
    assert "Errno" not in result.output


def test_a_free_port_is_let_go_for_the_server():
    # given a port that was free a moment ago
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    # when
    address.ensure_free("127.0.0.1", port)

    # then
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_the_last_port_in_use_leads_to_the_one_before():
    assert "PORT=65534" in address._sentence(OSError(errno.EADDRINUSE, ""), "127.0.0.1", 65535)


def test_a_port_without_permission_leads_to_one_that_needs_none():
    assert "1024 以上" in address._sentence(OSError(errno.EACCES, ""), "127.0.0.1", 80)


def test_an_address_that_is_not_of_this_machine_is_named():
    # when
    result = CliRunner().invoke(main, ["run", "--host", "192.0.2.1"])

    # then
    assert result.exit_code == 1
    assert "不能监听地址 192.0.2.1" in result.output
