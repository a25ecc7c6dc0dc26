"""Small pictures drawn on the server as SVG: days of cover, usage, revenue, expiry.

Pure functions; every text is escaped by Markup.format. Shapes carry classes only, because the
content security policy of the pages refuses inline style; static/css/pictures.css colours them.
Every picture has a <title> and a <desc>, and its page shows the same numbers in a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

WIDTH = 640
MARGIN_LEFT = 64
MARGIN_BOTTOM = 22
MARGIN_TOP = 12
SOON_DAYS = 30
ROW = 24
TIMELINE_LEFT = 110
# Behind the longest bar stands "1,000 ml · on hold, Sep 30, 2027".
TIMELINE_ROOM = WIDTH - TIMELINE_LEFT - 170

_SVG = Markup(
    '<svg class="{cls}" viewBox="0 0 {width} {height}" role="img"{extra}>'
    "<title>{title}</title><desc>{desc}</desc>{body}</svg>"
)
_TEXT = Markup('<text class="svg-text {cls}" x="{x}" y="{y}">{text}</text>')
_RECT = Markup(
    '<rect class="{cls}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}">'
    "<title>{hint}</title></rect>"
)
_LINE = Markup('<line class="{cls}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')


@dataclass(frozen=True)
class LotMark:
    """A lot on the expiry timeline."""

    code: str
    expires_on: date
    quantity: str
    is_held: bool = False


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _joined(parts: Sequence[Markup]) -> Markup:
    return Markup("").join(parts)


def _text(x: float, y: float, text: str, cls: str = "") -> Markup:
    return _TEXT.format(cls=cls, x=_short(x), y=_short(y), text=text)


def _line(cls: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return _LINE.format(cls=cls, x1=_short(x1), y1=_short(y1), x2=_short(x2), y2=_short(y2))


def _rect(cls: str, box: Box, hint: str, *, radius: int = 2) -> Markup:
    x, y, width, height = (_short(side) for side in box)
    return _RECT.format(cls=cls, x=x, y=y, width=width, height=height, radius=radius, hint=hint)


def _svg(
    cls: str, size: tuple[int, int], body: Markup, *, title: str, desc: str, stretches: bool = False
) -> Markup:
    width, height = size
    extra = Markup(' preserveAspectRatio="none"') if stretches else ""
    return _SVG.format(cls=cls, width=width, height=height, title=title, desc=desc, body=body, extra=extra)


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def cover_bar(days: int | None, *, reorder_days: int, full_days: int = 90) -> Markup:
    """How many days the stock lasts, with a mark where it must be ordered again.

    None means that nothing is being used: the bar is full and says so.
    """
    if days is None:
        words, shown, state = "Not in use: lasts", full_days, ""
    elif days <= 0:
        words, shown, state = "No cover: out of stock", 0, "stop"
    else:
        words = f"{days} {'day' if days == 1 else 'days'} of cover"
        shown, state = min(days, full_days), "low" if days <= reorder_days else ""
    mark = min(reorder_days, full_days) * 120 / full_days
    body = _joined(
        [
            _rect("svg-track", Box(0.5, 4, 119, 8), words, radius=4),
            _rect(f"svg-fill {state}".strip(), Box(0.5, 4, shown * 119 / full_days, 8), words, radius=4),
            _line("svg-mark", mark, 1, mark, 15),
        ]
    )
    desc = f"Order again at {reorder_days} days; the bar is full at {full_days}."
    return _svg("cover", (120, 16), body, title=words, desc=desc, stretches=True)


def sparkline(values: Sequence[int], *, title: str) -> Markup:
    """A line without axes, for a table cell."""
    if not values:
        return _svg("spark", (96, 24), Markup(""), title=title, desc="No values yet.")
    points = _scaled(values, width=92, height=20, left=2, top=2)
    end_x, end_y = points[-1]
    body = _polyline(points) + Markup('<circle class="svg-dot" cx="{}" cy="{}" r="2"/>').format(
        _short(end_x), _short(end_y)
    )
    desc = f"From {values[0]} to {values[-1]}, lowest {min(values)}, highest {max(values)}."
    return _svg("spark", (96, 24), body, title=title, desc=desc)


def area_chart(
    points: Sequence[tuple[str, int]],
    *,
    title: str,
    say: Callable[[int], str] = str,
    level: int | None = None,
    level_words: str = "",
    height: int = 180,
) -> Markup:
    """Values over time as a filled line; `level` draws a line across, such as the reorder point."""
    if not points:
        return _nothing(title, height)
    top = max([value for _, value in points] + [level or 0, 1])
    inner = height - MARGIN_TOP - MARGIN_BOTTOM
    places = _scaled(
        [value for _, value in points],
        width=WIDTH - MARGIN_LEFT,
        height=inner,
        left=MARGIN_LEFT,
        top=MARGIN_TOP,
        most=top,
    )
    floor = MARGIN_TOP + inner
    outline = " ".join(f"{_short(x)},{_short(y)}" for x, y in places)
    body = [
        _scale(top, inner, say),
        Markup('<polygon class="svg-area" points="{},{} {} {},{}"/>').format(
            _short(places[0][0]), floor, outline, _short(places[-1][0]), floor
        ),
        _polyline(places),
        _text(MARGIN_LEFT, height - 6, points[0][0]),
        _text(WIDTH, height - 6, points[-1][0], "end"),
    ]
    if level is not None:
        y = floor - level * inner / top
        body += [_line("svg-mark", MARGIN_LEFT, y, WIDTH, y), _text(WIDTH, y - 5, level_words, "strong end")]
    desc = f"{points[0][0]}: {say(points[0][1])}. {points[-1][0]}: {say(points[-1][1])}."
    return _svg("chart", (WIDTH, height), _joined(body), title=title, desc=desc)


def bar_chart(
    bars: Sequence[tuple[str, int]],
    *,
    title: str,
    say: Callable[[int], str] = str,
    current: int | None = None,
    height: int = 180,
) -> Markup:
    """One bar per label; `current` is the place of the bar to stress, such as today's."""
    if not bars:
        return _nothing(title, height)
    top = max([value for _, value in bars] + [1])
    inner = height - MARGIN_TOP - MARGIN_BOTTOM
    step = (WIDTH - MARGIN_LEFT) / len(bars)
    # Labels that would run into each other are left out; the table has them all.
    every = max(1, -(-60 // int(step)) if step >= 1 else len(bars))
    body = [_scale(top, inner, say)]
    for place, (label, value) in enumerate(bars):
        tall = max(value, 0) * inner / top
        x = MARGIN_LEFT + place * step
        cls = "svg-bar now" if place == current else "svg-bar"
        bar = Box(x + step * 0.15, MARGIN_TOP + inner - tall, step * 0.7, tall)
        body.append(_rect(cls, bar, f"{label}: {say(value)}"))
        if place % every == 0:
            body.append(_text(x + step / 2, height - 6, label, "middle"))
    highest = max(bars, key=lambda bar: bar[1])
    desc = f"{len(bars)} bars; the highest is {highest[0]} with {say(highest[1])}."
    return _svg("chart", (WIDTH, height), _joined(body), title=title, desc=desc)


def expiry_timeline(lots: Sequence[LotMark], *, today: date, title: str, days: int = 180) -> Markup:
    """Lots as bars from today to their expiry, soonest first; expired and held lots look different."""
    if not lots:
        return _nothing(title, 60)
    ordered = sorted(lots, key=lambda lot: (lot.expires_on, lot.code))
    left, room = TIMELINE_LEFT, TIMELINE_ROOM
    height = ROW * len(ordered) + MARGIN_BOTTOM
    body = [
        _line("svg-grid", left + room * part / 6, 0, left + room * part / 6, height - MARGIN_BOTTOM)
        for part in range(1, 7)
    ]
    body += [
        _line("svg-axis", left, 0, left, height - MARGIN_BOTTOM),
        _text(left, height - 6, "today", "middle"),
        _text(left + room, height - 6, f"in {days} days", "middle"),
    ]
    for place, lot in enumerate(ordered):
        body.append(_lot_row(lot, place * ROW, today=today, days=days))
    past = sum(1 for lot in ordered if lot.expires_on < today)
    first = ordered[0]
    desc = f"{len(ordered)} lots, {past} expired; the next is {first.code} on {_day(first.expires_on)}."
    return _svg("chart", (WIDTH, height), _joined(body), title=title, desc=desc)


def _lot_row(lot: LotMark, y: float, *, today: date, days: int) -> Markup:
    left_days = (lot.expires_on - today).days
    when = _day(lot.expires_on)
    if left_days < 0:
        cls, words = "gone", f"expired {when}"
    elif lot.is_held:
        cls, words = "held", f"on hold, {when}"
    else:
        cls, words = "soon" if left_days <= SOON_DAYS else "", when
    wide = max(min(left_days, days), 0) * TIMELINE_ROOM / days
    # An expired lot has no time left, yet must be seen.
    wide = max(wide, 6)
    return _joined(
        [
            _text(TIMELINE_LEFT - 8, y + 16, lot.code, "strong end"),
            _rect(
                f"svg-lot {cls}".strip(),
                Box(TIMELINE_LEFT, y + 5, wide, 14),
                f"{lot.code}: {lot.quantity}, {words}",
            ),
            _text(TIMELINE_LEFT + wide + 8, y + 16, f"{lot.quantity} · {words}"),
        ]
    )


def _scaled(
    values: Sequence[int], *, width: float, height: float, left: float, top: float, most: int | None = None
) -> list[tuple[float, float]]:
    highest = most if most is not None else max(values)
    lowest = 0 if most is not None else min(values)
    span = (highest - lowest) or 1
    step = width / max(len(values) - 1, 1)
    return [
        (left + place * step, top + height - (value - lowest) * height / span)
        for place, value in enumerate(values)
    ]


def _polyline(points: Sequence[tuple[float, float]]) -> Markup:
    return Markup('<polyline class="svg-line" points="{}"/>').format(
        " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
    )


def _scale(top: int, inner: float, say: Callable[[int], str]) -> Markup:
    parts = []
    for part, cls in ((0, "svg-axis"), (1, "svg-grid"), (2, "svg-grid")):
        y = MARGIN_TOP + inner - part * inner / 2
        parts += [
            _line(cls, MARGIN_LEFT, y, WIDTH, y),
            _text(MARGIN_LEFT - 8, y + 4, say(top * part // 2), "end"),
        ]
    return _joined(parts)


def _nothing(title: str, height: int) -> Markup:
    words = "Nothing to draw yet."
    return _svg(
        "chart", (WIDTH, height), _text(WIDTH / 2, height / 2, words, "middle"), title=title, desc=words
    )
