"""Arguments as the engine takes them; the wrong type is told by the argument's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loyalty_ledger import errors

LARGEST = 2**63 - 1


def text(argument: str, value: object) -> str:
    """Text that can be written as UTF-8."""
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be text (str), not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{argument} {value!r} cannot be written as UTF-8 (character {error.start})") from None
    return value


def optional_text(argument: str, value: object) -> str | None:
    """As `text`; nothing stays nothing."""
    return None if value is None else text(argument, value)


def whole(argument: str, value: object) -> int:
    """A whole number of points."""
    number = integer(argument, value)
    if not -LARGEST <= number <= LARGEST:
        raise errors.PointsTooLarge(f"{argument} {number} is beyond the 2^53 that one request moves at most")
    return number


def optional_whole(argument: str, value: object) -> int | None:
    """As `whole`; nothing stays nothing."""
    return None if value is None else whole(argument, value)


def flag(argument: str, value: object) -> bool:
    """True or False and nothing like it."""
    if not isinstance(value, bool):
        raise TypeError(f"{argument} must be True or False, not {type(value).__name__}")
    return value


def count(argument: str, value: object, lowest: int, highest: int) -> int:
    """A number between two bounds."""
    number = integer(argument, value)
    if not lowest <= number <= highest:
        raise ValueError(f"{argument} must be between {lowest:,} and {highest:,}, not {number:,}")
    return number


def alias_pairs(argument: str, value: object) -> list[tuple[str, str]]:
    """Kinds of aliases with their values."""
    if value is None:
        return []
    if not isinstance(value, Mapping):
        raise TypeError(f'{argument} must be a mapping such as {{"card": "2760001"}}, not {type(value).__name__}')
    return [(text(argument, kind), text(argument, found)) for kind, found in value.items()]


def integer(argument: str, value: object) -> int:
    """A whole number."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        hint = "; floats are not exact" if isinstance(value, float) else ""
        raise TypeError(f"{argument} must be a whole number (int), not {type(value).__name__}{hint}")
    return int(value.__index__())


def returned_lines(argument: str, value: object) -> list[tuple[int, int | None]]:
    """Places in a purchase, from 1, each with a quantity or nothing for all that is left of it."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{argument} must be pairs of place and quantity such as [(1, 2)], not {type(value).__name__}")
    return [_returned_line(argument, one) for one in value]


def _returned_line(argument: str, value: object) -> tuple[int, int | None]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError(f"{argument} must be pairs of place and quantity such as [(1, 2)]; there is {value!r}")
    place, quantity = integer(argument, value[0]), value[1]
    if not 0 <= place < 2**32:
        raise errors.LineUnknown(f"{argument}: no purchase has a line at place {place}")
    if quantity is None:
        return place, None
    number = integer(argument, quantity)
    if not 1 <= number <= LARGEST:
        raise errors.LineInvalid(f"{argument}: {number} of line {place}; return one or more")
    return place, number
