"""A wire with a trap in it: passes bytes both ways until it sees what it waits for, and then acts.

Put between a service and its database, or between two services, it finds the moments that no sleep could hit:
between a COMMIT and its answer, between an answer and whoever waits for it.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TO_SERVER, TO_CLIENT = "to server", "to client"
_CHUNK = 65536


@dataclass(frozen=True)
class Trap:
    """What to wait for, which way it goes, and whether it is passed on before the action."""

    direction: str
    needle: bytes
    pass_on: bool


class Wire:
    """Listens at one address and passes everything on to another."""

    def __init__(self, listen: Path | int, forward: Path | int) -> None:
        self._forward = forward
        self._trap: Trap | None = None
        self._action: Callable[[], None] = lambda: None
        self.sprung = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self._server = _socket_for(listen)
        if isinstance(listen, Path):
            listen.unlink(missing_ok=True)
            self._server.bind(str(listen))
            listen.chmod(0o777)
        else:
            self._server.bind(("127.0.0.1", listen))
        self._server.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def arm(self, trap: Trap, action: Callable[[], None]) -> None:
        """Run `action` once, when the trap's needle passes."""
        self.sprung.clear()
        self._action = action
        self._trap = trap

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            upstream = _socket_for(self._forward)
            try:
                upstream.connect(
                    str(self._forward) if isinstance(self._forward, Path) else ("127.0.0.1", self._forward)
                )
            except OSError:
                client.close()
                upstream.close()
                continue
            for source, target, direction in ((client, upstream, TO_SERVER), (upstream, client, TO_CLIENT)):
                threading.Thread(target=self._pump, args=(source, target, direction), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                trap = self._trap
                if trap and trap.direction == direction and trap.needle in data:
                    self._trap = None
                    self._spring(trap, target, data)
                    if not trap.pass_on:
                        break
                else:
                    self._open.wait()
                    target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _spring(self, trap: Trap, target: socket.socket, data: bytes) -> None:
        """Nothing else passes meanwhile: what the bytes bring about is not heard of before the action."""
        self._open.clear()
        if trap.pass_on:
            target.sendall(data)
        self._action()
        self.sprung.set()
        self._open.set()


def _socket_for(address: Path | int) -> socket.socket:
    return socket.socket(socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET)
