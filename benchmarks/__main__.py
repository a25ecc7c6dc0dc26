"""`make bench`: one run, one table, every figure beside the machine's own limit."""

import os
import platform
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import bare, load, search
from benchmarks.rig import MIB, Rig, running

SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
STOCK = "900000"
LONGEST_DRAIN_SECONDS = 120

console = Console(highlight=False, width=110)


def main() -> None:
    """Measure and print."""
    console.print("Starting the suite on a scratch folder, with the demo clinic ...", style="dim")
    with running() as rig:
        first_start = rig.ready_seconds
        rig.stop()
        second_start = rig.start()
        token, patients = _prepare(rig)
        load.drive(rig.port("billing"), token, patients, clients=4, seconds=3)
        _wait_until_booked(rig)
        table = Table(
            "clients",
            "checkouts/s end to end",
            "p50 ms",
            "p99 ms",
            "books lag p50/p99 ms",
            "bare pairs/s",
            "share",
        )
        for clients in (1, 8):
            table.add_row(*_measure(rig, token, patients, clients))
        memory = rig.resident_mib()
        console.print(table)
        search.fill(rig)
        _print_search(search.measure(rig, token))
    _print_sizes(memory, first_start, second_start)
    console.print(_machine())


def _prepare(rig: Rig) -> tuple[str, list[str]]:
    manager = load.Desk(rig.port("inventory"), load.sign_in(rig.port("portal"), "manager@demo.clinic"))
    skus = [row[0] for row in rig.query("inventory", "SELECT DISTINCT sku FROM recipe_items")]
    for sku in skus:
        receipt = {
            "clinic_id": "main",
            "sku": sku,
            "lot": "BENCH1",
            "expires_on": "2099-12-31",
            "quantity": STOCK,
            "cost_cents": 90_000_000,
        }
        status, answer = manager.send("POST", "/v1/receipts", receipt)
        if status != 201:
            raise RuntimeError(f"{sku}: {answer}")
    patients = rig.query(
        "billing", "SELECT patient_id FROM patients WHERE clinic_id = 'main' AND merged_into IS NULL"
    )
    return load.sign_in(rig.port("portal"), "desk@demo.clinic"), [str(row[0]) for row in patients]


def _measure(rig: Rig, token: str, patients: list[str], clients: int) -> list[str]:
    done = load.drive(rig.port("billing"), token, patients, clients=clients, seconds=SECONDS)
    if done.refused:
        raise RuntimeError(f"{done.refused} checkouts were refused")
    booked_at = _wait_until_booked(rig)
    rate = len(done.latencies) / (booked_at - done.began_at)
    lags = rig.query(
        "billing",
        "SELECT percentile_cont(ARRAY[0.5, 0.99])"
        " WITHIN GROUP (ORDER BY extract(epoch FROM x.applied_at - i.issued_at))"
        " FROM invoices i JOIN inbox x ON x.subject = i.visit_id WHERE i.issued_at >= to_timestamp(%s)",
        done.began_at,
    )[0][0]
    limit = bare.pairs_per_second(rig, clients=clients)
    return [
        str(clients),
        f"{rate:.0f}",
        f"{done.percentile_ms(0.5):.1f}",
        f"{done.percentile_ms(0.99):.1f}",
        f"{1000 * float(lags[0]):.0f} / {1000 * float(lags[1]):.0f}",
        f"{limit:.0f}",
        f"{rate / limit:.0%}",
    ]


def _wait_until_booked(rig: Rig) -> float:
    """Return when the cost of the last checkout was back on its invoice."""
    deadline = time.time() + LONGEST_DRAIN_SECONDS
    waiting = (
        "SELECT count(*) FROM invoices i WHERE i.created_by <> 'bench' AND NOT EXISTS"
        " (SELECT 1 FROM inbox x WHERE x.subject = i.visit_id AND x.type = 'stock.valued')"
    )
    while rig.query("billing", waiting)[0][0]:
        if time.time() > deadline:
            raise RuntimeError("not everything was booked in time")
        time.sleep(0.05)
    return time.time()


def _print_search(rows: list[tuple[str, float, float, int]]) -> None:
    table = Table(
        f"search among {search.PATIENTS:,} patients", "rows", "p50 ms", "worst ms", "times the empty request"
    )
    for query, median, worst, found in rows:
        table.add_row(query, str(found), f"{median:.1f}", f"{worst:.1f}", f"{median / rows[0][1]:.1f}")
    console.print(table)


def _print_sizes(memory: dict[str, list[float]], first_start: float, second_start: float) -> None:
    table = Table("process", "resident MiB (largest first)")
    for name, sizes in memory.items():
        table.add_row(name, ", ".join(f"{size:.0f}" for size in sizes))
    console.print(table)
    console.print(
        f"Ready after {second_start:.1f} s from an installed environment with data; "
        f"{first_start:.1f} s the very first time (databases made, demo clinic loaded)."
    )


def _machine() -> str:
    memory = psutil.virtual_memory().total / MIB / 1024
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text(encoding="utf-8").splitlines() if cpu_info.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return (
        f"Machine: {os.cpu_count()} cores, {model}, {memory:.0f} GiB, Python {platform.python_version()};"
        f" {SECONDS:.0f} s a row, fsync on."
    )


if __name__ == "__main__":
    main()
