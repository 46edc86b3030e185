"""Fingerprints of what identifies a person: normalised, then hashed with a key, so that the ledger sees neither."""

from __future__ import annotations

import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Collection

from loyalty_ledger import arguments

SECRET_BYTES = 16
"""The shortest secret."""
DEVICE_BYTES = 256
"""The longest name of a device."""

_HASH_BYTES = 16
_CARD = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}")
_ONE_MAILBOX = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Domains that ignore dots in the local part, and the one they all are."""
_INSTALL = "pip install loyalty-ledger[fingerprints]"


class Fingerprints:
    """Makes fingerprints with one secret: `secret` is at least 16 bytes, known to whoever sends referrals alone.

    A fingerprint is `"<kind>:<hex>"`: the method's name and 32 hexadecimal digits, the first 128 bits of HMAC-SHA256
    over kind, a zero byte and the normalised text. Under one secret, equal things have equal fingerprints however they
    are written; so keep it, since under another nothing matches what was sent before.

    Every method raises `TypeError` for what is not text, and `ValueError` for what cannot be normalised. No message
    repeats what it was given.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if not isinstance(secret, bytes):
            raise TypeError(f"secret must be bytes, not {type(secret).__name__}")
        if len(secret) < SECRET_BYTES:
            raise ValueError(
                f"secret has {len(secret)} bytes and needs at least {SECRET_BYTES}: "
                "make one with secrets.token_bytes(32), and keep it"
            )
        self._secret = secret

    def email(self, text: str) -> str:
        """An e-mail address: in small letters, its domain as ASCII, without `+tag`; for Gmail without dots too.

        Whether it exists is not looked up. `ImportError` without the extra `fingerprints`.
        """
        local, domain = _mailbox(text)
        return self._fingerprint("email", f"{local}@{domain}")

    def phone(self, text: str, region: str | None = None) -> str:
        """A phone number as E.164; letters are refused, since they would be read as keys of a dial.

        `region`, such as `"DE"`, is where a number without country code is dialled; without it only numbers that start
        with `+` are taken. `ImportError` without the extra `fingerprints`.
        """
        return self._fingerprint("phone", _dialled(text, region))

    def card(self, text: str) -> str:
        """A card's number: 12 to 19 digits with a valid check digit, apart from single spaces and hyphens."""
        written = arguments.text("card", text).strip()
        if not _CARD.fullmatch(written):
            raise ValueError("card must have 12 to 19 digits, with single spaces or hyphens at most; give it unmasked")
        digits = re.sub("[ -]", "", written)
        if not _passes_luhn(digits):
            raise ValueError("card has a wrong check digit; look for a mistyped or swapped digit")
        return self._fingerprint("card", digits)

    def device(self, text: str) -> str:
        """What an app or a browser calls its device: 1 to 256 bytes of UTF-8 without white space around."""
        name = arguments.text("device", text).strip()
        if not 1 <= len(name.encode()) <= DEVICE_BYTES:
            raise ValueError(f"device must have 1 to {DEVICE_BYTES} bytes; leave it out where there is none")
        return self._fingerprint("device", name)

    def ip(self, text: str) -> str:
        """An IP address; of IPv6 the /64 network, since a household has that many. IPv4 within IPv6 is IPv4."""
        try:
            address = ipaddress.ip_address(arguments.text("ip", text).strip())
        except ValueError:
            raise ValueError("ip must be one address such as 192.0.2.7 or 2001:db8::7, without port or mask") from None
        if isinstance(address, ipaddress.IPv6Address):
            mapped = address.ipv4_mapped
            if mapped is None:
                return self._fingerprint("ip", str(ipaddress.IPv6Network((int(address), 64), strict=False)))
            address = mapped
        return self._fingerprint("ip", str(address))

    def disposable(self, email: str, domains: Collection[str]) -> str | None:
        """The domain of an e-mail address if it, or one above it, is on a list of disposable ones; else `None`.

        `domains` are in small letters and ASCII, as such lists are; a set is quickest. `ImportError` without the extra
        `fingerprints`.
        """
        if isinstance(domains, str) or not isinstance(domains, Collection):
            raise TypeError(f"domains must be a collection of text such as a set, not {type(domains).__name__}")
        labels = _checked_address(email)[1].split(".")
        for start in range(len(labels) - 1):
            domain = ".".join(labels[start:])
            if domain in domains:
                return self._fingerprint("disposable", domain)
        return None

    def _fingerprint(self, kind: str, normalised: str) -> str:
        hashed = hmac.digest(self._secret, f"{kind}\0{normalised}".encode(), "sha256")
        return f"{kind}:{hashed[:_HASH_BYTES].hex()}"


def _mailbox(text: str) -> tuple[str, str]:
    """What an address has in common with all others of its mailbox: local part and domain."""
    written, domain = _checked_address(text)
    local = unicodedata.normalize("NFC", written.casefold())
    local = local.partition("+")[0] or local
    if domain in _ONE_MAILBOX:
        return local.replace(".", ""), _ONE_MAILBOX[domain]
    return local, domain


def _checked_address(text: str) -> tuple[str, str]:
    """The local part of an address, and its domain in small ASCII letters."""
    written = arguments.text("email", text).strip()
    try:
        from email_validator import EmailNotValidError, validate_email
    except ImportError as error:
        raise ImportError(f"e-mail addresses need the library email-validator: {_INSTALL}") from error
    try:
        address = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("email is not an address; give it in full, like name@example.com, and nothing else") from None
    return address.local_part, address.ascii_domain.lower()


def _dialled(text: str, region: str | None) -> str:
    """A number as E.164."""
    written = arguments.text("phone", text)
    country = arguments.optional_text("region", region)
    try:
        import phonenumbers
    except ImportError as error:
        raise ImportError(f"phone numbers need the library phonenumbers: {_INSTALL}") from error
    if country is not None and country not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"region {country!r} is unknown; give a country's two capital letters, such as 'DE'")
    if any(character.isalpha() for character in written):
        raise ValueError("phone has letters in it; give the number alone, without words and extension")
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        raise ValueError(
            "phone is not a number that can be dialled; write it with country code, like +49 30 123456, or give region"
        ) from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("phone has too few or too many digits for its country; look for missing or added ones")
    if not phonenumbers.is_valid_number(number):
        raise ValueError("phone is in no range of numbers that its country gives out; check country code and prefix")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in digits[::-2])) % 10 == 0
