"""One-time codes: whom they name, for how long, for whom, for how much, and what uses them up."""

from datetime import timedelta

import pytest

from ledgers import OneTime, PlayedLedger, program
from model import Alias, Source
from scenarios.conftest import Play

AIRLINE = Source(partner="airline")
BANK = Source(partner="bank")
MICROSECOND = timedelta(microseconds=1)
CODE = OneTime("code-1")
WHY = {"reason": "wish", "actor": "desk-1"}


def opened(play: Play, **settings: object) -> PlayedLedger:
    """m-1 has 1,000 points and is linked with the airline."""
    ledger = play(program(**settings), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.enroll("m-2")
    ledger.accrue("m-1", 1000, key="A")
    ledger.accrue("m-2", 50, key="B")
    ledger.link("m-1", "airline", "P-77", scopes=["earn", "redeem"], key="link")
    return ledger


def shown(play: Play, **terms: object) -> PlayedLedger:
    """m-1 shows a code."""
    ledger = opened(play)
    assert ledger.issue("m-1", key="code-1", **terms).code == "APPLIED"
    return ledger


class TestIssuing:
    """How a code is made."""

    def test_shapes(self, play: Play) -> None:
        ledger = opened(play)

        def code(**terms: object) -> str:
            return ledger.issue("m-1", key="code-1", **terms).code

        assert {code(partner=partner) for partner in ("", "two words", "p" * 49)} == {"INVALID_ID"}
        assert {code(points=points) for points in (0, -1)} == {"POINTS_NOT_POSITIVE"}
        assert code(points=2**53 + 1) == "POINTS_TOO_LARGE"
        ten = timedelta(minutes=10)
        assert {code(ttl=ttl) for ttl in (timedelta(), -ten, ten + MICROSECOND)} == {"INVALID_TTL"}
        assert not ledger.found(CODE)
        assert code(partner="p" * 48, points=2**53, ttl=ten) == "APPLIED"

    def test_for_whom(self, play: Play) -> None:
        ledger = opened(play)
        assert ledger.issue("nobody", key="code-1").code == "MEMBER_NOT_FOUND"
        assert ledger.issue("m-1", source=AIRLINE, key="code-1").code == "SCOPE_MISSING"
        assert ledger.issue("nobody", source=AIRLINE, key="code-1").code == "SCOPE_MISSING"
        assert ledger.issue(Alias("partner:airline", "P-77"), key="code-1").code == "APPLIED"
        assert ledger.balance(CODE).available == 1000

    def test_blocked_and_closed(self, play: Play) -> None:
        ledger = opened(play)
        ledger.block("m-2", key="block")
        assert ledger.issue("m-2", key="code-1").code == "APPLIED"
        ledger.close_member("m-2", key="close")
        assert ledger.issue("m-2", key="code-2").code == "MEMBER_CLOSED"
        assert ledger.issue("m-2", key="code-2").replayed
        assert not ledger.found(OneTime("code-2"))

    def test_made_by_the_ledger_alone(self, play: Play) -> None:
        ledger = opened(play)
        value = "0123456789"
        assert ledger.add_alias("m-1", "one_time", value, key="k").code == "INVALID_ID"
        assert ledger.enroll("m-9", {"one_time": value}).code == "INVALID_ID"
        assert ledger.replace_alias("m-1", "one_time", value, "9876543210", key="k").code == "INVALID_ID"
        assert ledger.redeem(Alias("one_time", value), 1, key="k").code == "MEMBER_NOT_FOUND"

    def test_again(self, play: Play) -> None:
        """The same code, expiry and answer, also when it is used up and over; it lives no second time."""
        ledger = shown(play, points=500)
        expires_at = ledger.expiry_of_code("code-1")
        assert ledger.issue("m-1", points=500, key="code-1").replayed
        assert ledger.redeem(CODE, 100, key="r-1").code == "APPLIED"
        ledger.at("2026-05-01T13:00")
        again = ledger.issue("m-1", points=500, key="code-1")
        assert (again.code, again.replayed, ledger.expiry_of_code("code-1")) == ("APPLIED", True, expires_at)
        assert not ledger.found(CODE)
        others = [
            ledger.issue("m-2", points=500, key="code-1"),
            ledger.issue("m-1", points=501, key="code-1"),
            ledger.issue("m-1", key="code-1"),
            ledger.issue("m-1", points=500, partner="airline", key="code-1"),
            ledger.issue("m-1", points=500, ttl=timedelta(minutes=1), key="code-1"),
        ]
        assert {one.code for one in others} == {"KEY_REUSED"}

    def test_again_while_it_lives(self, play: Play) -> None:
        ledger = shown(play)
        expires_at = ledger.expiry_of_code("code-1")
        ledger.advance_to(expires_at - MICROSECOND)
        assert ledger.issue("m-1", key="code-1").replayed
        ledger.advance_to(expires_at)
        assert not ledger.found(CODE)

    def test_several_at_once(self, play: Play) -> None:
        ledger = shown(play, points=100)
        ledger.issue("m-1", points=200, key="code-2")
        ledger.issue("m-2", points=300, key="code-3")
        assert ledger.redeem(CODE, 100, key="r-1").available == 900
        assert ledger.redeem(OneTime("code-2"), 200, key="r-2").available == 700
        assert ledger.redeem(OneTime("code-3"), 50, key="r-3").available == 0

    def test_not_reversible(self, play: Play) -> None:
        ledger = shown(play)
        assert ledger.reverse("code-1", key="back").code == "NOT_REVERSIBLE"

    def test_training(self, play: Play) -> None:
        ledger = opened(play)
        trained = ledger.issue("m-1", source=Source(training=True), key="code-1")
        assert (trained.code, trained.sequence) == ("APPLIED", None)
        assert not ledger.found(CODE)
        assert not ledger.issue("m-1", key="code-1").replayed
        assert ledger.found(CODE)


class TestLife:
    """From when to when a code names its member."""

    @pytest.mark.parametrize("ttl", [None, MICROSECOND, timedelta(seconds=90), timedelta(minutes=10)])
    def test_to_the_microsecond(self, play: Play, ttl: timedelta | None) -> None:
        ledger = shown(play, **({"ttl": ttl} if ttl else {}))
        assert ledger.found(CODE)
        ends = ledger.now() + (ttl or timedelta(minutes=10))
        assert ledger.expiry_of_code("code-1") == ends
        ledger.advance_to(ends - MICROSECOND)
        assert ledger.transfer(CODE, "m-2", 2000, key="t-1").code == "INSUFFICIENT_POINTS"
        assert ledger.found(CODE)
        ledger.advance_to(ends)
        assert ledger.transfer(CODE, "m-2", 10, key="t-2").code == "MEMBER_NOT_FOUND"
        assert ledger.read_code(CODE) == "MEMBER_NOT_FOUND"

    def test_when_it_is_recorded_counts(self, play: Play) -> None:
        ledger = shown(play)
        issued = ledger.now()
        early = ledger.accrue(CODE, 10, occurred_at=issued - timedelta(days=1), key="a-1")
        assert early.code == "APPLIED"
        ledger.issue("m-1", key="code-2")
        ledger.advance_to(issued + timedelta(minutes=10))
        late = ledger.accrue(OneTime("code-2"), 10, occurred_at=issued + timedelta(minutes=5), key="a-2")
        assert late.code == "MEMBER_NOT_FOUND"

    def test_used_once(self, play: Play) -> None:
        ledger = shown(play, points=500)
        first = ledger.redeem(CODE, 100, key="r-1")
        assert (first.code, first.available) == ("APPLIED", 900)
        assert ledger.redeem(CODE, 100, key="r-2").code == "MEMBER_NOT_FOUND"
        assert ledger.accrue(CODE, 100, key="a-1").code == "MEMBER_NOT_FOUND"
        assert not ledger.found(CODE)
        assert ledger.redeem(CODE, 100, key="r-1") == first.again()
        ledger.reverse("r-1", key="back")
        assert not ledger.found(CODE), "a reversal gives no code back"

    def test_refused_requests_do_not_use_it_up(self, play: Play) -> None:
        ledger = shown(play, points=5000)
        assert ledger.redeem(CODE, 5001, key="r-1").code == "LIMIT_EXCEEDED"
        assert ledger.redeem(CODE, 1001, key="r-2").code == "INSUFFICIENT_POINTS"
        assert ledger.redeem(CODE, 0, key="r-3").code == "POINTS_NOT_POSITIVE"
        assert ledger.redeem(CODE, 5, wallet="stamps", key="r-3").code == "UNKNOWN_CURRENCY"
        ledger.block("m-1", key="block")
        assert ledger.redeem(CODE, 5, key="r-4").code == "MEMBER_BLOCKED"
        ledger.unblock("m-1", key="unblock")
        assert ledger.redeem(CODE, 5, source=Source(partner="airline", training=True), key="r-5").code == "APPLIED"
        assert ledger.redeem(CODE, 1000, key="r-6").code == "APPLIED"
        assert not ledger.found(CODE)

    def test_reads_and_quotes_do_not_use_it_up(self, play: Play) -> None:
        ledger = shown(play)
        for _ in range(2):
            assert ledger.balance(CODE).available == 1000
            assert ledger.ladder(CODE) == {None: 1000}
            assert ledger.statement_figures(CODE) == {"accrued": 1000}
            assert ledger.quote(CODE, amount="12.00").awarded == 12
        assert ledger.purchase(CODE, amount="12.00", key="p-1").awarded == 12
        assert ledger.read_code(CODE) == "MEMBER_NOT_FOUND"
        assert ledger.quote(CODE, amount="12.00").code == "MEMBER_NOT_FOUND"

    def test_outlives_block_and_close(self, play: Play) -> None:
        ledger = shown(play)
        ledger.issue("m-1", key="code-2")
        ledger.block("m-1", key="block")
        assert ledger.accrue(CODE, 10, key="a-1").available == 1010
        ledger.close_member("m-1", key="close")
        assert ledger.accrue(OneTime("code-2"), 10, key="a-2").code == "MEMBER_CLOSED"
        assert ledger.found(OneTime("code-2"))
        assert ledger.unlink(OneTime("code-2"), "airline", key="unlink").code == "APPLIED"
        assert not ledger.found(OneTime("code-2"))


USES: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
    "accrue": ((5,), {}),
    "purchase": ((), {"amount": "12.00"}),
    "redeem": ((5,), {}),
    "authorize": ((5,), {}),
    "adjust": ((5,), WHY),
    "transfer": (("m-2", 5), {}),
    "link_member": (("bank", "B-1"), {"scopes": ["earn"], "consent": "c-1"}),
    "unlink_member": (("airline",), {}),
    "issue_one_time_code": ((), {}),
    "add_alias": (("card", "2760009"), {}),
    "remove_alias": (("partner:airline", "P-77"), {}),
    "replace_alias": (("card", "2760001", "2760002"), {}),
    "block": ((), WHY),
    "unblock": ((), WHY),
    "close_member": ((), {"reason": "wish"}),
    "forgive_debt": ((), WHY),
}


@pytest.mark.parametrize("verb", sorted(USES))
def test_any_verb_uses_it_up(play: Play, verb: str) -> None:
    ledger = opened(play)
    ledger.add_alias("m-1", "card", "2760001", key="card")
    ledger.issue("m-1", points=5, key="code-1")
    args, rest = USES[verb]
    assert ledger.write(verb, CODE, *args, key="use", **rest).code == "APPLIED"
    assert ledger.write(verb, CODE, *args, key="use-2", **rest).code == "MEMBER_NOT_FOUND"
    assert not ledger.found(CODE)


def test_points_of_a_lot(play: Play) -> None:
    ledger = opened(play)
    ledger.accrue("m-1", 20, expires_at=ledger.local("2026-05-01T12:01"), key="C")
    lot = ledger.lot_of("m-1", "C")
    ledger.at("2026-05-01T12:01").issue("m-1", key="code-1")
    assert ledger.reinstate(CODE, lot=lot, expires_at=ledger.local("2026-06-01T00:00"), key="back").awarded == 20
    assert not ledger.found(CODE)
    ledger.issue("m-1", key="code-2")
    longer = {"lot": ledger.lot_of("m-1", "A"), "expires_at": ledger.local("2027-01-01T00:00")}
    assert ledger.extend_lot(OneTime("code-2"), key="longer", **longer).code == "EXPIRY_IN_PAST"
    assert ledger.found(OneTime("code-2"))


class TestPartnerOfTheCode:
    """A code may be good for one partner alone."""

    def test_for_that_partner(self, play: Play) -> None:
        ledger = shown(play, partner="airline", points=100)
        assert ledger.redeem(CODE, 10, source=BANK, key="r-1").code == "MEMBER_NOT_FOUND"
        assert ledger.accrue(CODE, 10, source=BANK, key="a-1").code == "MEMBER_NOT_FOUND"
        assert ledger.redeem(CODE, 10, key="r-1").code == "MEMBER_NOT_FOUND", "nor for a till"
        assert ledger.read_code(CODE) == "MEMBER_NOT_FOUND", "nor for a read"
        assert ledger.redeem(CODE, 10, source=AIRLINE, key="r-1").available == 990

    def test_for_any_partner_and_none(self, play: Play) -> None:
        ledger = shown(play, points=100)
        ledger.issue("m-1", points=100, key="code-2")
        assert ledger.redeem(CODE, 10, source=BANK, key="r-1").code == "MEMBER_NOT_FOUND", "without a link"
        assert ledger.redeem(CODE, 10, source=AIRLINE, key="r-1").available == 990
        assert ledger.redeem(OneTime("code-2"), 10, source=Source(store="12"), key="r-2").available == 980

    def test_to_link(self, play: Play) -> None:
        ledger = shown(play, partner="bank")
        terms = {"scopes": ["earn", "redeem"], "key": "link-2"}
        assert ledger.link(CODE, "bank", "B-1", **terms).code == "MEMBER_NOT_FOUND"
        assert ledger.link(CODE, "airline", "B-1", source=AIRLINE, **terms).code == "MEMBER_NOT_FOUND"
        assert ledger.link(CODE, "bank", "B-1", source=BANK, **terms).code == "APPLIED"
        assert ledger.redeem("m-1", 10, source=BANK, key="r-1").available == 990


class TestCeiling:
    """A code may carry points; whatever they are, no more are taken with it."""

    @pytest.mark.parametrize("source", [Source(), AIRLINE])
    def test_to_the_point(self, play: Play, source: Source) -> None:
        ledger = shown(play, points=100)
        first = ledger.redeem(CODE, 101, source=source, key="r-1")
        assert (first.code, first.available) == ("LIMIT_EXCEEDED", 1000)
        assert ledger.authorize(CODE, 101, source=source, key="h-1").code == "LIMIT_EXCEEDED"
        sale = {"amount": "12.00", "source": source}
        assert ledger.purchase(CODE, redeem=101, key="p-1", **sale).code == "LIMIT_EXCEEDED"
        assert ledger.redeem(CODE, 100, source=source, key="r-1").code == "KEY_REUSED"
        assert ledger.redeem(CODE, 101, source=source, key="r-1").replayed
        assert ledger.purchase(CODE, redeem=100, key="p-2", **sale).spent == 100

    @pytest.mark.parametrize("source", [Source(), AIRLINE])
    def test_without_points_none_are_taken(self, play: Play, source: Source) -> None:
        ledger = shown(play)
        assert ledger.redeem(CODE, 1, source=source, key="r-1").code == "LIMIT_EXCEEDED"
        assert ledger.authorize(CODE, 1, source=source, key="h-1").code == "LIMIT_EXCEEDED"
        assert ledger.accrue(CODE, 5000, source=source, key="a-1").code == "APPLIED"

    def test_part_of_a_hold(self, play: Play) -> None:
        """What is asked for has to fit."""
        ledger = shown(play, points=1100)
        assert ledger.authorize(CODE, 1101, allow_partial=True, key="h-1").code == "LIMIT_EXCEEDED"
        assert ledger.authorize(CODE, 1100, allow_partial=True, key="h-2").awarded == 1000

    def test_holds_are_captured_without_it(self, play: Play) -> None:
        ledger = shown(play, points=100)
        ledger.authorize(CODE, 100, source=AIRLINE, key="h-1")
        captured = ledger.at("2026-05-01T12:11").capture("h-1", source=AIRLINE, key="c-1")
        assert captured.awarded == 100

    def test_gifts_are_not_counted(self, play: Play) -> None:
        ledger = shown(play)
        assert ledger.transfer(CODE, "m-2", 500, key="t-1").available == 500

    def test_offline(self, play: Play) -> None:
        ledger = shown(play, points=100)
        assert ledger.redeem(CODE, 101, offline=True, key="r-1").code == "LIMIT_EXCEEDED"
        assert ledger.redeem(CODE, 100, offline=True, key="r-2").available == 900


def test_nobody_receives_by_a_code(play: Play) -> None:
    ledger = shown(play)
    assert ledger.transfer("m-2", CODE, 10, key="t-1").code == "MEMBER_NOT_FOUND"
    assert ledger.transfer(CODE, "m-1", 10, key="t-1").code == "SAME_MEMBER"
    assert ledger.found(CODE)


def test_twenty_at_once_use_it_once(play: Play) -> None:
    ledger = shown(play, points=10)
    calls = [lambda number=number: ledger.redeem(CODE, 10, key=f"r-{number}") for number in range(20)]
    codes = sorted(one.code for one in ledger.write_in_parallel(calls))
    assert codes == ["APPLIED"] + ["MEMBER_NOT_FOUND"] * 19
    ledger.expect("m-1", available=990)


class TestBatches:
    """In one piece, or not at all."""

    @staticmethod
    def rows(points: int) -> list[dict[str, object]]:
        by_code = {"verb": "redeem", "member": CODE, "points": 100, "source": AIRLINE, "key": "r-1"}
        link = {"partner": "bank", "partner_member": "B-1", "scopes": ["redeem"], "consent": "c-1", "key": "link-2"}
        again = {"verb": "redeem", "member": "m-1", "points": points, "source": BANK, "key": "r-2"}
        return [by_code, {"verb": "link_member", "member": "m-1", **link}, again]

    def test_as_if_it_had_not_been(self, play: Play) -> None:
        ledger = opened(play)
        ledger.link("m-1", "airline", "P-77", scopes=["redeem"], daily_points=100, key="limit")
        ledger.issue("m-1", points=100, key="code-1")
        assert [one.code for one in ledger.write_batch(self.rows(901), key="b")] == ["INSUFFICIENT_POINTS"] * 3
        ledger.expect("m-1", available=1000)
        assert ledger.found(CODE), "the code is not used up"
        assert not ledger.found(Alias("partner:bank", "B-1")), "nobody is linked"
        assert ledger.redeem("m-1", 1, source=BANK, key="r-9").code == "MEMBER_NOT_FOUND"
        assert [one.code for one in ledger.write_batch(self.rows(900), key="b-2")] == ["APPLIED"] * 3, "nor the day"
        ledger.expect("m-1")
        assert not ledger.found(CODE)
        assert ledger.balance(Alias("partner:bank", "B-1")).available == 0

    def test_row_by_row(self, play: Play) -> None:
        ledger = shown(play, points=100)
        codes = [one.code for one in ledger.write_batch(self.rows(901))]
        assert codes == ["APPLIED", "APPLIED", "INSUFFICIENT_POINTS"]
        assert all(one.replayed for one in ledger.write_batch(self.rows(901)))
        ledger.expect("m-1", available=900)
