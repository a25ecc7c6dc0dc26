"""The machine's own limit: the rows of one checkout written by pgbench, two transactions in two databases."""

import re
import subprocess
from pathlib import Path

from benchmarks.rig import Rig
from suite.postgres_files import programs

SECONDS = 6
HERE = Path(__file__).parent


def pairs_per_second(rig: Rig, *, clients: int) -> float:
    """Return how many checkouts a second the two databases can take on this machine, with nothing in front.

    Each database is measured alone with all clients; one checkout costs the time of one transaction in each:
    1 / (1 / sales + 1 / usages).
    """
    patient = rig.query("billing", "SELECT patient_id FROM patients WHERE clinic_id = 'main' LIMIT 1")[0][0]
    lots = rig.query(
        "inventory",
        "SELECT DISTINCT ON (sku) lot_id FROM lots WHERE clinic_id = 'main' AND status = 'available'"
        " AND sku IN (SELECT sku FROM recipe_items) ORDER BY sku, on_hand_thousandths DESC LIMIT 4",
    )
    names = ", ".join(f"'{row[0]}'" for row in lots)
    sale = (HERE / "sale.sql").read_text().replace("PATIENT", str(patient))
    usage = (HERE / "usage.sql").read_text().replace("LOTS", names)
    sales = _rate(rig, "billing", sale, clients)
    usages = _rate(rig, "inventory", usage, clients)
    return 1 / (1 / sales + 1 / usages)


def _rate(rig: Rig, service: str, script: str, clients: int) -> float:
    path = Path(rig.folder) / f"bare-{service}.sql"
    path.write_text(script)
    command = [
        str(programs() / "pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={clients}",
        f"--jobs={min(clients, 2)}",
        f"--time={SECONDS}",
        f"--file={path}",
        rig.app_address(service),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or match is None:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return float(match[1])
