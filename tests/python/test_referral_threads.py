"""Threads that race for one referral: caps and edges are exact whoever comes first."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

import loyalty_ledger as ll

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREADS = 16
PROGRAM = """zone = "UTC"
[earning]
currency = "points"
points = 0
per_minor_units = 100
[referral.friends]
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
points = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
[referral.friends.caps]
advocate = 32
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "points.ledger"


@contextmanager
def opened(path: Path, at: datetime) -> Iterator[ll.Ledger]:
    with ll.open(path, program=PROGRAM, clock=ll.ManualClock(at)) as ledger:
        yield ledger


def race(calls: Sequence[Callable[[], object]]) -> None:
    """Lets all threads begin at once, each with its share of the calls."""
    together = Barrier(THREADS)

    def run(number: int) -> None:
        together.wait()
        for call in calls[number::THREADS]:
            call()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(run, range(THREADS)))


def buy(ledger: ll.Ledger, friend: str) -> None:
    assert ledger.purchase(friend, amount="25.00", key=f"sale/{friend}").code == "APPLIED"


def require_one_more_reward(ledger: ll.Ledger, friends: list[str]) -> None:
    """Whoever was first: the advocate has 32 rewards, and every friend has the own one."""
    states: Counter[tuple[int, str]] = Counter()
    for friend in friends:
        mine = {one.role: (one.points, one.state) for one in ledger.referral("friends", friend).rewards}
        states[mine["advocate"]] += 1
        assert mine["friend"] == (250, "AVAILABLE")
    assert states == {(500, "AVAILABLE"): 1, (0, "CAP_LIMITED"): 63}
    assert ledger.balance("A").available == 32 * 500
    assert sum(ledger.balance(friend).available for friend in friends) == 64 * 250
    figures = ledger.trial_balance()
    assert (figures.accrued, figures.available, figures.balanced) == (32 * 500 + (31 + 64) * 250,) * 2 + (True,)
    assert ledger.verify().ok


def test_the_last_unit_of_a_cap_is_given_once(path: Path) -> None:
    earlier = [f"earlier-{number}" for number in range(31)]
    friends = [f"friend-{number}" for number in range(64)]
    with opened(path, NOON) as ledger:
        ledger.enroll("A")
        ledger.issue_code("friends", "A", code="ANNA", key="code")
        for friend in (*earlier, *friends):
            ledger.enroll(friend, referral=ll.Referral(code="ANNA"))
        for friend in earlier:
            buy(ledger, friend)
        race([partial(buy, ledger, friend) for friend in friends])
    for _ in range(2):
        with opened(path, NOON + timedelta(days=14)) as ledger:
            require_one_more_reward(ledger, friends)


def test_one_friend_has_one_advocate(path: Path) -> None:
    friends = [f"friend-{number}" for number in range(8)]
    advocates = [f"guide-{number}" for number in range(THREADS)]
    codes: dict[str, Counter[str]] = {friend: Counter() for friend in friends}

    def bind(ledger: ll.Ledger, friend: str, advocate: str) -> None:
        key = f"bind/{friend}/{advocate}"
        try:
            codes[friend][ledger.bind_referral("friends", friend, code=advocate.replace("-", ""), key=key).code] += 1
        except ll.LedgerError as refused:
            codes[friend][str(refused.code)] += 1

    with opened(path, NOON) as ledger:
        for member in (*friends, *advocates):
            ledger.enroll(member)
        for advocate in advocates:
            ledger.issue_code("friends", advocate, code=advocate, key=f"code/{advocate}")
        for friend in friends:
            race([partial(bind, ledger, friend, one) for one in advocates])
            buy(ledger, friend)
        first = [ledger.referral("friends", friend) for friend in friends]
    assert all(told == {"APPLIED": 1, "ALREADY_REFERRED": THREADS - 1} for told in codes.values()), codes
    with opened(path, NOON) as ledger:
        assert [ledger.referral("friends", friend) for friend in friends] == first
        for friend, state in zip(friends, first, strict=True):
            assert (state.edge, state.progress) == ("BOUND", "QUALIFIED")
            assert friend in [one.friend for one in ledger.referrals("friends", str(state.advocate))]
        assert sum(len(ledger.referrals("friends", one)) for one in advocates) == len(friends)
        assert sum(ledger.balance(one).pending for one in advocates) == 500 * len(friends)
        assert ledger.trial_balance().pending == 750 * len(friends)
        assert ledger.verify().ok
