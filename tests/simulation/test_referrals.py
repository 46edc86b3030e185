"""Random referrals: the engine against the model, first answers for ever, and the model against flawed ones."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledgers import EmbeddedLedger, PlayedLedger, PlayedModel
from model.ledger import NaiveLedger
from model.referral.facts import Claim, Touch
from model.referral.rules import ReferralRules
from simulation.duel import find_difference
from simulation.history import History
from simulation.referrals import ReferralAuthor, write_referral_history
from simulation.test_first_answers import Asker
from simulation.test_simulation import IS_SOAK, require_agreement

SEEDS = range(2000) if IS_SOAK else range(8)
LENGTH = 300 if IS_SOAK else 120


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_agrees_with_the_model(seed: int, tmp_path: Path) -> None:
    def open_engine(history: History) -> PlayedLedger:
        directory = tmp_path / str(next(numbers))
        directory.mkdir()
        return EmbeddedLedger(history.program, history.start, directory)

    numbers: Iterator[int] = iter(range(1_000_000))
    require_agreement(write_referral_history(seed, LENGTH), open_engine)


@pytest.mark.parametrize("seed", range(500, 503))
def test_first_answers_for_ever(seed: int, tmp_path: Path) -> None:
    asker = Asker(write_referral_history(seed, LENGTH), tmp_path)
    asker.play()
    assert asker.resent > len(asker.first)


def test_model_agrees_with_itself() -> None:
    require_agreement(write_referral_history(0, LENGTH), lambda history: PlayedModel(history.program, history.start))


def test_history_depends_on_its_seed_alone() -> None:
    assert str(write_referral_history(7, 60)) == str(write_referral_history(7, 60))


def test_histories_reach_every_state() -> None:
    """Of edges, progress, rewards and touches; and every reason why nobody is bound."""
    seen: set[str | None] = set()
    for seed in range(60):
        author = ReferralAuthor(seed)
        author.write(150)
        ledger = author.model.ledger
        outcomes = [one.outcome for one in ledger.transactions]
        seen |= author.codes | {outcome.referral for outcome in outcomes}
        for book in ledger.books.values():
            for friend in book.referrals:
                view = ledger.referral(book.name, friend)
                seen |= {view.edge, str(view.progress).partition("(")[0], view.open}
                seen |= {reward.state for reward in view.rewards} | {reward.role for reward in view.rewards}
                seen |= {f"VOUCHER {one.voucher.state}" for one in view.rewards if one.voucher is not None}
                seen |= {state for _, state in view.touches} | {finding for _, finding in view.notes}
            for code in (*book.codes, *book.vouchers):
                read = ledger.referral_code(book.name, code)
                assert read is not None
                seen.add(f"{read.kind} {read.state}")
    assert seen >= {
        *("UNBOUND", "BOUND", "MOVED", "VOID", "CLOSED", "ANONYMISED"),
        *("ATTRIBUTED", "IN_PROGRESS", "QUALIFIED", "SETTLED", "REVERSED", "EXPIRED", "DISQUALIFIED"),
        *("PENDING", "FROZEN", "AVAILABLE", "REDEEMED", "EXPIRED", "CANCELLED", "CLAWED", "CAP_LIMITED"),
        *("advocate", "friend", "upline-2", "milestone-1"),
        *(f"COUPON {state}" for state in ("OPEN", "RESERVED", "USED", "DISABLED", "EXPIRED")),
        *(f"VOUCHER {state}" for state in ("PENDING", "AVAILABLE", "REDEEMED", "EXPIRED", "DISABLED", "UNRECOVERED")),
        *("STUB", "CANDIDATE", "WON", "LOST", "ORPHANED"),
        *("passed", "noted", "frozen", "not evaluated"),
        *("UNKNOWN_CODE", "CODE_DISABLED", "CODE_EXPIRED", "CODE_USED", "CODE_TAKEN", "CODE_MISTYPED"),
        *("CODE_PENDING", "INVALID_TTL", "FIELD_INVALID", "APPROVER_MISSING", "MEMBER_BLOCKED"),
        *("NO_ATTRIBUTION", "WINDOW_EXPIRED", "TOUCH_AFTER_IDENTIFICATION", "PARKED", "ALREADY_REFERRED"),
        *("BLOCKED", "SELF", "OWN_CODE", "NOT_NEW", "RETURNING", "SAME_IDENTITY", "CYCLE", "HAS_REFERRALS"),
        *("NOT_DISPUTED", "UNKNOWN_STEP", "UNKNOWN_PROGRAM", "PERIOD_NOT_OVER", "TOUCH_IN_FUTURE", "TOKEN_TOO_LONG"),
    }


class Boundless(NaiveLedger):
    """Knows no caps."""

    def _refusal(self, *about: Any, **rest: Any) -> str | None:
        refusal = super()._refusal(*about, **rest)
        return None if refusal == "CAP_LIMITED" else refusal


class Patient(NaiveLedger):
    """Lets every window last a microsecond longer."""

    def _covers_time(self, rules: ReferralRules, touch: Touch, claim: Claim) -> bool:
        ends_at = rules.after(touch.touched_at, rules.windows[touch.method])
        return super()._covers_time(rules, touch, claim) or claim.identified_at == ends_at


class Hurried(NaiveLedger):
    """Decides no claim anew."""

    def _is_claim_open(self, book: Any, claim: Claim, now: datetime) -> bool:
        return now == claim.recorded_at


class Trustful(NaiveLedger):
    """Takes friends who have bought before."""

    def _is_not_new(self, *about: Any) -> bool:
        return False


class Undecided(NaiveLedger):
    """Leaves frozen what nobody decides about."""

    def lapse_freezes(self, now: datetime) -> None:
        pass


class Partial(NaiveLedger):
    """Gives whoever won all of the credit."""

    def _credit(self, book: Any, referral: Any, conversion: Any, points: int) -> dict[str, int]:
        return {str(referral.advocate): points}


class Hasty(NaiveLedger):
    """Leaves shares as they were first decided."""

    def _decide_shares(self, *about: Any) -> None:
        pass


class Thrifty(NaiveLedger):
    """Reaches no milestones."""

    def _decide_milestones(self, *about: Any) -> None:
        pass


class Lenient(NaiveLedger):
    """Lets tills take vouchers before they are ready."""

    def _coupon(self, book: Any, text: str, *about: Any) -> Any:
        voucher = book.vouchers.get(text)
        return voucher.coupon if voucher is not None else super()._coupon(book, text, *about)


class Welcoming(NaiveLedger):
    """Takes who comes back for somebody new."""

    def _denial(self, *about: Any) -> str | None:
        denial = super()._denial(*about)
        return None if denial == "RETURNING" else denial


class Indiscreet(NaiveLedger):
    """Tells whom an erased member was brought by as if nothing had happened."""

    def _edge_state(self, *about: Any) -> str:
        state = super()._edge_state(*about)
        return "BOUND" if state == "ANONYMISED" else state


FLAWED = {
    **dict.fromkeys((Hurried, Trustful, Indiscreet), 0),
    Thrifty: 3,
    Boundless: 6,
    Lenient: 8,
    Partial: 10,
    Undecided: 15,
    Welcoming: 25,
    Patient: 53,
    Hasty: 125,
}
"""Each with a seed whose history may show it: the rarer ones are not looked for from the first on."""


@pytest.mark.parametrize("flawed", FLAWED)
def test_flaws_are_found(flawed: type[NaiveLedger]) -> None:
    def open_flawed(history: History) -> PlayedLedger:
        opponent = PlayedModel(history.program, history.start)
        opponent.ledger = flawed(history.program, opponent.clock)
        return opponent

    seeds = range(FLAWED[flawed], FLAWED[flawed] + 60)
    assert any(find_difference(write_referral_history(seed, 120), open_flawed) for seed in seeds)
