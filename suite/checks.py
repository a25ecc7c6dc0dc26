"""What must be true of this machine before anything is started. Each check fails with one line."""

import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from suite.errors import CannotStart

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 512 * 1024 * 1024


def check_python() -> None:
    """Raise CannotStart on a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise CannotStart(f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}.")


def check_folder(folder: Path) -> None:
    """Raise CannotStart when nothing can be kept in `folder`, making it if it is not there."""
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(f"Nothing can be written to {folder}: {error.strerror}.") from error
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        least = LEAST_FREE_BYTES // 1024**2
        raise CannotStart(f"The disk of {folder} has {free // 1024**2} MB left; {least} MB are needed.")


def check_ports(ports: Mapping[str, int]) -> None:
    """Raise CannotStart when something else listens where a service would."""
    for service, port in ports.items():
        with socket.socket() as probe:
            # As gunicorn does: connections that are only waiting to be forgotten are no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CannotStart(
                    f"Port {port} on 127.0.0.1, which {service} needs, is in use by another program."
                    " Stop that one, or set CLINIC_FIRST_PORT."
                ) from error
