"""A proxy on loopback between the engine and PostgreSQL that cuts connections at chosen messages."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from sqlalchemy import URL, make_url

CHUNK = 1 << 16  # bytes read at once; our statements and their answers are smaller
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


class Cut(Enum):
    """What happens to a message of the engine."""

    NOT = auto()
    BEFORE = auto()  # the server never gets it
    AFTER = auto()  # the server answers, but the answer is lost


Plan = Callable[[bytes], Cut]  # sees every message of the engine, in order


class Proxy:
    """Passes everything on until its ``plan`` says to cut."""

    def __init__(self, upstream: URL) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.plan: Plan = _nothing
        self.cuts = {Cut.BEFORE: 0, Cut.AFTER: 0}
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database as it is reached through here."""
        through = self._upstream.set(
            host="127.0.0.1",
            port=self._listener.getsockname()[1],
            query={"sslmode": "disable", "gssencmode": "disable"},  # the plan reads the messages
        )
        return through.render_as_string(hide_password=False)

    def cut_at(self, message: int, cut: Cut) -> None:
        """Cut once, at a message counted from 1; pass on whatever follows."""
        seen = 0

        def plan(_: bytes) -> Cut:
            nonlocal seen
            seen += 1
            return cut if seen == message else Cut.NOT

        self.plan = plan

    def close(self) -> None:
        """Cut everything and listen no more."""
        self._listener.close()
        with self._lock:
            for each in list(self._open):
                _shut(each)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = self._connected()
                swallow = threading.Event()
                with self._lock:
                    self._open |= {client, server}
                threading.Thread(target=self._to_server, args=(client, server, swallow), daemon=True).start()
                threading.Thread(target=self._to_client, args=(client, server, swallow), daemon=True).start()

    def _connected(self) -> socket.socket:
        folder = self._upstream.query.get("host")
        port = self._upstream.port or 5432
        if folder is None:
            return socket.create_connection((self._upstream.host or "127.0.0.1", port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{folder}/.s.PGSQL.{port}")
        return server

    def _to_server(self, client: socket.socket, server: socket.socket, swallow: threading.Event) -> None:
        with suppress(OSError):
            while message := client.recv(CHUNK):
                with self._lock:
                    cut = self.plan(message)
                    if cut is not Cut.NOT:
                        self.cuts[cut] += 1
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    swallow.set()
                server.sendall(message)
        if not swallow.is_set():  # otherwise the answer is awaited first
            self._part(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket, swallow: threading.Event) -> None:
        with suppress(OSError):
            while (answer := server.recv(CHUNK)) and not swallow.is_set():
                client.sendall(answer)
        self._part(client, server)

    def _part(self, *ends: socket.socket) -> None:
        with self._lock:
            self._open -= set(ends)
        for each in ends:
            _shut(each)


@contextmanager
def proxy_of(url: str) -> Iterator[Proxy]:
    """A proxy in front of a database."""
    proxy = Proxy(make_url(url))
    try:
        yield proxy
    finally:
        proxy.close()


def _nothing(_: bytes) -> Cut:
    return Cut.NOT


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
