"""Puts what was wrong with a form beside its fields."""

from shared.errors import AppError


def errors_by_field(refused: AppError) -> dict[str, str]:
    """Return the words to stand beside each field; what names no field stands under the empty name."""
    found: dict[str, str] = {}
    for error in refused.errors:
        found.setdefault(error.pointer.strip("/"), error.detail)
    return found or {"": refused.detail}
