"""Splits whole points between several who have a part in them, whatever the order in which they stand.

Weights are whole numbers. What is left after rounding down goes to the largest remainders; between equal remainders a
hash decides, never the place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import isqrt, lcm

from blake3 import blake3

ONE = 2**32
BITS = 16


@dataclass(frozen=True)
class Contact:
    """One touch on the way to a conversion: whose it was, how long before, and whether it was no campaign at all."""

    advocate: str
    age: timedelta
    is_direct: bool = False


def split(points: int, weights: Mapping[str, int], conversion: str) -> dict[str, int]:
    """`points` in proportion to the weights, by largest remainder."""
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    shares = {advocate: points * weight // total for advocate, weight in weights.items()}
    left = points - sum(shares.values())

    def first(advocate: str) -> tuple[int, int]:
        return (-(points * weights[advocate] % total), tie(conversion, advocate))

    for advocate in sorted(weights, key=first)[:left]:
        shares[advocate] += 1
    return shares


def tie(conversion: str, advocate: str) -> int:
    """The smaller goes first."""
    return int.from_bytes(blake3(f"{conversion}\n{advocate}".encode()).digest()[:8], "big")


def keep(reward: int, amount: int, refunded: int) -> int:
    """What stays of a percentage of `amount` when `refunded` of it came back."""
    return reward * (amount - refunded) // amount if amount else 0


def level_pool(amount: int, basis_points: Sequence[int], ancestors: Sequence[str], conversion: str) -> dict[str, int]:
    """The shares of those above a friend, the nearest first; levels without anybody are not paid."""
    weights = dict(zip(ancestors, basis_points, strict=False))
    return split(amount * sum(weights.values()) // 10_000, weights, conversion)


def credit(contacts: Sequence[Contact], model: str, half_life: timedelta = timedelta(days=7)) -> dict[str, int]:
    """The weight of each advocate under a model of attribution; `contacts` in the order in which they were made."""
    weights = _MODELS[model](contacts, half_life)
    together: dict[str, int] = {}
    for contact, weight in zip(contacts, weights, strict=True):
        together[contact.advocate] = together.get(contact.advocate, 0) + weight
    return together


def set_linear(conversions: Sequence[tuple[frozenset[str], int]]) -> dict[str, Fraction]:
    """Shapley's value where a conversion is won by all who had a part in it together: each has an equal share."""
    values: dict[str, Fraction] = {}
    for advocates, count in conversions:
        for advocate in advocates:
            values[advocate] = values.get(advocate, Fraction()) + Fraction(count, len(advocates))
    return values


def whole_weights(values: Mapping[str, Fraction]) -> dict[str, int]:
    """The same proportions in whole numbers."""
    common = lcm(*(value.denominator for value in values.values()))
    return {advocate: int(value * common) for advocate, value in values.items()}


def removal_effect(paths: Sequence[tuple[Sequence[str], bool]], advocate: str) -> Fraction:
    """By what part conversions fall if every path through the advocate ends there; for reports alone."""
    won = sum(is_won for _, is_won in paths)
    without = sum(is_won and advocate not in path for path, is_won in paths)
    return Fraction(won - without, won) if won else Fraction()


def halved(age: timedelta, half_life: timedelta) -> int:
    """2^32 × 2^(-age / half_life), from a table of whole numbers, one for each binary place of the fraction."""
    times, rest = divmod(age, half_life)
    places = rest * 2**BITS // half_life
    weight = ONE
    for place, factor in enumerate(_HALVINGS, 1):
        if places & (1 << (BITS - place)):
            weight = weight * factor >> 32
    return weight >> times


def _halvings() -> list[int]:
    """2^32 × 2^(-1/2), 2^(-1/4), 2^(-1/8) and so on."""
    factors = [isqrt(ONE * ONE // 2)]
    while len(factors) < BITS:
        factors.append(isqrt(factors[-1] * ONE))
    return factors


_HALVINGS = _halvings()


def _only(place: int, count: int) -> list[int]:
    return [int(index == place) for index in range(count)]


def _first(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    return _only(0, len(contacts))


def _last(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    return _only(len(contacts) - 1, len(contacts))


def _last_non_direct(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    chosen = [place for place, contact in enumerate(contacts) if not contact.is_direct]
    return _only(chosen[-1] if chosen else len(contacts) - 1, len(contacts))


def _linear(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    return [1] * len(contacts)


def _position(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    """40 % to the first, 40 % to the last, 20 % to all between; two share equally."""
    between = len(contacts) - 2
    if between <= 0:
        return [1] * len(contacts)
    return [2 * between, *[1] * between, 2 * between]


def _w_shaped(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    """30 % each to the first, the middle and the last, 10 % to all others; up to three share equally."""
    others = len(contacts) - 3
    if others <= 0:
        return [1] * len(contacts)
    peaks = (0, len(contacts) // 2, len(contacts) - 1)
    return [3 * others if place in peaks else 1 for place in range(len(contacts))]


def _time_decay(contacts: Sequence[Contact], half_life: timedelta) -> list[int]:
    return [halved(contact.age, half_life) for contact in contacts]


def _set_linear(contacts: Sequence[Contact], _: timedelta) -> list[int]:
    advocates = [contact.advocate for contact in contacts]
    return [int(advocate not in advocates[:place]) for place, advocate in enumerate(advocates)]


_MODELS: Mapping[str, Callable[[Sequence[Contact], timedelta], list[int]]] = {
    "first": _first,
    "last": _last,
    "last_non_direct": _last_non_direct,
    "linear": _linear,
    "position": _position,
    "w_shaped": _w_shaped,
    "time_decay": _time_decay,
    "set_linear": _set_linear,
}
MODELS = tuple(_MODELS)
