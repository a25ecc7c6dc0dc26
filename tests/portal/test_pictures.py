"""Pictures are drawn to scale, say what they show, and let no text out of its place."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from services.portal.pictures import (
    LotMark,
    area_chart,
    bar_chart,
    cover_bar,
    expiry_timeline,
    sparkline,
)

TODAY = date(2026, 11, 20)
HOSTILE = '<script>alert("x")</script>'


def parsed(picture: Markup) -> ET.Element:
    return ET.fromstring(str(picture))  # noqa: S314 - our own picture, not somebody else's


def fill_of(picture: Markup) -> ET.Element:
    return next(rect for rect in parsed(picture).iter("rect") if "svg-fill" in rect.attrib["class"])


def every_picture(text: str = "A title") -> list[Markup]:
    return [
        cover_bar(12, reorder_days=14),
        sparkline([3, 1, 2], title=text),
        area_chart([(text, 1), ("Feb", 3)], title=text, level=2, level_words=text),
        bar_chart([(text, 10), ("Tue", 20)], title=text),
        expiry_timeline([LotMark(text, TODAY, text)], today=TODAY, title=text),
    ]


@pytest.mark.parametrize("picture", every_picture())
def test_every_picture_has_a_title_and_a_description_and_no_inline_style(picture: Markup) -> None:
    svg = parsed(picture)

    assert svg.attrib["role"] == "img"
    assert svg.findtext("title")
    assert svg.findtext("desc")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script", str(picture))


@pytest.mark.parametrize("picture", every_picture(HOSTILE))
def test_hostile_text_stays_text(picture: Markup) -> None:
    assert not list(parsed(picture).iter("script"))
    assert HOSTILE not in str(picture)


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (45, "svg-fill", "45 days of cover"),
        (14, "svg-fill low", "14 days of cover"),
        (1, "svg-fill low", "1 day of cover"),
        (0, "svg-fill stop", "No cover: out of stock"),
        (-3, "svg-fill stop", "No cover: out of stock"),
        (None, "svg-fill", "Not in use: lasts"),
    ],
)
def test_cover_says_and_shows_whether_it_is_enough(days: int | None, state: str, words: str) -> None:
    picture = cover_bar(days, reorder_days=14)

    assert fill_of(picture).attrib["class"] == state
    assert parsed(picture).findtext("title") == words


def test_cover_is_drawn_to_scale_and_never_longer_than_its_track() -> None:
    half, full, beyond = (fill_of(cover_bar(days, reorder_days=14)) for days in (45, 90, 900))

    assert float(half.attrib["width"]) == 59.5
    assert float(full.attrib["width"]) == 119
    assert beyond.attrib["width"] == full.attrib["width"]


def test_bars_are_as_tall_as_their_values_and_today_is_stressed() -> None:
    picture = bar_chart([("Mon", 50), ("Tue", 100), ("Wed", 0)], title="Revenue", current=1)

    bars = list(parsed(picture).iter("rect"))
    assert [float(bar.attrib["height"]) for bar in bars] == [73, 146, 0]
    assert [bar.attrib["class"] for bar in bars] == ["svg-bar", "svg-bar now", "svg-bar"]


def test_bar_values_are_said_in_the_words_of_the_page() -> None:
    picture = bar_chart([("Mon", 19900)], title="Revenue", say=lambda cents: f"${cents / 100:.2f}")

    assert parsed(picture).findtext("desc") == "1 bars; the highest is Mon with $199.00."
    assert next(parsed(picture).iter("rect")).findtext("title") == "Mon: $199.00"


def test_many_bars_keep_only_the_labels_that_fit() -> None:
    picture = bar_chart([(f"Day {place}", place) for place in range(90)], title="Revenue")

    labels = [text.text for text in parsed(picture).iter("text") if (text.text or "").startswith("Day")]
    assert labels[:2] == ["Day 0", "Day 10"]


def test_an_area_starts_and_ends_on_the_floor() -> None:
    picture = area_chart([("Jan", 0), ("Feb", 10)], title="Usage", height=180)

    polygon = next(parsed(picture).iter("polygon")).attrib["points"].split()
    assert polygon[0] == "64,158"
    assert polygon[-1] == "640,158"
    assert polygon[-2] == "640,12"


def test_the_level_line_stands_at_its_value() -> None:
    picture = area_chart([("Jan", 0), ("Feb", 10)], title="Stock", level=5, level_words="order at 5")

    mark = next(line for line in parsed(picture).iter("line") if line.attrib["class"] == "svg-mark")
    assert mark.attrib["y1"] == "85"


def test_a_constant_sparkline_is_a_flat_line() -> None:
    picture = sparkline([4, 4, 4], title="Usage")

    points = next(parsed(picture).iter("polyline")).attrib["points"].split()
    assert {point.split(",")[1] for point in points} == {"22"}


def test_lots_are_listed_soonest_first_and_look_like_what_they_are() -> None:
    lots = [
        LotMark("LATE", date(2027, 4, 1), "9"),
        LotMark("HELD", date(2027, 1, 1), "2", is_held=True),
        LotMark("TODAY", TODAY, "3"),
        LotMark("GONE", date(2026, 11, 19), "1"),
    ]

    picture = expiry_timeline(lots, today=TODAY, title="Expiry")

    shapes = [rect.attrib["class"] for rect in parsed(picture).iter("rect")]
    assert shapes == ["svg-lot gone", "svg-lot soon", "svg-lot held", "svg-lot"]
    assert parsed(picture).findtext("desc") == "4 lots, 1 expired; the next is GONE on Nov 19, 2026."


def test_a_lot_that_lasts_longer_than_the_timeline_ends_at_its_edge() -> None:
    picture = expiry_timeline([LotMark("A", date(2031, 1, 1), "1")], today=TODAY, title="Expiry")

    assert next(parsed(picture).iter("rect")).attrib["width"] == "360"


@pytest.mark.parametrize(
    "picture",
    [
        area_chart([], title="Usage"),
        bar_chart([], title="Revenue"),
        expiry_timeline([], today=TODAY, title="Expiry"),
    ],
)
def test_a_picture_of_nothing_says_so(picture: Markup) -> None:
    assert parsed(picture).findtext("desc") == "Nothing to draw yet."


def test_a_sparkline_of_nothing_says_so() -> None:
    assert parsed(sparkline([], title="Usage")).findtext("desc") == "No values yet."
