"""Who may do what, over the wire: tokens, roles, stores, limits, and what is nobody else's business."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc
import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core
from loyalty_ledger._pb import names_pb2, points_pb2, receipt_pb2
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from service.looks import wait_until

DAY = date(2026, 3, 1)

FILE = """
[store_groups]
north = ["s1", "s2"]

[principals.till-1]
role = "pos"
stores = ["s1"]
store_group = "north"
limits = {{ points_per_operation = 500, points_per_day = 800, misses_per_minute = 3 }}
tokens = [{{ id = "till-1", hash = "{till-1}" }}]

[principals.till-2]
role = "pos"
stores = ["s2"]
store_group = "north"
tokens = [{{ id = "till-2", hash = "{till-2}" }}]

[principals.till-9]
role = "pos"
stores = ["s9"]
tokens = [{{ id = "till-9", hash = "{till-9}" }}, {{ id = "old", hash = "{old}", expires = 2026-01-01T00:00:00Z }}]

[principals.airline]
role = "partner"
partner = "airline"
scopes = ["earn", "return", "read"]
tokens = [{{ id = "airline", hash = "{airline}" }}]

[principals.desk]
role = "support"
tokens = [{{ id = "desk", hash = "{desk}" }}]

[principals.audit]
role = "auditor"
tokens = [{{ id = "audit", hash = "{audit}" }}]

[principals.office]
role = "operator"
tokens = [{{ id = "office", hash = "{office}" }}]
"""
NAMES = ["till-1", "till-2", "till-9", "old", "airline", "desk", "audit", "office"]


@dataclass
class House:
    """A server with everybody's tokens."""

    server: ll.Server
    tokens: dict[str, str]
    file: Path
    clients: dict[str, ll.Client]

    def __getitem__(self, name: str) -> ll.Client:
        if name not in self.clients:
            self.clients[name] = ll.connect(self.server.address, token=self.tokens[name], channels=1)
        return self.clients[name]


@pytest.fixture
def house(served: ll.Ledger, clock: ll.ManualClock, tmp_path: Path) -> Iterator[House]:
    made = {name: _core.new_token(name) for name in NAMES}
    file = tmp_path / "principals.toml"
    file.write_text(FILE.format(**{name: digest for name, (_, digest) in made.items()}), encoding="utf-8")
    with ll.serve(served, test_clock=clock, principals=file) as server:
        house = House(server, {name: token for name, (token, _) in made.items()}, file, {})
        office = house["office"]
        office.enroll("m-1", {"card": "2760001"})
        office.accrue("m-1", 10_000, key="welcome")
        yield house
        for client in house.clients.values():
            client.close()


def at(store: str, number: str) -> ll.Receipt:
    return ll.Receipt(store=store, terminal="t1", business_date=DAY, number=number)


def code(refused: pytest.ExceptionInfo[ll.LedgerError]) -> str:
    return refused.value.code


def test_nobody_is_let_in_without_a_token_that_is_known(house: House) -> None:
    strangers = [None, "llk_till-1_" + "0" * 64, "nonsense", house.tokens["old"], house.tokens["till-1"] + "x"]
    for token in strangers:
        with ll.connect(house.server.address, token=token) as client, pytest.raises(ll.LedgerError) as refused:
            client.balance("m-1")
        assert code(refused) == "UNKNOWN_CREDENTIAL"
        assert not refused.value.retryable


def test_a_till_does_not_correct_and_an_auditor_changes_nothing(house: House) -> None:
    with pytest.raises(ll.LedgerError) as refused:
        house["till-1"].adjust("m-1", 5, reason="gift", actor="me", key="a")
    assert code(refused) == "SCOPE_MISSING" and "pos" in str(refused.value)
    with pytest.raises(ll.LedgerError) as refused:
        house["audit"].redeem("m-1", 5, key="a")
    assert code(refused) == "SCOPE_MISSING"
    assert house["audit"].balance("m-1").available == 10_000
    house["desk"].adjust("m-1", 5, reason="gift", actor="me", key="a")
    assert house["audit"].balance("m-1").available == 10_005


def test_a_till_speaks_for_its_own_store(house: House) -> None:
    with pytest.raises(ll.LedgerError) as refused:
        house["till-1"].purchase("m-1", amount="10.00", receipt=at("s9", "1"), key="p")
    assert code(refused) == "STORE_NOT_ALLOWED"
    assert house["till-1"].purchase("m-1", amount="10.00", receipt=at("s1", "1"), key="p").awarded == 10
    with pytest.raises(ll.LedgerError) as refused:
        house["till-1"].totals(store="s9", business_date=DAY)
    assert code(refused) == "STORE_NOT_ALLOWED"


def test_a_till_takes_back_what_another_store_sold(house: House) -> None:
    house["till-9"].purchase("m-1", amount="10.00", receipt=at("s9", "1"), key="p")
    back = house["till-1"].reverse(at("s9", "1"), receipt=at("s1", "2"), key="r")
    assert back.code == "APPLIED" and back.awarded == 10


def test_holds_are_their_store_groups_own(house: House) -> None:
    source = {"source": ll.Source(store="s1")}
    held = house["till-1"].authorize("m-1", 100, ttl=timedelta(minutes=30), key="h", **source)
    for verb in ("capture", "void"):
        with pytest.raises(ll.LedgerError) as refused:
            getattr(house["till-9"], verb)(held.sequence, key=f"other-{verb}", source=ll.Source(store="s9"))
        assert code(refused) == "TRANSACTION_NOT_FOUND"
    with pytest.raises(ll.LedgerError) as refused:
        house["till-9"].entry(held.sequence)
    assert code(refused) == "TRANSACTION_NOT_FOUND"
    assert house["till-2"].capture(held.sequence, points=40, key="c", source=ll.Source(store="s2")).awarded == 40
    second = house["till-1"].authorize("m-1", 100, ttl=timedelta(minutes=30), key="h2", **source)
    assert house["desk"].void(second.sequence, key="v").code == "APPLIED"


def held(client: ll.Client) -> list[int]:
    return [hold.authorization for hold in client.balance("m-1").holds]


def test_a_member_is_shown_with_the_holds_of_ones_own_store_group(house: House, clock: ll.ManualClock) -> None:
    for_long = {"ttl": timedelta(hours=2)}
    north = house["till-1"].authorize("m-1", 100, key="n", source=ll.Source(store="s1"), **for_long).sequence
    south = house["till-9"].authorize("m-1", 30, key="s", source=ll.Source(store="s9"), **for_long).sequence
    desk = house["office"].authorize("m-1", 7, key="o", **for_long).sequence
    then = clock.now()
    clock.advance_to(then + timedelta(minutes=1))
    for name, shown in (("till-1", [north]), ("till-2", [north]), ("till-9", [south])):
        till = house[name]
        assert held(till) == shown
        assert [hold.authorization for hold in till.balance("m-1", at=then).holds] == shown
        # What is held elsewhere is not available, and the statement is whole.
        assert (till.balance("m-1").available, till.balance("m-1").held) == (10_000 - 137, 137)
        rows = till.statement("m-1")
        assert [(row.sequence, row.points) for row in rows][:3] == [(desk, -7), (south, -30), (north, -100)]
    for name in ("desk", "audit", "office"):
        assert held(house[name]) == [north, south, desk]
    house["till-2"].void(north, key="v", source=ll.Source(store="s2"))
    assert held(house["till-1"]) == [] and held(house["audit"]) == [south, desk]


def test_keys_are_apart(house: House) -> None:
    house["till-1"].accrue("m-1", 5, key="same", source=ll.Source(store="s1"))
    house["till-2"].accrue("m-1", 7, key="same", source=ll.Source(store="s2"))
    assert house["audit"].balance("m-1").available == 10_012
    callers = {house["audit"].entry(sequence).caller for sequence in (3, 4)}
    assert callers == {"till-1", "till-2"}


def test_points_are_limited_per_call_and_per_day(house: House, clock: ll.ManualClock) -> None:
    till, source = house["till-1"], ll.Source(store="s1")
    with pytest.raises(ll.LedgerError) as refused:
        till.redeem("m-1", 501, key="too many", source=source)
    assert code(refused) == "POINTS_NOT_ALLOWED"
    till.redeem("m-1", 500, key="a", source=source)
    with pytest.raises(ll.LedgerError) as refused:
        till.redeem("m-1", 301, key="b", source=source)
    assert code(refused) == "POINTS_NOT_ALLOWED"
    # What was answered before is answered again, and moves nothing.
    assert till.redeem("m-1", 500, key="a", source=source).replayed
    till.redeem("m-1", 300, key="c", source=source)
    clock.advance_to(clock.now() + timedelta(days=1))
    assert till.redeem("m-1", 301, key="b", source=source).code == "APPLIED"


def test_whoever_hangs_up_uses_its_points_up_all_the_same(house: House) -> None:
    token = (("authorization", f"Bearer {house.tokens['till-1']}"),)
    with grpc.insecure_channel(house.server.address) as channel:
        stub = LedgerServiceStub(channel)
        for number in range(40):
            redeem = points_pb2.RedeemPointsRequest(
                key=f"r-{number}",
                member=names_pb2.MemberName(id="m-1"),
                points=100,
                source=receipt_pb2.Source(store="s1"),
            )
            call = stub.RedeemPoints.future(redeem, metadata=token, timeout=10)
            time.sleep(number % 4 / 1_000)
            call.cancel()

    def redeem_one_more(number: int) -> None:
        house["till-1"].redeem("m-1", 100, key=f"after-{number}", source=ll.Source(store="s1"))

    while house["audit"].balance("m-1").available > 10_000 - 800:
        redeem_one_more(house["audit"].balance("m-1").available)
    with pytest.raises(ll.LedgerError) as refused:
        redeem_one_more(0)
    assert code(refused) == "POINTS_NOT_ALLOWED"
    assert house["audit"].balance("m-1").available == 10_000 - 800


def test_cards_are_not_guessed(house: House) -> None:
    till = house["till-1"]
    for number in range(3):
        with pytest.raises(ll.MemberNotFound):
            till.balance(card=f"999{number:04}")
    with pytest.raises(ll.LedgerError) as refused:
        till.balance(card="9999999")
    assert code(refused) == "RATE_LIMITED" and refused.value.retryable
    assert house["till-2"].balance("m-1").available == 10_000


def test_a_partner_sees_what_is_its_own(house: House, served: ll.Ledger) -> None:
    airline = house["airline"]
    for read in (lambda: airline.balance("m-1"), lambda: airline.balance(card="2760001")):
        with pytest.raises(ll.LedgerError) as refused:
            read()
        assert code(refused) == "MEMBER_NOT_FOUND"
    unknown = pytest.raises(ll.LedgerError)
    with unknown as refused:
        airline.entry(2)
    hidden = str(refused.value)
    with unknown as refused:
        airline.entry(2_000)
    assert str(refused.value) == hidden
    with pytest.raises(ll.LedgerError) as refused:
        airline.redeem("m-1", 5, key="r")
    assert code(refused) == "SCOPE_MISSING"
    with pytest.raises(ll.LedgerError) as refused:
        airline.statement("m-1")
    assert code(refused) == "SCOPE_MISSING"


def test_rows_of_a_batch_are_checked_one_by_one(house: House) -> None:
    rows = pa.table(
        {
            "verb": ["accrue", "accrue", "adjust", "redeem"],
            "key": ["a", "b", "c", "d"],
            "member": ["m-1"] * 4,
            "points": [5, 501, 5, 7],
            "reason": [None, None, "gift", None],
            "actor": [None, None, "me", None],
            "source_store": ["s1"] * 4,
        }
    )
    answers = house["till-1"].post_batch(rows)
    assert pa.table(answers)["code"].to_pylist() == ["APPLIED", "POINTS_NOT_ALLOWED", "SCOPE_MISSING", "APPLIED"]
    assert house["audit"].balance("m-1").available == 9_998


def may_verify(client: ll.Client) -> bool:
    try:
        return client.verify().ok
    except ll.LedgerError as refused:
        if refused.code != "SCOPE_MISSING":
            raise
        return False


def test_rows_that_are_sent_again_use_nothing_up(house: House) -> None:
    def rows(count: int) -> object:
        keys = [f"k-{number}" for number in range(count)]
        columns = {"member": ["m-1"] * count, "points": [100] * count, "source_store": ["s1"] * count}
        return pa.table({"verb": ["redeem"] * count, "key": keys, **columns})

    till = house["till-1"]
    for count, replayed in ((4, 0), (5, 4), (5, 5)):
        assert till.post_batch(rows(count)).replayed == replayed
    till.redeem("m-1", 300, key="rest", source=ll.Source(store="s1"))
    with pytest.raises(ll.LedgerError) as refused:
        till.redeem("m-1", 1, key="more", source=ll.Source(store="s1"))
    assert code(refused) == "POINTS_NOT_ALLOWED"
    assert house["audit"].balance("m-1").available == 10_000 - 800


def test_the_file_is_read_again_when_it_changes(house: House) -> None:
    assert house["till-9"].balance("m-1").available == 10_000
    text = house.file.read_text(encoding="utf-8")
    house.file.write_text(text.replace('role = "pos"\nstores = ["s9"]', 'role = "auditor"'), encoding="utf-8")
    until = time.monotonic() + 20
    while not may_verify(house["till-9"]) and time.monotonic() < until:
        time.sleep(0.1)
    assert house["till-9"].verify().ok
    # A file that is broken changes nothing.
    house.file.write_text("[principals", encoding="utf-8")
    time.sleep(1.5)
    assert house["till-9"].verify().ok


def change(house: House, old: str, new: str) -> None:
    text = house.file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    house.file.write_text(text.replace(old, new), encoding="utf-8")


def require_ended(entries: ll.Watch, told: str) -> None:
    """Fails, instead of waiting for ever, if nothing ends a stream."""
    late = threading.Timer(20, entries.close)
    late.start()
    with pytest.raises(ll.LedgerError) as ended:
        list(entries)
    late.cancel()
    assert code(ended) == told


def test_whoever_is_shut_out_follows_entries_no_longer(house: House) -> None:
    entries = house["till-2"].watch()
    house["till-1"].accrue("m-1", 5, key="before", source=ll.Source(store="s1"))
    assert next(entries).key == "before"
    change(house, '"till-2", hash = "', '"till-2-next", hash = "')
    require_ended(entries, "UNKNOWN_CREDENTIAL")


def test_a_scope_that_is_taken_away_ends_a_stream(house: House) -> None:
    entries = house["desk"].watch()
    assert next(entries).key == "enroll/m-1"
    change(house, 'role = "support"', 'role = "support"\nscopes = ["read"]')
    require_ended(entries, "SCOPE_MISSING")


def test_a_token_that_expires_ends_a_stream(house: House) -> None:
    entries = house["audit"].watch()
    assert next(entries).key == "enroll/m-1"
    soon = datetime.now(UTC) + timedelta(seconds=4)
    change(
        house,
        'role = "auditor"\ntokens = [{ id = "audit"',
        f'role = "auditor"\ntokens = [{{ expires = {soon:%Y-%m-%dT%H:%M:%SZ}, id = "audit"',
    )
    require_ended(entries, "UNKNOWN_CREDENTIAL")


def test_a_stream_shows_what_its_caller_may_see_by_now(house: House) -> None:
    entries = house["till-2"].watch()
    house["till-1"].accrue("m-1", 5, key="before", source=ll.Source(store="s1"))
    assert next(entries).key == "before"
    change(house, 'stores = ["s2"]\nstore_group = "north"', 'stores = ["s2"]')

    def is_narrow() -> bool:
        try:
            house["till-2"].totals(store="s1", business_date=DAY)
        except ll.StoreNotAllowed:
            return True
        return False

    wait_until(is_narrow)
    house["till-1"].accrue("m-1", 5, key="not its own", source=ll.Source(store="s1"))
    house["till-2"].accrue("m-1", 5, key="its own", source=ll.Source(store="s2"))
    assert next(entries).key == "its own"
    entries.close()


@pytest.mark.parametrize("text", ["", "[principals.x]\nrole = 'king'", "[principals"])
def test_a_file_that_is_wrong_is_not_served(
    served: ll.Ledger, clock: ll.ManualClock, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "principals.toml"
    file.write_text(text, encoding="utf-8")
    if text:
        with pytest.raises(ValueError, match="principals"):
            ll.serve(served, test_clock=clock, principals=file)
        return
    with (
        ll.serve(served, test_clock=clock, principals=file) as server,
        ll.connect(server.address) as client,
        pytest.raises(ll.LedgerError) as refused,
    ):
        client.balance("m-1")
    assert code(refused) == "UNKNOWN_CREDENTIAL"
