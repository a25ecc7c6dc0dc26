"""The one table that says which role may do what. Everything a route can ask for is named here."""

from enum import StrEnum


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    OWNER = "owner"


class Permission(StrEnum):
    READ_PATIENTS = "patients.read"
    WRITE_PATIENTS = "patients.write"
    MERGE_PATIENTS = "patients.merge"
    READ_CHARGES = "charges.read"
    READ_VISITS = "visits.read"
    WRITE_VISITS = "visits.write"
    RECORD_SUPPLIES = "supplies.record"
    CHECK_OUT = "checkouts.create"
    GRANT_LARGE_DISCOUNTS = "discounts.large"
    READ_INVOICES = "invoices.read"
    READ_COSTS = "costs.read"
    READ_JOURNAL = "journal.read"
    READ_ITEMS = "items.read"
    WRITE_ITEMS = "items.write"
    READ_STOCK = "stock.read"
    WRITE_LOTS = "lots.write"
    RECEIVE_STOCK = "receipts.create"
    OVERRIDE_LIDOCAINE_LIMIT = "lidocaine.override"
    READ_MOVEMENTS = "movements.read"
    REVERSE_MOVEMENTS = "movements.reverse"
    READ_USAGES = "usages.read"
    READ_SHORTAGES = "shortages.read"
    SETTLE_SHORTAGES = "shortages.settle"
    MANAGE_STAFF = "staff.manage"


P = Permission

_ON_THE_FLOOR = {
    *(P.READ_PATIENTS, P.READ_CHARGES, P.READ_VISITS, P.WRITE_VISITS, P.RECORD_SUPPLIES),
    # Everybody on the floor sees which lots a visit took; what they cost is another permission.
    *(P.READ_ITEMS, P.READ_STOCK, P.READ_MOVEMENTS, P.READ_USAGES),
}
_AT_THE_DESK = _ON_THE_FLOOR | {P.WRITE_PATIENTS, P.MERGE_PATIENTS, P.CHECK_OUT, P.READ_INVOICES}
_LOOKS_AT_STOCK = {P.READ_ITEMS, P.READ_STOCK, P.READ_MOVEMENTS, P.READ_USAGES, P.READ_SHORTAGES}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.FRONT_DESK: frozenset(_AT_THE_DESK),
    Role.CLINICIAN: frozenset(_ON_THE_FLOOR),
    Role.MANAGER: frozenset(
        _AT_THE_DESK
        | _LOOKS_AT_STOCK
        | {P.GRANT_LARGE_DISCOUNTS, P.READ_COSTS, P.WRITE_ITEMS, P.WRITE_LOTS, P.RECEIVE_STOCK}
        | {P.OVERRIDE_LIDOCAINE_LIMIT, P.REVERSE_MOVEMENTS, P.SETTLE_SHORTAGES}
    ),
    Role.ACCOUNTANT: frozenset(
        _LOOKS_AT_STOCK | {P.READ_CHARGES, P.READ_INVOICES, P.READ_COSTS, P.READ_JOURNAL}
    ),
    Role.OWNER: frozenset(Permission),
}


def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    """Return everything these roles may do together. A role this table does not know gives nothing."""
    known = [ROLE_PERMISSIONS[Role(role)] for role in roles if role in set(Role)]
    return frozenset().union(*known)
