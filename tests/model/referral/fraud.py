"""Rules about fraud that need no clock and no network: those that deny an edge, and those that freeze or note it."""

from collections.abc import Mapping
from datetime import datetime

from model.members import Members
from model.referral.facts import Book, Claim, Event, Referral
from model.referral.rules import ReferralRules

DENIALS = (
    *("BLOCKED", "SELF", "ALREADY_REFERRED", "NOT_NEW", "RETURNING", "OWN_CODE", "SAME_IDENTITY"),
    *("CYCLE", "HAS_REFERRALS", "DEPTH"),
)
"""The first that applies is the answer."""
WEAK = ("device", "ip", "disposable")
"""Kinds of fingerprints that several people may share, or that name nobody."""

Fingerprints = Mapping[str, frozenset[str]]


def denial_by_others(
    rules: ReferralRules, book: Book, claim: Claim, advocate: str, members: Members, known: Fingerprints
) -> str | None:
    """The first denial that is about the advocate or the edges there are; those about the friend's own past are not."""
    status, is_own = members.status, advocate == claim.friend
    if status[advocate] != "active" or status[claim.friend] != "active":
        return "BLOCKED"
    if is_own and not claim.at_checkout:
        return "SELF"
    mine = strong(claim.fingerprints | known.get(claim.friend, frozenset()))
    if rules.asks("RETURNING") and (members.has_returned(claim.friend) or mine & _left_by_erased(members, known)):
        return "RETURNING"
    if is_own:
        return "OWN_CODE"
    if rules.asks("SAME_IDENTITY") and mine & strong(known.get(advocate, frozenset())):
        return "SAME_IDENTITY"
    above = book.ancestors(advocate)
    if rules.graph == "leaf_only" and book.friends_of(claim.friend):
        return "HAS_REFERRALS"
    if rules.graph == "any" and claim.friend in above:
        return "CYCLE"
    if rules.graph == "any" and rules.depth and len(above) > rules.depth:
        return "DEPTH"
    return None


def freezes_and_notes(
    rules: ReferralRules, book: Book, referral: Referral, advocate: str, known: Fingerprints, now: datetime
) -> dict[str, str]:
    """What each rule that is not off finds about an edge that is about to be bound."""
    assert referral.claim is not None
    mine = referral.claim.fingerprints | known.get(referral.friend, frozenset())
    theirs = known.get(advocate, frozenset())
    found: dict[str, str] = {}
    alike = _cluster(referral.friend, mine, known) if strong(mine) else None
    found["SAME_CLUSTER"] = _verdict(alike, lambda cluster: advocate in cluster)
    above = book.ancestors(advocate)[: rules.depth or None]
    found["RING"] = _verdict(alike, lambda cluster: bool(cluster & set(above)))
    found["SHARED_DEVICE"] = _shares(mine, theirs, "device")
    shared_ip = _shares(mine, theirs, "ip")
    found["SHARED_IP"] = "noted" if shared_ip == "frozen" else shared_ip
    found["DISPOSABLE"] = "frozen" if _of_kind(mine, "disposable") else "passed" if mine else "not evaluated"
    found["VELOCITY"] = _velocity(rules, book, advocate, now)
    found["AMOUNT_OUTLIER"] = "not evaluated"
    return {rule: finding for rule, finding in found.items() if rules.asks(rule)}


def freezes_at_qualification(rules: ReferralRules, referral: Referral, event: Event) -> dict[str, str]:
    """What the event itself says; rules that the program does not have are not asked."""
    found: dict[str, str] = {}
    if rules.too_fast is not None and referral.bound_at is not None:
        is_fast = event.occurred_at < rules.after(referral.bound_at, rules.too_fast)
        found["TOO_FAST"] = "frozen" if is_fast else "passed"
    if rules.outlier is not None:
        is_large = event.sale is not None and event.sale.amount >= rules.outlier
        found["AMOUNT_OUTLIER"] = "not evaluated" if event.sale is None else "frozen" if is_large else "passed"
    return found


def strong(fingerprints: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in fingerprints if one.partition(":")[0] not in WEAK)


def _left_by_erased(members: Members, known: Fingerprints) -> frozenset[str]:
    return frozenset(mark for member, marks in known.items() if members.is_erased(member) for mark in strong(marks))


def _verdict(cluster: set[str] | None, is_hit: object) -> str:
    if cluster is None:
        return "not evaluated"
    assert callable(is_hit)
    return "frozen" if is_hit(cluster) else "passed"


def _cluster(friend: str, mine: frozenset[str], known: Fingerprints) -> set[str]:
    """Everybody who shares a strong fingerprint with the friend, or with somebody who does, and so on."""
    members, marks = {friend}, set(strong(mine))
    while True:
        more = {member for member, theirs in known.items() if strong(theirs) & marks} - members
        if not more:
            return members
        members |= more
        marks |= {mark for member in more for mark in strong(known[member])}


def _of_kind(fingerprints: frozenset[str], kind: str) -> frozenset[str]:
    return frozenset(one for one in fingerprints if one.partition(":")[0] == kind)


def _shares(mine: frozenset[str], theirs: frozenset[str], kind: str) -> str:
    mine, theirs = _of_kind(mine, kind), _of_kind(theirs, kind)
    if not mine or not theirs:
        return "not evaluated"
    return "frozen" if mine & theirs else "passed"


def _velocity(rules: ReferralRules, book: Book, advocate: str, now: datetime) -> str:
    """Only binds that passed count, and are remembered."""
    if rules.velocity is None:
        return "not evaluated"
    most, within = rules.velocity
    passed = book.passed_binds.get(advocate, [])[-most:]
    if len(passed) == most and now < rules.after(passed[0], within):
        return "frozen"
    book.passed_binds[advocate] = [*passed, now][-most:]
    return "passed"
