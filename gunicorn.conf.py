"""gunicorn for all three services; CLINIC_SERVICE says which one this is."""

import gc
import os
import signal
from pathlib import Path
from typing import Any

from suite import tether

SERVICE = os.environ["CLINIC_SERVICE"]
# Port, processes, threads. Billing does the arithmetic and gets both cores of a small machine.
PORT, PROCESSES, THREADS = {"portal": (8000, 1, 8), "billing": (8001, 2, 3), "inventory": (8002, 1, 4)}[
    SERVICE
]

wsgi_app = f"services.{SERVICE}.wsgi:app"
proc_name = f"clinic-{SERVICE}"
bind = os.environ.get("CLINIC_BIND") or f"127.0.0.1:{PORT}"
worker_class = "gthread"
workers = int(os.environ.get("CLINIC_WEB_WORKERS") or PROCESSES)
threads = int(os.environ.get("CLINIC_WEB_THREADS") or THREADS)
# Longer than our own clients keep an idle connection: they must not send into one that is just being closed.
keepalive = 75
timeout = 30
graceful_timeout = 30
# Nothing leaks that a restart would have to hide.
max_requests = 0
# Each process loads the app itself: the PDF compiler must not be carried through a fork.
preload_app = False
# The heartbeat file is touched every second and must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (gunicorn makes a private file)
# Two services would write the same socket in the home folder, and nobody here speaks to it.
control_socket_disable = True
# Requests are logged by the app, with their id; here only what happens to the processes.
accesslog = None
errorlog = "-"


def on_starting(server: Any) -> None:
    """Throw away the counters of processes that are gone: they would be added to ours for ever."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for path in Path(folder).glob("*.db"):
            path.unlink(missing_ok=True)


def post_fork(server: Any, worker: Any) -> None:
    """Let the system end this process with its parent, even when the parent had no time to say goodbye."""
    tether.die_with_parent(signal.SIGTERM)


def post_worker_init(worker: Any) -> None:
    """Leave what was loaded out of each later collection of garbage, which would stop all threads for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that is gone; its counts stay."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
