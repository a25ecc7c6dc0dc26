"""Stock: what lies on the shelves, what arrived, what is short. One file for each screen."""

from services.portal.stock import board, items, lots, receiving, shortages

SCREENS = (
    board.blueprint,
    items.blueprint,
    lots.blueprint,
    receiving.blueprint,
    shortages.blueprint,
)
