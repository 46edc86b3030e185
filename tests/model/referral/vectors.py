"""What the model's codes and splits come to, line by line, so that another implementation can compare.

`python -m model.referral.vectors` prints what core/tests/golden/referral.tsv holds. Columns are parted by tabs; a line
break inside a column is written as `\\n`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count

from blake3 import blake3

from model.referral.codes import ALPHABET, check_letter, derived, normalised
from model.referral.splitting import MODELS, Contact, credit, halved, keep, level_pool, set_linear, split, whole_weights

TYPED = (
    *("37c8-qm8d-7", " 37C8 QM8D 7 ", "37C8QM8D8", "37C8QMBD7", "ann-2026", " 902 ", "142560347", "o1il", "A" * 32),
    *("A" * 33, "ABCDEFGHI", "", " - ", "ä", "straße", "A_B", "٣", "ı", "friends 1"),
)


class Chance:
    """Numbers that are the same in every run."""

    def __init__(self, name: str) -> None:
        self._hashes = (blake3(f"{name}\n{number}".encode()).digest() for number in count())

    def below(self, bound: int) -> int:
        return int.from_bytes(next(self._hashes), "big") % bound


def lines() -> Iterator[str]:
    yield from (_line("derived", *of, derived(*of)) for of in _requests())
    for typed in (*TYPED, *_typed()):
        yield _line("read", typed, normalised(typed) or "-")
    yield from _splits(Chance("splits"))
    yield from _pools(Chance("pools"))
    yield from _credits(Chance("credits"))
    yield from _sets(Chance("sets"))


def _requests() -> Iterator[tuple[str, str, int]]:
    for program, key in (("friends", "code/A"), ("friends", ""), ("Zürich", "schlüssel/1"), ("others", "k" * 128)):
        for attempt in (0, 1, 2, 4_294_967_295):
            yield program, key, attempt


def _typed() -> Iterator[str]:
    chance = Chance("typed")
    for _ in range(60):
        letters = "".join(ALPHABET[chance.below(31)] for _ in range(8))
        last = ALPHABET[chance.below(31)] if chance.below(2) else check_letter(letters)
        yield (letters + last).lower() if chance.below(2) else f"{letters[:4]}-{letters[4:]}-{last}"


def _splits(chance: Chance) -> Iterator[str]:
    for number in range(120):
        conversion = f"friends\nF-{number}\nsale"
        largest = (3, 10, 10_000, 2**64)[chance.below(4)]
        weights = {f"M{one}": chance.below(largest) for one in range(chance.below(7))}
        points = chance.below((20, 2_000, 2**53)[chance.below(3)])
        yield _line("split", points, conversion, _pairs(weights), _shares(split(points, weights, conversion)))
        remaining = split(points, weights, conversion)
        step = chance.below(sum(remaining.values()) + 1)
        yield _line("take", step, conversion, _pairs(remaining), _shares(split(step, remaining, conversion)))
        refunded = chance.below(points + 1)
        yield _line("keep", 600 + number, points, refunded, keep(600 + number, points, refunded))


def _pools(chance: Chance) -> Iterator[str]:
    for number in range(60):
        conversion = f"uplines\nF\nsale-{number}"
        parts = [1 + chance.below(1_000) for _ in range(1 + chance.below(10))]
        above = [f"M{one}" for one in range(chance.below(12))]
        amount = chance.below(2**53 if number % 3 == 0 else 100_000)
        shares = level_pool(amount, parts, above, conversion)
        yield _line("pool", amount, conversion, _shares(dict(enumerate(parts))), ",".join(above), _shares(shares))


def _credits(chance: Chance) -> Iterator[str]:
    for _ in range(40):
        ages = sorted((chance.below(90 * 86_400_000_000) for _ in range(1 + chance.below(8))), reverse=True)
        contacts = [Contact(f"M{chance.below(4)}", timedelta(microseconds=age), chance.below(3) == 0) for age in ages]
        half_life = 1 + chance.below(30 * 86_400_000_000)
        half = timedelta(microseconds=half_life)
        told = ",".join(f"{one.advocate}:{age}:{int(one.is_direct)}" for one, age in zip(contacts, ages, strict=True))
        yield from (_line("credit", model, half_life, told, _pairs(credit(contacts, model, half))) for model in MODELS)
        yield _line("halved", ages[0], half_life, halved(timedelta(microseconds=ages[0]), half))


def _sets(chance: Chance) -> Iterator[str]:
    for _ in range(30):
        conversions = [
            (frozenset(f"M{one}" for one in range(6) if chance.below(2)), chance.below(50))
            for _ in range(1 + chance.below(6))
        ]
        told = ";".join(f"{','.join(sorted(advocates))}:{number}" for advocates, number in conversions)
        yield _line("together", told, _pairs(dict(sorted(whole_weights(set_linear(conversions)).items()))))


def _line(*columns: object) -> str:
    return "\t".join(str(column).replace("\n", "\\n") for column in columns)


def _pairs(weights: Mapping[str, int]) -> str:
    return ",".join(f"{advocate}:{weight}" for advocate, weight in weights.items())


def _shares(shares: Mapping[str, int] | Mapping[int, int]) -> str:
    values: Sequence[int] = list(shares.values())
    return ",".join(str(share) for share in values)


if __name__ == "__main__":
    print("\n".join(lines()))
