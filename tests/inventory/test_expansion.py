"""A visit uses one cartridge however many areas, cream for each area, and what was scanned before either."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.recipes.expansion import Need, RecipeLine, Scanned, expand

FACE, NECK, CHEST = "microneedling-face", "microneedling-neck", "microneedling-chest"


def recipe(charge: str, cream_grams: int, serum_ml: int) -> list[RecipeLine]:
    return [
        RecipeLine(charge, "cartridge-12", "cartridge", "visit", 1_000),
        RecipeLine(charge, "sheath", "sheath", "visit", 1_000),
        RecipeLine(charge, "numbing-cream", "cream", "area", cream_grams * 1_000),
        RecipeLine(charge, "ha-serum", "serum", "area", serum_ml * 1_000),
    ]


RECIPES = [*recipe(FACE, 10, 3), *recipe(NECK, 5, 2), *recipe(CHEST, 10, 4)]


def quantities(needs: list[Need]) -> dict[str, int]:
    return {need.sku: need.quantity_thousandths for need in needs}


def test_face_and_neck_in_one_visit_use_one_cartridge_and_the_cream_of_both() -> None:
    needs = expand({FACE: 1, NECK: 1}, RECIPES, [])

    assert needs == [
        Need("cartridge-12", 1_000, None, "recipe"),
        Need("ha-serum", 5_000, None, "recipe"),  # 3 + 2 ml
        Need("numbing-cream", 15_000, None, "recipe"),  # 10 + 5 g
        Need("sheath", 1_000, None, "recipe"),
    ]


def test_two_areas_of_one_charge_use_its_cream_twice_and_one_cartridge() -> None:
    assert quantities(expand({NECK: 2}, RECIPES, [])) == {
        "cartridge-12": 1_000,
        "ha-serum": 4_000,
        "numbing-cream": 10_000,
        "sheath": 1_000,
    }


def test_a_visit_line_is_needed_in_the_largest_quantity_any_charge_asks() -> None:
    lines = [
        RecipeLine(FACE, "gauze", "gauze", "visit", 2_000),
        RecipeLine(NECK, "gauze", "gauze", "visit", 5_000),
        RecipeLine(CHEST, "gauze", "gauze", "visit", 9_000),
    ]

    assert quantities(expand({FACE: 3, NECK: 1}, lines, [])) == {"gauze": 5_000}


def test_an_item_needed_per_visit_and_per_area_is_needed_for_both() -> None:
    lines = [RecipeLine(FACE, "gel", "gel", "visit", 500), RecipeLine(NECK, "gel", "gel", "area", 2_000)]

    assert quantities(expand({FACE: 1, NECK: 2}, lines, [])) == {"gel": 4_500}


def test_a_scanned_cartridge_replaces_the_usual_one_of_its_category() -> None:
    scanned = [Scanned("cartridge-36", "cartridge", 1_000, "A1")]

    needs = expand({FACE: 1, NECK: 1}, RECIPES, scanned)

    assert needs[0] == Need("cartridge-36", 1_000, "A1", "scanned")
    assert "cartridge-12" not in quantities(needs)
    assert quantities(needs)["numbing-cream"] == 15_000


def test_several_scans_of_a_category_replace_it_together() -> None:
    scanned = [
        Scanned("cartridge-36", "cartridge", 1_000, "A1"),
        Scanned("cartridge-12", "cartridge", 1_000, None),
    ]

    cartridges = [need for need in expand({FACE: 1}, RECIPES, scanned) if need.sku.startswith("cartridge")]

    assert cartridges == [
        Need("cartridge-12", 1_000, None, "scanned"),
        Need("cartridge-36", 1_000, "A1", "scanned"),
    ]


def test_grams_actually_used_replace_the_recipe_however_few() -> None:
    needs = expand({FACE: 1}, RECIPES, [Scanned("numbing-cream", "cream", 500, "C7")])

    assert [need for need in needs if need.sku == "numbing-cream"] == [
        Need("numbing-cream", 500, "C7", "scanned")
    ]


def test_a_scan_of_unknown_category_replaces_only_its_own_item() -> None:
    needs = quantities(expand({FACE: 1}, RECIPES, [Scanned("sheath", None, 2_000)]))

    assert (needs["sheath"], needs["cartridge-12"]) == (2_000, 1_000)


def test_scans_of_one_lot_are_one_need_and_of_two_lots_are_two() -> None:
    scanned = [
        Scanned("numbing-cream", "cream", 5_000, "C8"),
        Scanned("numbing-cream", "cream", 2_000, "C7"),
        Scanned("numbing-cream", "cream", 1_000, None),
        Scanned("numbing-cream", "cream", 3_000, "C8"),
    ]

    assert expand({}, [], scanned) == [
        Need("numbing-cream", 2_000, "C7", "scanned"),
        Need("numbing-cream", 8_000, "C8", "scanned"),
        Need("numbing-cream", 1_000, None, "scanned"),
    ]


def test_a_charge_without_recipe_or_without_areas_needs_nothing() -> None:
    assert expand({"consultation": 1, FACE: 0}, RECIPES, []) == []
    assert expand({}, RECIPES, []) == []


def test_a_negative_number_of_areas_is_refused() -> None:
    with pytest.raises(ValueError, match="charge"):
        expand({FACE: -1}, RECIPES, [])


@pytest.mark.parametrize("quantity", [0, -1_000])
def test_a_quantity_of_nothing_is_refused(quantity: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        expand({FACE: 1}, [], [Scanned("sheath", "sheath", quantity)])
    with pytest.raises(ValueError, match="more than nothing"):
        expand({FACE: 1}, [RecipeLine(FACE, "sheath", "sheath", "visit", quantity)], [])


areas = st.dictionaries(st.sampled_from([FACE, NECK, CHEST]), st.integers(0, 4))
scans = st.lists(
    st.builds(
        Scanned,
        sku=st.sampled_from(["cartridge-36", "numbing-cream", "ha-serum", "sheath", "gauze"]),
        category=st.sampled_from([None, "cartridge", "cream", "gauze"]),
        quantity_thousandths=st.integers(1, 50_000),
        lot=st.none() | st.sampled_from(["A1", "B2"]),
    ),
    max_size=6,
)


@given(charges=areas, scanned=scans, random=st.randoms(use_true_random=False))
def test_the_needs_do_not_depend_on_the_order_of_the_input(
    charges: dict[str, int], scanned: list[Scanned], random: Random
) -> None:
    lines, scans_moved = list(RECIPES), list(scanned)
    random.shuffle(lines)
    random.shuffle(scans_moved)

    assert expand(charges, lines, scans_moved) == expand(charges, RECIPES, scanned)


@given(charges=areas, scanned=scans)
def test_everything_scanned_is_needed_exactly_and_each_item_and_lot_once(
    charges: dict[str, int], scanned: list[Scanned]
) -> None:
    needs = expand(charges, RECIPES, scanned)

    assert sum(need.quantity_thousandths for need in needs if need.origin == "scanned") == sum(
        scan.quantity_thousandths for scan in scanned
    )
    assert len({(need.sku, need.lot) for need in needs}) == len(needs)
    assert all(need.quantity_thousandths > 0 for need in needs)
