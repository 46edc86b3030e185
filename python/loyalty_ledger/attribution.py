"""Reports on which channels bring conversions. They are for people to read: nothing here posts points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from loyalty_ledger import arguments

Path: TypeAlias = tuple[Sequence[str], int] | tuple[Sequence[str], int, int]
"""Channels in the order of their touches, how many people who went this way converted, and how many did not.

The last number may be left out: then it is one if nobody converted, else none. So `True` and `False` tell of one
person.
"""

MOST_CHANNELS = 64

_Matrix: TypeAlias = list[list[int]]


@dataclass(frozen=True, repr=False)
class Channel:
    """A channel in the chain of all paths. Every number is exact, and none is negative; show them as `float(share)`."""

    name: str
    from_start: Fraction
    """Part of the paths that begin here; over all channels they add up to 1."""
    onward: Mapping[str, Fraction] = field(hash=False)
    """From here to which channel next, itself included; what never follows is left out."""
    to_conversion: Fraction
    """From here straight to a conversion."""
    to_null: Fraction
    """From here to the end without one. With it, `onward` and `to_conversion` add up to 1."""
    removal_effect: Fraction
    """Part of the conversions, 0 to 1, that would be lost if whoever comes here went away."""
    share: Fraction
    """The removal effect as part of the sum of all: the channel's credit. The shares add up to 1."""

    def __repr__(self) -> str:
        # With many channels the exact numbers have more digits than Python agrees to write.
        return f"Channel({self.name!r}, removal_effect≈{float(self.removal_effect):.4f}, share≈{float(self.share):.4f})"


def markov(paths: Iterable[Path]) -> tuple[Channel, ...]:
    """Credit of each channel by its removal effect in a first-order Markov chain, largest share first, then by name.

    The chain goes from start over channels to conversion or to null, each step as often as paths took it; a channel
    twice in a row is a step to itself. A channel's removal effect is 1 - P(conversion without it) / P(conversion),
    where without it means that every step to it leads to null.

    An example: one person came by mail, then to the shop, and converted; one did the same and did not; one left after
    the mail; one came to the shop alone and converted.

        markov([(("mail", "shop"), 1, 1), (("mail",), False), (("shop",), True)])

    Three of four paths begin with mail, one with the shop. Mail leads to the shop in 2 of 3 cases, the shop to a
    conversion in 2 of 3. So P(conversion) = 3/4 * 2/3 * 2/3 + 1/4 * 2/3 = 1/2. Without mail 1/4 * 2/3 = 1/6 is left,
    and its effect is 1 - 1/6 / (1/2) = 2/3; without the shop nothing is left, and its effect is 1. The shares are 3/5
    for the shop and 2/5 for mail.

    `TypeError` for paths of another shape; `ValueError` for a path without touches, a negative number, more than 64
    channels, and if nobody converted.
    """
    chain = _Chain()
    for number, path in enumerate(paths):
        chain.add(f"paths[{number}]", path)
    return chain.report()


class _Chain:
    """How often each step was taken."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.starts: Counter[int] = Counter()
        self.steps: Counter[tuple[int, int]] = Counter()
        self.conversions: Counter[int] = Counter()
        self.nulls: Counter[int] = Counter()

    def add(self, argument: str, path: object) -> None:
        """Counts one path; one that nobody went counts for nothing."""
        touches, converted, lost = _checked(argument, path)
        if converted + lost == 0:
            return
        for name in touches:
            if name not in self.places and len(self.places) == MOST_CHANNELS:
                raise ValueError(f"there are more than {MOST_CHANNELS} channels; put rare ones together under one name")
            self.places.setdefault(name, len(self.places))
        way = [self.places[name] for name in touches]
        self.starts[way[0]] += converted + lost
        for step in zip(way, way[1:], strict=False):
            self.steps[step] += converted + lost
        self.conversions[way[-1]] += converted
        self.nulls[way[-1]] += lost

    def report(self) -> tuple[Channel, ...]:
        """Every channel with its share."""
        if self.conversions.total() == 0:
            raise ValueError("no path ends in a conversion, so there is nothing to give credit for; add paths that do")
        effects = self._removal_effects()
        whole = sum(effects, Fraction())
        channels = [self._channel(name, effects[place], whole) for name, place in self.places.items()]
        return tuple(sorted(channels, key=lambda channel: (-channel.share, channel.name)))

    def _channel(self, name: str, effect: Fraction, whole: Fraction) -> Channel:
        place, visits = self.places[name], self._visits()[self.places[name]]
        taken = {other: self.steps[place, end] for other, end in self.places.items()}
        return Channel(
            name=name,
            from_start=Fraction(self.starts[place], self.starts.total()),
            onward={other: Fraction(count, visits) for other, count in taken.items() if count},
            to_conversion=Fraction(self.conversions[place], visits),
            to_null=Fraction(self.nulls[place], visits),
            removal_effect=effect,
            share=effect / whole,
        )

    def _visits(self) -> list[int]:
        """How often each channel was left: the sum of all steps from it."""
        visits = Counter(self.conversions)
        visits.update(self.nulls)
        for (start, _), count in self.steps.items():
            visits[start] += count
        return [visits[place] for place in range(len(self.places))]

    def _removal_effects(self) -> list[Fraction]:
        """By place: the part of P(conversion) that goes through the channel.

        Whoever converts either never came to channel c, or came to it a first time and converted from there. So
        P(conversion) - P(conversion without c) = P(ever at c) * P(conversion from c), and one inverse gives all of
        them. With M = visits on the diagonal less the steps, P(conversion from c) is row c of M^-1 times the
        conversions, and P(ever at c) is P(start) times column c of M^-1, divided by the column's place on the diagonal.
        M has an inverse since from every channel some path ends.
        """
        size = range(len(self.places))
        visits = self._visits()
        matrix = [[(visits[row] if row == column else 0) - self.steps[row, column] for column in size] for row in size]
        adjugate, determinant = _adjugate(matrix)
        converting = [Fraction(sum(adjugate[c][k] * self.conversions[k] for k in size), determinant) for c in size]
        people = self.starts.total()
        reached = [Fraction(sum(self.starts[k] * adjugate[k][c] for k in size), people * adjugate[c][c]) for c in size]
        whole = sum(Fraction(self.starts[c], people) * converting[c] for c in size)
        return [reached[c] * converting[c] / whole for c in size]


def _checked(argument: str, path: object) -> tuple[Sequence[str], int, int]:
    """A path's channels, how many converted and how many did not."""
    if not isinstance(path, tuple) or len(path) not in (2, 3):
        raise TypeError(f"{argument} must be a tuple of channels, conversions and perhaps how many did not convert")
    touches, converted = path[0], _people(f"{argument}[1]", path[1])
    if isinstance(touches, str) or not isinstance(touches, Sequence):
        raise TypeError(f"{argument}[0] must be a sequence of channels, not {type(touches).__name__}")
    if not touches:
        raise ValueError(f"{argument} has no touches; leave out conversions that no channel brought")
    names = [arguments.text(f"{argument}[0]", name) for name in touches]
    if len(path) == 3:
        return names, converted, _people(f"{argument}[2]", path[2])
    return names, converted, 0 if converted else 1


def _people(argument: str, count: object) -> int:
    if not isinstance(count, int):
        raise TypeError(f"{argument} must be a whole number, True or False, not {type(count).__name__}")
    if count < 0:
        raise ValueError(f"{argument} must not be negative, and is {count}")
    return int(count)


def _adjugate(matrix: _Matrix) -> tuple[_Matrix, int]:
    """The inverse as whole numbers: adjugate and determinant, by elimination without fractions (Bareiss).

    Every division is exact. No leading part of the matrix may be singular; a chain's never is.
    """
    size = len(matrix)
    rows = [[*row, *(int(place == other) for other in range(size))] for place, row in enumerate(matrix)]
    before = 1
    for place in range(size):
        pivots = rows[place]
        pivot = pivots[place]
        for other in range(size):
            if other != place:
                factor = rows[other][place]
                rows[other] = [(pivot * a - factor * b) // before for a, b in zip(rows[other], pivots, strict=True)]
        before = pivot
    return [row[size:] for row in rows], before
