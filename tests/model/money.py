"""Amounts of money as whole minor units."""

from decimal import Decimal


def minor_units(amount: int | str | Decimal) -> int:
    """An int is minor units already; text and decimals are whole units with at most two places."""
    if isinstance(amount, int):
        return amount
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    scaled = Decimal(amount) * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return int(scaled)
