"""Fingerprints: what is equal however it is written, what is not, and what is refused without being repeated."""

import hashlib
import hmac
import re
import sys
from collections.abc import Callable

import pytest

from loyalty_ledger.fingerprints import Fingerprints

SECRET = b"sixteen bytes...and more"
PRINTS = Fingerprints(SECRET)


def hashed(kind: str, normalised: str) -> str:
    """A fingerprint as its definition says."""
    message = kind.encode() + bytes(1) + normalised.encode()
    return f"{kind}:{hmac.new(SECRET, message, hashlib.sha256).hexdigest()[:32]}"


def test_an_answer_that_must_never_change() -> None:
    assert PRINTS.card("4111 1111 1111 1111") == "card:46844349c3e81bb5afbbc395042a6198"


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("anna@example.com", "anna@example.com"),
        (" Anna@EXAMPLE.com\n", "anna@example.com"),
        ("anna+shop+2@example.com", "anna@example.com"),
        ("an.na@example.com", "an.na@example.com"),
        ("An.Na+x@gmail.com", "anna@gmail.com"),
        ("a.n.n.a@GoogleMail.com", "anna@gmail.com"),
        ("anna@bücher.example.com", "anna@xn--bcher-kva.example.com"),
        ("anna@xn--bcher-kva.example.com", "anna@xn--bcher-kva.example.com"),
        ("JO\u0308RG@example.com", "j\u00f6rg@example.com"),
        ("\u0390@example.com", "\u0390@example.com"),
        ("+@example.com", "+@example.com"),
    ],
)
def test_email_addresses_of_one_mailbox(written: str, normalised: str) -> None:
    assert PRINTS.email(written) == hashed("email", normalised)


@pytest.mark.parametrize(
    "written",
    ["", "anna", "anna@", "@example.com", "anna@example", "Anna <anna@example.com>", "an na@example.com", "a@b@c.com"],
)
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ValueError, match="like name@example.com"):
        PRINTS.email(written)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+4930123456", None),
        (" +49 (0)30 12 34-56 ", None),
        ("030/123456", "DE"),
        ("0049 30 123456", "DE"),
        ("+49 30 123456", "US"),
        ("\uff0b\uff14\uff19 30 123456", None),
    ],
)
def test_ways_to_write_one_number(written: str, region: str | None) -> None:
    assert PRINTS.phone(written, region) == hashed("phone", "+4930123456")


def test_the_leading_zero_of_italy_stays() -> None:
    assert PRINTS.phone("02 1234 5678", region="IT") == hashed("phone", "+390212345678")


@pytest.mark.parametrize(
    ("written", "region", "told"),
    [
        ("", None, "give region"),
        ("030 123456", None, "give region"),
        ("+49 30 123456 789 012 345", None, "too few or too many digits"),
        ("+1 20", None, "too few or too many digits"),
        ("+1 555 555 5555", None, "in no range of numbers"),
        ("+1 800 FLOWERS", None, "letters"),
        ("+49 30 123456 ext. 7", None, "letters"),
        ("030 123456", "UK", "region 'UK' is unknown"),
        ("030 123456", "de", "two capital letters"),
    ],
)
def test_what_is_no_phone_number(written: str, region: str | None, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        PRINTS.phone(written, region)


@pytest.mark.parametrize("written", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111 "])
def test_ways_to_write_one_card(written: str) -> None:
    assert PRINTS.card(written) == hashed("card", "4111111111111111")


@pytest.mark.parametrize("length", range(12, 20))
def test_cards_of_every_length_have_one_check_digit(length: int) -> None:
    start = "5" * (length - 1)
    right = [digit for digit in "0123456789" if is_taken(start + digit)]
    assert len(right) == 1


def is_taken(card: str) -> bool:
    try:
        PRINTS.card(card)
    except ValueError:
        return False
    return True


def test_a_slip_in_a_card_is_found() -> None:
    for wrong in ("4111111111111112", "1411111111111111", "4111111111111011"):
        with pytest.raises(ValueError, match="check digit"):
            PRINTS.card(wrong)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "42",
        "00000000000",
        "0" * 20,
        "**** **** **** 1111",
        "4111  1111 1111 1111",
        "\uff14111111111111111",
        "-" * 16,
    ],
)
def test_what_is_no_card(written: str) -> None:
    with pytest.raises(ValueError, match="12 to 19 digits"):
        PRINTS.card(written)


def test_devices() -> None:
    assert PRINTS.device(" iPhone-7F3A\t") == PRINTS.device("iPhone-7F3A") == hashed("device", "iPhone-7F3A")
    assert PRINTS.device("iphone-7f3a") != PRINTS.device("iPhone-7F3A")
    assert PRINTS.device("é" * 128) == hashed("device", "é" * 128)
    for wrong in ("", " \n", "é" * 128 + "x"):
        with pytest.raises(ValueError, match="1 to 256 bytes"):
            PRINTS.device(wrong)


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::/64"),
        ("2001:db8:0:0:ffff:1:2:3", "2001:db8::/64"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_addresses_of_one_network(written: str, normalised: str) -> None:
    assert PRINTS.ip(written) == hashed("ip", normalised)


@pytest.mark.parametrize("written", ["", "7", "192.0.2.7:443", "192.0.2.0/24", "192.0.2.07", "[2001:db8::7]", "host"])
def test_what_is_no_ip_address(written: str) -> None:
    with pytest.raises(ValueError, match="without port or mask"):
        PRINTS.ip(written)


def test_disposable_domains() -> None:
    domains = {"mailinator.com", "xn--bcher-kva.example.com", "com"}
    expected = hashed("disposable", "mailinator.com")
    assert PRINTS.disposable("a@Mailinator.com", domains) == expected
    assert PRINTS.disposable("b@x.y.mailinator.com", list(domains)) == expected
    assert PRINTS.disposable("b@bücher.example.com", domains) == hashed("disposable", "xn--bcher-kva.example.com")
    assert PRINTS.disposable("a@notmailinator.com", domains) is None
    assert PRINTS.disposable("a@mailinator.com", ()) is None
    with pytest.raises(ValueError, match="not an address"):
        PRINTS.disposable("mailinator.com", domains)
    with pytest.raises(TypeError, match="domains must be a collection"):
        PRINTS.disposable("a@mailinator.com", "mailinator.com")
    with pytest.raises(TypeError, match="domains must be a collection"):
        PRINTS.disposable("a@mailinator.com", None)  # type: ignore[arg-type]


def test_kinds_and_secrets_are_kept_apart() -> None:
    other = Fingerprints(b"another secret, as long")
    made = [PRINTS.card("4111111111111111"), PRINTS.device("4111111111111111"), other.card("4111111111111111")]
    assert len({print_.partition(":")[2] for print_ in made}) == 3
    longest = PRINTS.disposable("a@mailinator.com", {"mailinator.com"})
    assert longest is not None and len(longest.encode()) <= 64
    assert all(re.fullmatch("[a-z]+:[0-9a-f]{32}", print_) for print_ in [*made, longest])


def test_secrets_that_are_refused() -> None:
    assert Fingerprints(b"x" * 16).device("d") != PRINTS.device("d")
    with pytest.raises(ValueError, match=r"15 bytes.*secrets\.token_bytes\(32\)"):
        Fingerprints(b"x" * 15)
    with pytest.raises(TypeError, match="secret must be bytes, not str"):
        Fingerprints("x" * 16)  # type: ignore[arg-type]
    assert "sixteen" not in repr(PRINTS)


@pytest.mark.parametrize("method", [PRINTS.email, PRINTS.phone, PRINTS.card, PRINTS.device, PRINTS.ip])
def test_what_is_not_text(method: Callable[[object], str]) -> None:
    for wrong in (None, b"4111111111111111", 4111111111111111):
        with pytest.raises(TypeError, match="must be text"):
            method(wrong)
    with pytest.raises(TypeError, match="region must be text"):
        PRINTS.phone("030 123456", 49)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "written", "private"),
    [
        (PRINTS.email, "anna.private@nowhere", "private"),
        (PRINTS.email, "anna@pri\u00a0vate.com", "pri"),
        (PRINTS.phone, "+49 30 123456 789 012 345", "1234"),
        (PRINTS.card, "4111111111111112", "1111"),
        (PRINTS.device, "private" * 100, "private"),
        (PRINTS.ip, "192.0.2.7:443", "443"),
    ],
)
def test_messages_do_not_repeat_what_was_given(method: Callable[[str], str], written: str, private: str) -> None:
    with pytest.raises(ValueError) as refused:
        method(written)
    assert private not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("library", "method", "written"),
    [("email_validator", PRINTS.email, "a@example.com"), ("phonenumbers", PRINTS.phone, "+4930123456")],
)
def test_a_missing_library_is_told_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, library: str, method: Callable[[str], str], written: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=r"pip install loyalty-ledger\[fingerprints\]"):
        method(written)
    assert PRINTS.ip("192.0.2.7") and PRINTS.card("4111111111111111") and PRINTS.device("d")
