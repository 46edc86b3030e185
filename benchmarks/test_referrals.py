"""Referrals through the door for tables, embedded and over gRPC: bound, and qualified with a reward for both; and what
they take of memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, in_a_process
from benchmarks.referrals import (
    OTHER_SALES,
    REFERRALS,
    SALES,
    Door,
    advocates_of,
    bindings,
    issue_codes,
    post,
    sales,
)
from benchmarks.workload import Scale

ROUNDS = 5


@pytest.mark.parametrize("is_remote", [False, True], ids=["embedded", "over gRPC"])
def test_referrals_bound_and_rewarded(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers, is_remote: bool
) -> None:
    friends, advocates = scale.friends, advocates_of(scale.friends)
    bound, rewarded, whole, beside = [], [], [], []

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        ledger = fresh.next(enrolled=2 * friends + advocates, program=REFERRALS)
        issue_codes(ledger, advocates, first_member=friends)
        return (ledger,), {}

    def refer(ledger: ll.Ledger) -> None:
        with door_to(ledger, is_remote) as door:
            beside.append(friends / post(door, sales(friends, OTHER_SALES, first=friends + advocates)))
            binding = post(door, bindings(friends, advocates))
            qualifying = post(door, sales(friends, SALES))
        bound.append(friends / binding)
        rewarded.append(friends / qualifying)
        whole.append(friends / (binding + qualifying))
        rewards = ledger.balance(f"m-{friends:08d}").pending
        if rewards < 500:
            raise AssertionError(f"the first advocate has {rewards} points pending, so nothing was rewarded")

    benchmark.pedantic(refer, setup=prepare, rounds=ROUNDS)
    where = "PostTable" if is_remote else "post_batch"
    reference = f"purchases of others through {where}, rows/s"
    for name, samples in (("bound", bound), ("qualified, two rewards each", rewarded), ("both", whole)):
        figures.add(benchmark, f"referrals {name}, {where}", "rows/s", samples, reference, beside)


@contextmanager
def door_to(ledger: ll.Ledger, is_remote: bool) -> Iterator[Door]:
    if not is_remote:
        yield ledger
        return
    with ll.serve(ledger) as server, ll.connect(server.address) as client:
        client.program()
        yield client


def test_memory_of_referrals(benchmark: BenchmarkFixture, figures: Figures, scale: Scale, directory: Path) -> None:
    """Of all members 35 in 100 are brought by somebody."""
    told: dict[str, list[dict[str, Any]]] = {}

    def measure() -> None:
        for kind in ("friends", "keys-of-friends"):
            told[kind] = in_a_process(kind, directory / kind, scale.members_with_friends)

    benchmark.pedantic(measure, rounds=1)
    for whole, of_keys in zip(told["friends"], told["keys-of-friends"], strict=True):
        name = f"memory per member, 35 in 100 {whole['what']}, without keys"
        figures.add(benchmark, name, "bytes", [(whole["grown"] - of_keys["grown"]) / whole["count"]])
