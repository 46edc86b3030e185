"""Coupons and vouchers at a till: reserved, used and released over several entries, and each reason to refuse."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from model.referral.codes import check_letter
from model.referral.reads import CodeView
from scenarios.conftest import Play
from scenarios.referral_program import code_of, referral_program, rewards, utc, vouchers

VOUCHERS = [{"role": "advocate", "voucher": "a coffee", "voucher_valid": "P30D"}]
HOUR = timedelta(hours=1)


def opened(play: Play, **settings: object) -> tuple[PlayedLedger, str]:
    """A has issued a coupon; F and G might use it."""
    given = {"friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in "AFG":
        ledger.enroll(member)
    return ledger, str(ledger.issue_code("A", single_use=True, key="coupon").code)


def ready(play: Play, **settings: object) -> tuple[PlayedLedger, str]:
    """A has a voucher that is good from now until the fourteenth of April."""
    ledger, _ = opened(play, rewards=VOUCHERS, **settings)
    ledger.bind("F", code=code_of(ledger, "A"), key="bind/F")
    ledger.purchase("F", amount=6_000, key="sale")
    ledger.at("2026-03-15T12:00")
    return ledger, vouchers(ledger, "F")["advocate"].code


def change(ledger: PlayedLedger, code: str, member: str, action: str, ttl: timedelta | None = None) -> str:
    """Each with a key of its own."""
    ledger.advance_to(ledger.now() + timedelta(milliseconds=1))
    key = f"{action}/{member}/{ledger.now()}"
    return ledger.change_coupon(code, member, action, ttl=ttl, key=key).code


def coupon(state: str, holder: str | None = None, **rest: object) -> CodeView:
    return CodeView(**{"kind": "COUPON", "member": "A", "state": state, "holder": holder, **rest})


def test_reserved_used_released(play: Play) -> None:
    ledger, code = opened(play)
    assert ledger.referral_code(code) == coupon("OPEN")
    assert change(ledger, code, "F", "reserve") == "APPLIED"
    assert ledger.referral_code(code) == coupon("RESERVED", "F")
    assert change(ledger, code, "F", "use") == "APPLIED"
    assert ledger.referral_code(code) == coupon("USED", "F")
    assert change(ledger, code, "F", "release") == "APPLIED"
    assert ledger.referral_code(code) == coupon("OPEN")
    assert change(ledger, code, "F", "release") == "APPLIED"
    assert change(ledger, code, "G", "use") == "APPLIED"
    assert (ledger.referral_code(code), ledger.referral("G").edge) == (coupon("USED", "G"), "UNBOUND")


def test_codes_that_are_no_coupons(play: Play) -> None:
    ledger, _ = opened(play)
    code = code_of(ledger, "A")
    assert ledger.referral_code(code) == CodeView("CODE", "A", "OPEN")
    ledger.disable_code(code, key="disable")
    assert ledger.referral_code(code) == CodeView("CODE", "A", "DISABLED")
    ends = utc("2026-03-05T12:00")
    ledger.issue_code("A", code="spring", expires_at=ends, key="spring")
    assert ledger.referral_code(" Spr-ing ") == CodeView("CODE", "A", "OPEN", expires_at=ends)
    ledger.at("2026-03-05T12:00")
    assert ledger.referral_code("SPRING") == CodeView("CODE", "A", "EXPIRED", expires_at=ends)
    assert ledger.referral_code("SUMMER") is None


def test_what_one_has_reserved_or_used_another_cannot_have(play: Play) -> None:
    ledger, code = opened(play)
    for action in ("reserve", "use"):
        assert change(ledger, code, "F", action) == "APPLIED"
        assert [change(ledger, code, "G", one) for one in ("reserve", "use", "release")] == ["CODE_USED"] * 3
        assert ledger.bind("G", code=code, key=f"bind/{action}").code == "CODE_USED"
    sold = ledger.purchase("G", amount=6_000, referral=ReferralBy(code=code), key="sale")
    assert (sold.code, sold.referral) == ("APPLIED", "CODE_USED")


def test_used_is_used_also_for_whoever_has_used_it(play: Play) -> None:
    ledger, code = opened(play)
    first = ledger.change_coupon(code, "F", "use", key="use")
    assert (first.code, ledger.change_coupon(code, "F", "use", key="use").replayed) == ("APPLIED", True)
    assert [change(ledger, code, "F", action) for action in ("use", "reserve")] == ["CODE_USED", "CODE_USED"]


@pytest.mark.parametrize(
    ("seconds", "state", "answer"), [(59.999, "RESERVED", "CODE_USED"), (60, "OPEN", "APPLIED")], ids=["last", "lapsed"]
)
def test_reservations_lapse(play: Play, seconds: float, state: str, answer: str) -> None:
    ledger, code = opened(play)
    start = ledger.now()
    ledger.change_coupon(code, "F", "reserve", ttl=timedelta(seconds=60), key="reserve")
    until = start + timedelta(seconds=60)
    assert ledger.referral_code(code) == coupon("RESERVED", "F", reserved_until=until)
    ledger.advance_to(start + timedelta(seconds=seconds))
    view = ledger.referral_code(code)
    assert view == (coupon("OPEN") if state == "OPEN" else coupon("RESERVED", "F", reserved_until=until))
    assert ledger.change_coupon(code, "G", "use", key="use/G").code == answer
    assert ledger.bind("G", code=code, key="bind/G").code == answer


def test_reserving_again_renews(play: Play) -> None:
    ledger, code = opened(play)
    assert change(ledger, code, "F", "reserve", HOUR) == "APPLIED"
    assert change(ledger, code, "F", "reserve", 2 * HOUR) == "APPLIED"
    ledger.advance_to(ledger.now() + HOUR)
    assert change(ledger, code, "G", "use") == "CODE_USED"
    assert change(ledger, code, "F", "reserve") == "APPLIED"
    ledger.advance_to(ledger.now() + 100 * HOUR)
    assert ledger.referral_code(code) == coupon("RESERVED", "F")
    assert change(ledger, code, "F", "release") == "APPLIED"
    assert change(ledger, code, "G", "reserve") == "APPLIED"


def test_reservation_outlives_a_restart(play: Play) -> None:
    ledger, code = opened(play)
    assert change(ledger, code, "F", "reserve", HOUR) == "APPLIED"
    until = ledger.now() + HOUR
    ledger.snapshot()
    ledger.restart()
    assert ledger.referral_code(code) == coupon("RESERVED", "F", reserved_until=until)
    assert change(ledger, code, "F", "use") == "APPLIED"


def test_binding_uses_what_its_friend_had_reserved(play: Play) -> None:
    ledger, code = opened(play)
    assert change(ledger, code, "F", "reserve", HOUR) == "APPLIED"
    assert ledger.bind("F", code=code, key="bind").code == "APPLIED"
    assert (ledger.referral_code(code), ledger.referral("F").advocate) == (coupon("USED", "F"), "A")
    assert [change(ledger, code, "F", action) for action in ("release", "use", "reserve")] == ["CODE_USED"] * 3
    assert change(ledger, code, "G", "release") == "CODE_USED"


def test_binding_with_what_its_friend_had_used(play: Play) -> None:
    """A till used it first; from then on the edge has it, and no till gives it back."""
    ledger, code = opened(play)
    assert change(ledger, code, "F", "use") == "APPLIED"
    assert ledger.bind("F", code=code, key="bind").code == "APPLIED"
    assert change(ledger, code, "F", "release") == "CODE_USED"


def test_released_coupon_binds_whoever_waits_for_it_when_something_is_told(play: Play) -> None:
    """G's claim stands; the release alone decides nothing."""
    ledger, code = opened(play)
    assert change(ledger, code, "F", "reserve") == "APPLIED"
    ledger.touch("token", code, ledger.now(), key="click")
    assert ledger.bind("G", token="token", key="bind/G").code == "CODE_USED"
    assert change(ledger, code, "F", "release") == "APPLIED"
    assert ledger.referral("G").edge == "UNBOUND"
    ledger.purchase("G", amount=6_000, key="sale/G")
    assert (ledger.referral("G").advocate, ledger.referral_code(code)) == ("A", coupon("USED", "G"))


def test_denied_edge_releases_nothing(play: Play) -> None:
    ledger, code = opened(play)
    ledger.bind("F", code=code, key="bind")
    ledger.review("F", "deny", key="deny")
    assert (change(ledger, code, "F", "release"), ledger.referral_code(code)) == ("CODE_USED", coupon("USED", "F"))


def test_unbound_edge_releases(play: Play) -> None:
    ledger, code = opened(play, friend_must_be_new=True)
    ledger.bind("F", code=code, key="bind")
    ledger.purchase("F", amount=100, occurred_at=utc("2026-02-20T12:00"), key="older")
    assert (ledger.referral("F").edge, ledger.referral_code(code)) == ("UNBOUND", coupon("OPEN"))


def test_disabled_and_expired_coupons(play: Play) -> None:
    """They can be released all the same; what is used reads so."""
    ledger, code = opened(play)
    ends = utc("2026-03-05T12:00")
    short = str(ledger.issue_code("A", single_use=True, expires_at=ends, key="short").code)
    for one in (code, short):
        assert change(ledger, one, "F", "reserve") == "APPLIED"
    ledger.at("2026-03-05T12:00").disable_code(code, key="disable")
    assert ledger.referral_code(code) == coupon("DISABLED")
    assert ledger.referral_code(short) == coupon("EXPIRED", expires_at=ends)
    assert [change(ledger, code, "F", action) for action in ("reserve", "use")] == ["CODE_DISABLED"] * 2
    assert [change(ledger, short, "F", action) for action in ("reserve", "use")] == ["CODE_EXPIRED"] * 2
    assert [change(ledger, one, "G", "use") for one in (code, short)] == ["CODE_DISABLED", "CODE_EXPIRED"]
    assert [change(ledger, one, "G", "release") for one in (code, short)] == ["CODE_USED", "CODE_USED"]
    assert [change(ledger, one, "F", "release") for one in (code, short)] == ["APPLIED", "APPLIED"]


def test_used_coupon_reads_used_though_it_is_disabled(play: Play) -> None:
    ledger, code = opened(play)
    assert change(ledger, code, "F", "use") == "APPLIED"
    ledger.disable_code(code, key="disable")
    assert ledger.referral_code(code) == coupon("USED", "F")
    assert change(ledger, code, "F", "use") == "CODE_DISABLED"


def test_voucher_reserved_used_released(play: Play) -> None:
    ledger, code = ready(play)
    ends = utc("2026-04-14T12:00")
    good = {"kind": "VOUCHER", "member": "A", "label": "a coffee", "expires_at": ends}
    assert ledger.referral_code(code) == CodeView(**good, state="AVAILABLE")
    assert change(ledger, code, "A", "reserve", HOUR) == "APPLIED"
    until = ledger.now() + HOUR
    assert ledger.referral_code(code) == CodeView(**good, state="RESERVED", holder="A", reserved_until=until)
    assert (rewards(ledger, "F")["advocate"], vouchers(ledger, "F")["advocate"].state) == ((0, "AVAILABLE"), "RESERVED")
    assert change(ledger, code, "A", "use") == "APPLIED"
    assert ledger.referral_code(code) == CodeView(**good, state="REDEEMED", holder="A")
    assert [change(ledger, code, "A", action) for action in ("use", "reserve")] == ["CODE_USED"] * 2
    assert change(ledger, code, "A", "release") == "APPLIED"
    assert ledger.referral_code(code) == CodeView(**good, state="AVAILABLE")
    assert change(ledger, code, "A", "release") == "APPLIED"


def test_reserved_voucher_expires_all_the_same(play: Play) -> None:
    ledger, code = ready(play)
    assert change(ledger, code, "A", "reserve") == "APPLIED"
    ledger.at("2026-04-14T12:00")
    assert vouchers(ledger, "F")["advocate"].state == "EXPIRED"
    assert [change(ledger, code, "A", action) for action in ("use", "release")] == ["CODE_EXPIRED", "APPLIED"]


def test_vouchers_are_their_members_alone(play: Play) -> None:
    ledger, code = ready(play)
    assert [change(ledger, code, "F", action) for action in ("reserve", "use", "release")] == ["UNKNOWN_CODE"] * 3


def test_voucher_that_is_not_ready(play: Play) -> None:
    ledger, _ = opened(play, rewards=VOUCHERS)
    ledger.bind("F", code=code_of(ledger, "A"), key="bind/F")
    ledger.purchase("F", amount=6_000, key="sale")
    code = vouchers(ledger, "F")["advocate"].code
    assert [change(ledger, code, "A", action) for action in ("reserve", "use")] == ["CODE_PENDING"] * 2
    assert change(ledger, code, "A", "release") == "APPLIED"
    first = ledger.change_coupon(code, "A", "use", key="too soon")
    ledger.at("2026-03-15T12:00")
    again = ledger.change_coupon(code, "A", "use", key="too soon")
    assert (first.code, again.code, again.replayed) == ("CODE_PENDING", "CODE_PENDING", True)
    assert change(ledger, code, "A", "use") == "APPLIED"


def test_voucher_that_has_ended(play: Play) -> None:
    ledger, code = ready(play)
    assert change(ledger, code, "A", "reserve") == "APPLIED"
    ledger.reverse("sale", key="back")
    assert vouchers(ledger, "F")["advocate"].state == "DISABLED"
    assert [change(ledger, code, "A", action) for action in ("reserve", "use", "release")] == ["CODE_DISABLED"] * 3


@pytest.mark.parametrize(
    ("action", "ttl", "answer"),
    [
        ("validate", None, "FIELD_INVALID"),
        ("", None, "FIELD_INVALID"),
        ("use", HOUR, "FIELD_INVALID"),
        ("release", HOUR, "FIELD_INVALID"),
        ("reserve", timedelta(milliseconds=999), "INVALID_TTL"),
        ("reserve", timedelta(), "INVALID_TTL"),
        ("reserve", -HOUR, "INVALID_TTL"),
        ("reserve", timedelta(days=365, milliseconds=1), "INVALID_TTL"),
        ("reserve", timedelta(seconds=1), "APPLIED"),
        ("reserve", timedelta(days=365), "APPLIED"),
    ],
)
def test_actions_and_reservations(play: Play, action: str, ttl: timedelta | None, answer: str) -> None:
    """What is wrong by its shape is not remembered."""
    ledger, code = opened(play)
    assert ledger.change_coupon(code, "F", action, ttl=ttl, key="one").code == answer
    again = ledger.change_coupon(code, "F", "reserve", key="one")
    assert again.code == ("KEY_REUSED" if answer == "APPLIED" else "APPLIED")


def test_order_of_checks(play: Play) -> None:
    """Each line has every fault that the lines below have, and one more."""
    ledger, code = opened(play)
    ledger.close_member("G", key="close/G")
    ledger.enroll("B")
    ledger.block("B", key="block/B")
    unknown = "22222222" + check_letter("22222222")

    def ask(text: str, action: str, **rest: object) -> str:
        answer = ledger.write("change_coupon", "others", text, "nobody", action=action, **rest, key="one")
        return str(answer.code)

    assert [ask("é", action, ttl=-HOUR) for action in ("hold", "use")] == ["FIELD_INVALID"] * 2
    assert ask("é", "reserve", ttl=-HOUR) == "INVALID_TTL"
    assert ask("é", "use") == "CODE_MISTYPED"
    assert ask(unknown, "use") == "UNKNOWN_PROGRAM"
    assert change(ledger, unknown, "nobody", "use") == "MEMBER_NOT_FOUND"
    assert [change(ledger, unknown, "G", action) for action in ("use", "release")] == ["MEMBER_CLOSED"] * 2
    assert [change(ledger, unknown, "B", action) for action in ("reserve", "use")] == ["MEMBER_BLOCKED"] * 2
    assert [change(ledger, one, "B", "release") for one in (unknown, code)] == ["UNKNOWN_CODE", "APPLIED"]
    assert [change(ledger, one, "F", "use") for one in (unknown, code_of(ledger, "A"))] == ["UNKNOWN_CODE"] * 2


def test_refusals_are_remembered(play: Play) -> None:
    ledger, code = opened(play)
    assert change(ledger, code, "F", "reserve") == "APPLIED"
    assert ledger.change_coupon(code, "G", "use", key="refused").code == "CODE_USED"
    assert change(ledger, code, "F", "release") == "APPLIED"
    again = ledger.change_coupon(code, "G", "use", key="refused")
    assert (again.code, again.replayed) == ("CODE_USED", True)
    assert ledger.change_coupon(code, "G", "reserve", key="refused").code == "KEY_REUSED"
