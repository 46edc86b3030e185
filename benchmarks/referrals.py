"""Friends of a referral program, as tables: who joins, who is bound by which code, and the sale that qualifies."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

import loyalty_ledger as ll
from benchmarks.bare import seconds
from benchmarks.ledgers import everything_applied
from benchmarks.workload import PROGRAM, counted, keys, member_ids

# A reward of 500 for who brought a friend and one of 250 for the friend, with a cap that nobody reaches.
REFERRALS = f"""
{PROGRAM}
[referral.friends]
steps = [{{ step = "first_purchase", minimum = 2_500 }}]
rewards = [{{ role = "advocate", points = 500 }}, {{ role = "friend", points = 250 }}]
caps = {{ advocate = 1_000_000 }}
"""
AMOUNT = 6_000
FRIENDS_OF_AN_ADVOCATE = 5
CODES = 50_000_000
BINDINGS = 60_000_000
SALES = 70_000_000
OTHER_SALES = 80_000_000

Door = ll.Ledger | ll.Client


def advocates_of(friends: int) -> int:
    return max(1, friends // FRIENDS_OF_AN_ADVOCATE)


def issue_codes(ledger: ll.Ledger, advocates: int, first_member: int) -> None:
    """A code for each of the members from one number on."""
    members = member_ids(counted(advocates, first_member))
    rows = {"verb": ["issue_code"] * advocates, "program": ["friends"] * advocates, "member": members}
    rows |= {"code": codes(counted(advocates)), "key": keys(advocates, CODES)}
    everything_applied(ledger.post_batch(pa.table(rows)))


def codes(numbers: pa.Array) -> pa.Array:
    """`CODE00001234`."""
    return pc.binary_join_element_wise("CODE", pc.utf8_lpad(pc.cast(numbers, pa.string()), 8, "0"), "")


def bindings(friends: int, advocates: int, first: int = 0) -> pa.Table:
    """A row for each friend, numbered from `first` on, to all advocates in turn."""
    numbers = counted(friends, first)
    turns = pc.subtract(numbers, pc.multiply(pc.divide(numbers, advocates), advocates))
    rows = {"verb": ["bind_referral"] * friends, "program": ["friends"] * friends, "friend": member_ids(numbers)}
    return pa.table({**rows, "code": codes(turns), "key": keys(friends, BINDINGS + first)})


def sales(members: int, first_key: int, first: int = 0) -> pa.Table:
    """A purchase of each member, numbered from `first` on, that is large enough to qualify."""
    rows = {"verb": ["purchase"] * members, "member": member_ids(counted(members, first))}
    return pa.table({**rows, "amount": pa.array([AMOUNT] * members), "key": keys(members, first_key + first)})


def post(door: Door, table: pa.Table) -> float:
    """Seconds until every row of a table is durable."""
    answers: list[ll.Answers] = []
    taken = seconds(lambda: answers.append(door.post_batch(table)))
    everything_applied(answers[0])
    return taken
