"""Credit by removal effect, against the docstring's figures, the definition done at length, and bad input."""

import random
from collections import Counter
from fractions import Fraction

import pytest

from loyalty_ledger.attribution import Channel, Path, markov

# As in the docstring of `markov`, where the figures are worked out.
EXAMPLE: list[Path] = [(("mail", "shop"), 1, 1), (("mail",), False), (("shop",), True)]


def by_name(paths: list[Path]) -> dict[str, Channel]:
    return {channel.name: channel for channel in markov(paths)}


def test_the_example_of_the_docstring() -> None:
    shop, mail = markov(EXAMPLE)
    assert shop == Channel("shop", Fraction(1, 4), {}, Fraction(2, 3), Fraction(1, 3), Fraction(1), Fraction(3, 5))
    assert mail == Channel(
        "mail", Fraction(3, 4), {"shop": Fraction(2, 3)}, Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(2, 5)
    )


def test_the_docstring_shows_the_example() -> None:
    assert 'markov([(("mail", "shop"), 1, 1), (("mail",), False), (("shop",), True)])' in (markov.__doc__ or "")


def test_a_channel_twice_in_a_row_is_a_step_to_itself() -> None:
    # a: 3 steps to itself, 1 to b, 1 to null. P(a to b) = 1/2 once it leaves; b converts always.
    channels = by_name([(("a", "a", "a", "b"), True), (("a", "a"), False), (("b",), True)])
    assert channels["a"].onward == {"a": Fraction(3, 5), "b": Fraction(1, 5)} and channels["a"].to_null == Fraction(
        1, 5
    )
    # P(conversion) = 2/3 * 1/2 + 1/3 = 2/3; without a 1/3, without b 0.
    assert (channels["a"].removal_effect, channels["b"].removal_effect) == (Fraction(1, 2), Fraction(1))
    assert (channels["a"].share, channels["b"].share) == (Fraction(1, 3), Fraction(2, 3))


def test_counts_are_paths_told_once_each() -> None:
    assert markov([(["a", "b"], 3, 2), (["b"], 0, 1), (["c"], 0, 0)]) == markov(
        [(("a", "b"), True)] * 3 + [(("a", "b"), False)] * 2 + [(("b",), False)]
    )
    assert markov(iter(EXAMPLE)) == markov(EXAMPLE[::-1])


def test_a_channel_that_never_converts_has_no_share() -> None:
    last = markov([(["a"], True), (["idle"], False), (["idle", "idle"], False)])[-1]
    assert last.name == "idle" and last.share == last.removal_effect == 0


def test_channels_with_equal_shares_stand_by_name() -> None:
    assert [(channel.name, channel.share) for channel in markov([(["b"], 1), (["a"], 1)])] == [
        ("a", Fraction(1, 2)),
        ("b", Fraction(1, 2)),
    ]


def conversion_probability(paths: list[tuple[list[str], int, int]], without: str | None) -> Fraction:
    """P(conversion) by the definition: transitions counted, steps to a channel led to null, equations solved."""
    counts: dict[str, Counter[str]] = {}
    for touches, converted, lost in paths:
        way = ["(start)", *touches]
        for place, here in enumerate(way):
            onward = counts.setdefault(here, Counter())
            if place + 1 < len(way):
                onward[way[place + 1]] += converted + lost
            else:
                onward["(conversion)"] += converted
                onward["(null)"] += lost
    names = [name for name in counts if name != without]
    rows = []
    for name in names:
        whole = counts[name].total()
        row = [Fraction(name == other) - Fraction(counts[name][other], whole) for other in names]
        rows.append([*row, Fraction(counts[name]["(conversion)"], whole)])
    for place in range(len(rows)):
        swap = next(at for at in range(place, len(rows)) if rows[at][place])
        rows[place], rows[swap] = rows[swap], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for at in range(len(rows)):
            if at != place:
                factor = rows[at][place]
                rows[at] = [a - factor * b for a, b in zip(rows[at], rows[place], strict=True)]
    return rows[names.index("(start)")][-1]


@pytest.mark.parametrize("seed", range(25))
def test_the_report_is_the_definition(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"c{number}" for number in range(chance.randint(1, 7))]
    paths = [
        ([chance.choice(names) for _ in range(chance.randint(1, 6))], chance.randint(0, 3), chance.randint(1, 9))
        for _ in range(chance.randint(1, 12))
    ]
    paths.append(([names[0]], 1, 0))
    whole = conversion_probability(paths, None)
    effects = {name: 1 - conversion_probability(paths, name) / whole for path in paths for name in path[0]}
    channels = markov(paths)
    assert {channel.name: channel.removal_effect for channel in channels} == effects
    assert {channel.name: channel.share for channel in channels} == {
        name: effect / sum(effects.values()) for name, effect in effects.items()
    }
    assert sum(channel.from_start for channel in channels) == sum(channel.share for channel in channels) == 1
    assert all(sum(c.onward.values()) + c.to_conversion + c.to_null == 1 for c in channels)


def test_64_channels_and_no_more() -> None:
    names = [f"c{number:02}" for number in range(64)]
    paths: list[Path] = [
        ((name, names[(place * 7 + 3) % 64]), place % 3, place + 1) for place, name in enumerate(names)
    ]
    channels = markov(paths)
    assert len(channels) == 64 and sum(channel.share for channel in channels) == 1
    assert repr(channels[0]).startswith(f"Channel({channels[0].name!r}, removal_effect≈0.")
    with pytest.raises(ValueError, match="more than 64 channels; put rare ones together"):
        markov([*paths, (("one more",), True)])


@pytest.mark.parametrize("paths", [[], [(("a",), False)], [(("a",), 0, 0)]])
def test_nothing_to_give_credit_for(paths: list[Path]) -> None:
    with pytest.raises(ValueError, match="no path ends in a conversion"):
        markov(paths)


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        (((), True), ValueError, r"paths\[1\] has no touches"),
        ((("a",), -1), ValueError, r"paths\[1\]\[1\] must not be negative"),
        ((("a",), 1, -1), ValueError, r"paths\[1\]\[2\] must not be negative"),
        ((("a",), 1.0), TypeError, "must be a whole number, True or False, not float"),
        ((("a",), None), TypeError, "must be a whole number"),
        (("mail", True), TypeError, r"paths\[1\]\[0\] must be a sequence of channels, not str"),
        (({"a"}, True), TypeError, "must be a sequence of channels, not set"),
        ((("a", 7), True), TypeError, "must be text"),
        ((("a",),), TypeError, "must be a tuple"),
        ("ab", TypeError, "must be a tuple"),
    ],
)
def test_bad_paths_are_told_by_their_place(path: Path, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        markov([(("a",), True), path])
