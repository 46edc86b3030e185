"""Fields of messages, made of what the verbs pass on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from loyalty_ledger._pb import balance_pb2 as balance
from loyalty_ledger._pb import money_pb2 as money
from loyalty_ledger._pb import names_pb2 as names
from loyalty_ledger._pb import purchases_pb2 as purchases
from loyalty_ledger._pb import receipt_pb2 as receipts

if TYPE_CHECKING:
    from loyalty_ledger import _core
    from loyalty_ledger.naming import MemberParts

_DAY_0: Final = date(1970, 1, 1)
_MICROS: Final = 1_000_000
_NEVER: Final = 2**63 - 1


def instant(micros: int | None) -> Timestamp | None:
    """An instant in microseconds since 1970."""
    if micros is None:
        return None
    seconds, rest = divmod(micros, _MICROS)
    return Timestamp(seconds=seconds, nanos=rest * 1000)


def span(micros: int | None) -> Duration | None:
    """A span of time; seconds and nanos have the same sign."""
    if micros is None:
        return None
    seconds, rest = divmod(abs(micros), _MICROS)
    sign = -1 if micros < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * rest * 1000)


def day(number: int) -> str:
    """A date told in days since 1970-01-01."""
    return (_DAY_0 + timedelta(days=number)).isoformat()


def member_name(member: MemberParts | None) -> names.MemberName | None:
    """A member by id or by alias."""
    if member is None:
        return None
    if isinstance(member, str):
        return names.MemberName(id=member)
    kind, value = member
    return names.MemberName(alias=names.Alias(kind=kind, value=value))


def receipt_message(parts: tuple[str, str, int, str]) -> receipts.Receipt:
    """A document of a till."""
    store, terminal, number_of_day, number = parts
    return receipts.Receipt(store=store, terminal=terminal, business_date=day(number_of_day), number=number)


def reference(named: int | str | tuple[tuple[str, str, int, str], bool]) -> names.Reference:
    """An earlier entry by its sequence, its key or its receipt."""
    if isinstance(named, int):
        return names.Reference(sequence=named)
    if isinstance(named, str):
        return names.Reference(key=named)
    parts, is_return = named
    message = receipt_message(parts)
    return names.Reference(return_receipt=message) if is_return else names.Reference(sales_receipt=message)


def attempted(attempt: _core.Attempt) -> dict[str, Any]:
    """What every write states beside what it asks for."""
    receipt = attempt["receipt"]
    return {
        "key": attempt["key"],
        "occurred_time": instant(attempt["occurred_at"]),
        "receipt": None if receipt is None else receipt_message(receipt),
        "source": _source(attempt),
    }


def _source(attempt: _core.Attempt) -> receipts.Source | None:
    store, actor, entry_mode, training, partner, verification = attempt["source"] or ("", "", 0, False, "", "")
    message = receipts.Source(
        store=store,
        actor=actor,
        entry_mode=cast("receipts.EntryMode", entry_mode),
        offline=attempt["offline"],
        training=training,
        partner=partner,
        verification=verification,
    )
    return message if message.ByteSize() else None


def aliases(pairs: list[tuple[str, str]]) -> list[names.Alias]:
    """Kinds of aliases with their values."""
    return [names.Alias(kind=kind, value=value) for kind, value in pairs]


def joined(enroll: bool, joining: tuple[str | None, list[tuple[str, str]]] | None) -> purchases.Joining | None:
    """Whether and how an unknown member is made."""
    if joining is not None:
        return purchases.Joining(id=joining[0], aliases=aliases(joining[1]))
    return purchases.Joining() if enroll else None


def expiry(micros: int | None) -> balance.Expiry | None:
    """When points expire; later than every instant means never."""
    if micros is None:
        return None
    return balance.Expiry(never=True) if micros == _NEVER else balance.Expiry(expires_time=instant(micros))


def money_message(amount: tuple[int, str]) -> money.Money:
    """An amount in minor units and its currency."""
    return money.Money(minor_units=amount[0], currency_code=amount[1])
