"""What the naive ledger remembers of each request it journaled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.outcome import Outcome
from model.points import Hold, Point
from model.program import Program

REMEMBERED_REFUSALS = frozenset(
    {
        "INSUFFICIENT_POINTS",
        "AUTHORIZATION_EXPIRED",
        "CAPTURE_EXCEEDS_AUTHORIZATION",
        "ALREADY_CAPTURED",
        "ALREADY_VOIDED",
        "ALREADY_REVERSED",
        "REVERSAL_EXCEEDS_ORIGINAL",
    }
)


class Refused(Exception):
    """The request is not applied, for the reason `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Transaction:
    """One journaled request; `total` and `reversed` count points, for a purchase minor units of money."""

    sequence: int
    verb: str
    key: str
    content: Mapping[str, object]
    outcome: Outcome = field(default_factory=lambda: Outcome("APPLIED"))
    member: str | None = None
    wallet: str | None = None
    points: list[Point] = field(default_factory=list)
    hold: Hold | None = None
    total: int = 0
    reversed: int = 0
    is_reversed_whole: bool = False
    program: Program | None = None

    @property
    def is_refused(self) -> bool:
        return self.outcome.code != "APPLIED"
