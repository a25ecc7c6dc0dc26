"""What each process is told: all it needs, and no secret of another."""

from pathlib import Path

import pytest

from suite import environment
from suite.cluster import Cluster
from suite.errors import CannotStart


def test_a_service_is_told_its_own_secrets_only(cluster: Cluster) -> None:
    everything = environment.of_machine(cluster)

    told = environment.of_process(everything, "billing")

    assert {name for name in told if name.endswith("DATABASE_URL")} == {"BILLING_DATABASE_URL"}
    assert "PORTAL_SECRET_KEY" not in told
    assert told["INVENTORY_URL"] == "http://127.0.0.1:8002"


def test_what_is_passed_on_to_everybody_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("CLINIC_ADMIN_DATABASE_URL", "postgresql://a:b@c/d")
    monkeypatch.setenv("CLINIC_POOL_SIZE", "4")

    passed_on = environment.public_variables()

    assert passed_on["CLINIC_POOL_SIZE"] == "4"
    assert {"PORTAL_SECRET_KEY", "CLINIC_ADMIN_DATABASE_URL"}.isdisjoint(passed_on)


def test_a_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://x\n", encoding="utf-8")
    monkeypatch.setenv("BILLING_DATABASE_URL_FILE", str(tmp_path / "url"))

    assert environment.given()["BILLING_DATABASE_URL"] == "postgresql://x"


def test_a_secret_file_that_is_not_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_DATABASE_URL_FILE", "/not/there")

    with pytest.raises(CannotStart, match="BILLING_DATABASE_URL_FILE names /not/there, which cannot be read"):
        environment.given()


@pytest.mark.parametrize("text", ["80", "65534", "abc", "-1", "8000.5"])
def test_a_first_port_that_cannot_be_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_FIRST_PORT", text)

    with pytest.raises(CannotStart, match="CLINIC_FIRST_PORT must be a number"):
        environment.ports()
