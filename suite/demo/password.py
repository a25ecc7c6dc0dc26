"""The one password of all demo accounts, which every page of the demo shows."""

PASSWORD = "clinic-demo-only"  # noqa: S105 (public, and for the demo alone)
