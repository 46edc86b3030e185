"""Money: decimals, text or whole minor units in, minor units to the engine. Never floats."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from loyalty_ledger import _core, errors

Amount: TypeAlias = Decimal | str | int
"""Units as `Decimal` or text ("36.90"), or minor units as `int` (3690)."""

PRICE_DIGITS = 6
_LARGEST = 2**63 - 1


def minor_units(argument: str, amount: object, currency: str) -> int:
    """An amount in the minor unit of its currency; more decimals than the currency has are refused."""
    return _scaled(argument, amount, currency, _core.minor_digits(currency))


def price_micros(argument: str, price: object, currency: str) -> int:
    """A price per point in millionths of a unit of money."""
    return _scaled(argument, price, currency, PRICE_DIGITS)


def units(minor: int, currency: str) -> Decimal:
    """Minor units as units, with all the decimals of the currency."""
    return Decimal(minor).scaleb(-_core.minor_digits(currency))


def checked_currency(currency: object) -> str:
    """An ISO 4217 code: three capital letters."""
    if not isinstance(currency, str):
        raise TypeError(f"currency must be text such as 'EUR', not {type(currency).__name__}")
    _core.minor_digits(currency)
    return currency


def _scaled(argument: str, amount: object, currency: str, digits: int) -> int:
    if isinstance(amount, bool):
        raise TypeError(f"{argument} must be money, not a bool")
    if isinstance(amount, float):
        raise TypeError(
            f"{argument} {amount!r} is a float, and floats cannot hold money exactly (0.1 + 0.2 != 0.3): give it as "
            "text ('36.90'), as Decimal('36.90') or as whole minor units (3690)"
        )
    if isinstance(amount, int):
        return _bounded(argument, amount * 10 ** (digits - _core.minor_digits(currency)))
    if isinstance(amount, str):
        amount = _parsed(argument, amount)
    if not isinstance(amount, Decimal):
        raise TypeError(f"{argument} must be a Decimal, text or whole minor units, not {type(amount).__name__}")
    return _exact(argument, amount, currency, digits)


def _parsed(argument: str, text: str) -> Decimal:
    try:
        # Decimal itself takes "1_000" for a thousand, and digits of other scripts.
        if "_" in text or not text.isascii():
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{argument} {text!r} is not a number; write it like '36.90'") from None


def _exact(argument: str, amount: Decimal, currency: str, digits: int) -> int:
    if not amount.is_finite():
        raise ValueError(f"{argument} {amount} is not an amount")
    sign, figures, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or amount.adjusted() > 20:
        raise errors.AmountTooLarge(f"{argument} {amount} is larger than any amount here may be")
    number = int("".join(map(str, figures)))
    shift = exponent + digits
    if shift >= 0:
        number *= 10**shift
    else:
        number, rest = divmod(number, 10 ** min(-shift, len(figures) + 1))
        if rest:
            raise ValueError(f"{argument} {amount} has more than the {digits} decimals of {currency}; round it first")
    return _bounded(argument, -number if sign else number)


def _bounded(argument: str, number: int) -> int:
    if not -_LARGEST <= number <= _LARGEST:
        raise errors.AmountTooLarge(f"{argument} is larger than any amount here may be")
    return number
