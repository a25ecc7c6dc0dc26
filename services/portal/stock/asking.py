"""Questions about stock that take more than one call."""

from services.portal.clients import Document, inventory
from shared.errors import NotFound

EVERY_STATE = "all"


def item_of(sku: str) -> Document:
    """Return one item of the catalogue, or raise NotFound."""
    for item in find_items(sku):
        if item["sku"].lower() == sku.lower():
            return item
    raise NotFound("There is no such item in the catalogue.")


def find_items(words: str) -> list[Document]:
    """Return the items that a person may mean: a part of the name, the beginning of the sku, a GTIN."""
    found: list[Document] = inventory().items(query=words[:100], active=EVERY_STATE, limit=200)["items"]
    return found


def recipes_with(sku: str) -> list[Document]:
    """Return the lines of recipes in force that take this item, each with its charge."""
    return [
        {"charge": recipe["charge"], **line}
        for recipe in inventory().recipes(limit=200)["items"]
        for line in recipe["items"]
        if line["sku"] == sku
    ]
