"""Single calls with bad input: each is told by name, and nothing is written."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyalty_ledger as ll

LONGEST = "k" * 128


@pytest.fixture(autouse=True)
def nothing_is_written(ledger: ll.Ledger, member: str) -> Any:
    before = ledger.checkpoint().sequence
    yield
    assert ledger.checkpoint().sequence == before


@pytest.mark.parametrize(
    ("key", "raised"),
    [("", ll.KeyMissing), (LONGEST + "k", ll.KeyTooLong), ("ü" * 65, ll.KeyTooLong)],
)
def test_keys_out_of_bounds(ledger: ll.Ledger, member: str, key: str, raised: type[ll.LedgerError]) -> None:
    with pytest.raises(raised):
        ledger.redeem(member, 1, key=key)


def test_a_missing_key_is_told(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(TypeError, match="'key'"):
        ledger.redeem(member, 1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="key must be text"):
        ledger.redeem(member, 1, key=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", ["\ud800", "m-\udcff"])
def test_text_that_is_not_utf_8(ledger: ll.Ledger, member: str, bad: str) -> None:
    with pytest.raises(ValueError, match="key .* UTF-8"):
        ledger.redeem(member, 1, key=bad)
    with pytest.raises(ValueError, match="member .* UTF-8"):
        ledger.enroll(bad)
    with pytest.raises(TypeError, match="key must be text"):
        ledger.redeem(member, 1, key=b"\xff")  # type: ignore[arg-type]


@pytest.mark.parametrize("member_id", ["", "m" * 65, "ann@example.org", "m 1", "m\t1", "m\n", "m\x00"])
def test_ids_that_are_none(ledger: ll.Ledger, member_id: str) -> None:
    with pytest.raises(ll.InvalidId):
        ledger.enroll(member_id, key="e")


@pytest.mark.parametrize(
    ("points", "raised"),
    [
        (0, ll.PointsNotPositive),
        (-1, ll.PointsNotPositive),
        (2**53 + 1, ll.PointsTooLarge),
        (2**63, ll.PointsTooLarge),
        (10**40, ll.PointsTooLarge),
    ],
)
def test_points_out_of_bounds(ledger: ll.Ledger, member: str, points: int, raised: type[ll.LedgerError]) -> None:
    with pytest.raises(raised):
        ledger.accrue(member, points, key="a")
    with pytest.raises(raised):
        ledger.redeem(member, points, key="r")


@pytest.mark.parametrize("points", [1.0, float("nan"), "1", True, None, Decimal(1)])
def test_points_of_the_wrong_type(ledger: ll.Ledger, member: str, points: Any) -> None:
    with pytest.raises(TypeError, match="points must be a whole number"):
        ledger.accrue(member, points, key="a")


@pytest.mark.parametrize("amount", [36.9, float("nan"), float("inf"), 0.0])
def test_floats_are_no_money(ledger: ll.Ledger, member: str, amount: Any) -> None:
    with pytest.raises(TypeError, match="floats cannot hold money exactly"):
        ledger.purchase(member, amount=amount, key="p")


@pytest.mark.parametrize("amount", ["36.901", Decimal("0.001"), "1E-3", "1e-30"])
def test_more_decimals_than_the_money_has(ledger: ll.Ledger, member: str, amount: Any) -> None:
    with pytest.raises(ValueError, match="more than the 2 decimals of EUR"):
        ledger.purchase(member, amount=amount, key="p")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN", "ten", "", "1,50", Decimal("NaN")])
def test_text_that_is_no_amount(ledger: ll.Ledger, member: str, amount: Any) -> None:
    with pytest.raises(ValueError, match="is not a"):
        ledger.purchase(member, amount=amount, key="p")


@pytest.mark.parametrize(
    ("amount", "raised"),
    [
        (-1, ll.AmountNegative),
        ("-0.01", ll.AmountNegative),
        (2**53 + 1, ll.AmountTooLarge),
        ("1e30", ll.AmountTooLarge),
        ("1e999999", ll.AmountTooLarge),
        (10**40, ll.AmountTooLarge),
    ],
)
def test_amounts_out_of_bounds(ledger: ll.Ledger, member: str, amount: Any, raised: type[ll.LedgerError]) -> None:
    with pytest.raises(raised):
        ledger.purchase(member, amount=amount, key="p")


@pytest.mark.parametrize("amount", [True, None, [1], b"1"])
def test_amounts_of_the_wrong_type(ledger: ll.Ledger, member: str, amount: Any) -> None:
    with pytest.raises(TypeError, match="amount must be"):
        ledger.purchase(member, amount=amount, key="p")


def test_currencies_that_are_none(ledger: ll.Ledger, member: str) -> None:
    for currency in ("eur", "EURO", "", "E1R", "€€€"):
        with pytest.raises(ValueError, match="no ISO 4217 code"):
            ledger.purchase(member, amount=1, currency=currency, key="p")
    with pytest.raises(TypeError, match="currency must be text"):
        ledger.purchase(member, amount=1, currency=978, key="p")  # type: ignore[arg-type]
    with pytest.raises(ll.MoneyCurrencyNotAccepted):
        ledger.purchase(member, amount=1, currency="USD", key="p")
    with pytest.raises(ll.UnknownCurrency):
        ledger.accrue(member, 1, wallet="stars", key="a")


def test_expiry_before_activation(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> None:
    now = clock.now()
    with pytest.raises(ll.ExpiryBeforeActivation):
        ledger.accrue(member, 1, activates_at=now + timedelta(days=2), expires_at=now + timedelta(days=1), key="a")
    with pytest.raises(ll.ExpiryBeforeActivation):
        ledger.accrue(member, 1, expires_at=now - timedelta(days=1), key="a")


@pytest.mark.parametrize("argument", ["activates_at", "expires_at", "occurred_at"])
def test_naive_times_and_dates(ledger: ll.Ledger, member: str, argument: str) -> None:
    with pytest.raises(ValueError, match=f"{argument} .* is naive"):
        ledger.accrue(member, 1, key="a", **{argument: datetime(2026, 5, 1)})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=f"{argument} must be a datetime"):
        ledger.accrue(member, 1, key="a", **{argument: datetime(2026, 5, 1).date()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=1))),
    ],
)
def test_times_outside_1970_to_9999(ledger: ll.Ledger, member: str, instant: datetime) -> None:
    for argument in ("activates_at", "expires_at", "occurred_at"):
        with pytest.raises(ll.TimeOutOfRange):
            ledger.accrue(member, 1, key="a", **{argument: instant})  # type: ignore[arg-type]
    with pytest.raises(ll.TimeOutOfRange):
        ledger.balance(member, at=instant)


def test_summer_time_is_no_trouble(ledger: ll.Ledger, member: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2025, 10, 26, 2, 30, tzinfo=berlin, fold=0)
    second = first.replace(fold=1)
    gap = datetime(2026, 3, 29, 2, 30, tzinfo=berlin)
    for instant in (first, second, gap):
        at = ledger.balance(member, at=instant).at
        assert at == instant.astimezone(UTC)
    assert ledger.balance(member, at=second).at - ledger.balance(member, at=first).at == timedelta(hours=1)


def test_holds_live_neither_for_no_time_nor_too_long(ledger: ll.Ledger, member: str) -> None:
    for ttl in (timedelta(0), timedelta(seconds=-1), timedelta(days=8), timedelta.max, timedelta.min):
        with pytest.raises(ll.InvalidTtl):
            ledger.authorize(member, 1, ttl=ttl, key="h")
    with pytest.raises(TypeError, match="ttl must be a timedelta"):
        ledger.authorize(member, 1, ttl=60, key="h")  # type: ignore[arg-type]


def test_members_and_originals_of_the_wrong_type(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(TypeError, match="member must be an id"):
        ledger.redeem(1, 1, key="r")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one of the two"):
        ledger.purchase(amount=1, key="p")
    with pytest.raises(TypeError, match="one of the two"):
        ledger.purchase(member, card="2760001", amount=1, key="p")
    for original in (None, 1.0, True, b"welcome"):
        with pytest.raises(TypeError, match="original must be"):
            ledger.reverse(original, key="b")  # type: ignore[arg-type]
    for sequence in (0, -1, 2**63, 10**40):
        with pytest.raises(ValueError, match="original must be between 1"):
            ledger.reverse(sequence, key="b")
        with pytest.raises(ValueError, match="sequence must be between 1"):
            ledger.entry(sequence)
    with pytest.raises(ll.TransactionNotFound):
        ledger.reverse(999, key="b")


def test_flags_are_bools(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(TypeError, match="enroll must be True or False"):
        ledger.purchase(member, amount=1, enroll="no", key="p")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="allow_partial must be True or False"):
        ledger.authorize(member, 1, allow_partial=1, key="h")  # type: ignore[arg-type]


def test_aliases_are_a_mapping(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(TypeError, match="aliases must be a mapping"):
        ledger.enroll("m-2", ["card", "2760002"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="aliases must be text"):
        ledger.enroll("m-2", {"card": 2760002})  # type: ignore[dict-item]


def test_cards_and_phones_in_the_wrong_form(ledger: ll.Ledger, member: str) -> None:
    for kind, value in (("card", "27x"), ("card", ""), ("phone", "030 123"), ("external_id", " "), ("", "1")):
        with pytest.raises(ll.InvalidId):
            ledger.add_alias(member, kind, value, key="a")


def test_prices_are_exact_to_a_millionth(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(ValueError, match="more than the 6 decimals"):
        ledger.accrue(member, 1, price="0.0000001", key="a")
    with pytest.raises(TypeError, match="floats cannot hold money"):
        ledger.accrue(member, 1, price=0.01, key="a")  # type: ignore[arg-type]
    with pytest.raises(ll.TermsInvalid):
        ledger.accrue(member, 1, funder="f", price=-1, key="a")


def test_the_money_of_a_reversal_belongs_to_an_amount(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(TypeError, match="give both, or neither"):
        ledger.reverse("never-seen", currency="EUR", key="r")


@pytest.mark.parametrize("amount", ["1_000", "1_0.00", "١٢"])
def test_amounts_are_written_plainly(ledger: ll.Ledger, member: str, amount: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        ledger.purchase(member, amount=amount, key="p")


def test_a_manual_clock_says_how_far_it_goes(member: str, clock: ll.ManualClock) -> None:
    with pytest.raises(ValueError, match="forward only, up to the year 9999, and entries are recorded up to 2262"):
        clock.advance_to(clock.now() - timedelta(seconds=1))
