"""The README's story for other programs, run word for word against the demo clinic; only the ports differ."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rig import Rig, running
from suite.environment import ROOT

SERVICES = ("portal", "billing", "inventory")


@pytest.mark.timeout(400)
def test_the_story_of_the_readme_happens_as_told_and_only_once(tmp_path: Path) -> None:
    (story,) = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    with running() as rig:
        first = tell(story, rig, tmp_path)
        again = tell(story, rig, tmp_path)

    change, invoice, stock = first
    assert change == "Change: 600 cents"
    assert invoice["total_cents"] == invoice["paid_cents"] == 27400
    assert invoice["cost_cents"] == sum(supply["cost_cents"] for supply in invoice["supplies"]) > 0
    assert invoice["margin_cents"] == 27400 - invoice["cost_cents"]
    (cartridge,) = [supply for supply in invoice["supplies"] if supply["sku"] == "CART-12"]
    assert cartridge["lot"] in {lot["lot"] for lot in stock["items"]}
    # The same keys make nothing new: the same invoice, the same shelves.
    assert again == first


def tell(story: str, rig: Rig, folder: Path) -> tuple[str, Any, Any]:
    """Run the story in a shell and return the line it says, the invoice and the stock."""
    for place, service in enumerate(SERVICES):
        story = story.replace(f"http://127.0.0.1:{8000 + place}", f"http://127.0.0.1:{rig.port(service)}")
    done = subprocess.run(
        ["sh", "-eu"],
        input=story,
        env={**os.environ, "PATH": f"{programs(folder)}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, _, documents = done.stdout.partition("\n")
    invoice, end = json.JSONDecoder().raw_decode(documents)
    return said, invoice, json.loads(documents[end:])


def programs(folder: Path) -> Path:
    """Return a folder with what the story calls and a small machine may lack: python3, and perhaps curl."""
    wanted = (
        {"python3": ""}
        if shutil.which("curl")
        else {"python3": "", "curl": str(ROOT / "tests/operations/curl.py")}
    )
    for name, script in wanted.items():
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, *filter(None, [script])])} "$@"\n')
        path.chmod(0o755)
    return folder
