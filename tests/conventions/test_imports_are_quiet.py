"""Nothing happens at import: no environment is needed, no network, no database, no file is written."""

import os
import subprocess
import sys

from tests.conventions.tree import ROOT, is_migration, modules, name

_IMPORT_ALL = """
import importlib, socket, sys

def refuse(*arguments, **named):
    raise AssertionError("the network at import")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
for module in sys.argv[1:]:
    importlib.import_module(module)
"""


def test_every_module_is_imported_without_environment_network_or_a_writable_folder() -> None:
    # Importing a package's __main__ or a wsgi is running it.
    found = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if not is_migration(path) and path.name not in {"__main__.py", "wsgi.py"}
    ]

    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", _IMPORT_ALL, *found],
        cwd=ROOT,
        env={"PATH": os.defpath, "HOME": "/nonexistent", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == ""
    assert "shared.db" in found, name(ROOT / "shared")
