"""Settings for an app in a test."""

from pathlib import Path

from shared.settings import Settings

METRICS_TOKEN = "metrics-token-of-the-tests"


def settings_for(service: str, database_url: str, keys_dir: Path, **changes: object) -> Settings:
    """Return what a service is told in a test."""
    values: dict[str, object] = {
        "service": service,
        "environment": "test",
        "database_url": database_url,
        "keys_dir": keys_dir,
        "billing_url": "http://127.0.0.1:1",
        "inventory_url": "http://127.0.0.1:1",
        "portal_url": "http://127.0.0.1:1",
        "trusted_hosts": ("localhost", "127.0.0.1"),
        "pool_size": 4,
        "secret_key": "a secret of the tests, 32 characters long",
        "metrics_token": METRICS_TOKEN,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]
