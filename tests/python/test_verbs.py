"""Each verb once: what it takes, what it answers, what it leaves behind."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

import loyalty_ledger as ll

LATER = datetime(2026, 6, 1, tzinfo=UTC)


def test_enroll_has_a_key_of_its_own(ledger: ll.Ledger) -> None:
    first = ledger.enroll("m-1")
    again = ledger.enroll("m-1")
    assert (first.code, first.replayed, again.replayed) == ("APPLIED", False, True)
    assert again.sequence == first.sequence
    assert ledger.entry(first.sequence).key == "enroll/m-1"
    with pytest.raises(ll.MemberExists):
        ledger.enroll("m-1", key="another")


def test_aliases_come_and_go(ledger: ll.Ledger, member: str) -> None:
    ledger.add_alias(member, "phone", "+49 30 1234567", key="a-1")
    assert ledger.balance(card="276-0001").available == 100
    ledger.remove_alias(member, "card", "2760001", key="a-2")
    with pytest.raises(ll.MemberNotFound):
        ledger.balance(card="2760001")
    with pytest.raises(ll.AliasInUse):
        ledger.enroll("m-2", {"phone": "+49301234567"})
    with pytest.raises(ll.MemberNotFound):
        ledger.balance("m-2")


@pytest.mark.parametrize("amount", ["36.90", "36.9", Decimal("36.90"), Decimal("3.69E1"), 3690])
def test_purchase_takes_money_in_every_exact_form(ledger: ll.Ledger, member: str, amount: ll.Amount) -> None:
    sale = ledger.purchase(card="2760001", amount=amount, currency="EUR", key="sale")
    assert (sale.requested, sale.awarded, sale.balance) == (36, 36, ll.Balance(0, 136, 0, 0))
    entry = ledger.entry(sale.sequence)
    assert (entry.amount, entry.currency, entry.member, entry.verb) == (Decimal("36.90"), "EUR", member, "purchase")


def test_purchase_enrols_when_asked(ledger: ll.Ledger) -> None:
    with pytest.raises(ll.MemberNotFound):
        ledger.purchase("new", amount=100, key="sale")
    assert ledger.purchase("new", amount=100, enroll=True, key="sale").awarded == 1
    assert ledger.purchase("new", amount=100, enroll=True, key="sale-2").balance.available == 2


def test_accrue_with_dates_funder_and_price(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> None:
    given = ledger.accrue(
        member,
        50,
        activates_at=LATER,
        expires_at=LATER + timedelta(days=30),
        funder="bakery",
        price="0.0075",
        key="bonus",
    )
    assert (given.balance.pending, given.next_activation) == (50, LATER)
    lot = next(lot for lot in ledger.balance(member).lots if lot.pending)
    assert (lot.funder, lot.price, lot.price_currency) == ("bakery", Decimal("0.007500"), "EUR")
    assert (lot.activates_at, lot.expires_at, lot.made_by) == (LATER, LATER + timedelta(days=30), given.sequence)
    clock.advance_to(LATER)
    assert ledger.balance(member).available == 150


def test_never_is_said_explicitly(tmp_path: object, clock: ll.ManualClock) -> None:
    program = '[currencies.points]\nexpiry = { rolling = "P12M" }\n'
    with ll.open(f"{tmp_path}/p.ledger", program=program, clock=clock) as ledger:
        ledger.enroll("m-1")
        assert ledger.accrue("m-1", 1, key="a").next_expiry is not None
        ledger.enroll("m-2")
        assert ledger.accrue("m-2", 1, expires_at="never", key="b").next_expiry is None
        with pytest.raises(ValueError, match="expires_at must be a datetime"):
            ledger.accrue("m-2", 1, expires_at="soon", key="c")  # type: ignore[arg-type]


def test_redeem_and_its_reversal(ledger: ll.Ledger, member: str) -> None:
    spent = ledger.redeem(member, 30, key="r-1")
    assert (spent.awarded, spent.balance.available) == (30, 70)
    part = ledger.reverse(spent, points=10, key="back-1")
    rest = ledger.reverse("r-1", key="back-2")
    assert (part.original, part.awarded, rest.awarded) == (spent.sequence, 10, 20)
    with pytest.raises(ll.AlreadyReversed):
        ledger.reverse(spent.sequence, key="back-3")
    assert ledger.balance(member).available == 100


def test_hold_capture_and_void(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> None:
    hold = ledger.authorize(member, 60, ttl=timedelta(minutes=5), key="h-1")
    assert hold.balance == ll.Balance(0, 40, 60, 0)
    held = ledger.balance(member).holds[0]
    assert (held.authorization, held.points) == (hold.sequence, 60)
    assert held.lapses_at == hold.recorded_at + timedelta(minutes=5)
    assert ledger.capture(hold, points=50, key="c-1").balance == ll.Balance(0, 50, 0, 0)
    other = ledger.authorize(member, 80, allow_partial=True, key="h-2")
    assert (other.requested, other.awarded) == (80, 50)
    assert ledger.void("h-2", key="v-1").balance.available == 50
    ledger.authorize(member, 10, ttl=timedelta(minutes=5), key="h-3")
    clock.advance_to(clock.now() + timedelta(minutes=6))
    with pytest.raises(ll.AuthorizationExpired):
        ledger.capture("h-3", key="c-3")


def test_a_purchase_is_reversed_by_money(ledger: ll.Ledger, member: str) -> None:
    sale = ledger.purchase(member, amount="10.00", key="sale")
    assert ledger.reverse(sale, amount="4.00", key="back-1").balance.available == 106
    assert ledger.reverse(sale, key="back-2").balance.available == 100
    with pytest.raises(ll.WrongUnit):
        ledger.reverse(sale, points=1, key="back-3")
    with pytest.raises(TypeError, match="one of them"):
        ledger.reverse(sale, points=1, amount="1.00", key="back-4")
    ledger.enroll("m-2")
    with pytest.raises(ll.MemberMismatch):
        ledger.reverse("welcome", member="m-2", key="back-5")


def test_adjust_up_and_down(ledger: ll.Ledger, member: str) -> None:
    assert ledger.adjust(member, 5, reason="goodwill", actor="desk-1", key="up").balance.available == 105
    down = ledger.adjust(member, -15, reason="error", actor="desk-1", key="down")
    assert down.balance.available == 90
    entry = ledger.entry(key="down")
    assert (entry.reason, entry.actor, entry.requested) == ("error", "desk-1", down.requested)
    with pytest.raises(ll.ReasonMissing):
        ledger.adjust(member, 5, reason="", actor="desk-1", key="none")


def test_publish_changes_the_rule(ledger: ll.Ledger, member: str) -> None:
    before = ledger.purchase(member, amount="10.00", key="before")
    answer = ledger.publish("[earning]\npoints = 2\nper_minor_units = 100\nmoney = 'CHF'\n")
    now = ledger.checkpoint()
    assert (answer.code, now.program_version, now.money) == ("APPLIED", 1, "CHF")
    after = ledger.purchase(member, amount="10.00", key="after")
    assert (before.awarded, after.awarded, ledger.entry(key="after").currency) == (10, 20, "CHF")
    assert "1 per full 1.00 EUR" in before.explain()
    assert "2 per full 1.00 CHF" in after.explain()
    with pytest.raises(ll.MoneyCurrencyNotAccepted):
        ledger.purchase(member, amount="10.00", currency="EUR", key="old money")


def test_sweep_records_what_nobody_can_see(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> None:
    ledger.accrue(member, 7, expires_at=LATER, key="short")
    clock.advance_to(LATER)
    seen = ledger.balance(member), ledger.statement(member), dict(ledger.ladder())
    assert ledger.sweep() == 1
    assert (ledger.balance(member), ledger.statement(member), dict(ledger.ladder())) == seen
    assert ledger.sweep() == 0


def test_occurred_at_is_kept_and_no_part_of_the_content(ledger: ll.Ledger, member: str) -> None:
    earlier = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)
    first = ledger.redeem(member, 1, key="r", occurred_at=earlier)
    assert ledger.redeem(member, 1, key="r").replayed
    assert ledger.entry(first.sequence).occurred_at == earlier
    with pytest.raises(ll.OccurredInFuture):
        ledger.redeem(member, 1, key="r-2", occurred_at=datetime(2026, 3, 2, 12, tzinfo=UTC))


def test_every_answer_explains_itself(ledger: ll.Ledger, member: str) -> None:
    sale = ledger.purchase(member, amount="36.90", key="sale")
    assert sale.explain().startswith("purchase of 36.90 EUR: 1 per full 1.00 EUR, rounded down once, gives 36")
    spent = ledger.redeem(member, 120, key="r")
    assert spent.explain().splitlines()[0] == "redeem of 120 gives 120"
    assert len(spent.explain().splitlines()) == 3
