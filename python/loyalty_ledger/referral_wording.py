"""How a referral stands, in English and in German."""

from __future__ import annotations

import re
from typing import Final

from loyalty_ledger.referral_results import ReferralReward, ReferralState
from loyalty_ledger.wording import LANGUAGES, Language

# Whether a friend is bound: English, German.
EDGES: Final[dict[str, tuple[str, str]]] = {
    "UNBOUND": ("{friend} is bound to nobody.", "{friend} ist niemandem zugeordnet."),
    "BOUND": ("{friend} was brought by {advocate}.", "{friend} wurde von {advocate} geworben."),
    "VOID": (
        "{friend} was brought by {advocate}; a person denied the referral, for good.",
        "{friend} wurde von {advocate} geworben; die Empfehlung wurde endgültig abgelehnt.",
    ),
    "MOVED": (
        "{friend} was brought by {advocate}, as an operator decided.",
        "{friend} wurde von {advocate} geworben, wie von Hand entschieden wurde.",
    ),
    "ANONYMISED": ("{friend} was brought by {advocate}.", "{friend} wurde von {advocate} geworben."),
    "CLOSED": (
        "{friend} bought without having been brought by anybody, and can no longer be bound.",
        "{friend} hat gekauft, ohne geworben zu sein, und kann niemandem mehr zugeordnet werden.",
    ),
}

# How far a referral has come: English, German.
PROGRESS: Final[dict[str, tuple[str, str]]] = {
    "ATTRIBUTED": ("No step is done yet.", "Noch ist kein Schritt getan."),
    "IN_PROGRESS": ("{done} of {needed} steps are done.", "{done} von {needed} Schritten sind getan."),
    "QUALIFIED": ("All steps are done; rewards wait.", "Alle Schritte sind getan; Prämien stehen aus."),
    "SETTLED": ("All steps are done, and no reward waits.", "Alle Schritte sind getan, und keine Prämie steht aus."),
    "REVERSED": ("It had qualified and was reversed.", "Sie war erfüllt und wurde rückgängig gemacht."),
    "EXPIRED": ("The steps were not done in time.", "Die Schritte wurden nicht rechtzeitig getan."),
    "BELOW_MINIMUM": (
        "The very first purchase was too small, so nothing counts.",
        "Der allererste Einkauf war zu klein, deshalb zählt nichts.",
    ),
    "DENIED": ("It was denied before it qualified.", "Sie wurde abgelehnt, bevor sie erfüllt war."),
}

# Who gets a reward: English, German.
ROLES: Final[dict[str, tuple[str, str]]] = {
    "advocate": ("advocate", "werbend"),
    "friend": ("friend", "geworben"),
    "upline": ("level {level}", "Stufe {level}"),
    "milestone": ("milestone {level}", "Etappe {level}"),
}

# Where a reward stands: English, German.
REWARDS: Final[dict[str, tuple[str, str]]] = {
    "PENDING": (
        "{points} points for {member} ({role}) are pending until their hold is over.",
        "{points} Punkte für {member} ({role}) sind vorgemerkt, bis die Wartezeit um ist.",
    ),
    "FROZEN": (
        "{points} points for {member} ({role}) are frozen until a person decides.",
        "{points} Punkte für {member} ({role}) sind eingefroren, bis jemand entscheidet.",
    ),
    "WAITING": (
        "{points} points for {member} ({role}) wait for the month to be closed.",
        "{points} Punkte für {member} ({role}) warten auf den Monatsabschluss.",
    ),
    "AVAILABLE": (
        "{points} points for {member} ({role}) are available.",
        "{points} Punkte für {member} ({role}) sind verfügbar.",
    ),
    "REDEEMED": (
        "{points} points for {member} ({role}) have been used.",
        "{points} Punkte für {member} ({role}) sind verbraucht.",
    ),
    "EXPIRED": (
        "{points} points for {member} ({role}) have expired.",
        "{points} Punkte für {member} ({role}) sind verfallen.",
    ),
    "CANCELLED": (
        "{member} ({role}) gets nothing: it was cancelled before it could be spent.",
        "{member} ({role}) bekommt nichts: vor der Freigabe storniert.",
    ),
    "CLAWED": (
        "{member} ({role}) keeps nothing: it was taken back after it could be spent.",
        "{member} ({role}) behält nichts: nach der Freigabe zurückgenommen.",
    ),
    "CAP_LIMITED": (
        "{member} ({role}) gets nothing: a cap of the program was reached.",
        "{member} ({role}) bekommt nichts: eine Obergrenze des Programms war erreicht.",
    ),
}

# Where a voucher stands: English, German.
VOUCHERS: Final[dict[str, tuple[str, str]]] = {
    "PENDING": (
        "A voucher for {member} ({role}) waits: {label}.",
        "Ein Gutschein für {member} ({role}) steht aus: {label}.",
    ),
    "AVAILABLE": (
        "{member} ({role}) has the voucher {code}: {label}.",
        "{member} ({role}) hat den Gutschein {code}: {label}.",
    ),
    "RESERVED": (
        "A till has reserved the voucher {code} of {member} ({role}): {label}.",
        "Eine Kasse hat den Gutschein {code} von {member} ({role}) reserviert: {label}.",
    ),
    "REDEEMED": (
        "{member} ({role}) has used the voucher {code}: {label}.",
        "{member} ({role}) hat den Gutschein {code} eingelöst: {label}.",
    ),
    "EXPIRED": (
        "The voucher {code} of {member} ({role}) has expired: {label}.",
        "Der Gutschein {code} von {member} ({role}) ist abgelaufen: {label}.",
    ),
    "DISABLED": (
        "The voucher {code} of {member} ({role}) was disabled before it was used: {label}.",
        "Der Gutschein {code} von {member} ({role}) wurde vor dem Einlösen gesperrt: {label}.",
    ),
    "UNRECOVERED": (
        "{member} ({role}) had used the voucher {code} before the reward was taken back: {label}.",
        "{member} ({role}) hatte den Gutschein {code} eingelöst, bevor die Prämie zurückging: {label}.",
    ),
}

# What is open: English, German.
OPEN: Final[dict[str, tuple[str, str]]] = {
    "HOLD": ("Open: the hold of the rewards.", "Offen: die Wartezeit der Prämien."),
    "REVIEW": ("Open: a person's decision.", "Offen: eine Entscheidung von Hand."),
    "CLOSE": ("Open: the close of the month.", "Offen: der Monatsabschluss."),
    "TOUCH": (
        "Open: a touch of the token that the sign-up named.",
        "Offen: ein Kontakt mit dem Token, das die Anmeldung nannte.",
    ),
    "steps": ("Open: {steps}.", "Offen: {steps}."),
}

# Steps that are open: English, German.
STEPS: Final[dict[str, tuple[str, str]]] = {
    "first_purchase": ("a first purchase that is large enough", "ein erster Einkauf, der groß genug ist"),
    "every_purchase": ("a purchase that is large enough", "ein Einkauf, der groß genug ist"),
    "newsletter": ("the newsletter", "der Newsletter"),
    "discount_claim": ("the claim of the discount", "das Einlösen des Rabatts"),
}

# Why nothing can be open, or nothing is given: English, German.
WHY: Final[dict[str, tuple[str, str]]] = {
    "UNKNOWN_CODE": ("nobody has issued the code", "diesen Code hat niemand ausgegeben"),
    "CODE_MISTYPED": ("the code was mistyped", "der Code ist vertippt"),
    "CODE_DISABLED": ("the code was disabled", "der Code ist gesperrt"),
    "CODE_EXPIRED": ("the code had expired", "der Code war abgelaufen"),
    "CODE_USED": ("somebody else has the code, or used it", "den Code hat oder hatte schon jemand anders"),
    "CODE_PENDING": ("the voucher is not ready", "der Gutschein ist noch nicht freigegeben"),
    "TOKEN_TOO_LONG": ("the token is too long", "das Token ist zu lang"),
    "NO_ATTRIBUTION": ("no touch joins the friend to anybody", "kein Kontakt führt zu jemandem"),
    "WINDOW_EXPIRED": ("the touch was too long before the sign-up", "der Kontakt lag zu lange vor der Anmeldung"),
    "TOUCH_AFTER_IDENTIFICATION": ("the touch came after the sign-up", "der Kontakt kam nach der Anmeldung"),
    "BLOCKED": ("advocate or friend are blocked", "eines der beiden Konten ist gesperrt"),
    "SELF": ("nobody brings themselves", "niemand wirbt sich selbst"),
    "ALREADY_REFERRED": ("the friend was brought before", "die Person wurde schon vorher geworben"),
    "NOT_NEW": ("the friend is not new", "die Person ist nicht neu"),
    "RETURNING": ("the friend has come back", "die Person ist zurückgekehrt"),
    "OWN_CODE": ("the code at the checkout was the buyer's own", "der Code an der Kasse war der eigene"),
    "SAME_IDENTITY": ("friend and advocate are one person", "beide sind dieselbe Person"),
    "CYCLE": ("the friend is above the advocate already", "die Person steht schon über der werbenden"),
    "HAS_REFERRALS": ("the friend has brought others", "die Person hat selbst schon geworben"),
    "DEPTH": ("the advocate has too many above", "über der werbenden Person stehen zu viele"),
    "DENIED": ("a person denied it", "von Hand abgelehnt"),
    "CAP_REACHED": ("a cap is reached", "eine Obergrenze ist erreicht"),
    "UNKNOWN_PROGRAM": ("there is no such program", "ein solches Programm gibt es nicht"),
}
_ERASED: Final = ("Who has an @ was erased.", "Wer ein @ hat, wurde gelöscht.")
_BECAUSE: Final = ("Because {why}.", "Grund: {why}.")
_EVENT: Final = ("the event {event}", "das Ereignis {event}")
_PARTS: Final = re.compile(r"(\w+)(?:\((?:(\d+)/(\d+)|(\w+))\))?")


def referral_text(state: ReferralState, language: Language) -> str:
    """How a referral stands: a sentence on the edge, on progress, on each reward, and on what is open."""
    place = LANGUAGES.index(language)
    edge = EDGES.get(state.edge, (state.edge, state.edge))[place]
    told = [edge.format(friend=state.friend, advocate=state.advocate)]
    if state.progress is not None and state.edge != "VOID":
        told.append(_progress(state.progress, place))
    told += [reward_text(reward, language) for reward in state.rewards]
    if state.open is not None and state.edge != "VOID":
        told.append(_open(state.open, place))
    names = [state.friend, state.advocate or "", *(reward.member for reward in state.rewards)]
    if any(name.startswith("@") for name in names):
        told.append(_ERASED[place])
    return " ".join(told)


def reward_text(reward: ReferralReward, language: Language) -> str:
    """Where a reward stands, in a sentence."""
    place = LANGUAGES.index(language)
    words = REWARDS.get(reward.state, (f"{{member}}: {reward.state}",) * 2)[place]
    name, _, level = reward.role.partition("-")
    role = ROLES.get(name, (name, name))[place].format(level=level)
    told = words.format(points=reward.points, member=reward.member, role=role)
    voucher = reward.voucher
    if voucher is None:
        return told
    words = VOUCHERS.get(voucher.state, (f"{{code}}: {voucher.state}",) * 2)[place]
    beside = words.format(member=reward.member, role=role, code=voucher.code, label=voucher.label)
    is_over = reward.state in ("CANCELLED", "CLAWED", "CAP_LIMITED")
    return f"{told} {beside}" if reward.points or is_over else beside


def _progress(progress: str, place: int) -> str:
    parts = _PARTS.fullmatch(progress)
    if parts is None:
        return progress
    word, done, needed, reason = parts.groups()
    known = PROGRESS.get(reason or word, (progress, progress))[place]
    return known.format(done=done, needed=needed)


def _open(condition: str, place: int) -> str:
    if condition in WHY:
        return _BECAUSE[place].format(why=WHY[condition][place])
    if condition in OPEN:
        return OPEN[condition][place]
    if condition.isupper():
        return _BECAUSE[place].format(why=condition)
    steps = ", ".join(_step(step, place) for step in condition.split(","))
    return OPEN["steps"][place].format(steps=steps)


def _step(step: str, place: int) -> str:
    kind, _, event = step.partition(":")
    return _EVENT[place].format(event=event) if event else STEPS.get(kind, (step, step))[place]
