"""A till sends its day later: receipts once, twice, from elsewhere, and one under a key that is used."""

from datetime import date

import pytest

from ledgers import PlayedLedger, program
from model import Receipt
from scenarios.conftest import Play


def receipt(number: str) -> Receipt:
    return Receipt("12", "7", date(2026, 11, 27), number)


def forward(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(program(floor_limit=500, **settings), "2026-11-27T09:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="before")
    amounts = {"r1": "20.00", "r2": "35.40", "r3": "9.99"}
    ledger.at("2026-11-29T08:00")
    occurred = ledger.local("2026-11-27T10:00")
    rows = [
        {
            "verb": "purchase",
            "member": "m-1",
            "amount": amount,
            "currency": "EUR",
            "receipt": receipt(name),
            "occurred_at": occurred,
            "key": name,
        }
        for name, amount in amounts.items()
    ]
    outcomes = [*ledger.write_batch(rows), *ledger.write_batch(rows)]
    outcomes.append(ledger.purchase("m-1", amount="35.40", receipt=receipt("r2"), key="e-receipt/r2"))
    outcomes.append(ledger.purchase("m-1", amount="21.00", receipt=receipt("r4"), occurred_at=occurred, key="r1"))
    seen = [(outcome.code, outcome.replayed) for outcome in outcomes]
    assert [seen.count(kind) for kind in (("APPLIED", False), ("APPLIED", True), ("KEY_REUSED", False))] == [3, 4, 1]
    ledger.expect("m-1", available=164)
    return ledger


@pytest.mark.parametrize(
    ("overdraft", "parts", "charged"), [("debt", {"debt": 236}, 0), ("decline_to_merchant", {"available": 164}, 400)]
)
def test_day_that_is_sent_later(play: Play, overdraft: str, parts: dict[str, int], charged: int) -> None:
    ledger = forward(play, overdraft=overdraft)
    redeemed = ledger.redeem(
        "m-1",
        400,
        receipt=receipt("r5"),
        occurred_at=ledger.local("2026-11-27T11:00"),
        offline=True,
        key="r5",
    )
    assert (redeemed.code, redeemed.charged) == ("APPLIED", charged)
    assert redeemed.flags == (() if charged else ("OFFLINE_OVERDRAFT",))
    ledger.expect("m-1", **parts)
