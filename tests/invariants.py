"""What must hold after every story, whatever happened in it."""

from collections.abc import Collection

from suite.verify.checking import verify
from tests.databases import Databases


def assert_books_and_shelves_agree(databases: Databases, *, still_broken: Collection[str] = ()) -> None:
    """Verify everything; what a story left for a person to repair is named, and nothing else may be wrong."""
    report = verify(databases.billing.app_url, databases.inventory.app_url)

    wrong = {finding.id: finding.violations[:3] for finding in report.findings if finding.violations}
    assert set(wrong) == set(still_broken), wrong
    assert report.waiting == [], report.under_way
