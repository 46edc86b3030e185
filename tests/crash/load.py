"""The load of a process that is going to be killed: requests that follow from their keys, from several threads."""

from collections.abc import Callable
from typing import NamedTuple

import loyalty_ledger as ll

MEMBERS = 7
VERBS = ("accrue", "purchase", "redeem", "authorize", "capture", "reverse", "accrue", "authorize", "void")


class Acknowledged(NamedTuple):
    """What a caller had in hands when its process died."""

    key: str
    code: str
    sequence: int


def key_of(run: str, thread: int, number: int) -> str:
    return f"{run}/{thread}/{number}"


def ask(ledger: ll.Ledger, key: str) -> tuple[Acknowledged, bool] | None:
    """The request that belongs to the key, the same whoever asks it; and whether the answer was given before.

    Nothing for the capture of a refused hold and its reversal, which are not remembered.
    """
    run, thread, number = key.rsplit("/", 2)
    before = key_of(run, int(thread), int(number) - 1)
    member = f"m-{(int(thread) * 31 + int(number)) % MEMBERS}"
    try:
        answer = _call(ledger, VERBS[int(number) % len(VERBS)], member, before, key)
    except (ll.NotAnAuthorization, ll.TransactionNotFound):
        return None
    except ll.Refused as refused:
        return Acknowledged(key, str(refused.code), refused.sequence or 0), refused.replayed
    return Acknowledged(key, answer.code, answer.sequence), answer.replayed


def _call(ledger: ll.Ledger, verb: str, member: str, before: str, key: str) -> ll.Answer:
    """Captures, reversals and voids are about the request before."""
    if verb == "accrue":
        return ledger.accrue(member, 10, key=key)
    if verb == "purchase":
        return ledger.purchase(member, amount="12.34", key=key)
    if verb == "redeem":
        return ledger.redeem(member, 13, key=key)
    if verb == "authorize":
        return ledger.authorize(member, 3, key=key)
    if verb == "capture":
        return ledger.capture(before, points=2, key=key)
    if verb == "reverse":
        return ledger.reverse(before, points=1, key=key)
    return ledger.void(before, key=key)


def write_until_killed(ledger: ll.Ledger, run: str, thread: int, acknowledge: Callable[[str], None]) -> None:
    number = 0
    while True:
        asked = ask(ledger, key_of(run, thread, number))
        if asked is not None:
            key, code, sequence = asked[0]
            acknowledge(f"{key} {code} {sequence}\n")
        number += 1
