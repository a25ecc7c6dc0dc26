"""Signing keys: made once, readable by their owner, rotated without breaking what was signed before."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from suite.keys import SERVICES, ensure_keys, rotate


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.pem"))


def test_every_service_gets_a_pair_whose_halves_belong_together(tmp_path: Path) -> None:
    ensure_keys(tmp_path)

    for service in SERVICES:
        (private,) = (tmp_path / "private" / service).glob("*.pem")
        public = tmp_path / "public" / service / private.name
        signature = load_pem_private_key(private.read_bytes(), None).sign(b"words")
        load_pem_public_key(public.read_bytes()).verify(signature, b"words")


def test_private_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    ensure_keys(tmp_path)

    for path in (tmp_path / "private").rglob("*.pem"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_keys_that_are_there_stay(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = names(tmp_path)

    ensure_keys(tmp_path)

    assert names(tmp_path) == before


def test_a_lost_public_half_is_made_again(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = names(tmp_path)
    next((tmp_path / "public" / "billing").glob("*.pem")).unlink()

    ensure_keys(tmp_path)

    assert names(tmp_path) == before


def test_rotation_keeps_the_previous_public_key_and_one_private(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    (first,) = (path.stem for path in (tmp_path / "private" / "portal").glob("*.pem"))

    second = rotate(tmp_path, "portal")

    assert [path.stem for path in (tmp_path / "private" / "portal").glob("*.pem")] == [second]
    assert sorted(path.stem for path in (tmp_path / "public" / "portal").glob("*.pem")) == [first, second]


def test_the_newest_key_is_the_last_by_name(tmp_path: Path) -> None:
    made = [rotate(tmp_path, "portal") for _ in range(5)]

    assert made == sorted(made)
    assert sorted(path.stem for path in (tmp_path / "public" / "portal").glob("*.pem")) == made[-2:]


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "private" / "portal" / "wrong.pem"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("not a key", encoding="ascii")

    with pytest.raises(ValueError, match="PEM"):
        ensure_keys(tmp_path)
