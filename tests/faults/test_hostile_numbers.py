"""Numbers that are none, or too many, or almost right (B1 to B21): refused at the edge, nothing written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults.doors import APIS, Door, opened
from tests.faults.mutations import FLAG, INTEGER, LIST, QUANTITY, flaws, places

NOT_WHOLE = (
    *(
        "-1",
        "1.5",
        "19.99",
        "1.0",
        "-0.0",
        "1e2",
        "true",
        "false",
        '"5"',
        '"10.005"',
        '"$5"',
        "[5]",
        '{"$gt": 0}',
        "[]",
    ),
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "0x10", "01", "1_000", "+1", ".5", "5."),
    *(
        "9223372036854775808",
        "-9223372036854775809",
        "9007199254740993",
        "9" * 4000,
        "9" * 5000,
        "-" + "9" * 5000,
    ),
    *('"1E+600000"', '"NaN"', '"\u0661\u0662\u0663"', '"\uff11\uff12"', '""', '" "'),
)
NOT_A_QUANTITY = (
    *(
        '"-1"',
        '"0"',
        '"0.000"',
        '"1.5555"',
        '"1E+600000"',
        '"1E+3000000"',
        '"sNaN"',
        '"NaN"',
        '"Infinity"',
        '"-0"',
    ),
    *(
        '"\u0661\u0662\u0663"',
        '"\uff11\uff12"',
        '"1_000"',
        '" 7\\n"',
        '"1,5"',
        '"1.000,00"',
        '"1,000.00"',
        '"$5"',
        '"+1"',
    ),
    *(
        '""',
        '"."',
        '"1."',
        '".5"',
        '"0x10"',
        '"9999999999"',
        f'"{"9" * 5000}"',
        '"1 000"',
        '"1/2"',
        '"\u00bd"',
    ),
    *("1", "1.5", "true", "NaN", "1e400", "[1]", '["1"]', "{}", "0"),
)
NOT_A_FLAG = ("1", "0", '"true"', '"yes"', "[]", "{}", '""', "2")
NOT_A_LIST = ("1", '"x"', "{}", "true", "[1]", "[null]", '["x"]', "[[]]", '{"0": {}}')


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "payloads"),
    [(INTEGER, NOT_WHOLE), (QUANTITY, NOT_A_QUANTITY), (FLAG, NOT_A_FLAG), (LIST, NOT_A_LIST)],
    ids=[INTEGER, QUANTITY, FLAG, LIST],
)
def test_what_is_no_such_value_is_refused_in_every_field(
    door: Door, kind: str, payloads: tuple[str, ...]
) -> None:
    before = door.stored()
    found = places(door, kind)

    assert flaws(door, found, payloads) == {}
    assert door.stored() == before
    assert found != [] or (door.service, kind) in {("billing", FLAG), ("inventory", LIST)}


def test_lists_have_an_end(door: Door) -> None:
    """B20, B103: more lines than any visit has, and more than a body may hold."""
    before, found = door.stored(), places(door, LIST)

    assert flaws(door, found, ["[" + ",".join(["{}"] * 1000) + "]"]) == {}
    assert flaws(door, found, ["[" + ",".join(["{}"] * 1_000_000) + "]"], 413) == {}
    assert door.stored() == before


def test_a_sale_beyond_all_amounts_is_refused(databases: Databases, keys_dir: Path) -> None:
    """B20: the largest quantity of the dearest charge, many times over, with the largest tip."""
    with opened("billing", databases, keys_dir) as billing:
        databases.billing.execute_as_superuser(
            "INSERT INTO prices (clinic_id, charge_code, effective_from, unit_cents)"
            " VALUES ('main', 'microneedling-face', '2020-01-02', 100000000000)"
        )
        before = billing.stored()
        line = {"charge": "microneedling-face", "quantity": 100}
        tenders = [{"kind": "cash", "amount_cents": 100_000_000_000}]
        cart = {"clinic_id": "main", "lines": [line] * 50, "tip_cents": 100_000_000_000}

        quote = billing.owner.post("/v1/quotes", cart)
        sale = billing.owner.post(
            "/v1/checkouts", {**cart, "patient_id": billing.ids["patient_id"], "tenders": tenders}
        )

        assert (quote.status_code, sale.status_code) == (422, 422), (quote.text, sale.text)
        assert billing.stored() == before
