"""The settings of billing."""

from shared import settings
from shared.settings import Settings


def load() -> Settings:
    """Read billing's environment, or raise UnsafeSettings."""
    return settings.load("billing")
