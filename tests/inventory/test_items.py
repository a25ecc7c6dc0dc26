"""GET and POST /v1/items: the catalogue of the house."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cast import ABEL, CLEO, DORA, HANA, MARA
from tests.clients import Clients
from tests.databases import ServiceDatabase
from tests.inventory.house import AFTERCARE, CARTRIDGE, ITEMS

TRETINOIN: dict[str, Any] = {
    "sku": "TRET-025",
    "name": "Tretinoin 0.025 %",
    "category": "aftercare",
    "base_unit": "g",
    "pack_size": "20",
    "storage": "refrigerated",
    "in_use_days": 28,
    "prescription_only": True,
    "warning": "Not during pregnancy",
}


def test_an_item_is_added_and_found_at_every_clinic(inventory: Clients) -> None:
    created = inventory.as_(MARA).post("/v1/items", TRETINOIN)

    found = inventory.as_(HANA).get("/v1/items?query=tretin").json["items"]

    assert created.status_code == 201, created.text
    assert found == [created.json]
    assert (found[0]["pack_size"], found[0]["prescription_only"], found[0]["active"]) == ("20", True, True)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("00305912070302", "00305912070302"),
        ("860002324906", "00860002324906"),
        ("7032069804988", "07032069804988"),
    ],
)
def test_a_gtin_is_kept_as_fourteen_digits_and_found_in_any_length(
    inventory: Clients, inventory_database: ServiceDatabase, written: str, kept: str
) -> None:
    inventory_database.execute_as_superuser("UPDATE items SET gtin = NULL")
    inventory.as_(MARA).post("/v1/items", {**TRETINOIN, "gtin": written})

    by_gtin = inventory.as_(DORA).get(f"/v1/items?gtin={kept}").json["items"]
    by_scan = inventory.as_(DORA).get(f"/v1/items?query={written}").json["items"]

    assert [item["gtin"] for item in by_gtin] == [kept]
    assert by_scan == by_gtin


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"gtin": "07032069804987"}, "/gtin"),
        ({"gtin": "123456789"}, "/gtin"),
        ({"gtin": "0703206980498x"}, "/gtin"),
        ({"gtin": "٠٧٠٣٢٠٦٩٨٠٤٩٨٨"}, "/gtin"),
        ({"base_unit": "kg"}, "/base_unit"),
        ({"base_unit": "each", "pack_size": "2.5"}, "/pack_size"),
        ({"pack_size": "0"}, "/pack_size"),
        ({"category": "Needle Cartridge"}, "/category"),
        ({"category": "serum\n"}, None),
        ({"lidocaine_ppm": 1_000_001}, "/lidocaine_ppm"),
        ({"lidocaine_ppm": 4.0}, "/lidocaine_ppm"),
        ({"prescription_only": "yes"}, "/prescription_only"),
        ({"prescription_only": 1}, "/prescription_only"),
        ({"needle_count": True}, "/needle_count"),
        ({"storage": "sun"}, "/storage"),
        ({"sku": "a b"}, "/sku"),
        ({"sku": ""}, "/sku"),
        ({"name": "x" * 201}, "/name"),
        ({"active": False}, "/active"),
    ],
)
def test_what_makes_no_sense_is_refused(
    inventory: Clients, change: dict[str, Any], pointer: str | None
) -> None:
    answer = inventory.as_(MARA).post("/v1/items", {**TRETINOIN, **change})

    if pointer is None:
        assert (answer.status_code, answer.json["category"]) == (201, "serum")
    else:
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    "change", [{"sku": CARTRIDGE}, {"sku": CARTRIDGE.lower()}, {"gtin": "00305912070302"}]
)
def test_what_the_catalogue_has_already_is_a_conflict(inventory: Clients, change: dict[str, Any]) -> None:
    assert inventory.as_(MARA).post("/v1/items", {**TRETINOIN, **change}).status_code == 409


def test_the_same_key_at_once_adds_one_item_and_everybody_hears_the_same(
    inventory: Clients, inventory_database: ServiceDatabase
) -> None:
    mara = inventory.as_(MARA)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: mara.post("/v1/items", TRETINOIN, key="one"), range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.text for answer in answers}) == 1
    assert inventory_database.value("SELECT count(*) FROM items WHERE sku = 'TRET-025'") == 1


def test_the_list_goes_page_by_page_and_can_be_narrowed(inventory: Clients) -> None:
    cleo = inventory.as_(CLEO)
    seen, path = [], "/v1/items?limit=3"
    while path:
        page = cleo.get(path).json
        seen += [item["sku"] for item in page["items"]]
        path = f"/v1/items?limit=3&cursor={page['next']}" if page["next"] else ""

    assert seen == sorted(item[0] for item in ITEMS)
    assert [item["sku"] for item in cleo.get("/v1/items?category=aftercare").json["items"]] == [AFTERCARE]
    assert len(cleo.get("/v1/items?query=CARTR").json["items"]) == 2
    assert cleo.get("/v1/items?query=%25").json["items"] != []
    assert cleo.get("/v1/items?query=_").json["items"] == []
    assert cleo.get("/v1/items?active=false").json["items"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=NaN", "cursor=x", "sort=sku", "active=1", "gtin=5"]
)
def test_a_question_that_makes_no_sense_is_refused(inventory: Clients, query: str) -> None:
    assert inventory.as_(CLEO).get(f"/v1/items?{query}").status_code == 422


def test_who_may_read_and_write_the_catalogue(inventory: Clients) -> None:
    assert inventory.anonymous().get("/v1/items").status_code == 401
    assert inventory.as_service("billing").get("/v1/items").status_code == 403
    for reader in (DORA, CLEO, ABEL):
        assert inventory.as_(reader).get("/v1/items").status_code == 200
        assert inventory.as_(reader).post("/v1/items", TRETINOIN).status_code == 403
    assert inventory.as_(MARA).post("/v1/items", TRETINOIN, key=None).status_code == 400
