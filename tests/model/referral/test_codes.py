"""The model's codes: the check letter, what counts as a code, and the life of a coupon."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from model.referral.codes import ALPHABET, Coupon, CouponState, check_letter, derived, normalised, voucher_code


def test_letters_without_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("0O1IL")


def test_every_slip_of_one_letter_and_every_exchange_of_neighbours_is_found() -> None:
    for number in range(20):
        code = derived("friends", f"key-{number}")
        assert normalised(code) == code
        for place, letter in product(range(9), ALPHABET):
            slipped = code[:place] + letter + code[place + 1 :]
            assert (normalised(slipped) is None) == (slipped != code) or slipped.isdigit()
        for place in range(8):
            exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert normalised(exchanged) is None or code[place] == code[place + 1]


@pytest.mark.parametrize(("text", "stored"), [("ann-2026", "ANN2026"), (" 902 ", "902"), ("142560347", "142560347")])
def test_codes_of_somebodys_own_choice(text: str, stored: str) -> None:
    assert normalised(text) == stored


@pytest.mark.parametrize("text", ["", " ", "ä", "straße", "A_B", "A" * 33, "ABCDEFGHI"])
def test_what_cannot_be_a_code(text: str) -> None:
    assert normalised(text) is None


def test_derived_codes_are_those_of_the_design() -> None:
    """Written down, so that another implementation can compare."""
    assert [derived("friends", "code/A"), derived("friends", "code/A", 1)] == ["37C8QM8D7", "R6WDRU346"]
    assert check_letter("23456789") == "F"
    attempts = [voucher_code("friends", "F", "sale/F", "advocate", attempt) for attempt in (0, 1)]
    assert attempts == ["3QPP6R6AT", "BZ2GAQWZ9"]


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def coupon(state: CouponState) -> Coupon:
    return Coupon(state, None if state is CouponState.OPEN else "F")


@pytest.mark.parametrize(
    ("state", "event", "friend", "refusal", "after"),
    [
        (CouponState.OPEN, "validate", "F", None, CouponState.OPEN),
        (CouponState.OPEN, "reserve", "F", None, CouponState.RESERVED),
        (CouponState.OPEN, "use", "F", None, CouponState.USED),
        (CouponState.OPEN, "release", "F", None, CouponState.OPEN),
        (CouponState.RESERVED, "validate", "F", None, CouponState.RESERVED),
        (CouponState.RESERVED, "validate", "G", "CODE_USED", CouponState.RESERVED),
        (CouponState.RESERVED, "reserve", "F", None, CouponState.RESERVED),
        (CouponState.RESERVED, "reserve", "G", "CODE_USED", CouponState.RESERVED),
        (CouponState.RESERVED, "use", "F", None, CouponState.USED),
        (CouponState.RESERVED, "use", "G", "CODE_USED", CouponState.RESERVED),
        (CouponState.RESERVED, "release", "F", None, CouponState.OPEN),
        (CouponState.RESERVED, "release", "G", "CODE_USED", CouponState.RESERVED),
        (CouponState.USED, "validate", "F", None, CouponState.USED),
        (CouponState.USED, "reserve", "F", "CODE_USED", CouponState.USED),
        (CouponState.USED, "use", "F", "CODE_USED", CouponState.USED),
        (CouponState.USED, "use", "G", "CODE_USED", CouponState.USED),
        (CouponState.USED, "release", "F", None, CouponState.OPEN),
        (CouponState.USED, "release", "G", "CODE_USED", CouponState.USED),
    ],
)
def test_life_of_a_coupon(state: CouponState, event: str, friend: str, refusal: str | None, after: CouponState) -> None:
    one = coupon(state)
    assert getattr(one, event)(friend, NOON) == refusal
    assert one.state is after


def test_what_an_edge_used_no_till_releases() -> None:
    one = coupon(CouponState.USED)
    one.bind("F")
    assert one.release("F", NOON) == "CODE_USED"
    one.unbind()
    assert (one.state, one.release("F", NOON)) == (CouponState.OPEN, None)


@pytest.mark.parametrize(("seconds", "refusal"), [(59, "CODE_USED"), (60, None)])
def test_reservations_lapse(seconds: int, refusal: str | None) -> None:
    one = Coupon()
    one.reserve("F", NOON, NOON + timedelta(seconds=60))
    assert one.use("G", NOON + timedelta(seconds=seconds)) == refusal
