"""The bounds that only numbers reach: lots and points of a wallet, points of a request, sums over all wallets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll

MOST_POINTS = 2**53
MOST_IN_A_WALLET = 2**62
MOST_LOTS = 65_536
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def codes(answers: ll.Answers) -> list[str]:
    told: list[str] = pa.table(answers)["code"].to_pylist()
    return told


def rows(verb: str, member: str, points: list[int], **rest: Any) -> pa.Table:
    count = len(points)
    keys = [f"{verb}/{member}/{number}/{points[0]}" for number in range(count)]
    columns = {"verb": [verb] * count, "member": [member] * count, "points": pa.array(points, pa.int64()), "key": keys}
    return pa.table(columns | rest)


def fill(ledger: ll.Ledger, member: str) -> None:
    """As many points as a wallet takes."""
    answers = ledger.post_batch(rows("accrue", member, [MOST_POINTS] * 512))
    assert answers.applied == 512


class TestPoints:
    """Points of a wallet, of a request, of everybody."""

    def test_a_full_wallet_takes_no_more_from_any_verb(self, ledger: ll.Ledger) -> None:
        for member in ("m-1", "m-2"):
            ledger.enroll(member)
        fill(ledger, "m-1")
        ledger.accrue("m-2", 5, key="five")
        by_hand = {"reason": ["goodwill"], "actor": ["desk-1"]}
        for more in (
            rows("accrue", "m-1", [1]),
            rows("adjust", "m-1", [1], **by_hand),
            pa.table({"verb": ["purchase"], "member": ["m-1"], "amount": [100], "key": ["p"]}),
            pa.table({"verb": ["transfer"], "giver": ["m-2"], "receiver": ["m-1"], "points": [5], "key": ["t"]}),
        ):
            assert codes(ledger.post_batch(more)) == ["BALANCE_LIMIT"], more
            whole = ledger.post_batch(more, all_or_nothing=True, key=f"whole/{more['key'][0]}/again")
            assert whole.refused_row == 0
        assert ledger.balance("m-1").available == MOST_IN_A_WALLET
        assert ledger.balance("m-2").available == 5

    def test_what_comes_back_finds_no_room(self, ledger: ll.Ledger) -> None:
        ledger.enroll("m-1")
        fill(ledger, "m-1")
        ledger.redeem("m-1", MOST_POINTS, key="r")
        ledger.accrue("m-1", MOST_POINTS, key="more")
        with pytest.raises(ll.BalanceLimit):
            ledger.reverse("r", key="v")
        assert ledger.balance("m-1").available == MOST_IN_A_WALLET

    @pytest.mark.embedded
    def test_sums_of_many_full_wallets(self, ledger: ll.Ledger) -> None:
        """More than 64 bits tell, in every sum that there is."""
        members = [f"m-{number}" for number in range(5)]
        for member in members:
            ledger.enroll(member)
            fill(ledger, member)
        figures = ledger.trial_balance()
        assert figures.balanced
        assert figures.available == figures.accrued == len(members) * MOST_IN_A_WALLET > 2**64
        assert dict(ledger.ladder())[None] == len(members) * MOST_IN_A_WALLET
        assert ledger.verify().ok

    @pytest.mark.parametrize(
        ("points", "code"),
        [
            (MOST_POINTS, "APPLIED"),
            (MOST_POINTS + 1, "POINTS_TOO_LARGE"),
            (2**63 - 1, "POINTS_TOO_LARGE"),
            (0, "POINTS_NOT_POSITIVE"),
            (-(2**63), "POINTS_NOT_POSITIVE"),
        ],
    )
    def test_points_of_a_row(self, ledger: ll.Ledger, points: int, code: str) -> None:
        ledger.enroll("m-1")
        assert codes(ledger.post_batch(rows("accrue", "m-1", [points]))) == [code]

    def test_points_that_no_column_counts_signed(self, ledger: ll.Ledger) -> None:
        ledger.enroll("m-1")
        huge = rows("accrue", "m-1", [1]).set_column(2, "points", pa.array([2**64 - 1], pa.uint64()))
        assert codes(ledger.post_batch(huge)) == ["POINTS_TOO_LARGE"]
        amount = pa.table({"verb": ["purchase"], "member": ["m-1"], "amount": [MOST_POINTS + 1], "key": ["p"]})
        assert codes(ledger.post_batch(amount)) == ["AMOUNT_TOO_LARGE"]


def test_a_wallet_of_65_536_lots(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    """One more is refused, alone and in a whole batch; nothing of that batch stays; then all of them are spent."""
    ledger.enroll("m-1")
    dates = pa.array([LATER + timedelta(minutes=number) for number in range(MOST_LOTS)], pa.timestamp("us", "UTC"))
    assert ledger.post_batch(rows("accrue", "m-1", [2] * MOST_LOTS, expires_at=dates)).applied == MOST_LOTS
    more = rows("accrue", "m-1", [3])
    assert codes(ledger.post_batch(more)) == ["TOO_MANY_LOTS"]
    table = pa.concat_tables([rows("redeem", "m-1", [1]), rows("accrue", "m-1", [4])])
    whole = ledger.post_batch(table, all_or_nothing=True, key="whole")
    assert (whole.refused_row, set(codes(whole))) == (1, {"TOO_MANY_LOTS"})
    assert ledger.balance("m-1").available == 2 * MOST_LOTS
    assert codes(ledger.post_batch(rows("redeem", "m-1", [2]))) == ["APPLIED"]
    assert codes(ledger.post_batch(rows("accrue", "m-1", [5]))) == ["APPLIED"]
    all_of_it = ledger.balance("m-1").available
    assert all_of_it == 2 * MOST_LOTS - 2 + 5
    ledger.redeem("m-1", all_of_it, key="all")
    ledger.reverse("all", key="back")
    assert ledger.balance("m-1").available == all_of_it
    clock.advance_to(LATER + timedelta(minutes=MOST_LOTS))
    assert ledger.balance("m-1").available == 5
    assert ledger.verify().ok
