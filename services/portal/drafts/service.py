"""Keep, find and forget what somebody typed and has not sent yet."""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from services.portal.drafts.models import LARGEST_BYTES, Draft
from shared.errors import AppError, Malformed

KEPT = timedelta(days=30)
MOST_DRAFTS = 50
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
_OTHER = re.compile(r"[^a-z0-9._-]+")


class DraftTooLarge(AppError):
    status, code, title = 413, "too-large", "This is too much to keep"


def save_draft(
    session: Session, *, staff_id: UUID, key: str, fields: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Keep the fields of a form, in their order, in place of what was kept under this key.

    Raises:
        Malformed: the key is not one.
        DraftTooLarge: more than 32 kB.
    """
    if not _KEY.fullmatch(key):
        raise Malformed("The name of a draft is made of small letters, digits, dots and dashes.")
    kept = [[name, value] for name, value in fields if is_kept(name)]
    if len(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")) > LARGEST_BYTES:
        raise DraftTooLarge(f"A draft can hold {LARGEST_BYTES // 1024} kB. Nothing was kept.")
    session.execute(
        insert(Draft)
        .values(staff_id=staff_id, key=key, data=kept, updated_at=now)
        .on_conflict_do_update(
            index_elements=[Draft.staff_id, Draft.key], set_={"data": kept, "updated_at": now}
        )
    )
    newest = (
        select(Draft.key)
        .where(Draft.staff_id == staff_id, Draft.updated_at > now - KEPT)
        .order_by(Draft.updated_at.desc(), Draft.key)
        .limit(MOST_DRAFTS)
    )
    session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.key.not_in(newest)))


def begin_draft(
    session: Session, *, staff_id: UUID, key: str, fields: Iterable[tuple[str, str]], now: datetime
) -> MultiDict[str, str]:
    """Return what is kept under this key, else these fields. Two windows opened at once get the same.

    Raises:
        Malformed: the key is not one.
    """
    if not _KEY.fullmatch(key):
        raise Malformed("The name of a draft is made of small letters, digits, dots and dashes.")
    kept = [[name, value] for name, value in fields]
    session.execute(
        insert(Draft)
        .values(staff_id=staff_id, key=key, data=kept, updated_at=now)
        .on_conflict_do_nothing(index_elements=[Draft.staff_id, Draft.key])
    )
    return load_draft(session, staff_id=staff_id, key=key) or MultiDict()


def load_draft(session: Session, *, staff_id: UUID, key: str) -> MultiDict[str, str] | None:
    """Return the fields kept under this key, or None."""
    data = session.execute(
        select(Draft.data).where(Draft.staff_id == staff_id, Draft.key == key)
    ).scalar_one_or_none()
    return None if data is None else MultiDict((name, value) for name, value in data)


def forget_draft(session: Session, *, staff_id: UUID, key: str) -> None:
    """Forget what was kept under this key: it was sent, or is not wanted."""
    session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.key == key))


def key_of_page(path: str) -> str:
    """Return the key under which the form of a page is kept when its session had expired."""
    return f"page.{_OTHER.sub('.', path.partition('?')[0].lower()).strip('.')}"[:120]


def is_kept(field: str) -> bool:
    """Tell whether a field may lie in the database: no secrets, and nothing that belongs to one page view."""
    return field not in {"csrf_token", "draft_key"} and "password" not in field
