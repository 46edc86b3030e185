"""The code table, the classes and the documents are one; refusals raise, also when replayed."""

import pickle
from pathlib import Path

import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core, errors

CODES = {name: (kind, meaning, retryable) for _, name, kind, meaning, _, retryable in _core.CODES}


def class_name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))


def test_every_code_but_applied_has_its_class() -> None:
    assert set(errors.CLASSES) == {code for code, (kind, _, _) in CODES.items() if kind != "applied"}
    for code, raised in errors.CLASSES.items():
        kind, meaning, retryable = CODES[code]
        base = getattr(ll, class_name(kind.upper()))
        assert issubclass(raised, base)
        assert raised is getattr(ll, class_name(code))
        assert (raised.code, raised.retryable, raised.__doc__) == (code, retryable, meaning)


def test_every_class_has_its_code() -> None:
    kinds = {class_name(kind.upper()) for kind, _, _ in CODES.values()}
    declared = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, ll.LedgerError)
    }
    expected = {class_name(code) for code in errors.CLASSES} | (kinds - {"Applied"})
    assert declared == expected | {"LedgerError", "CannotOpen", "TableError"}
    assert declared <= set(ll.__all__)


def test_every_code_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in document] == []


def test_numbers_are_never_used_twice() -> None:
    numbers = [number for number, *_ in _core.CODES]
    assert len(set(numbers)) == len(numbers) == len(CODES)


def test_a_refusal_carries_its_figures_and_is_frozen(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(ll.InsufficientPoints) as first:
        ledger.redeem(member, 120, key="r-1")
    ledger.accrue(member, 100, key="more")
    with pytest.raises(ll.InsufficientPoints) as again:
        ledger.redeem(member, 120, key="r-1")
    figures = {"requested": 120, "available": 100, "held": 0, "debt": 0, "sequence": first.value.sequence}
    assert first.value.details == {**figures, "replayed": False}
    assert again.value.details == {**figures, "replayed": True}
    assert (first.value.replayed, again.value.replayed) == (False, True)
    assert (again.value.code, again.value.retryable) == ("INSUFFICIENT_POINTS", False)
    assert isinstance(again.value, ll.Refused)
    assert "120 requested, 100 available" in str(again.value)


def test_a_reused_key_names_the_first_entry(ledger: ll.Ledger, member: str) -> None:
    first = ledger.redeem(member, 5, key="r")
    with pytest.raises(ll.KeyReused) as raised:
        ledger.redeem(member, 6, key="r")
    assert raised.value.details == {"entry": first.sequence}
    assert isinstance(raised.value, ll.Conflict)


def test_a_rejection_may_be_corrected_under_its_key(ledger: ll.Ledger) -> None:
    with pytest.raises(ll.MemberNotFound):
        ledger.accrue("m-1", 5, key="a")
    ledger.enroll("m-1")
    assert not ledger.accrue("m-1", 5, key="a").replayed


def test_exceptions_travel_between_processes(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(ll.InsufficientPoints) as raised:
        ledger.redeem(member, 120, key="r")
    copied = pickle.loads(pickle.dumps(raised.value))
    assert (type(copied), str(copied), copied.details) == (
        ll.InsufficientPoints,
        str(raised.value),
        raised.value.details,
    )


def test_a_closed_ledger_says_so(ledger: ll.Ledger, member: str) -> None:
    ledger.close()
    ledger.close()
    with pytest.raises(ll.ShuttingDown):
        ledger.accrue(member, 1, key="late")
