"""Inventory's worker: carries its events to billing."""

from services.inventory import settings
from shared.events import worker
from shared.logs import configure


def main() -> None:
    """Run until told to stop."""
    configure()
    loaded = settings.load()
    worker.run(
        loaded,
        destination="billing",
        clean_up=lambda database: worker.forget_delivered(database, loaded.outbox_keep_days),
    )


if __name__ == "__main__":
    main()
