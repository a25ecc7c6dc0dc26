"""The guide's way to open the first clinic: its commands work on empty databases."""

import re
import shlex
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.billing.charges import service
from suite.environment import ROOT
from tests.databases import Databases

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"docker compose exec \w+ python -m (services\.\w+\.cli) (.+)", re.DOTALL)


def commands(heading: str) -> list[tuple[str, list[str]]]:
    """Return the module and the words of each command below this heading of the guide."""
    part = GUIDE.split(f"### {heading}\n")[1].split("\n#")[0]
    blocks = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    written = [
        line for block in blocks for line in re.split(r"^(?=docker )", block, flags=re.MULTILINE) if line
    ]
    matched = [COMMAND.fullmatch(line.replace("\\\n", " ")) for line in written]
    assert None not in matched, written
    return [(found[1], shlex.split(found[2])) for found in matched if found]


def test_after_the_commands_of_the_guide_the_clinic_has_prices_and_tax(
    databases: Databases, keys_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.empty()
    monkeypatch.setenv("CLINIC_ENV", "test")
    monkeypatch.setenv("CLINIC_KEYS_DIR", str(keys_dir))
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a secret of the tests, 32 characters long")
    for name in ("portal", "billing", "inventory"):
        monkeypatch.setenv(f"{name.upper()}_DATABASE_URL", getattr(databases, name).app_url)

    for module, words in commands("The first clinic"):
        # Recipes need items, which come through the API.
        if words[0] != "set-recipe":
            done = CliRunner().invoke(import_module(module).main, words)
            assert done.exit_code == 0, done.output

    with databases.billing.app.reading(["main"]) as session:
        found = service.price_list(session, clinic_id="main", on_date=date(2026, 6, 1))
    assert [(charge.code, charge.unit_cents, charge.rate_ppm) for charge in found] == [
        ("microneedling-face", 19900, 0),
        ("microneedling-neck", 7500, 0),
        ("microneedling-chest", 19900, 0),
        ("aftercare-serum", 4500, 63500),
    ]
    assert databases.billing.value("SELECT address FROM clinics") == "1 Example Street\nHartford, CT 06106"
    assert databases.inventory.value("SELECT time_zone FROM clinics") == "America/New_York"
    assert databases.portal.value("SELECT name FROM clinics") == "Main"


def test_the_query_of_the_guide_shows_what_waits(databases: Databases) -> None:
    databases.billing.empty()
    (query,) = re.findall(r"```sql\n\s*(SELECT .*?);\s*```", GUIDE, re.DOTALL)

    assert databases.billing.rows(query) == []
