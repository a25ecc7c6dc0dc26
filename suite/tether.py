"""Run a command that ends when whoever started it ends, even by kill -9.

Usage: python tether.py SIGNAL USER ENVIRONMENT COMMAND [ARGUMENT...]   (USER `-` keeps the user)

ENVIRONMENT is a JSON file with more variables for the command (null takes one away), or `-`. While that file
is not there yet the command waits: so it can be started while what it needs is still being made.

Linux sends SIGNAL to the command when its parent dies. Elsewhere the command just runs, and the next start
clears away what was left behind. Standard library only: this runs before everything else.
"""

import ctypes
import json
import os
import pwd
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def command(number: str, arguments: list[str], *, user: str = "-", environment: str = "-") -> list[str]:
    """Return the command that runs `arguments` tied to whoever starts it."""
    # -I and -S leave out all but the standard library, and with it half of the time to start.
    return [sys.executable, "-I", "-S", __file__, number, user, environment, *arguments]


def die_with_parent(number: int) -> None:
    """Ask the kernel to send us `number` when our parent is gone. Does nothing where the kernel cannot."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    # It may have died between our start and the call above: then no signal will ever come.
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def become(user: str) -> None:
    """Give up root for good."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ.update(HOME=account.pw_dir, USER=user, LOGNAME=user)


def take_in(environment: Path) -> None:
    """Wait for the file and make its variables ours."""
    while not environment.exists():
        time.sleep(0.02)
    for name, value in json.loads(environment.read_text(encoding="utf-8")).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def main(arguments: list[str]) -> None:
    """Tie ourselves to the parent, take in the environment, change user, become the command."""
    number, user, environment, *found = arguments
    die_with_parent(signal.Signals[number])
    if environment != "-":
        take_in(Path(environment))
    if user != "-":
        become(user)
        # To change the user is to be untied.
        die_with_parent(signal.Signals[number])
    os.execvp(found[0], found)


if __name__ == "__main__":
    main(sys.argv[1:])
