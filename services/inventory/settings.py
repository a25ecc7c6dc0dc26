"""The settings of inventory."""

from shared import settings
from shared.settings import Settings


def load() -> Settings:
    """Read inventory's environment, or raise UnsafeSettings."""
    return settings.load("inventory")
