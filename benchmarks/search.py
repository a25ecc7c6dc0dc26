"""Finding a patient among 200,000, beside a request that asks the database nothing."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks.load import Desk
from benchmarks.rig import Rig

PATIENTS = 200_000
TURNS = 60
FILL = Path(__file__).with_name("patients.sql")
QUERIES = ("maria lop", "lop", "m", "jo smi", "860555", "patient150000@", "zzz")


def fill(rig: Rig) -> None:
    """Add 200,000 patients to Main, as their own code would store them."""
    with psycopg.connect(rig.address("billing"), autocommit=True) as connection:
        connection.execute(FILL.read_text(encoding="utf-8").replace("PATIENTS", str(PATIENTS)))
        connection.execute("VACUUM ANALYZE patients, patient_terms")


def measure(rig: Rig, token: str) -> list[tuple[str, float, float, int]]:
    """Return for each query its median and worst milliseconds and the rows found; first the empty request."""
    desk = Desk(rig.port("billing"), token)
    found = [("(nothing asked)", *_times(lambda: desk.send("GET", "/healthz")), 0)]
    for query in QUERIES:
        path = f"/v1/patients?limit=20&query={query.replace(' ', '%20').replace('@', '%40')}"
        rows = len(desk.send("GET", path)[1]["items"])
        found.append((query, *_times(lambda path=path: desk.send("GET", path)), rows))
    return found


def _times(ask: Callable[[], object]) -> tuple[float, float]:
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return times[len(times) // 2], times[-1]
