"""The load: members, keys and tables, the same on every run, made by Arrow so that millions take seconds."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

PROGRAM = """
[currencies.points]
expiry = { rolling = "P12M", round_up_to = "month" }
"""
SCALE_VARIABLE = "LOYALTY_LEDGER_BENCH_SCALE"


@dataclass(frozen=True)
class Scale:
    """How much each benchmark works on."""

    name: str
    members: int
    rows: int
    """Accruals in one large table."""
    keys_present: int
    """Keys in the ledger that is already full."""
    keys_present_rows: int
    """Accruals added to it in a round."""
    grown_members: int
    grown_rows: int
    """The ledger that is reopened, and read for statements."""
    growing_rows: int
    """Accruals written slice by slice while the tables grow."""
    growing_rounds: int
    memory_members: int
    memory_further_lots: int
    memory_keys: int
    friends: int
    """Of a referral program: bound and rewarded in one table each."""
    members_with_friends: int
    """Of whom the memory of referrals is told."""


SCALES = {
    "default": Scale(
        name="default",
        members=200_000,
        rows=1_000_000,
        keys_present=1_000_000,
        keys_present_rows=250_000,
        grown_members=200_000,
        grown_rows=1_000_000,
        growing_rows=300_000,
        growing_rounds=3,
        memory_members=200_000,
        memory_further_lots=600_000,
        memory_keys=1_600_000,
        friends=100_000,
        members_with_friends=500_000,
    ),
    "full": Scale(
        name="full",
        members=1_000_000,
        rows=5_000_000,
        keys_present=20_000_000,
        keys_present_rows=1_000_000,
        grown_members=5_000_000,
        grown_rows=20_000_000,
        growing_rows=20_000_000,
        growing_rounds=1,
        memory_members=5_000_000,
        memory_further_lots=15_000_000,
        memory_keys=40_000_000,
        friends=500_000,
        members_with_friends=10_000_000,
    ),
    # Shows in seconds that every benchmark works; its figures mean nothing.
    "tiny": Scale(
        name="tiny",
        members=2_000,
        rows=20_000,
        keys_present=20_000,
        keys_present_rows=5_000,
        grown_members=2_000,
        grown_rows=20_000,
        growing_rows=20_000,
        growing_rounds=2,
        memory_members=20_000,
        memory_further_lots=60_000,
        memory_keys=80_000,
        friends=2_000,
        members_with_friends=20_000,
    ),
}


def chosen_scale() -> Scale:
    """The scale that the environment asks for."""
    name = os.environ.get(SCALE_VARIABLE, "default")
    if name not in SCALES:
        raise ValueError(f"{SCALE_VARIABLE} is one of {', '.join(SCALES)}, not {name}")
    return SCALES[name]


def counted(count: int, first: int = 0) -> pa.Array:
    """The whole numbers from `first` on."""
    return pa.array(range(first, first + count), pa.int64())


def at_random(count: int, below: int, seed: int) -> pa.Array:
    """Whole numbers under `below`; the same seed gives the same ones."""
    drawn = pc.floor(pc.multiply(pc.random(count, initializer=seed), float(below)))
    return pc.min_element_wise(pc.cast(drawn, pa.int64()), below - 1)


def _digits(numbers: pa.Array, width: int) -> pa.Array:
    return pc.utf8_lpad(pc.cast(numbers, pa.string()), width, "0")


def member_ids(numbers: pa.Array) -> pa.Array:
    """`m-00001234`."""
    return pc.binary_join_element_wise("m-", _digits(numbers, 8), "")


def member_id(number: int) -> str:
    return f"m-{number:08d}"


def keys(count: int, first: int = 0) -> pa.Array:
    """Keys of 24 to 27 bytes, as a till writes them: `shop117/t10/260302/00001234`."""
    numbers = counted(count, first)
    shop = pc.add(_remainder(numbers, 117), 1)
    till = pc.add(_remainder(numbers, 10), 1)
    return pc.binary_join_element_wise(
        "shop", pc.cast(shop, pa.string()), "/t", pc.cast(till, pa.string()), "/260302/", _digits(numbers, 8), ""
    )


def _remainder(numbers: pa.Array, by: int) -> pa.Array:
    return pc.subtract(numbers, pc.multiply(pc.divide(numbers, by), by))


def members(count: int, first: int = 0) -> pa.Table:
    """Members to enrol, numbered from `first` on."""
    return pa.table({"member": member_ids(counted(count, first))})


def rows_for(numbers: pa.Array, first_key: int, points: int = 10) -> pa.Table:
    """A row for each member number, with keys from `first_key` on."""
    count = len(numbers)
    given = pc.add(pc.multiply(_remainder(counted(count), 1), 0), points)
    return pa.table({"member": member_ids(numbers), "key": keys(count, first_key), "points": given})


def accruals(count: int, among: int, first_key: int = 0, seed: int = 1) -> pa.Table:
    """Accruals of members drawn at random."""
    return rows_for(at_random(count, among, seed), first_key)


def a_row_each(count: int, first_key: int, points: int = 10, seed: int = 2) -> pa.Table:
    """One row for each member, in random order."""
    numbers = counted(count).take(pc.sort_indices(pc.random(count, initializer=seed)))
    return rows_for(numbers, first_key, points)
