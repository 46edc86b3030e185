"""How much a partner may take: of a day, without the member being there, and by a code."""

from datetime import timedelta

import pytest

from ledgers import OneTime, PlayedLedger, program
from model import Alias, Outcome, Source
from scenarios.conftest import Play

AIRLINE = Source(partner="airline")
PROVED = Source(partner="airline", verification="app-4711")
SCOPES = ["earn", "redeem"]


def linked(play: Play, start: str = "2026-05-01T12:00", *, points: int = 1000, **settings: object) -> PlayedLedger:
    """m-1, linked for whatever a day brings."""
    ledger = play(program(**settings), start)
    ledger.enroll("m-1")
    ledger.accrue("m-1", points, key="A")
    assert ledger.link("m-1", "airline", "P-77", scopes=SCOPES, key="link").code == "APPLIED"
    return ledger


def limited(play: Play, daily_points: int, start: str = "2026-05-01T12:00", **settings: object) -> PlayedLedger:
    ledger = linked(play, start, **settings)
    limit(ledger, daily_points, key="limit")
    return ledger


def limit(ledger: PlayedLedger, daily_points: int | None, *, key: str) -> None:
    assert ledger.link("m-1", "airline", "P-77", scopes=SCOPES, daily_points=daily_points, key=key).code == "APPLIED"


def take(ledger: PlayedLedger, points: int, key: str, source: Source = AIRLINE, **rest: object) -> str:
    return ledger.redeem("m-1", points, source=source, key=key, **rest).code


class TestDaily:
    """The limit of a link, for one local day."""

    def test_to_the_point(self, play: Play) -> None:
        ledger = limited(play, 300)
        assert take(ledger, 301, "r-1") == "LIMIT_EXCEEDED"
        assert take(ledger, 200, "r-2") == "APPLIED"
        assert take(ledger, 101, "r-3") == "LIMIT_EXCEEDED"
        assert take(ledger, 100, "r-4") == "APPLIED"
        assert take(ledger, 1, "r-5") == "LIMIT_EXCEEDED"
        ledger.expect("m-1", available=700)

    def test_is_remembered(self, play: Play) -> None:
        ledger = limited(play, 300)
        first = ledger.redeem("m-1", 301, source=AIRLINE, key="r-1")
        assert (first.code, first.available) == ("LIMIT_EXCEEDED", 1000)
        limit(ledger, None, key="limit-2")
        again = ledger.redeem("m-1", 301, source=AIRLINE, key="r-1")
        assert (again.code, again.replayed) == ("LIMIT_EXCEEDED", True)
        assert take(ledger, 301, "r-2") == "APPLIED"

    @pytest.mark.parametrize("winter", [False, True])
    def test_over_midnight_in_berlin(self, play: Play, winter: bool) -> None:
        """Midnight is at 22:00 UTC in summer and at 23:00 in winter; a microsecond before it is still today."""
        day, utc = ("2026-01-15", "23:00") if winter else ("2026-05-01", "22:00")
        ledger = limited(play, 300, start=f"{day}T12:00", zone="Europe/Berlin")
        assert take(ledger, 300, "r-1") == "APPLIED"
        midnight = ledger.local(f"{day}T{utc}+00:00")
        ledger.advance_to(midnight - timedelta(microseconds=1))
        assert take(ledger, 1, "r-2") == "LIMIT_EXCEEDED"
        ledger.advance_to(midnight)
        assert take(ledger, 300, "r-3") == "APPLIED"
        assert take(ledger, 1, "r-4") == "LIMIT_EXCEEDED"

    def test_the_day_on_which_it_was_recorded_counts(self, play: Play) -> None:
        ledger = limited(play, 300, start="2026-05-02T00:00")
        yesterday = ledger.now() - timedelta(hours=2)
        assert take(ledger, 300, "r-1", occurred_at=yesterday) == "APPLIED"
        assert take(ledger, 1, "r-2") == "LIMIT_EXCEEDED"
        assert take(ledger, 1, "r-3", occurred_at=yesterday) == "LIMIT_EXCEEDED"

    def test_linking_again_does_not_begin_the_day_anew(self, play: Play) -> None:
        ledger = limited(play, 300)
        assert take(ledger, 200, "r-1") == "APPLIED"
        ledger.link("m-1", "airline", "P-78", scopes=SCOPES, daily_points=300, key="limit-2")
        assert take(ledger, 101, "r-2") == "LIMIT_EXCEEDED"
        limit(ledger, 250, key="limit-3")
        assert take(ledger, 51, "r-3") == "LIMIT_EXCEEDED"
        assert take(ledger, 50, "r-4") == "APPLIED"

    def test_unlinking_forgets_the_day(self, play: Play) -> None:
        ledger = limited(play, 300)
        assert take(ledger, 200, "r-1") == "APPLIED"
        ledger.unlink("m-1", "airline", key="unlink")
        limit(ledger, 300, key="limit-2")
        assert take(ledger, 300, "r-2") == "APPLIED"

    def test_what_was_taken_without_a_limit_counts(self, play: Play) -> None:
        ledger = linked(play)
        assert take(ledger, 400, "r-1") == "APPLIED"
        limit(ledger, 500, key="limit")
        assert take(ledger, 101, "r-2") == "LIMIT_EXCEEDED"
        assert take(ledger, 100, "r-3") == "APPLIED"

    def test_nothing_gives_it_back(self, play: Play) -> None:
        ledger = limited(play, 300)
        assert take(ledger, 100, "r-1") == "APPLIED"
        ledger.reverse("r-1", source=AIRLINE, key="back-1")
        ledger.authorize("m-1", 100, source=AIRLINE, key="h-1")
        ledger.void("h-1", source=AIRLINE, key="void-1")
        ledger.authorize("m-1", 50, ttl=timedelta(minutes=1), source=AIRLINE, key="h-2")
        ledger.at("2026-05-01T13:00").expect("m-1", available=1000)
        assert take(ledger, 51, "r-2") == "LIMIT_EXCEEDED"
        assert take(ledger, 50, "r-3") == "APPLIED"

    def test_holds_count_when_they_are_made(self, play: Play) -> None:
        ledger = limited(play, 300)
        assert ledger.authorize("m-1", 300, source=AIRLINE, key="h-1").code == "APPLIED"
        assert ledger.capture("h-1", points=100, source=AIRLINE, key="c-1").code == "APPLIED"
        assert take(ledger, 1, "r-1") == "LIMIT_EXCEEDED"
        assert ledger.authorize("m-1", 1, source=AIRLINE, key="h-2").code == "LIMIT_EXCEEDED"

    def test_hold_of_what_there_is(self, play: Play) -> None:
        """What is asked for has to fit, what was held counts."""
        ledger = limited(play, 300, points=120)
        asked = {"allow_partial": True, "source": AIRLINE}
        assert ledger.authorize("m-1", 301, key="h-1", **asked).code == "LIMIT_EXCEEDED"
        assert ledger.authorize("m-1", 300, key="h-2", **asked).awarded == 120
        ledger.adjust("m-1", 500, key="goodwill")
        assert take(ledger, 181, "r-1") == "LIMIT_EXCEEDED"
        assert take(ledger, 180, "r-2") == "APPLIED"

    def test_purchases_paid_with_points(self, play: Play) -> None:
        ledger = limited(play, 300)
        sale = {"amount": "20.00", "source": AIRLINE}
        assert ledger.purchase("m-1", redeem=200, key="p-1", **sale).awarded == 18
        assert ledger.purchase("m-1", redeem=101, key="p-2", **sale).code == "LIMIT_EXCEEDED"
        ledger.authorize("m-1", 100, source=AIRLINE, key="h-1")
        assert ledger.purchase("m-1", capture="h-1", key="p-3", **sale).spent == 100
        assert ledger.purchase("m-1", key="p-4", **sale).awarded == 20
        ledger.reverse("p-1", source=AIRLINE, key="back")
        assert take(ledger, 1, "r-1") == "LIMIT_EXCEEDED"

    def test_only_what_was_applied_on_its_behalf(self, play: Play) -> None:
        ledger = limited(play, 300)
        ledger.link("m-1", "bank", "B-1", scopes=SCOPES, key="other")
        assert ledger.redeem("m-1", 100, key="r-1").code == "APPLIED"
        assert take(ledger, 100, "r-2", Source(partner="bank")) == "APPLIED"
        assert take(ledger, 1000, "r-3", Source(partner="bank")) == "INSUFFICIENT_POINTS"
        assert ledger.purchase("m-1", redeem=250, amount="1.00", source=AIRLINE, key="p").code == "SPEND_EXCEEDS_AMOUNT"
        assert take(ledger, 300, "r-4", Source(partner="airline", training=True)) == "APPLIED"
        assert take(ledger, 300, "r-5") == "APPLIED"
        assert take(ledger, 300, "r-5") == "APPLIED"
        assert take(ledger, 1, "r-6") == "LIMIT_EXCEEDED"

    def test_limit_comes_before_the_balance(self, play: Play) -> None:
        ledger = limited(play, 300, points=10)
        assert take(ledger, 301, "r-1") == "LIMIT_EXCEEDED"
        assert take(ledger, 300, "r-2") == "INSUFFICIENT_POINTS"

    def test_members_of_their_own(self, play: Play) -> None:
        ledger = limited(play, 300)
        ledger.enroll("m-2")
        ledger.accrue("m-2", 500, key="B")
        ledger.link("m-2", "airline", "P-78", scopes=SCOPES, daily_points=300, key="limit-2")
        assert take(ledger, 300, "r-1") == "APPLIED"
        assert ledger.redeem("m-2", 300, source=AIRLINE, key="r-2").code == "APPLIED"

    def test_offline(self, play: Play) -> None:
        ledger = limited(play, 300, points=100)
        till = Source(store="12", partner="airline")
        assert ledger.redeem("m-1", 200, offline=True, source=till, key="r-1").debt == 100
        assert take(ledger, 101, "r-2", till, offline=True) == "LIMIT_EXCEEDED"
        assert take(ledger, 100, "r-3", till, offline=True) == "APPLIED"
        sale = {"amount": "5.00", "redeem": 1, "offline": True, "source": till}
        assert ledger.purchase("m-1", key="p-1", **sale).code == "LIMIT_EXCEEDED"

    def test_what_the_store_pays_counts_for_nothing(self, play: Play) -> None:
        """A redemption that is left to the store gave no points."""
        ledger = limited(play, 300, floor_limit=0)
        till = Source(store="12", partner="airline")
        left = ledger.redeem("m-1", 200, offline=True, source=till, key="r-1")
        assert (left.awarded, left.charged) == (0, 200)
        assert take(ledger, 300, "r-2") == "APPLIED"


class TestPresence:
    """More than `verify_above` needs a code, or a proof."""

    def test_neither(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        assert take(ledger, 100, "r-1") == "APPLIED"
        first = ledger.redeem("m-1", 101, source=AIRLINE, key="r-2")
        assert (first.code, first.available) == ("VERIFICATION_REQUIRED", 900)
        again = ledger.redeem("m-1", 101, source=PROVED, key="r-2")
        assert (again.code, again.replayed) == ("VERIFICATION_REQUIRED", True)
        assert ledger.authorize("m-1", 101, source=AIRLINE, key="h-1").code == "VERIFICATION_REQUIRED"
        sale = {"amount": "20.00", "redeem": 101, "source": AIRLINE}
        assert ledger.purchase("m-1", key="p-1", **sale).code == "VERIFICATION_REQUIRED"
        ledger.expect("m-1", available=900)

    def test_proof(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        assert take(ledger, 101, "r-1", PROVED) == "APPLIED"
        assert ledger.authorize("m-1", 101, source=PROVED, key="h-1").code == "APPLIED"
        longest = Source(partner="airline", verification="v" * 64)
        assert take(ledger, 101, "r-2", longest) == "APPLIED"

    def test_code(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        ledger.issue("m-1", points=500, key="code-1")
        assert ledger.redeem(OneTime("code-1"), 400, source=AIRLINE, key="r-1").code == "APPLIED"

    @pytest.mark.parametrize("name", [Alias("card", "2760001"), Alias("partner:airline", "P-77")])
    def test_other_names_prove_nothing(self, play: Play, name: Alias) -> None:
        ledger = linked(play, verify_above=100)
        ledger.add_alias("m-1", "card", "2760001", key="card")
        assert ledger.redeem(name, 101, source=AIRLINE, key="r-1").code == "VERIFICATION_REQUIRED"

    def test_of_partners_alone(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        assert ledger.redeem("m-1", 500, key="r-1").code == "APPLIED"

    def test_always(self, play: Play) -> None:
        ledger = linked(play, verify_above=0)
        assert take(ledger, 1, "r-1") == "VERIFICATION_REQUIRED"
        assert take(ledger, 1, "r-2", PROVED) == "APPLIED"
        assert ledger.accrue("m-1", 5000, source=AIRLINE, key="a-1").code == "APPLIED"

    def test_never(self, play: Play) -> None:
        assert take(linked(play), 1000, "r-1") == "APPLIED"

    def test_offline(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        till = Source(store="12", partner="airline")
        assert take(ledger, 101, "r-1", till, offline=True) == "VERIFICATION_REQUIRED"

    def test_undo_needs_none(self, play: Play) -> None:
        ledger = linked(play, verify_above=100)
        assert ledger.authorize("m-1", 300, source=PROVED, key="h-1").code == "APPLIED"
        assert ledger.capture("h-1", source=AIRLINE, key="c-1").awarded == 300
        assert ledger.reverse("c-1", source=AIRLINE, key="back").code == "APPLIED"


class TestOrder:
    """Status, code, presence, day, balance."""

    @staticmethod
    def by_code(ledger: PlayedLedger, points: int, key: str) -> Outcome:
        ledger.issue("m-1", points=200, key=f"code of {key}")
        return ledger.redeem(OneTime(f"code of {key}"), points, source=AIRLINE, key=key)

    def test_each_in_its_turn(self, play: Play) -> None:
        ledger = limited(play, 150, points=120, verify_above=100)
        assert self.by_code(ledger, 201, "r-1").code == "LIMIT_EXCEEDED"
        assert self.by_code(ledger, 151, "r-2").code == "LIMIT_EXCEEDED"
        assert take(ledger, 151, "r-3") == "VERIFICATION_REQUIRED"
        assert take(ledger, 151, "r-4", PROVED) == "LIMIT_EXCEEDED"
        assert take(ledger, 150, "r-5", PROVED) == "INSUFFICIENT_POINTS"
        assert self.by_code(ledger, 150, "r-6").code == "INSUFFICIENT_POINTS"
        ledger.block("m-1", key="block")
        assert take(ledger, 151, "r-7") == "MEMBER_BLOCKED"
        assert self.by_code(ledger, 201, "r-8").code == "MEMBER_BLOCKED"

    def test_new_rules(self, play: Play) -> None:
        """The limit is that of the program when it is recorded."""
        ledger = linked(play)
        assert take(ledger, 101, "r-1") == "APPLIED"
        ledger.write("publish", program(verify_above=100))
        assert take(ledger, 101, "r-2") == "VERIFICATION_REQUIRED"
        assert take(ledger, 101, "r-1") == "APPLIED"
