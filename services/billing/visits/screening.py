"""The questions read out at check-in, and the one answer that is kept.

The desk asks whether anything on the list applies. Stored is only the answer, with who gave it and when:
never which condition it was, since a diagnosis is not needed to bill. Each clinic's
clinician signs the list off.
"""

from typing import Final, Literal, NamedTuple, get_args

Severity = Literal["stop", "postpone", "caution"]

# "no": nothing applies, treat. "yes": something applies. "ask": unsure, the clinician decides.
ScreeningAnswer = Literal["yes", "no", "ask"]
SCREENING_ANSWERS: Final[tuple[ScreeningAnswer, ...]] = get_args(ScreeningAnswer)
SCREENING_QUESTION: Final = "Does anything on this list apply to you today?"


class ScreeningItem(NamedTuple):
    """A condition to ask about, and what it means: no treatment, not today, or a word with the clinician."""

    code: str
    condition: str
    severity: Severity


SCREENING_LIST: Final[tuple[ScreeningItem, ...]] = (
    ScreeningItem("C01", "Acne that is active at the moment", "stop"),
    ScreeningItem("C02", "Eczema, now or in the past", "stop"),
    ScreeningItem("C03", "Psoriasis, now or in the past", "stop"),
    ScreeningItem("C04", "Raised or keloid scars, or a tendency to them", "stop"),
    ScreeningItem("C05", "Open wounds or sores where we would treat", "stop"),
    ScreeningItem("C06", "An infected or inflamed patch of skin", "stop"),
    ScreeningItem("C07", "A cystic breakout that has not cleared up yet", "postpone"),
    ScreeningItem("C08", "Sunburn, or a lot of sun in the last days", "postpone"),
    ScreeningItem("C09", "A bleeding or blood-clotting disorder", "stop"),
    ScreeningItem("C10", "Wounds that heal slowly or badly", "stop"),
    ScreeningItem("C11", "Skin that a doctor has called unstable", "stop"),
    ScreeningItem("C12", "A skin condition or severe skin allergy not named above", "stop"),
    ScreeningItem("C13", "Very sensitive skin", "caution"),
    ScreeningItem("C14", "Medication that thins the blood", "caution"),
)
