"""Referrals over the wire: who may tell of them, what partners are shown, and what it costs to guess codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core

FILE = """
[principals.airline]
role = "partner"
partner = "airline"
scopes = ["read", "links"]
limits = {{ misses_per_minute = 30 }}
tokens = [{{ id = "airline", hash = "{airline}" }}]

[principals.till]
role = "pos"
stores = ["12"]
limits = {{ misses_per_minute = 3 }}
tokens = [{{ id = "till", hash = "{till}" }}]

[principals.desk]
role = "support"
tokens = [{{ id = "desk", hash = "{desk}" }}]

[principals.books]
role = "auditor"
tokens = [{{ id = "books", hash = "{books}" }}]

[principals.office]
role = "operator"
tokens = [{{ id = "office", hash = "{office}" }}]
"""
NAMES = ["airline", "till", "desk", "books", "office"]
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
"""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORE = ll.Source(store="12")

Clients = dict[str, ll.Client]


@pytest.fixture
def clients(path: Path, clock: ll.ManualClock, tmp_path: Path) -> Iterator[Clients]:
    """Everybody's client; A, who has the code ANN26 and a link with the airline, brought F."""
    tokens = {name: _core.new_token(name) for name in NAMES}
    file = tmp_path / "principals.toml"
    file.write_text(FILE.format(**{name: digest for name, (_, digest) in tokens.items()}), encoding="utf-8")
    with (
        ll.open(path, clock=clock, program=PROGRAM) as opened,
        ll.serve(opened, test_clock=clock, principals=file) as running,
    ):
        made = {name: ll.connect(running.address, token=token, channels=1) for name, (token, _) in tokens.items()}
        for member in ("A", "F", "G"):
            made["office"].enroll(member)
        made["desk"].issue_code("friends", "A", code="ANN26", key="code")
        made["till"].bind_referral("friends", "F", code="ANN26", key="bind", source=STORE)
        made["office"].link_member("A", "airline", "P-1", scopes=["earn"], consent="c-1", key="link")
        yield made
        for client in made.values():
            client.close()


def refusal(call: Callable[[], object]) -> str | None:
    try:
        call()
    except ll.LedgerError as error:
        return error.code
    return None


def test_who_may_tell_and_who_may_see(clients: Clients) -> None:
    airline = clients["airline"]
    for name, call in {
        "airline": lambda: airline.record_touch("friends", method="click", code="ANN26", touched_at=NOON, key="t"),
        "till": lambda: clients["till"].issue_code("friends", "A", key="c", source=STORE),
        "desk": lambda: clients["desk"].publish(PROGRAM),
        "books": lambda: clients["books"].record_step("friends", "F", "newsletter", key="s"),
    }.items():
        assert refusal(call) == "SCOPE_MISSING", name
    elsewhere = ll.Source(store="13")
    other = refusal(lambda: clients["till"].bind_referral("friends", "G", code="ANN26", key="b", source=elsewhere))
    assert other == "STORE_NOT_ALLOWED"
    for name in ("till", "desk", "books", "office"):
        assert clients[name].referral("friends", "F").advocate == "A"
    assert refusal(lambda: clients["till"].referral_kpis("friends")) == "SCOPE_MISSING"
    assert clients["books"].referral_kpis("friends").share_rate == ll.Ratio(1, 3)


def test_who_may_erase(clients: Clients) -> None:
    for name in ("airline", "till", "books"):
        call = clients[name].erase_member
        for member in ("F", "nobody"):
            refused = refusal(lambda call=call, member=member: call(member, reason="wish", key="e", source=STORE))
            assert refused == "SCOPE_MISSING", name
    assert clients["airline"].referrals("friends", ll.Alias("partner:airline", "P-1"))[0].friend == "***"
    erased = clients["desk"].erase_member("F", reason="wish", key="erase/F")
    assert (erased.code, clients["desk"].erase_member("F", reason="wish", key="erase/F").replayed) == ("APPLIED", True)
    for name in ("till", "desk", "books", "office"):
        state = clients[name].referral("friends", "F")
        assert (state.friend, state.edge, state.advocate, state.touches) == ("@2", "ANONYMISED", "A", ())
        assert [one.friend for one in clients[name].referrals("friends", "A")] == ["@2"]
    assert clients["books"].referral_tree("friends", "A") == (ll.TreeMember(1, "@2", "A"),)
    assert clients["airline"].referrals("friends", ll.Alias("partner:airline", "P-1"))[0].friend == "***"
    clients["office"].erase_member("A", reason="wish", key="erase/A")
    gone = refusal(lambda: clients["airline"].referrals("friends", ll.Alias("partner:airline", "P-1")))
    assert gone == "MEMBER_NOT_FOUND"
    assert clients["books"].referral_code("friends", "ANN26") == ll.ReferralCodeState(
        *("CODE", "@1", "OPEN", None), None, None, None
    )


def test_who_may_change_and_move(clients: Clients) -> None:
    clients["desk"].issue_code("friends", "A", code="ONCE26", single_use=True, key="once")
    for name in ("airline", "books"):
        call = clients[name].change_coupon
        assert refusal(lambda call=call: call("friends", "ONCE26", "G", action="use", key="u")) == "SCOPE_MISSING"
    elsewhere = ll.Source(store="13")
    till = clients["till"]
    other = refusal(lambda: till.change_coupon("friends", "ONCE26", "G", action="use", key="u", source=elsewhere))
    assert other == "STORE_NOT_ALLOWED"
    reserved = till.change_coupon("friends", "ONCE26", "G", action="reserve", ttl=HOUR, key="u", source=STORE)
    assert reserved.code == "APPLIED"
    for name in ("till", "desk", "books", "office"):
        assert clients[name].referral_code("friends", "once 26") == ll.ReferralCodeState(
            *("COUPON", "A", "RESERVED", "G"), None, None, NOON + HOUR
        )
    assert refusal(lambda: clients["airline"].referral_code("friends", "ONCE26")) == "SCOPE_MISSING"
    why = {"to": "G", "reason": "mistyped", "actor": "desk-1", "approved_by": "lead-1"}
    assert (
        refusal(lambda: till.review_referral("friends", "F", "move", **why, key="m", source=STORE)) == "SCOPE_MISSING"
    )
    assert clients["desk"].review_referral("friends", "F", "move", **why, key="m").code == "APPLIED"
    assert till.referral("friends", "F").edge == "MOVED"


def test_partners_see_how_many_and_not_who(clients: Clients) -> None:
    airline, advocate = clients["airline"], ll.Alias("partner:airline", "P-1")
    assert airline.referrals("friends", advocate) == (ll.Friend("***", "ATTRIBUTED", "first_purchase", 0),)
    for unseen in ("A", ll.Alias("partner:airline", "P-2")):
        assert refusal(lambda unseen=unseen: airline.referrals("friends", unseen)) == "MEMBER_NOT_FOUND"
    assert refusal(lambda: airline.referral("friends", advocate)) == "SCOPE_MISSING"
    assert refusal(lambda: airline.referral_tree("friends", advocate)) == "SCOPE_MISSING"


GUESSES: dict[str, Callable[[ll.Client, int], object]] = {
    "bind": lambda till, at: till.bind_referral("friends", "G", code=f"NOBODY{at}", key=f"g/{at}", source=STORE),
    "mistyped": lambda till, at: till.bind_referral("friends", "G", code="NINECHARS", key=f"g/{at}", source=STORE),
    "touch": lambda till, at: till.record_touch(
        "friends", method="click", code=f"NOBODY{at}", touched_at=NOON, key=f"g/{at}", source=STORE
    ),
    "coupon": lambda till, at: till.change_coupon(
        "friends", f"NOBODY{at}", "G", action="use", key=f"g/{at}", source=STORE
    ),
    "code": lambda till, at: till.referral_code("friends", f"NOBODY{at}"),
    "mistyped code": lambda till, at: till.referral_code("friends", "NINECHARS"),
    "enroll": lambda till, at: till.enroll(f"N-{at}", referral=ll.Referral(code=f"NOBODY{at}"), source=STORE),
    "purchase": lambda till, at: till.purchase(
        "G", amount="1.00", referral=ll.Referral(code=f"NOBODY{at}"), key=f"g/{at}", source=STORE
    ),
    "quote": lambda till, at: till.quote("G", amount="1.00", referral=ll.Referral(code=f"NOBODY{at}"), source=STORE),
    "row": lambda till, at: till.post_batch(
        pa.table(
            {
                "verb": ["purchase"],
                "key": [f"g/{at}"],
                "member": ["G"],
                "amount": [100],
                "code": [f"NOBODY{at}"],
                "source_store": ["12"],
            }
        )
    ),
}


@pytest.mark.parametrize("name", GUESSES)
def test_codes_cannot_be_guessed_one_after_the_other(clients: Clients, name: str) -> None:
    till, guess = clients["till"], GUESSES[name]
    for at in range(3):
        assert refusal(lambda at=at: guess(till, at)) in (None, "UNKNOWN_CODE", "CODE_MISTYPED")
    asked = refusal(lambda: till.bind_referral("friends", "G", code="ANN26", key="good", source=STORE))
    assert asked == "RATE_LIMITED"
    assert refusal(lambda: clients["office"].bind_referral("friends", "G", code="ANN26", key="good")) is None


def test_a_guess_that_is_sent_again_is_one_guess(clients: Clients) -> None:
    till = clients["till"]
    for _ in range(2):
        assert refusal(lambda: GUESSES["bind"](till, 1)) == "UNKNOWN_CODE"
        assert refusal(lambda: till.balance("G")) is None


def test_tokens_and_good_codes_cost_nothing(clients: Clients) -> None:
    till = clients["till"]
    for at in range(6):
        assert till.bind_referral("friends", "G", token=f"t/{at}", key=f"b/{at}", source=STORE).code == "PARKED"
    assert till.bind_referral("friends", "G", code="ANN26", key="good", source=STORE).code == "APPLIED"


def test_explain_says_what_is_open_in_words(clients: Clients) -> None:
    assert clients["till"].explain_referral("friends", "G").endswith("no touch joins the friend to anybody.")


def test_the_outbox_takes_referrals(clients: Clients, tmp_path: Path) -> None:
    clients["office"].issue_code("friends", "A", code="ONCE26", single_use=True, key="once")
    with ll.Outbox(tmp_path / "till.outbox", currency="EUR") as outbox:
        outbox.add("bind_referral", "friends", "G", code="ann-26", occurred_at=NOON, key="o/1")
        outbox.add("link_member", "G", "hotel", "H-1", scopes=["earn"], consent="c-2", occurred_at=NOON, key="o/2")
        outbox.add("change_coupon", "friends", "ONCE26", "F", action="use", occurred_at=NOON, key="o/4")
        outbox.add("enroll", "N", referral=ll.Referral(code="ANN26"), occurred_at=NOON, key="o/3")
        sent = outbox.send(clients["office"])
    assert (sent.stopped, sent.rejected, sent.pending) == (None, (), 0)
    assert sent.answers["o/3"].referral == "APPLIED"
    assert clients["office"].referral_code("friends", "ONCE26").state == "USED"
