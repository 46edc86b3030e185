"""What every family of verbs may ask of the ledger it belongs to, and checks of shape they share."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from model.clock import require_aware
from model.documents import Name
from model.members import Members
from model.outcome import Outcome
from model.points import Lot, State
from model.program import Program
from model.transactions import Transaction
from model.wallet import Wallet

if TYPE_CHECKING:
    from model.partners import Code, Link

MOST_POINTS = 2**53


class Verbs:
    """The ledger as its verbs see it."""

    if TYPE_CHECKING:
        program: Program
        members: Members
        wallets: dict[tuple[str, str], Wallet]
        transactions: list[Transaction]
        parked: list[Transaction]
        store_charges: dict[tuple[str, str], int]
        offline_use: dict[tuple[str, object], int]
        lot_count: int
        links: dict[tuple[str, str], Link]
        codes: dict[str, Code]
        used_codes: set[str]
        partner_use: dict[tuple[str, str], tuple[date, int]]
        _request: Callable[..., Outcome]
        _answer: Callable[..., None]
        _wallet: Callable[[str, str], Wallet]
        _occurred: Callable[[datetime | None, datetime], datetime]
        _local_date: Callable[[datetime], Any]
        _require_currency: Callable[[str], None]
        _activity: Callable[[str, str, datetime, datetime], None]
        _dates: Callable[..., tuple[datetime, datetime | None]]
        _lot: Callable[..., Lot]
        _issue: Callable[..., None]
        _draw: Callable[[Transaction, str, str, int, State, datetime], Wallet]
        _find: Callable[[object], Transaction]
        _named: Callable[[object], object]
        _memento: Callable[[], Any]
        _rewind: Callable[[Any], None]
        find_member: Callable[..., str]
        _named_member: Callable[[Transaction, Name], str]
        _holder: Callable[..., str]
        _require_link: Callable[[Transaction, str, str | None], None]
        _require_within_limits: Callable[[Transaction, str, int], None]
        _require_own: Callable[[Transaction, Transaction], None]
        claim_in_passing: Callable[..., str | None]
        disable_vouchers: Callable[[str, datetime], None]


Content = Mapping[str, object]


def aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else require_aware(instant)


def wrong_points(points: int | None) -> str | None:
    if points is None:
        return None
    if points <= 0:
        return "POINTS_NOT_POSITIVE"
    return "POINTS_TOO_LARGE" if points > MOST_POINTS else None


def wrong_reason(reason: str, actor: str) -> str | None:
    is_right = all(1 <= len(text.encode()) <= 64 for text in (reason, actor))
    return None if is_right else "REASON_MISSING"
