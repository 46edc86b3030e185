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
    for seed in range(40):
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
                seen |= {state for _, state in view.touches} | {finding for _, finding in view.notes}
    assert seen >= {
        *("UNBOUND", "BOUND", "VOID", "CLOSED"),
        *("ATTRIBUTED", "IN_PROGRESS", "QUALIFIED", "SETTLED", "REVERSED", "EXPIRED", "DISQUALIFIED"),
        *("PENDING", "FROZEN", "AVAILABLE", "REDEEMED", "EXPIRED", "CANCELLED", "CLAWED", "CAP_LIMITED"),
        *("advocate", "friend", "upline-2"),
        *("STUB", "CANDIDATE", "WON", "LOST", "ORPHANED"),
        *("passed", "noted", "frozen", "not evaluated"),
        *("UNKNOWN_CODE", "CODE_DISABLED", "CODE_EXPIRED", "CODE_USED", "CODE_TAKEN", "CODE_MISTYPED"),
        *("NO_ATTRIBUTION", "WINDOW_EXPIRED", "TOUCH_AFTER_IDENTIFICATION", "PARKED", "ALREADY_REFERRED"),
        *("BLOCKED", "SELF", "OWN_CODE", "NOT_NEW", "SAME_IDENTITY", "CYCLE", "HAS_REFERRALS"),
        *("NOT_DISPUTED", "UNKNOWN_STEP", "UNKNOWN_PROGRAM", "PERIOD_NOT_OVER", "TOUCH_IN_FUTURE", "TOKEN_TOO_LONG"),
    }


class Boundless(NaiveLedger):
    """Knows no caps."""

    def _refusal(self, *about: Any) -> str | None:
        refusal = super()._refusal(*about)
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


@pytest.mark.parametrize("flawed", [Boundless, Patient, Hurried, Trustful, Undecided])
def test_flaws_are_found(flawed: type[NaiveLedger]) -> None:
    def open_flawed(history: History) -> PlayedLedger:
        opponent = PlayedModel(history.program, history.start)
        opponent.ledger = flawed(history.program, opponent.clock)
        return opponent

    assert any(find_difference(write_referral_history(seed, 120), open_flawed) for seed in range(60))
