"""Finding a patient among 200,000, beside a request that asks the database nothing."""

import time
from collections.abc import Callable

import psycopg

from benchmarks.load import Desk
from benchmarks.rig import Rig

PATIENTS = 200_000
TURNS = 60
QUERIES = ("maria lop", "lop", "m", "jo smi", "860555", "patient150000@", "zzz")

# Forty given and fifty family names make two thousand pairs, each a hundred times: worse than any real clinic.
_FILL = """
    WITH made AS (
        SELECT n, uuidv7() AS patient_id,
               (ARRAY['Maria','José','Anna','John','Olga','Li','Fatima','Noah','Emma','Zoë'])[1 + n %% 10] || (n / 10 %% 4) AS given,
               (ARRAY['Lopez','Smith','Müller','Brown','Garcia','Nguyen','Kim','Novak','Rossi','Silva'])[1 + n / 40 %% 10]
                   || (n / 400 %% 5) AS family
          FROM generate_series(1, %(patients)s) AS n),
    people AS (
        INSERT INTO patients (patient_id, clinic_id, given_name, family_name, sort_name, phone, email, created_at,
                              version, created_by, idempotency_key, request_hash, answer)
        SELECT patient_id, 'main', given, family, lower(family || ' ' || given), '+1860555' || lpad(n::text, 6, '0'),
               'patient' || n || '@example.org', now(), 1, 'bench', 'patient-' || n, '', '{}' FROM made)
    INSERT INTO patient_terms (patient_id, clinic_id, term)
    SELECT patient_id, 'main', unnest(ARRAY[translate(lower(given), 'éüë', 'eue'), translate(lower(family), 'éüë', 'eue'),
           '1860555' || lpad(n::text, 6, '0'), '860555' || lpad(n::text, 6, '0'), 'patient' || n || '@example.org'])
      FROM made
"""


def fill(rig: Rig) -> None:
    """Add 200,000 patients to Main, as their own code would store them."""
    with psycopg.connect(rig.address("billing"), autocommit=True) as connection:
        connection.execute(_FILL, {"patients": PATIENTS})
        connection.execute("ANALYZE patients, patient_terms")


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
