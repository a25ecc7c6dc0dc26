"""What a patient takes home: when to come back, and how to look after the skin until then.

General practice after microneedling, in our words. A clinic's own clinician signs these off before use.
"""

from datetime import date, timedelta
from typing import NamedTuple

SOONEST = timedelta(weeks=4)
LATEST = timedelta(weeks=6)


class NextVisitWindow(NamedTuple):
    """The first and the last day that suit the next session, both included."""

    from_on: date
    to_on: date


class AftercareRule(NamedTuple):
    """One thing to do or to leave, and for how long."""

    rule: str
    duration: str


AFTERCARE_RULES: tuple[AftercareRule, ...] = (
    AftercareRule("Leave make-up off", "for the rest of today"),
    AftercareRule("Wash your face gently, once or twice a day", "from tomorrow"),
    AftercareRule("Use a plain moisturizer, once or twice a day", "while the skin feels dry"),
    AftercareRule("Rest from sport, sauna and all that makes you sweat", "for 48 hours"),
    AftercareRule("Leave out retinol, retinoids and acids", "for the next few days"),
    AftercareRule("Stay out of the sun, and wear sun protection outdoors", "for 1 week"),
    AftercareRule("Cool the skin, or take ordinary pain relief", "as needed"),
)


def next_visit_window(treated_on: date) -> NextVisitWindow:
    """Four to six weeks after a session: skin needs the four, and results build best within the six."""
    return NextVisitWindow(treated_on + SOONEST, treated_on + LATEST)
