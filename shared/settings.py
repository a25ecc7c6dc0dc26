"""The typed environment. Read once, when an app is built; an unsafe combination refuses to start."""

from dataclasses import dataclass, field
from pathlib import Path

from environs import Env

ENVIRONMENTS = ("demo", "production", "test")
MINIMUM_SECRET_LENGTH = 32


class UnsafeSettings(Exception):
    """The environment asks for something that must never run. The message says what to change."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is told from outside."""

    service: str
    environment: str
    database_url: str = field(repr=False)
    keys_dir: Path
    billing_url: str
    inventory_url: str
    portal_url: str
    trusted_hosts: tuple[str, ...]
    pool_size: int
    secret_key: str = field(default="", repr=False)
    metrics_dir: str = ""
    metrics_token: str = field(default="", repr=False)
    outbox_keep_days: int = 90
    trusted_proxies: int = 0

    @property
    def demo(self) -> bool:
        return self.environment == "demo"


def secret(env: Env, name: str) -> str:
    """Read a secret from NAME_FILE (its trailing newline does not count) or from NAME.

    Empty when neither is set.
    """
    path = env.str(f"{name}_FILE", "")
    return Path(path).read_text(encoding="utf-8").strip() if path else env.str(name, "")


def load(service: str) -> Settings:
    """Read the environment of one service.

    Raises:
        UnsafeSettings: something needed is missing or must not be combined.
    """
    env = Env()
    settings = Settings(
        service=service,
        environment=env.str("CLINIC_ENV", "production"),
        database_url=secret(env, f"{service.upper()}_DATABASE_URL"),
        keys_dir=Path(env.str("CLINIC_KEYS_DIR", "")),
        billing_url=env.str("BILLING_URL", "http://127.0.0.1:8001"),
        inventory_url=env.str("INVENTORY_URL", "http://127.0.0.1:8002"),
        portal_url=env.str("PORTAL_URL", "http://127.0.0.1:8000"),
        trusted_hosts=tuple(env.list("CLINIC_TRUSTED_HOSTS", ["127.0.0.1", "localhost"])),
        pool_size=env.int("CLINIC_POOL_SIZE", 8),
        secret_key=secret(env, "PORTAL_SECRET_KEY") if service == "portal" else "",
        metrics_dir=env.str("PROMETHEUS_MULTIPROC_DIR", ""),
        metrics_token=secret(env, "CLINIC_METRICS_TOKEN"),
        outbox_keep_days=env.int("CLINIC_OUTBOX_KEEP_DAYS", 90),
        trusted_proxies=env.int("CLINIC_TRUSTED_PROXIES", 0),
    )
    refuse_unsafe(settings)
    return settings


def refuse_unsafe(settings: Settings) -> None:
    """Raise UnsafeSettings rather than start half-protected."""
    if settings.environment not in ENVIRONMENTS:
        raise UnsafeSettings(f"CLINIC_ENV must be one of {', '.join(ENVIRONMENTS)}.")
    if not settings.database_url.startswith("postgresql"):
        raise UnsafeSettings(f"{settings.service.upper()}_DATABASE_URL must be a postgresql:// address.")
    if not settings.keys_dir.is_dir():
        raise UnsafeSettings("CLINIC_KEYS_DIR must name the folder with the signing keys.")
    if settings.service == "portal" and len(settings.secret_key) < MINIMUM_SECRET_LENGTH:
        raise UnsafeSettings(f"PORTAL_SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters.")
    if settings.environment == "production" and not settings.portal_url.startswith("https://"):
        raise UnsafeSettings(
            "In production PORTAL_URL must be https://, or sessions could be read on the way."
        )
