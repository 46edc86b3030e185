"""Times: aware datetimes in, microseconds since 1970 to the engine, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

from loyalty_ledger import errors

Never: TypeAlias = Literal["never"]
Expiry: TypeAlias = datetime | Never | None

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST: Final = 253_402_300_799_999_999
_NEVER: Final = 2**63 - 1


def to_micros(argument: str, value: object) -> int:
    """Microseconds since 1970 of an aware datetime."""
    if not isinstance(value, datetime):
        raise TypeError(f"{argument} must be a datetime with a time zone, not {type(value).__name__}")
    if value.utcoffset() is None:
        raise ValueError(
            f"{argument} {value.isoformat()} is naive: it means another instant in every zone; give it a tzinfo, "
            "such as timezone.utc or ZoneInfo('Europe/Berlin')"
        )
    micros = (value - _EPOCH) // _MICROSECOND
    if not 0 <= micros <= _LAST:
        raise errors.TimeOutOfRange(f"{argument} {value.isoformat()} lies outside the years 1970 to 9999 (UTC)")
    return micros


def to_optional_micros(argument: str, value: object) -> int | None:
    """As `to_micros`; nothing stays nothing."""
    return None if value is None else to_micros(argument, value)


def expiry_micros(argument: str, value: object) -> int | None:
    """As `to_optional_micros`; `"never"` is later than every instant."""
    if isinstance(value, str):
        if value != "never":
            raise ValueError(f'{argument} must be a datetime or "never", not {value!r}')
        return _NEVER
    return to_optional_micros(argument, value)


def ttl_micros(argument: str, value: object) -> int | None:
    """Microseconds of a timedelta."""
    if value is None:
        return None
    if not isinstance(value, timedelta):
        raise TypeError(f"{argument} must be a timedelta, not {type(value).__name__}")
    micros = value // _MICROSECOND
    if not -(2**62) <= micros <= 2**62:
        raise errors.InvalidTtl(f"{argument} of {value} is longer than any hold may live")
    return micros


def from_micros(micros: int) -> datetime:
    """An instant as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def from_optional_micros(micros: int | None) -> datetime | None:
    """As `from_micros`; nothing stays nothing."""
    return None if micros is None else from_micros(micros)


def from_nanos(nanos: int) -> datetime:
    """The microsecond that an instant in nanoseconds lies in."""
    return from_micros(nanos // 1000)
