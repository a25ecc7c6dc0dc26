"""Run a command that ends when whoever started it ends, even by kill -9.

Usage: python tether.py SIGNAL USER COMMAND [ARGUMENT...]   (USER `-` keeps the user)

Linux sends SIGNAL to the command when its parent dies. Elsewhere the command just runs, and the next start clears
away what was left behind. Standard library only: this runs before anything else, possibly as another user.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


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


def main(arguments: list[str]) -> None:
    """Change user, tie ourselves to the parent (in this order: changing the user unties), become the command."""
    number, user, *command = arguments
    if user != "-":
        become(user)
    die_with_parent(signal.Signals[number])
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
