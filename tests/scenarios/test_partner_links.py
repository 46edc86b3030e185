"""Partners: who needs a link with a member, what a link allows, and whose entries are whose."""

from datetime import timedelta

import pytest

from ledgers import OneTime, PlayedLedger, program
from model import Alias, Outcome, Source
from scenarios.conftest import Play

AIRLINE = Source(partner="airline")
BANK = Source(partner="bank")
CARD = Alias("card", "2760001")
PHONE = Alias("phone", "+4930901820")
P_77 = Alias("partner:airline", "P-77")
P_78 = Alias("partner:airline", "P-78")


def opened(play: Play, **settings: object) -> PlayedLedger:
    """m-1 has a card, a phone and 1,000 points; m-2 has a card and 50."""
    ledger = play(program(**settings), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": CARD.value, "phone": PHONE.value})
    ledger.enroll("m-2", {"card": "2760002"})
    ledger.accrue("m-1", 1000, activates_at=ledger.now(), key="A")
    ledger.accrue("m-2", 50, activates_at=ledger.now(), key="B")
    return ledger


def linked(play: Play, *scopes: str, settings: dict[str, object] | None = None, **terms: object) -> PlayedLedger:
    ledger = opened(play, **(settings or {}))
    assert ledger.link("m-1", "airline", "P-77", scopes=scopes, key="link", **terms).code == "APPLIED"
    return ledger


@pytest.mark.parametrize("name", [CARD, PHONE])
def test_earning_on_what_was_shown_needs_no_link(play: Play, name: Alias) -> None:
    ledger = opened(play)
    assert ledger.accrue(name, 30, source=AIRLINE, key="a-1").awarded == 30
    assert ledger.purchase(name, amount="12.00", source=AIRLINE, key="p-1").awarded == 12
    ledger.expect("m-1", available=1042)


def test_a_card_by_its_column_is_shown_too(play: Play) -> None:
    ledger = opened(play)
    assert ledger.purchase(card=CARD.value, amount="12.00", source=AIRLINE, key="p-1").awarded == 12


def test_earning_on_a_code_needs_no_link(play: Play) -> None:
    ledger = opened(play)
    for key in ("code-1", "code-2"):
        ledger.issue("m-1", key=key)
    assert ledger.accrue(OneTime("code-1"), 30, source=AIRLINE, key="a-1").code == "APPLIED"
    assert ledger.purchase(OneTime("code-2"), amount="12.00", source=AIRLINE, key="p-1").code == "APPLIED"
    ledger.expect("m-1", available=1042)


@pytest.mark.parametrize("name", ["m-1", Alias("external_id", "crm-1"), Alias("partner:bank", "B-1"), "nobody"])
def test_without_a_link_nobody_else_is_there(play: Play, name: str | Alias) -> None:
    """The same code as for members that do not exist."""
    ledger = opened(play)
    ledger.add_alias("m-1", "external_id", "crm-1", key="crm")
    ledger.link("m-1", "bank", "B-1", scopes=["earn", "redeem"], key="other")
    why = {"reason": "wish", "actor": "desk-1"}
    asked = [
        ledger.accrue(name, 30, source=AIRLINE, key="k"),
        ledger.purchase(name, amount="12.00", source=AIRLINE, key="k"),
        ledger.redeem(name, 10, source=AIRLINE, key="k"),
        ledger.authorize(name, 10, source=AIRLINE, key="k"),
        ledger.transfer(name, "m-2", 10, source=AIRLINE, key="k"),
        ledger.adjust(name, 10, source=AIRLINE, key="k"),
        ledger.write("block", name, source=AIRLINE, key="k", **why),
        ledger.write("close_member", name, source=AIRLINE, key="k", reason="wish"),
        ledger.write("add_alias", name, "card", "2760009", source=AIRLINE, key="k"),
        ledger.unlink(name, "airline", source=AIRLINE, key="k"),
    ]
    assert {one.code for one in asked} == {"MEMBER_NOT_FOUND"}
    assert ledger.accrue("m-1", 5, key="k").code == "APPLIED", "nothing is remembered"


@pytest.mark.parametrize("name", [CARD, PHONE])
def test_spending_on_what_was_shown_needs_a_link(play: Play, name: Alias) -> None:
    ledger = opened(play)
    assert ledger.redeem(name, 10, source=AIRLINE, key="k").code == "MEMBER_NOT_FOUND"
    assert ledger.authorize(name, 10, source=AIRLINE, key="k").code == "MEMBER_NOT_FOUND"
    assert ledger.purchase(name, amount="12.00", redeem=10, source=AIRLINE, key="k").code == "MEMBER_NOT_FOUND"
    ledger.expect("m-1", available=1000)


@pytest.mark.parametrize("name", ["m-1", CARD, P_77])
def test_what_a_link_allows(play: Play, name: str | Alias) -> None:
    ledger = linked(play, "earn", "redeem")
    assert ledger.accrue(name, 30, source=AIRLINE, key="a-1").available == 1030
    assert ledger.redeem(name, 100, source=AIRLINE, key="r-1").available == 930
    assert ledger.authorize(name, 50, source=AIRLINE, key="h-1").held == 50
    assert ledger.capture("h-1", source=AIRLINE, key="c-1").awarded == 50
    paid = ledger.purchase(name, amount="12.00", redeem=200, source=AIRLINE, key="p-1")
    assert (paid.spent, paid.awarded, paid.cash) == (200, 10, 1000)
    ledger.expect("m-1", available=690)


def test_scopes_are_needed(play: Play) -> None:
    ledger = linked(play, "balance")
    refused = [
        ledger.accrue("m-1", 30, source=AIRLINE, key="k"),
        ledger.purchase(P_77, amount="12.00", source=AIRLINE, key="k"),
        ledger.redeem(P_77, 10, source=AIRLINE, key="k"),
        ledger.authorize("m-1", 10, source=AIRLINE, key="k"),
        ledger.purchase(CARD, amount="12.00", redeem=10, source=AIRLINE, key="k"),
    ]
    assert {one.code for one in refused} == {"SCOPE_MISSING"}
    assert ledger.transfer("m-1", "m-2", 10, source=AIRLINE, key="t-1").code == "APPLIED", "any link will do"
    assert ledger.redeem("m-1", 10, key="k").code == "APPLIED", "nothing is remembered"


def test_one_scope_is_not_the_other(play: Play) -> None:
    ledger = linked(play, "earn")
    assert ledger.accrue("m-1", 30, source=AIRLINE, key="a-1").code == "APPLIED"
    assert ledger.redeem("m-1", 30, source=AIRLINE, key="r-1").code == "SCOPE_MISSING"
    assert ledger.purchase("m-1", amount="12.00", redeem=10, source=AIRLINE, key="p-1").code == "SCOPE_MISSING"
    ledger.link("m-1", "airline", "P-77", scopes=["redeem"], key="link-2")
    assert ledger.accrue("m-1", 30, source=AIRLINE, key="a-2").code == "SCOPE_MISSING"
    assert ledger.redeem("m-1", 30, source=AIRLINE, key="r-1").code == "APPLIED"
    assert ledger.purchase("m-1", amount="12.00", redeem=10, source=AIRLINE, key="p-1").code == "SCOPE_MISSING"
    ledger.expect("m-1", available=1000)


def test_links_are_of_one_partner(play: Play) -> None:
    ledger = linked(play, "earn", "redeem")
    assert ledger.redeem("m-1", 10, source=BANK, key="k").code == "MEMBER_NOT_FOUND"
    assert ledger.redeem(P_77, 10, source=BANK, key="k").code == "MEMBER_NOT_FOUND"
    assert ledger.redeem("m-2", 10, source=AIRLINE, key="k").code == "MEMBER_NOT_FOUND"
    assert ledger.redeem(P_77, 10, key="k").available == 990, "nobody's request needs a link"


def test_link_by_a_code_that_the_member_shows(play: Play) -> None:
    ledger = opened(play)
    terms = {"scopes": ["earn", "redeem"], "source": AIRLINE}
    for number, name in enumerate(["m-1", CARD, "nobody"]):
        assert ledger.link(name, "airline", "P-77", key=f"link-{number}", **terms).code == "MEMBER_NOT_FOUND"
    for number, meant in enumerate([{}, {"partner": "bank"}, {"partner": "airline", "points": 20}]):
        ledger.issue("m-1", key=f"other-{number}", **meant)
        other = ledger.link(OneTime(f"other-{number}"), "airline", "P-77", key="link", **terms)
        assert other.code == "MEMBER_NOT_FOUND", "no consent to this link"
    ledger.issue("m-1", partner="airline", key="code-1")
    assert ledger.link(OneTime("code-1"), "bank", "P-77", key="link", **terms).code == "SCOPE_MISSING"
    assert ledger.link(OneTime("code-1"), "airline", "P-77", key="link", **terms).code == "APPLIED"
    assert ledger.redeem(P_77, 100, source=AIRLINE, key="r-1").available == 900
    assert ledger.link(OneTime("code-1"), "airline", "P-78", key="link-9", **terms).code == "MEMBER_NOT_FOUND"
    again = ledger.link(OneTime("code-1"), "airline", "P-77", key="link", **terms)
    assert (again.code, again.replayed) == ("APPLIED", True)


def test_link_by_staff_under_any_name(play: Play) -> None:
    ledger = opened(play)
    assert ledger.link(CARD, "airline", "P-77", scopes=["earn"], key="link-1").code == "APPLIED"
    assert ledger.link(P_77, "bank", "B-1", scopes=["earn"], key="link-2").code == "APPLIED"
    assert ledger.balance(Alias("partner:bank", "B-1")).available == 1000


class TestTerms:
    """What may stand in a link."""

    def test_shapes(self, play: Play) -> None:
        ledger = opened(play)

        def code(partner: str = "airline", name: str = "P-77", **terms: object) -> str:
            return ledger.link("m-1", partner, name, key="link", **{"scopes": ["earn"], **terms}).code

        wrong = ["", "two words", "p" * 49, "ü" * 25]
        assert {code(partner) for partner in wrong} == {"INVALID_ID"}
        assert {code(name=name) for name in ("", "p" * 65)} == {"INVALID_ID"}
        assert {code(scopes=scopes) for scopes in ([], ["earn", "earn"])} == {"FIELD_INVALID"}
        assert {code(consent=consent) for consent in ("", "c" * 65)} == {"FIELD_INVALID"}
        assert {code(daily_points=points) for points in (0, -5)} == {"POINTS_NOT_POSITIVE"}
        assert code(daily_points=2**53 + 1) == "POINTS_TOO_LARGE"
        noon = ledger.local("2026-05-02T12:00")
        assert {code(starts_at=noon, ends_at=noon - timedelta(days=n)) for n in (0, 1)} == {"FIELD_INVALID"}
        widest = {"daily_points": 2**53, "consent": "c" * 64, "scopes": ["balance", "redeem", "earn"]}
        assert code("p" * 48, "n" * 64, **widest) == "APPLIED"

    def test_end_in_the_past(self, play: Play) -> None:
        ledger = opened(play)
        now = ledger.now()
        terms = {"scopes": ["earn"], "key": "link"}
        assert ledger.link("nobody", "airline", "P-77", ends_at=now, **terms).code == "MEMBER_NOT_FOUND"
        assert ledger.link("m-1", "airline", "P-77", ends_at=now, **terms).code == "FIELD_INVALID"
        later = now + timedelta(microseconds=1)
        assert ledger.link("m-1", "airline", "P-77", ends_at=later, **terms).code == "APPLIED"

    def test_begin_and_end_to_the_microsecond(self, play: Play) -> None:
        ledger = opened(play)
        starts, ends = ledger.local("2026-05-02T08:00"), ledger.local("2026-05-03T08:00")
        ledger.link("m-1", "airline", "P-77", scopes=["redeem"], starts_at=starts, ends_at=ends, key="link")
        seen = {}
        for number, instant in enumerate([starts - timedelta(microseconds=1), starts, ends, ends]):
            ledger.advance_to(instant - timedelta(microseconds=1) if number == 2 else instant)
            seen[number] = ledger.redeem("m-1", 10, source=AIRLINE, key=f"r-{number}").code
        assert seen == {0: "MEMBER_NOT_FOUND", 1: "APPLIED", 2: "APPLIED", 3: "MEMBER_NOT_FOUND"}

    def test_when_it_was_recorded_counts(self, play: Play) -> None:
        """Not when it occurred: neither opens a link that is over nor closes one that has begun."""
        ledger = opened(play)
        ledger.at("2026-05-02T12:00").link(
            "m-1", "airline", "P-77", scopes=["redeem"], ends_at=ledger.local("2026-05-03T12:00"), key="link"
        )
        before = ledger.local("2026-05-01T12:00")
        early = ledger.redeem("m-1", 10, occurred_at=before, source=AIRLINE, key="r-1")
        assert early.code == "APPLIED"
        during = ledger.local("2026-05-02T18:00")
        late = ledger.at("2026-05-03T12:00").redeem("m-1", 10, occurred_at=during, source=AIRLINE, key="r-2")
        assert late.code == "MEMBER_NOT_FOUND"

    def test_at_most_32_links(self, play: Play) -> None:
        ledger = opened(play)
        for number in range(32):
            assert ledger.link("m-1", f"p-{number}", "N", scopes=["earn"], key=f"l-{number}").code == "APPLIED"
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link").code == "LIMIT_EXCEEDED"
        assert not ledger.found(P_77)
        assert ledger.link("m-1", "p-7", "N", scopes=["redeem"], key="again").code == "APPLIED", "it replaces one"
        ledger.unlink("m-1", "p-8", key="unlink")
        refused = ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link")
        assert (refused.code, refused.replayed) == ("LIMIT_EXCEEDED", True)
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link-2").code == "APPLIED"

    def test_at_most_64_aliases(self, play: Play) -> None:
        ledger = opened(play)
        for number in range(62):
            ledger.add_alias("m-1", "card", f"29{number:05}", key=f"c-{number}")
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link").code == "INVALID_ID"
        assert ledger.accrue("m-1", 1, source=AIRLINE, key="k").code == "MEMBER_NOT_FOUND"
        assert ledger.link("m-2", "airline", "P-77", scopes=["earn"], key="link").code == "APPLIED"


class TestAliases:
    """A link finds its member by the partner's own name."""

    def test_other_name_replaces_the_first(self, play: Play) -> None:
        ledger = linked(play, "earn")
        assert ledger.balance(P_77).available == 1000
        ledger.at("2026-05-02T12:00").link("m-1", "airline", "P-78", scopes=["redeem"], key="link-2")
        assert ledger.read_code(P_77) == "MEMBER_NOT_FOUND"
        assert ledger.redeem(P_78, 10, source=AIRLINE, key="r-1").available == 990
        ledger.at("2026-05-03T12:00").link("m-2", "airline", "P-77", scopes=["earn"], key="link-3")
        assert ledger.balance(P_77).available == 50

    def test_same_name_stays(self, play: Play) -> None:
        ledger = linked(play, "earn")
        ledger.link("m-1", "airline", "P-77", scopes=["redeem"], key="link-2")
        assert ledger.balance(P_77).available == 1000
        assert ledger.accrue(P_77, 10, source=AIRLINE, key="a-1").code == "SCOPE_MISSING"

    def test_name_of_another_member(self, play: Play) -> None:
        ledger = linked(play, "earn")
        assert ledger.link("m-2", "airline", "P-77", scopes=["redeem"], key="link-2").code == "ALIAS_IN_USE"
        assert ledger.redeem("m-2", 10, source=AIRLINE, key="r-1").code == "MEMBER_NOT_FOUND"
        ledger.link("m-2", "airline", "P-78", scopes=["earn"], key="link-3")
        refused = ledger.link("m-2", "airline", "P-77", scopes=["redeem"], key="link-4")
        assert refused.code == "ALIAS_IN_USE"
        assert ledger.balance(P_78).available == 50, "nothing is made, and nothing removed"
        assert ledger.accrue(P_78, 10, source=AIRLINE, key="a-1").code == "APPLIED"

    def test_name_that_was_lost(self, play: Play) -> None:
        ledger = opened(play)
        ledger.add_alias("m-2", *P_77, key="add")
        ledger.replace_alias("m-2", *P_77, "P-99", key="lost")
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link").code == "ALIAS_IN_USE"

    def test_name_that_the_member_has_already(self, play: Play) -> None:
        ledger = opened(play)
        ledger.add_alias("m-1", *P_77, key="add")
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link").code == "APPLIED"
        assert ledger.accrue(P_77, 10, source=AIRLINE, key="a-1").available == 1010

    def test_alias_alone_is_no_link(self, play: Play) -> None:
        ledger = opened(play)
        ledger.add_alias("m-1", *P_77, key="add")
        assert ledger.accrue(P_77, 10, source=AIRLINE, key="a-1").code == "MEMBER_NOT_FOUND"


class TestUnlinking:
    """What a link was, and what is left of it."""

    def test_link_and_alias_are_gone(self, play: Play) -> None:
        ledger = linked(play, "earn", "redeem")
        ledger.authorize("m-1", 50, source=AIRLINE, key="h-1")
        ledger.redeem("m-1", 100, source=AIRLINE, key="r-1")
        ledger.at("2026-05-01T12:05")
        assert ledger.unlink("m-1", "airline", reason="wish", key="unlink").code == "APPLIED"
        assert ledger.read_code(P_77) == "MEMBER_NOT_FOUND"
        assert ledger.redeem("m-1", 10, source=AIRLINE, key="r-2").code == "MEMBER_NOT_FOUND"
        assert ledger.accrue(CARD, 10, source=AIRLINE, key="a-1").code == "APPLIED"
        assert ledger.capture("h-1", points=20, source=AIRLINE, key="c-1").code == "APPLIED", "it is its own"
        assert ledger.reverse("r-1", source=AIRLINE, key="back-1").code == "APPLIED"
        ledger.expect("m-1", available=990)
        assert ledger.link("m-2", "airline", "P-77", scopes=["earn"], key="link-2").code == "APPLIED"

    def test_no_link(self, play: Play) -> None:
        ledger = opened(play)
        assert ledger.unlink("m-1", "airline", key="unlink").code == "LINK_NOT_FOUND"
        assert ledger.unlink("nobody", "airline", key="unlink").code == "MEMBER_NOT_FOUND"
        ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link")
        assert ledger.unlink("m-1", "airline", key="unlink").code == "APPLIED", "it was not remembered"
        assert ledger.unlink("m-1", "airline", key="unlink-2").code == "LINK_NOT_FOUND"
        assert ledger.unlink("m-1", "airline", key="unlink").replayed

    def test_by_the_partner_itself(self, play: Play) -> None:
        ledger = linked(play, "earn")
        assert ledger.unlink("m-1", "airline", source=BANK, key="unlink").code == "SCOPE_MISSING"
        assert ledger.unlink("m-2", "airline", source=AIRLINE, key="unlink").code == "MEMBER_NOT_FOUND"
        assert ledger.unlink(P_77, "airline", source=AIRLINE, key="unlink").code == "APPLIED"
        assert ledger.unlink("m-1", "airline", source=AIRLINE, key="unlink-2").code == "MEMBER_NOT_FOUND"

    @pytest.mark.parametrize("instant", ["2026-05-01T12:00", "2026-05-04T00:00"])
    def test_link_that_is_not_in_force(self, play: Play, instant: str) -> None:
        ledger = opened(play)
        starts, ends = ledger.local("2026-05-02T00:00"), ledger.local("2026-05-03T00:00")
        ledger.link("m-1", "airline", "P-77", scopes=["earn"], starts_at=starts, ends_at=ends, key="link")
        ledger.at(instant)
        assert ledger.balance(P_77).available == 1000
        assert ledger.unlink("m-1", "airline", source=AIRLINE, key="unlink").code == "MEMBER_NOT_FOUND"
        assert ledger.unlink("m-1", "airline", key="unlink").code == "APPLIED"
        assert not ledger.found(P_77)

    def test_shapes(self, play: Play) -> None:
        ledger = linked(play, "earn")
        assert ledger.unlink("m-1", "two words", key="unlink").code == "INVALID_ID"
        assert ledger.unlink("m-1", "p" * 49, key="unlink").code == "INVALID_ID"
        assert ledger.unlink("m-1", "airline", reason="r" * 65, key="unlink").code == "REASON_MISSING"
        assert ledger.unlink("m-1", "airline", reason="r" * 64, key="unlink").code == "APPLIED"


class TestStatus:
    """Blocked and closed members."""

    def test_blocked(self, play: Play) -> None:
        ledger = opened(play)
        ledger.block("m-1", key="block")
        assert ledger.link("m-1", "airline", "P-77", scopes=["earn", "redeem"], key="link").code == "APPLIED"
        assert ledger.accrue(P_77, 10, source=AIRLINE, key="a-1").code == "APPLIED"
        assert ledger.redeem(P_77, 10, source=AIRLINE, key="r-1").code == "MEMBER_BLOCKED"
        ledger.unblock("m-1", key="unblock")
        assert ledger.redeem(P_77, 10, source=AIRLINE, key="r-2").available == 1000

    def test_scope_comes_before_status(self, play: Play) -> None:
        ledger = linked(play, "earn")
        ledger.block("m-1", key="block")
        assert ledger.redeem("m-1", 10, source=AIRLINE, key="r-1").code == "SCOPE_MISSING"
        assert ledger.redeem("m-1", 10, source=BANK, key="r-1").code == "MEMBER_NOT_FOUND"

    def test_closed(self, play: Play) -> None:
        ledger = linked(play, "earn", "redeem")
        ledger.redeem("m-1", 100, source=AIRLINE, key="r-1")
        ledger.close_member("m-1", key="close")
        assert ledger.redeem("m-1", 10, source=AIRLINE, key="r-2").code == "MEMBER_CLOSED"
        assert ledger.accrue("m-1", 10, source=AIRLINE, key="a-1").code == "MEMBER_CLOSED"
        assert ledger.reverse("r-1", source=AIRLINE, key="back-1").code == "APPLIED"
        refused = ledger.link("m-1", "bank", "B-1", scopes=["earn"], key="link-2")
        assert (refused.code, ledger.link("m-1", "bank", "B-1", scopes=["earn"], key="link-2").replayed) == (
            "MEMBER_CLOSED",
            True,
        )
        assert ledger.unlink("m-1", "airline", key="unlink").code == "APPLIED"
        assert not ledger.found(P_77)

    def test_offline_leaves_it_to_the_store(self, play: Play) -> None:
        ledger = linked(play, "redeem")
        ledger.block("m-1", key="block")
        till = Source(store="12", partner="airline")
        left = ledger.redeem("m-1", 10, offline=True, source=till, key="r-1")
        assert (left.code, left.awarded, left.charged) == ("APPLIED", 0, 10)
        assert ledger.redeem("m-2", 10, offline=True, source=till, key="r-2").code == "MEMBER_NOT_FOUND"


class TestEntries:
    """A partner undoes what it wrote itself."""

    @pytest.fixture
    def ledger(self, play: Play) -> PlayedLedger:
        ledger = linked(play, "earn", "redeem", settings={"pending": "P14D"})
        for number, source in enumerate([AIRLINE, Source(), BANK]):
            if source == BANK:
                ledger.link("m-1", "bank", "B-1", scopes=["earn", "redeem"], key="link-bank")
            ledger.purchase("m-1", amount="10.00", source=source, key=f"p-{number}")
            ledger.authorize("m-1", 10, source=source, key=f"h-{number}")
            ledger.redeem("m-1", 10, source=source, key=f"r-{number}")
        ledger.advance_to(ledger.now() + timedelta(minutes=1))
        return ledger

    @staticmethod
    def asked(ledger: PlayedLedger, number: int, key: str, **rest: object) -> list[Outcome]:
        return [
            ledger.write("extend", f"h-{number}", ttl=timedelta(hours=1), key=f"{key}-e", **rest),
            ledger.capture(f"h-{number}", points=5, key=f"{key}-c", **rest),
            ledger.reverse(f"r-{number}", points=5, key=f"{key}-r", **rest),
            ledger.write("activate", f"p-{number}", key=f"{key}-a", **rest),
            ledger.reverse(f"p-{number}", amount="5.00", member="m-1", key=f"{key}-p", **rest),
        ]

    def test_own(self, ledger: PlayedLedger) -> None:
        assert {one.code for one in self.asked(ledger, 0, "own", source=AIRLINE)} == {"APPLIED"}
        assert ledger.reverse("own-r", source=AIRLINE, key="undo").code == "APPLIED"

    @pytest.mark.parametrize("number", [1, 2])
    def test_of_others(self, ledger: PlayedLedger, number: int) -> None:
        refused = [*self.asked(ledger, number, "k", source=AIRLINE)]
        refused.append(ledger.void(f"h-{number}", source=AIRLINE, key="k-v"))
        assert {one.code for one in refused} == {"TRANSACTION_NOT_FOUND"}
        assert {one.code for one in self.asked(ledger, number, "k")} == {"APPLIED"}, "nothing is remembered"

    def test_by_sequence(self, ledger: PlayedLedger) -> None:
        first = ledger.redeem("m-1", 10, source=BANK, key="r-9")
        assert ledger.reverse(first.sequence, source=AIRLINE, key="back").code == "TRANSACTION_NOT_FOUND"
        assert ledger.reverse(first.sequence, source=BANK, key="back").code == "APPLIED"
        assert ledger.reverse("back", source=AIRLINE, key="undo").code == "TRANSACTION_NOT_FOUND"

    def test_nobody_undoes_for_all(self, ledger: PlayedLedger) -> None:
        assert {one.code for n in range(3) for one in self.asked(ledger, n, f"k-{n}")} == {"APPLIED"}

    def test_paying_with_what_others_held(self, ledger: PlayedLedger) -> None:
        sale = {"amount": "20.00", "source": AIRLINE, "key": "sale"}
        assert ledger.purchase("m-1", capture="h-2", **sale).code == "TRANSACTION_NOT_FOUND"
        assert ledger.purchase("m-1", capture="h-0", **sale).spent == 10

    def test_paying_with_what_was_held_needs_no_scope_to_redeem(self, ledger: PlayedLedger) -> None:
        ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link-2")
        assert ledger.purchase("m-1", capture="h-0", amount="20.00", source=AIRLINE, key="sale").spent == 10

    def test_what_is_not_there_yet_waits(self, ledger: PlayedLedger) -> None:
        assert ledger.reverse("r-9", source=AIRLINE, key="back").code == "PARKED"
        assert ledger.redeem("m-1", 10, source=AIRLINE, key="r-9").code == "ALREADY_REVERSED"
        assert ledger.void("h-9", source=AIRLINE, key="void").code == "PARKED"
        assert ledger.authorize("m-1", 10, source=AIRLINE, key="h-9").code == "ALREADY_REVERSED"


def test_joining_on_behalf_of_a_partner(play: Play) -> None:
    """Whoever joins in this sale needs no link; whoever had joined before does."""
    ledger = opened(play)
    new = ledger.purchase(card="2760009", amount="12.00", enroll={"id": "m-9"}, source=AIRLINE, key="p-1")
    assert new.awarded == 12
    assert ledger.purchase("m-8", amount="12.00", enroll=True, source=AIRLINE, key="p-2").awarded == 12
    assert ledger.purchase("m-8", amount="12.00", enroll=True, source=AIRLINE, key="p-3").code == "MEMBER_NOT_FOUND"
    ledger.expect("m-9", available=12)
    ledger.expect("m-8", available=12)


class TestRetries:
    """Who asks is no part of what is asked."""

    def test_first_answers(self, play: Play) -> None:
        ledger = linked(play, "earn", "redeem")
        first = ledger.redeem("m-1", 100, source=AIRLINE, key="r-1")
        ledger.unlink("m-1", "airline", key="unlink")
        assert ledger.redeem("m-1", 100, source=AIRLINE, key="r-1") == first.again()
        assert ledger.redeem("m-1", 100, source=BANK, key="r-1") == first.again()
        proved = Source(partner="airline", verification="app-1")
        assert ledger.redeem("m-1", 100, source=proved, key="r-1") == first.again()
        link = ledger.link("m-1", "airline", "P-77", scopes=["earn", "redeem"], key="link")
        assert (link.code, link.replayed) == ("APPLIED", True)
        assert ledger.redeem("m-1", 10, source=AIRLINE, key="r-2").code == "MEMBER_NOT_FOUND", "it links nothing"
        again = ledger.unlink("m-1", "airline", key="unlink")
        assert (again.code, again.replayed) == ("APPLIED", True)

    def test_other_content(self, play: Play) -> None:
        ledger = linked(play, "earn")
        others = [
            ledger.link("m-2", "airline", "P-77", scopes=["earn"], key="link"),
            ledger.link("m-1", "bank", "P-77", scopes=["earn"], key="link"),
            ledger.link("m-1", "airline", "P-78", scopes=["earn"], key="link"),
            ledger.link("m-1", "airline", "P-77", scopes=["redeem"], key="link"),
            ledger.link("m-1", "airline", "P-77", scopes=["earn"], consent="c-2", key="link"),
            ledger.link("m-1", "airline", "P-77", scopes=["earn"], daily_points=5, key="link"),
            ledger.unlink("m-1", "airline", key="link"),
        ]
        assert {one.code for one in others} == {"KEY_REUSED"}
        ledger.unlink("m-1", "airline", key="unlink")
        assert ledger.unlink("m-1", "airline", reason="wish", key="unlink").code == "KEY_REUSED"

    def test_links_are_not_reversed(self, play: Play) -> None:
        ledger = linked(play, "earn")
        assert ledger.reverse("link", key="back-1").code == "NOT_REVERSIBLE"
        ledger.unlink("m-1", "airline", key="unlink")
        assert ledger.reverse("unlink", key="back-2").code == "NOT_REVERSIBLE"


def test_training_links_nobody(play: Play) -> None:
    ledger = opened(play)
    trained = ledger.link("m-1", "airline", "P-77", scopes=["earn"], source=Source(training=True), key="link")
    assert (trained.code, trained.sequence) == ("APPLIED", None)
    assert not ledger.found(P_77)
    assert not ledger.link("m-1", "airline", "P-77", scopes=["earn"], key="link").replayed
    ledger.unlink("m-1", "airline", source=Source(training=True), key="unlink")
    assert ledger.found(P_77)
