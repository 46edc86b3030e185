"""Members named by an alias: every verb and read does what it does by id, and bad names are told before anything."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll

WHY = {"reason": "goodwill", "actor": "desk-1"}
NAMES = {"member", "giver", "receiver", "friend", "advocate"}
REFERRALS = "".join(
    f"""[referral.{name}]
graph = "any"
friend_must_be_new = false
needs = 2
steps = [{{ step = "newsletter" }}, {{ step = "event:visit" }}]
rewards = [{{ role = "advocate", points = 500 }}]
"""
    for name in ("friends", "others")
)
UNKNOWN = ll.Alias("phone", "+4930999999")

Who = str | ll.Alias
Verb = Callable[[Any, Who, int, str], ll.Answer]
Read = Callable[[Any, Who], Any]

# What is done to one of two members with the same history, by any name of it: its number and a key go with it.
VERBS: dict[str, Verb] = {
    "add_alias": lambda one, who, of, key: one.add_alias(who, "external_id", f"x-{of}", key=key),
    "remove_alias": lambda one, who, of, key: one.remove_alias(who, "phone", f"+493090182{of}", key=key),
    "replace_alias": lambda one, who, of, key: one.replace_alias(
        who, "phone", f"+493090182{of}", f"+493090183{of}", key=key
    ),
    "block": lambda one, who, of, key: one.block(who, **WHY, key=key),
    "unblock": lambda one, who, of, key: one.unblock(who, **WHY, key=key),
    "close_member": lambda one, who, of, key: one.close_member(who, reason="wish", key=key),
    "erase_member": lambda one, who, of, key: one.erase_member(who, reason="wish", key=key),
    "transfer giver": lambda one, who, of, key: one.transfer(who, f"m-9{of}", 5, key=key),
    "transfer receiver": lambda one, who, of, key: one.transfer(f"m-9{of}", who, 5, key=key),
    "purchase": lambda one, who, of, key: one.purchase(who, amount="20.00", redeem=10, key=key),
    "quote": lambda one, who, of, key: one.quote(who, amount="20.00", redeem=10),
    "accrue": lambda one, who, of, key: one.accrue(who, 7, key=key),
    "redeem": lambda one, who, of, key: one.redeem(who, 7, key=key),
    "authorize": lambda one, who, of, key: one.authorize(who, 7, key=key),
    "reverse": lambda one, who, of, key: one.reverse(f"sale/{of}", member=who, key=key),
    "adjust": lambda one, who, of, key: one.adjust(who, -7, **WHY, key=key),
    "reinstate": lambda one, who, of, key: one.reinstate(who, 5, lot=lots(one, of)["gone"], **WHY, key=key),
    "extend": lambda one, who, of, key: one.extend(
        member=who, lot=lots(one, of)["here"], expires_at="never", **WHY, key=key
    ),
    "forgive_debt": lambda one, who, of, key: one.forgive_debt(who, 5, wallet="points", **WHY, key=key),
    "activate": lambda one, who, of, key: one.activate(f"sale/{of}", member=who, key=key),
    "link_member": lambda one, who, of, key: one.link_member(
        who, "airline", f"P-{of}", scopes=["earn"], consent=f"c/{of}", key=key
    ),
    "unlink_member": lambda one, who, of, key: one.unlink_member(who, "hotel", key=key),
    "issue_code": lambda one, who, of, key: one.issue_code("friends", who, code=f"own-{of}", key=key).answer,
    "change_coupon": lambda one, who, of, key: one.change_coupon(
        "friends", f"coupon-{of}", who, action="reserve", key=key
    ),
    "bind_referral": lambda one, who, of, key: one.bind_referral("friends", who, code=f"friends-{of}", key=key),
    "record_step": lambda one, who, of, key: one.record_step("others", who, "newsletter", key=key),
    "review_referral": lambda one, who, of, key: one.review_referral("others", who, "freeze", **WHY, key=key),
    "issue_one_time_code": lambda one, who, of, key: one.issue_one_time_code(who, points=50, key=key).answer,
}
READS: dict[str, Read] = {
    "balance": lambda one, who: one.balance(who),
    "balance at": lambda one, who: one.balance(who, at=one.balance("m-1").at - timedelta(days=1)),
    "statement": lambda one, who: one.statement(who),
    "explain": lambda one, who: one.explain(who),
    "ladder": lambda one, who: one.ladder(who),
    "links": lambda one, who: one.links(who),
    "referral": lambda one, who: one.referral("others", who),
    "explain_referral": lambda one, who: one.explain_referral("others", who),
    "referrals": lambda one, who: one.referrals("others", who),
    "referral_tree": lambda one, who: one.referral_tree("others", who, up=True),
    "partner_entries": lambda one, who: one.partner_entries("hotel", member=who),
}
ALL = {
    **VERBS,
    **{name: lambda one, who, of, key, read=read: read(one, who) for name, read in READS.items()},
}


def lots(ledger: ll.Ledger, of: int) -> dict[str, int]:
    """Lots of a member: one that has expired, and one that is there."""
    gone, here, *_ = sorted(story.lot.id for story in ledger.explain(f"m-{of}").lots)
    return {"gone": gone, "here": here}


@pytest.fixture
def twins(ledger: ll.Ledger, clock: ll.ManualClock) -> list[ll.Alias]:
    """Two members with the same history, by their cards; and for each another who gives and takes."""
    ledger.publish(REFERRALS)
    for of in (1, 2):
        ledger.enroll(f"m-9{of}")
        ledger.accrue(f"m-9{of}", 50, key=f"a/9{of}")
        ledger.enroll(f"m-{of}", {"card": f"276000{of}", "phone": f"+493090182{of}"})
        ledger.accrue(f"m-{of}", 20, expires_at=clock.now() + timedelta(days=1), key=f"gone/{of}")
    clock.advance_to(clock.now() + timedelta(days=2))
    for of in (1, 2):
        ledger.purchase(f"m-{of}", amount="100.00", key=f"sale/{of}")
        terms = {"scopes": ["redeem"], "consent": "c", "starts_at": clock.now()}
        ledger.link_member(f"m-{of}", "hotel", f"H-{of}", **terms, key=f"link/{of}")
        for program in ("friends", "others"):
            ledger.issue_code(program, f"m-9{of}", code=f"{program}-{of}", key=f"{program}/{of}")
        ledger.issue_code("friends", f"m-9{of}", code=f"coupon-{of}", single_use=True, key=f"coupon/{of}")
        ledger.bind_referral("others", f"m-{of}", code=f"others-{of}", key=f"bind/{of}")
    return [ll.Alias("card", f"276000{of}") for of in (1, 2)]


def owing(ledger: ll.Ledger, name: str) -> None:
    """Debt can be forgiven only where there is some."""
    for of in (1, 2) if name == "forgive_debt" else ():
        ledger.adjust(f"m-{of}", -150, **WHY, overdraw=True, key=f"debt/{of}")


def told(answer: ll.Answer) -> tuple[Any, ...]:
    figures = (answer.code, answer.requested, answer.awarded, answer.spent, answer.cash, answer.balance)
    return *figures, answer.next_activation, answer.next_expiry


def test_every_verb_and_read_that_names_a_member_is_here() -> None:
    public = inspect.getmembers(ll.Ledger, inspect.isfunction)
    naming = {name for name, verb in public if NAMES & set(inspect.signature(verb).parameters)}
    assert {name for name in naming if not name.startswith("_")} - {"enroll"} == {
        name.partition(" ")[0] for name in ALL
    }


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_by_alias_is_the_verb_by_id(ledger: ll.Ledger, twins: list[ll.Alias], name: str) -> None:
    owing(ledger, name)
    by_id = VERBS[name](ledger, "m-1", 1, "k/1")
    by_alias = VERBS[name](ledger, twins[1], 2, "k/2")
    assert by_id.code == "APPLIED"
    assert told(by_alias) == told(by_id)
    if name == "quote":
        return
    first, second = ledger.entry(by_id.sequence), ledger.entry(by_alias.sequence)
    twin = {"m-1": "m-2", "m-91": "m-92"}
    assert second.member == twin[first.member or ""]
    assert [(effect.member, effect.balance) for effect in second.effects] == [
        (twin[effect.member], effect.balance) for effect in first.effects
    ]


@pytest.mark.parametrize("name", [name for name in VERBS if name != "quote"])
def test_another_name_is_another_request(ledger: ll.Ledger, twins: list[ll.Alias], name: str) -> None:
    owing(ledger, name)
    answer = VERBS[name](ledger, twins[0], 1, "k")
    again = VERBS[name](ledger, ll.Alias("card", "276-0001"), 1, "k")
    assert (again.sequence, again.replayed) == (answer.sequence, True)
    with pytest.raises(ll.KeyReused):
        VERBS[name](ledger, "m-1", 1, "k")


@pytest.mark.parametrize("name", READS)
def test_a_read_by_alias_is_the_read_by_id(ledger: ll.Ledger, twins: list[ll.Alias], name: str) -> None:
    by_id = READS[name](ledger, "m-1")
    assert READS[name](ledger, twins[0]) == by_id
    assert READS[name](ledger, ll.Alias("phone", "+49 309-01821")) == by_id


@pytest.mark.parametrize("name", ALL)
def test_an_alias_that_nobody_holds(ledger: ll.Ledger, twins: list[ll.Alias], name: str) -> None:
    before = ledger.checkpoint().sequence
    with pytest.raises(ll.MemberNotFound, match="phone.*add it as an alias first"):
        ALL[name](ledger, UNKNOWN, 1, "k")
    assert ledger.checkpoint().sequence == before


@pytest.mark.parametrize("name", ALL)
def test_what_is_no_name(ledger: ll.Ledger, twins: list[ll.Alias], name: str) -> None:
    wrong: list[tuple[Any, type[Exception], str]] = [
        (5, TypeError, r"must be an id \(str\) or a loyalty_ledger.Alias such as"),
        (("card", "2760001"), TypeError, "or a loyalty_ledger.Alias such as .*, not tuple"),
        (b"m-1", TypeError, "not bytes"),
        (ll.Alias("card", 2760001), TypeError, r"\.value must be text"),  # type: ignore[arg-type]
        (ll.Alias(None, "2760001"), TypeError, r"\.kind must be text"),  # type: ignore[arg-type]
        (ll.Alias("phone", "\ud800"), ValueError, r"\.value .* UTF-8"),
        (ll.Alias("card", "27x"), ll.InvalidId, "digits"),
        (ll.Alias("", "2760001"), ll.InvalidId, "no kind of alias"),
    ]
    before = ledger.checkpoint().sequence
    for who, raised, says in wrong:
        with pytest.raises(raised, match=says):
            ALL[name](ledger, who, 1, "k")
    assert ledger.checkpoint().sequence == before


def test_every_kind_finds_its_member(ledger: ll.Ledger, twins: list[ll.Alias]) -> None:
    for kind, value in (("external_id", "crm-1"), ("partner:airline", "P-77")):
        ledger.add_alias(twins[0], kind, value, key=kind)
        assert (
            ledger.accrue(ll.Alias(kind, value), 1, key=f"a/{kind}").balance.available
            == ledger.balance("m-1").available
        )


def test_a_lost_card_finds_nobody(ledger: ll.Ledger, twins: list[ll.Alias]) -> None:
    ledger.replace_alias(twins[0], "card", "2760001", "2760003", key="lost")
    for name in ("redeem", "balance"):
        with pytest.raises(ll.CardLost):
            ALL[name](ledger, twins[0], 1, "k")
    assert ledger.balance(ll.Alias("card", "2760003")) == ledger.balance("m-1")


def test_a_sale_makes_the_member_that_it_names(ledger: ll.Ledger) -> None:
    phone = ll.Alias("phone", "+4930901829")
    ledger.purchase(phone, amount="10.00", enroll={"id": "m-1"}, key="p")
    ledger.accrue(phone, 5, enroll=True, key="a")
    assert ledger.balance("m-1").available == 15


def test_one_name_alone(ledger: ll.Ledger, twins: list[ll.Alias]) -> None:
    with pytest.raises(TypeError, match="one of the two"):
        ledger.balance(twins[0], card="2760001")
    with pytest.raises(TypeError, match="member must be text"):
        ledger.enroll(twins[0])  # type: ignore[arg-type]


class TestTables:
    """Rows name members by any alias too: its kind stands in a column of its own."""

    def test_mixed_rows(self, ledger: ll.Ledger, twins: list[ll.Alias]) -> None:
        rows = [
            {"verb": "accrue", "member": "2760001", "member_kind": "card", "points": 5},
            {"verb": "accrue", "member": "m-2", "points": 5},
            {"verb": "block", "member": "+4930901821", "member_kind": "phone", **WHY},
            {"verb": "reverse", "original": "sale/1", "member": "2760001", "member_kind": "card"},
            {"verb": "transfer", "giver": "m-91", "receiver": "2760002", "receiver_kind": "card", "points": 5},
            {"verb": "transfer", "giver": "2760002", "giver_kind": "card", "receiver": "m-91", "points": 1},
        ]
        columns = sorted({name for row in rows for name in row})
        keyed = {"key": [f"t/{place}" for place in range(len(rows))]}
        table = pa.table({**keyed, **{name: [row.get(name) for row in rows] for name in columns}})
        answers = ledger.post_batch(table)
        assert pa.table(answers)["code"].to_pylist() == ["APPLIED"] * len(rows)
        assert ledger.accrue(twins[0], 5, key="t/0").replayed
        assert ledger.block(ll.Alias("phone", "+4930901821"), **WHY, key="t/2").replayed
        assert ledger.transfer("m-91", twins[1], 5, key="t/4").replayed
        assert ledger.balance("m-1").available == 5
        assert ledger.balance("m-2").available == 100 + 5 + 5 - 1

    @pytest.mark.parametrize("verb", ["purchase", "accrue", "redeem"])
    def test_rows_of_one_verb(self, ledger: ll.Ledger, twins: list[ll.Alias], verb: str) -> None:
        figure = {"amount": [500, 500]} if verb == "purchase" else {"points": [5, 5]}
        named = {"member": ["m-1", "2760002"], "member_kind": [None, "card"]}
        table = pa.table({**named, "key": ["t/1", "t/2"], **figure})
        assert getattr(ledger, f"{verb}_batch")(table).applied == 2
        assert VERBS["adjust"](ledger, "m-1", 1, "k/1").balance == VERBS["adjust"](ledger, "m-2", 2, "k/2").balance
        single = {name: values[1] for name, values in figure.items()}
        assert getattr(ledger, verb)(twins[1], **single, key="t/2").replayed

    def test_kinds_stand_beside_names(self, ledger: ll.Ledger, twins: list[ll.Alias]) -> None:
        kind = {"key": ["t"], "points": [5], "member_kind": ["card"]}
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"member": ["27x"]}, "digits"),
            ({"card": ["2760001"]}, "give both, or neither"),
        ]
        for columns, says in wrong:
            with pytest.raises(ll.TableError, match=says):
                ledger.accrue_batch(pa.table({**kind, **columns}))
            with pytest.raises(ll.TableError, match=says):
                ledger.post_batch(pa.table({**kind, **columns, "verb": ["accrue"]}))
        with pytest.raises(ll.TableError, match="is no argument of enroll"):
            ledger.post_batch(pa.table({"verb": ["enroll"], "member": ["m-3"], "member_kind": ["external_id"]}))
        unknown = pa.table({**kind, "member": ["2760009"]})
        assert pa.table(ledger.accrue_batch(unknown))["code"].to_pylist() == ["MEMBER_NOT_FOUND"]
