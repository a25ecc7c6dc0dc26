"""The settings of the portal."""

from shared import settings
from shared.settings import Settings


def load() -> Settings:
    """Read the portal's environment, or raise UnsafeSettings."""
    return settings.load("portal")
