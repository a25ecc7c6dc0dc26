"""A picture of one item's shelf: how much of it is good, expires soon, is on hold, is expired. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from services.portal.stock.words import EXPIRED, GOOD, HELD, RECALLED, SOON

WIDTH, HEIGHT = 120, 16
PARTS = (
    (SOON, "soon", "expires within 30 days"),
    (GOOD, "", "in date"),
    (HELD, "held", "on hold"),
    (RECALLED, "held", "recalled"),
    (EXPIRED, "gone", "expired"),
)
_SVG = Markup(
    '<svg class="cover" viewBox="0 0 {width} {height}" role="img" preserveAspectRatio="none">'
    '<title>{words}</title><rect class="svg-track" x="0.5" y="4" width="119" height="8" rx="2"/>{body}</svg>'
)
_PART = Markup('<rect class="{cls}" x="{x}" y="4" width="{width}" height="8"><title>{words}</title></rect>')


def shelf_bar(amounts: Mapping[str, Decimal], unit: str) -> Markup:
    """Draw what lies on the shelf, the part to be used first at the left; `amounts` by state of lot."""
    shown_unit = "" if unit == "each" else f" {unit}"
    total = sum(amounts.values(), Decimal(0))
    if not total:
        return _SVG.format(width=WIDTH, height=HEIGHT, words="Nothing on the shelf", body="")
    body, words, x = Markup(""), [], Decimal("0.5")
    for state, cls, name in PARTS:
        part = amounts.get(state, Decimal(0))
        if not part:
            continue
        width = part * 119 / total
        said = f"{part.normalize():f}{shown_unit} {name}"
        body += _PART.format(cls=f"svg-lot {cls}".strip(), x=f"{x:.1f}", width=f"{width:.1f}", words=said)
        words.append(said)
        x += width
    return _SVG.format(width=WIDTH, height=HEIGHT, words=", ".join(words), body=body)
