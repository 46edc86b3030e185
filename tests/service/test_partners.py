"""Partners over the wire: what a link lets them see and do, what stays hidden, and what it costs to guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core
from loyalty_ledger._pb import journal_service_pb2, members_pb2, names_pb2, partner_service_pb2, transactions_pb2
from loyalty_ledger._pb.journal_service_pb2_grpc import JournalServiceStub
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from loyalty_ledger._pb.partner_service_pb2_grpc import PartnerServiceStub

FILE = """
[principals.airline]
role = "partner"
partner = "airline"
scopes = ["earn", "redeem", "return", "read", "batch", "links", "journal"]
limits = {{ misses_per_minute = 30 }}
tokens = [{{ id = "airline", hash = "{airline}" }}]

[principals.hotel]
role = "partner"
partner = "hotel"
scopes = ["earn", "redeem", "return", "read", "links"]
limits = {{ misses_per_minute = 5 }}
tokens = [{{ id = "hotel", hash = "{hotel}" }}]

[principals.till]
role = "pos"
tokens = [{{ id = "till", hash = "{till}" }}]

[principals.desk]
role = "support"
tokens = [{{ id = "desk", hash = "{desk}" }}]

[principals.office]
role = "operator"
tokens = [{{ id = "office", hash = "{office}" }}]
"""
NAMES = ["airline", "hotel", "till", "desk", "office"]
PROGRAM = 'zone = "Europe/Berlin"\n[partners]\nverify_above = 1_000\n'
MINE = ll.Alias("partner:airline", "P-77")
CARD = ll.Alias("card", "2760001")

Clients = dict[str, ll.Client]


@pytest.fixture
def served(path: Path, clock: ll.ManualClock) -> Iterator[ll.Ledger]:
    with ll.open(path, clock=clock, program=PROGRAM) as opened:
        yield opened


@pytest.fixture
def tokens() -> dict[str, tuple[str, str]]:
    return {name: _core.new_token(name) for name in NAMES}


@pytest.fixture
def server(
    served: ll.Ledger, clock: ll.ManualClock, tokens: dict[str, tuple[str, str]], tmp_path: Path
) -> Iterator[ll.Server]:
    file = tmp_path / "principals.toml"
    file.write_text(FILE.format(**{name: digest for name, (_, digest) in tokens.items()}), encoding="utf-8")
    with ll.serve(served, test_clock=clock, principals=file) as running:
        yield running


@pytest.fixture
def clients(server: ll.Server, tokens: dict[str, tuple[str, str]]) -> Iterator[Clients]:
    """Everybody's client; m-1 has a card and 5,000 points, m-2 has 100."""
    made = {name: ll.connect(server.address, token=token, channels=1) for name, (token, _) in tokens.items()}
    made["office"].enroll("m-1", {"card": "2760001"})
    made["office"].enroll("m-2", {"card": "2760002"})
    made["office"].accrue("m-1", 5_000, key="welcome/1")
    made["office"].accrue("m-2", 100, key="welcome/2")
    yield made
    for client in made.values():
        client.close()


def link(clients: Clients, *scopes: Any, **terms: Any) -> ll.Answer:
    """The member shows a code, and the airline ties itself to it."""
    number = terms.pop("number", 1)
    code = clients["desk"].issue_one_time_code("m-1", partner="airline", key=f"code/link/{number}").code
    named = ll.Alias("one_time", code), "airline", "P-77"
    return clients["airline"].link_member(
        *named, scopes=scopes or ["redeem", "balance"], consent="c/1", key=f"link/{number}", **terms
    )


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ll.LedgerError) as refused:
        call()
    return refused.value.code


def stub(server: ll.Server, token: str, service: Any) -> tuple[Any, list[tuple[str, str]]]:
    return service(grpc.insecure_channel(server.address)), [("authorization", f"Bearer {token}")]


def test_a_partner_links_redeems_and_is_shown_what_was_agreed(clients: Clients) -> None:
    airline = clients["airline"]
    assert airline.accrue(CARD, 250, funder="airline", key="miles").balance == ll.Balance(0, 0, 0, 0)
    assert link(clients).code == "APPLIED"
    view = airline.balance(MINE)
    assert (view.available, view.lots) == (5_250, ())
    assert airline.redeem(MINE, 1_000, key="r-1").balance.available == 4_250
    hold = airline.authorize(MINE, 300, key="h-1")
    assert [one.points for one in airline.balance(MINE).holds] == [300]
    clients["till"].authorize("m-1", 40, key="till/h")
    assert [one.points for one in airline.balance(MINE).holds] == [300]
    assert airline.capture(hold, points=200, key="c-1").awarded == 200
    assert airline.reverse("r-1", key="back").awarded == 1_000
    (tie,) = clients["desk"].links("m-1")
    assert (tie.partner, tie.scopes, tie.daily_points) == ("airline", ("redeem", "balance"), None)
    assert airline.links(MINE) == (tie,)


def test_who_is_not_linked_is_not_there(clients: Clients, server: ll.Server, tokens: dict[str, Any]) -> None:
    """In the same words, whatever there is: other partners' members, ids, cards, and what nobody has."""
    link(clients)
    starts = datetime(2026, 3, 2, tzinfo=UTC)
    later = {"scopes": ["redeem", "balance"], "consent": "c/2", "starts_at": starts}
    clients["office"].link_member("m-2", "hotel", "H-2", **later, key="later")
    hotel, said = clients["hotel"], set()
    for name in ("m-1", ll.Alias("partner:hotel", "H-2"), ll.Alias("partner:hotel", "H-3"), MINE, CARD):
        with pytest.raises(ll.MemberNotFound) as refused:
            hotel.balance(name)
        said.add(str(refused.value))
    assert len(said) == 1, said
    service, metadata = stub(server, tokens["airline"][0], PartnerServiceStub)
    member = names_pb2.MemberName(alias=names_pb2.Alias(kind="partner:airline", value="P-78"))
    asked = partner_service_pb2.PartnerServiceListEntriesRequest(member=member)
    with pytest.raises(grpc.RpcError) as missing:
        service.ListEntries(asked, metadata=metadata)
    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


def test_other_partners_transactions_and_statements_are_hidden(clients: Clients) -> None:
    link(clients)
    till = clients["till"].redeem("m-1", 10, key="till/r")
    clients["office"].link_member("m-1", "hotel", "H-1", scopes=["redeem", "balance"], consent="c/2", key="hotel")
    own = clients["hotel"].redeem(ll.Alias("partner:hotel", "H-1"), 7, key="r")
    airline = clients["airline"]
    for sequence in (own.sequence, till.sequence, 10**6):
        assert refusal(lambda of=sequence: airline.entry(of)) == "TRANSACTION_NOT_FOUND"
        assert refusal(lambda of=sequence: airline.reverse(of, key=f"b/{of}")) == "TRANSACTION_NOT_FOUND"
    assert refusal(lambda: airline.statement(MINE)) == "SCOPE_MISSING"
    assert [entry.verb for entry in airline.partner_entries("airline").entries] == ["link_member"]
    assert refusal(lambda: airline.partner_entries("hotel")) == "SCOPE_MISSING"
    assert [entry.key for entry in clients["office"].partner_entries("hotel").entries] == ["r"]


def test_answers_are_masked_without_the_scope_balance(
    clients: Clients, server: ll.Server, tokens: dict[str, Any]
) -> None:
    airline = clients["airline"]
    link(clients, "redeem")
    answer = airline.redeem(MINE, 100, key="r-1")
    assert (answer.awarded, answer.balance.available, answer.next_expiry) == (100, 0, None)
    with pytest.raises(ll.InsufficientPoints) as refused:
        airline.redeem(MINE, 900_000, key="r-2", source=ll.Source(verification="pin/1"))
    assert not any(refused.value.details.get(name) for name in ("available", "held", "debt"))
    assert refusal(lambda: airline.balance(MINE)) == "SCOPE_MISSING"
    ledger, metadata = stub(server, tokens["airline"][0], LedgerServiceStub)
    name = names_pb2.MemberName(alias=names_pb2.Alias(kind="partner:airline", value="P-77"))
    member = ledger.GetMember(members_pb2.GetMemberRequest(member=name), metadata=metadata)
    assert (member.member, list(member.wallets)) == ("", [])
    assert [alias.kind for alias in member.aliases] == ["partner:airline"]
    asked = transactions_pb2.GetTransactionRequest(transaction=names_pb2.Reference(sequence=answer.sequence))
    entry = ledger.GetTransaction(asked, metadata=metadata).entry
    journal, metadata = stub(server, tokens["airline"][0], JournalServiceStub)
    watched = journal.Watch(journal_service_pb2.WatchRequest(from_sequence=1, until_caught_up=True), metadata=metadata)
    entries = [one for message in watched for one in message.entries]
    assert [one.verb for one in entries] == ["link_member", "redeem", "redeem"]
    for shown in (entry, entries[1]):
        assert shown.member == "" and not shown.answer.HasField("balance")
        (effect,) = shown.effects
        assert effect.member == "" and not effect.HasField("balance")
        assert [(move.points, move.lot, move.made_by) for move in effect.moves] == [(100, 0, 0)]


def test_a_batch_of_a_partner_tells_no_balance(clients: Clients) -> None:
    link(clients)
    rows = {
        "verb": ["redeem", "accrue", "redeem", "accrue"],
        "member": ["P-77", "2760002", "m-1", "2760001"],
        "member_kind": ["partner:airline", "card", None, "card"],
        "points": [10, 20, 30, 40],
        "source_partner": ["hotel"] * 4,
        "key": list("abcd"),
    }
    answers = pa.table(clients["airline"].post_batch(pa.table(rows)))
    assert answers["code"].to_pylist() == ["APPLIED", "APPLIED", "MEMBER_NOT_FOUND", "APPLIED"]
    assert answers["available"].to_pylist() == [0, 0, 0, 0]
    assert len(clients["airline"].partner_entries("airline").entries) == 4
    assert clients["office"].partner_entries("hotel").entries == ()


def test_a_partner_neither_widens_its_link_nor_speaks_for_others(clients: Clients) -> None:
    link(clients, "balance", daily_points=100)
    airline, hotel = clients["airline"], clients["hotel"]
    wider = {"scopes": ["redeem"], "consent": "c/9"}
    for name in (MINE, "m-1", CARD):
        assert (
            refusal(lambda of=name: airline.link_member(of, "airline", "P-77", **wider, key="w")) == "MEMBER_NOT_FOUND"
        )
    assert refusal(lambda: airline.redeem(MINE, 5, key="r")) == "SCOPE_MISSING"
    assert refusal(lambda: airline.issue_one_time_code(MINE, key="c")) == "SCOPE_MISSING"
    assert refusal(lambda: hotel.unlink_member(MINE, "airline", key="u")) in ("SCOPE_MISSING", "MEMBER_NOT_FOUND")
    speaks = ll.Source(partner="airline")
    assert refusal(lambda: clients["till"].redeem("m-1", 5, source=speaks, key="t")) == "SCOPE_MISSING"


def test_an_operator_speaks_for_a_partner_within_its_link(clients: Clients) -> None:
    office, speaks = clients["office"], ll.Source(partner="airline")
    assert refusal(lambda: office.redeem("m-1", 5, source=speaks, key="o/1")) == "MEMBER_NOT_FOUND"
    link(clients, "redeem")
    assert office.redeem("m-1", 5, source=speaks, key="o/1").awarded == 5
    assert [entry.caller for entry in office.partner_entries("airline").entries] == ["office", "airline"]


def test_a_code_is_used_once_by_whom_it_was_made_for(clients: Clients, clock: ll.ManualClock) -> None:
    link(clients, "redeem", "balance")
    clients["office"].link_member("m-1", "hotel", "H-1", scopes=["redeem"], consent="c/2", key="hotel")
    desk, airline = clients["desk"], clients["airline"]
    issued = desk.issue_one_time_code("m-1", partner="airline", points=2_000, key="code/1")
    shown = ll.Alias("one_time", f"{issued.code[:5].lower()}-{issued.code[5:]}")
    assert issued.expires_at == issued.answer.recorded_at.replace(microsecond=0) + timedelta(minutes=10)
    assert desk.issue_one_time_code("m-1", partner="airline", points=2_000, key="code/1").code == issued.code
    assert refusal(lambda: clients["hotel"].redeem(shown, 10, key="r")) == "MEMBER_NOT_FOUND"
    assert refusal(lambda: clients["till"].redeem(shown, 10, key="r")) == "MEMBER_NOT_FOUND"
    assert refusal(lambda: airline.redeem(MINE, 1_001, key="r-1")) == "VERIFICATION_REQUIRED"
    assert refusal(lambda: airline.redeem(shown, 2_001, key="r-2")) == "LIMIT_EXCEEDED"
    answer = airline.redeem(shown, 2_000, key="r-3")
    assert (answer.awarded, answer.balance.available) == (2_000, 3_000)
    assert refusal(lambda: airline.redeem(shown, 1, key="r-4")) == "MEMBER_NOT_FOUND"
    assert airline.redeem(shown, 2_000, key="r-3").replayed
    late = ll.Alias("one_time", desk.issue_one_time_code("m-1", points=5, ttl=timedelta(seconds=1), key="code/2").code)
    clock.advance_to(clock.now() + timedelta(seconds=1))
    assert refusal(lambda: clients["till"].redeem(late, 5, key="r-5")) == "MEMBER_NOT_FOUND"


def test_codes_cards_and_own_numbers_are_not_guessed(clients: Clients) -> None:
    hotel = clients["hotel"]
    tries = [ll.Alias("one_time", f"00000000{number:02}") for number in range(3)]
    tries += [ll.Alias("partner:hotel", f"H-{number}") for number in range(2)]
    for number, name in enumerate(tries):
        assert refusal(lambda of=name, at=number: hotel.redeem(of, 5, key=f"g/{at}")) == "MEMBER_NOT_FOUND"
    with pytest.raises(ll.LedgerError) as refused:
        hotel.redeem(tries[0], 5, key="g")
    assert (refused.value.code, refused.value.retryable) == ("RATE_LIMITED", True)


def test_many_entries_come_in_pages(clients: Clients) -> None:
    link(clients)
    airline = clients["airline"]
    for number in range(7):
        airline.redeem(MINE, 1, key=f"r/{number}")
        clients["till"].accrue("m-2", 1, key=f"noise/{number}")
    keys, before = [], None
    while True:
        page = airline.partner_entries("airline", member=MINE, limit=3, before=before)
        keys += [entry.key for entry in page.entries]
        before = page.next
        if before is None:
            break
    assert keys == [*(f"r/{number}" for number in reversed(range(7))), "link/1"]


def test_a_link_ends_with_its_day_and_by_hand(clients: Clients, clock: ll.ManualClock) -> None:
    airline = clients["airline"]
    ends = datetime(2026, 3, 2, tzinfo=UTC)
    link(clients, "redeem", "balance", ends_at=ends, daily_points=300)
    assert airline.redeem(MINE, 300, key="r-1").awarded == 300
    assert refusal(lambda: airline.redeem(MINE, 1, key="r-2")) == "LIMIT_EXCEEDED"
    clock.advance_to(ends)
    assert refusal(lambda: airline.balance(MINE)) == "MEMBER_NOT_FOUND"
    assert refusal(lambda: airline.unlink_member(MINE, "airline", key="u-1")) == "MEMBER_NOT_FOUND"
    link(clients, "redeem", number=2)
    assert airline.redeem(MINE, 1, key="r-3").code == "APPLIED"
    assert airline.unlink_member(MINE, "airline", reason="asked to", key="u-2").code == "APPLIED"
    assert refusal(lambda: airline.redeem(MINE, 1, key="r-4")) == "MEMBER_NOT_FOUND"
    assert airline.reverse("r-3", key="back").awarded == 1
    assert refusal(lambda: clients["desk"].unlink_member("m-1", "airline", key="u-3")) == "LINK_NOT_FOUND"


def test_a_refusal_shows_no_balance_either(clients: Clients) -> None:
    link(clients, "redeem")
    airline = clients["airline"]
    proved = ll.Source(verification="pin/1")
    assert refusal(lambda: airline.redeem(MINE, 900_000, source=proved, key="r-1")) == "INSUFFICIENT_POINTS"
    for entry in (airline.entry(key="r-1"), airline.partner_entries("airline").entries[0]):
        assert (entry.code, entry.requested) == ("INSUFFICIENT_POINTS", 900_000)
        assert "5000" not in repr(entry) and "5,000" not in repr(entry)
    assert refusal(lambda: airline.redeem(MINE, 5, source=ll.Source(training=True), key="t")) == "SCOPE_MISSING"


def test_the_past_is_seen_through_the_link_of_today(clients: Clients, clock: ll.ManualClock) -> None:
    airline, began = clients["airline"], clock.now()
    link(clients, "balance", ends_at=began + timedelta(hours=1))
    clients["office"].link_member(
        "m-2",
        "airline",
        "P-2",
        scopes=["balance"],
        consent="c",
        starts_at=began + timedelta(days=30),
        key="later",
    )
    assert airline.balance(MINE, at=began).available == 5_000
    assert refusal(lambda: airline.balance(MINE, at=began + timedelta(days=1))) == "MEMBER_NOT_FOUND"
    ahead = ll.Alias("partner:airline", "P-2")
    assert refusal(lambda: airline.balance(ahead, at=began + timedelta(days=31))) == "MEMBER_NOT_FOUND"
    clock.advance_to(began + timedelta(hours=2))
    assert refusal(lambda: airline.balance(MINE, at=began)) == "MEMBER_NOT_FOUND"
    assert airline.entry(key="link/1").effects[0].balance.available == 0


def test_looking_into_the_past_is_counted_too(clients: Clients, clock: ll.ManualClock) -> None:
    hotel = clients["hotel"]
    for number in range(5):
        name = ll.Alias("partner:hotel", f"H-{number}")
        assert refusal(lambda of=name: hotel.balance(of, at=clock.now())) == "MEMBER_NOT_FOUND"
    assert refusal(lambda: hotel.balance(ll.Alias("partner:hotel", "H-9"), at=clock.now())) == "RATE_LIMITED"


def test_a_late_accrual_is_answered_for_whom_it_concerns(clients: Clients, clock: ll.ManualClock) -> None:
    """The partner's name went from one member to another who lets the balance be seen."""
    office, airline = clients["office"], clients["airline"]
    office.link_member("m-1", "airline", "P-9", scopes=["earn"], consent="c", key="first")
    then = clock.now()
    clock.advance_to(then + timedelta(hours=1))
    office.link_member("m-1", "airline", "P-8", scopes=["earn"], consent="c", key="moved")
    office.link_member("m-2", "airline", "P-9", scopes=["earn", "balance"], consent="c", key="second")
    late = airline.accrue(ll.Alias("partner:airline", "P-9"), 1, occurred_at=then, key="late")
    assert clients["desk"].balance("m-1").available == 5_001
    assert late.balance.available == 0


@pytest.mark.parametrize("points", [1_001, 900])
def test_a_batch_of_a_partner_that_is_refused_as_a_whole_stops_nothing(clients: Clients, points: int) -> None:
    link(clients, "redeem", "balance", daily_points=500)
    rows = {
        "verb": ["redeem"],
        "member": ["P-77"],
        "member_kind": ["partner:airline"],
        "points": [points],
        "key": ["r"],
    }
    clients["airline"].post_batch(pa.table(rows), all_or_nothing=True, key="whole")
    assert clients["till"].redeem("m-1", 5, key="still").awarded == 5
    assert clients["office"].verify().ok
