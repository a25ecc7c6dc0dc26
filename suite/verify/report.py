"""What a verification found, and how a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, checked: `violations` are the rows that break it. `waited`: it could not be judged yet."""

    id: str
    where: str
    sentence: str
    rows: int
    violations: tuple[Mapping[str, Any], ...]
    seconds: float
    waited: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and how many events were still on their way out of each service."""

    findings: tuple[Finding, ...]
    under_way: Mapping[str, int]

    @property
    def broken(self) -> dict[str, int]:
        """Return the number of violations of each promise that is broken, by id."""
        found: dict[str, int] = {}
        for finding in self.findings:
            if finding.violations:
                found[finding.id] = found.get(finding.id, 0) + len(finding.violations)
        return found

    @property
    def waiting(self) -> list[str]:
        """Return the ids of what could not be judged, because events were still on their way."""
        return [finding.id for finding in self.findings if finding.waited]

    @property
    def clean(self) -> bool:
        """Tell whether every promise that could be judged holds."""
        return not self.broken

    def print(self, console: Console) -> None:
        """Show the table, then what is wrong, row by row."""
        console.print(_table(self.findings))
        for finding in self.findings:
            if finding.violations:
                console.print(_details(finding))
        console.print(self._summary())

    def _summary(self) -> Text:
        seconds = sum(finding.seconds for finding in self.findings)
        lines = Text(f"{len(self.findings)} promises checked in {seconds:.1f} s: ")
        broken = len(self.broken)
        lines.append(
            f"{broken} broken." if broken else "none is broken.", style="bold red" if broken else "bold green"
        )
        if self.waiting:
            events = ", ".join(
                f"{count} from {service}" for service, count in self.under_way.items() if count
            )
            lines.append(
                f"\nEvents were still on their way ({events or 'between the two snapshots'})."
                f" Not judged until they have arrived: {', '.join(self.waiting)}. Verify again in a moment.",
                style="yellow",
            )
        return lines


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("id", "left"), ("where", "left"), ("promise", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for heading in ("rows", "violations", "seconds"):
        table.add_column(heading, justify="right")
    for finding in findings:
        violations = "waits" if finding.waited else str(len(finding.violations))
        style = "yellow" if finding.waited else "bold red" if finding.violations else ""
        cells = (
            finding.id,
            finding.where,
            finding.sentence,
            str(finding.rows),
            violations,
            f"{finding.seconds:.3f}",
        )
        table.add_row(*cells, style=style)
    return table


def _details(finding: Finding) -> Group:
    rows = finding.violations[:SHOWN_ROWS]
    shown = [Text("  " + ", ".join(f"{name} {value}" for name, value in row.items())) for row in rows]
    more = len(finding.violations) - len(rows)
    rest = [Text(f"  and {more} more")] if more else []
    heading = Text(f"{finding.id} ({finding.where}): {finding.sentence}", style="bold red")
    return Group(heading, *shown, *rest)
