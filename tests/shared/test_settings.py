"""The environment is read once, and an unsafe one refuses to start."""

from pathlib import Path

import pytest

from shared.settings import Settings, UnsafeSettings, load


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment that billing and the portal would start in."""
    values = {
        "CLINIC_ENV": "production",
        "CLINIC_KEYS_DIR": str(tmp_path),
        "BILLING_DATABASE_URL": "postgresql://billing_app:secret@db/clinic_billing",
        "PORTAL_DATABASE_URL": "postgresql://portal_app:secret@db/clinic_portal",
        "PORTAL_SECRET_KEY": "s" * 32,
        "PORTAL_URL": "https://clinic.example",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_safe_environment_is_read(safe: pytest.MonkeyPatch) -> None:
    safe.setenv("CLINIC_TRUSTED_HOSTS", "clinic.example,localhost")

    settings = load("portal")

    assert settings.trusted_hosts == ("clinic.example", "localhost")
    assert settings.secret_key == "s" * 32
    assert not settings.demo


def test_the_other_services_do_not_learn_the_portals_secret(safe: pytest.MonkeyPatch) -> None:
    assert load("billing").secret_key == ""


def test_a_secret_in_a_file_counts_without_its_line_end(safe: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")
    safe.setenv("PORTAL_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert load("portal").secret_key == "f" * 40


def test_secrets_are_not_shown_with_the_settings(safe: pytest.MonkeyPatch) -> None:
    safe.setenv("CLINIC_METRICS_TOKEN", "metrics-secret")

    shown = repr(load("portal"))

    assert not any(secret in shown for secret in ("s" * 32, "metrics-secret", "secret@db"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CLINIC_ENV", "staging", "CLINIC_ENV"),
        ("PORTAL_DATABASE_URL", "", "PORTAL_DATABASE_URL"),
        ("PORTAL_DATABASE_URL", "sqlite:///clinic.db", "PORTAL_DATABASE_URL"),
        ("CLINIC_KEYS_DIR", "/does/not/exist", "CLINIC_KEYS_DIR"),
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY"),
        ("PORTAL_SECRET_KEY", "", "PORTAL_SECRET_KEY"),
        ("PORTAL_URL", "http://clinic.example", "https"),
    ],
)
def test_an_unsafe_environment_refuses_to_start(
    safe: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    safe.setenv(name, value)

    with pytest.raises(UnsafeSettings, match=words):
        load("portal")


def test_nothing_set_is_production_and_refuses(safe: pytest.MonkeyPatch) -> None:
    safe.delenv("CLINIC_ENV")
    safe.delenv("PORTAL_URL")

    with pytest.raises(UnsafeSettings):
        load("portal")


def test_settings_cannot_be_changed_later(safe: pytest.MonkeyPatch) -> None:
    settings: Settings = load("portal")

    with pytest.raises(AttributeError):
        settings.environment = "demo"  # type: ignore[misc]
