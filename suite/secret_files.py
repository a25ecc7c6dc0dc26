"""Generated secrets, one per file, readable by their owner only."""

import os
import secrets
from pathlib import Path

from suite.errors import CannotStart


class SecretFiles:
    """A folder of secrets that are made when first asked for and never change by themselves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> str:
        """Return the secret called `name`, making it if this is the first time."""
        path = self.folder / name
        if not path.exists():
            self._make(path)
        return self.read(name)

    def read(self, name: str) -> str:
        """Return the secret called `name`; it must be there already.

        Raises:
            CannotStart: it is missing, empty, or not ours to read.
        """
        path = self.folder / name
        try:
            value = path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise CannotStart(f"The secret {path} cannot be read: {error.strerror}.") from error
        if not value:
            raise CannotStart(f"The secret {path} is empty. Restore it from a backup.")
        return value

    def _make(self, path: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, not a rename: of two that make the same secret at once, both read the winner's.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
