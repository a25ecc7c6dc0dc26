"""GET /v1/recipes: what a charge takes, by the version in force on a day."""

from datetime import date

import pytest

from services.inventory.recipes.service import Ingredient, write_recipe
from shared.db import EVERY_CLINIC
from shared.errors import Conflict, Invalid
from tests.cast import CLEO
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import CARTRIDGE, CREAM, FACE, NECK, NOON, SERUM, SHEATH


def write(database: ServiceDatabase, effective_from: date, *ingredients: Ingredient) -> None:
    with database.app.transaction(EVERY_CLINIC) as session:
        write_recipe(
            session,
            charge_code=FACE,
            effective_from=effective_from,
            ingredients=ingredients,
            written_by="tests",
            now=NOON,
        )


def test_the_recipes_in_force_are_listed_by_charge(inventory: Clients) -> None:
    page = inventory.as_(CLEO).get("/v1/recipes").json

    assert [recipe["charge"] for recipe in page["items"]] == [FACE, NECK]
    assert [(line["sku"], line["basis"], line["quantity"]) for line in page["items"][0]["items"]] == [
        (CARTRIDGE, "visit", "1"),
        (SHEATH, "visit", "1"),
        (CREAM, "area", "10"),
        (SERUM, "area", "3"),
    ]


def test_a_later_version_takes_over_on_its_day_and_the_earlier_one_is_kept(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    write(inventory_database, date(2026, 2, 1), Ingredient(CREAM.lower(), "area", 12_000))
    cleo = inventory.as_(CLEO)

    def quantities(day: str) -> list[str]:
        found = cleo.get(f"/v1/recipes?charge={FACE}&at={day}").json["items"]
        return [line["quantity"] for recipe in found for line in recipe["items"] if line["sku"] == CREAM]

    assert quantities("2025-12-31") == []
    assert quantities("2026-01-31") == ["10"]
    assert quantities("2026-02-01") == ["12"]


def test_a_recipe_may_say_that_nothing_is_taken(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    write(inventory_database, date(2026, 2, 1))

    assert inventory.as_(CLEO).get(f"/v1/recipes?charge={FACE}").json["items"][0]["items"] == []


def test_the_list_goes_page_by_page(inventory: Clients) -> None:
    first = inventory.as_(CLEO).get("/v1/recipes?limit=1").json
    second = inventory.as_(CLEO).get(f"/v1/recipes?limit=1&cursor={first['next']}").json

    assert ([r["charge"] for r in second["items"]], second["next"]) == ([NECK], None)


def test_a_version_is_written_once(inventory_database: ServiceDatabase) -> None:
    with pytest.raises(Conflict):
        write(inventory_database, date(2026, 1, 1), Ingredient(CREAM, "area", 1_000))


@pytest.mark.parametrize(
    "ingredients",
    [
        [Ingredient("nothing", "area", 1_000)],
        [Ingredient(CARTRIDGE, "visit", 500)],
        [Ingredient(CREAM, "area", 1_000), Ingredient(CREAM, "visit", 1_000)],
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    inventory_database: ServiceDatabase, ingredients: list[Ingredient]
) -> None:
    with pytest.raises(Invalid):
        write(inventory_database, date(2026, 2, 1), *ingredients)


def test_only_people_read_recipes(inventory: Clients) -> None:
    assert inventory.anonymous().get("/v1/recipes").status_code == 401
    assert inventory.as_service("billing").get("/v1/recipes").status_code == 403
