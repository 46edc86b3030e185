"""Requests of any verbs as rows of one table: a column for each argument, null where a row doesn't have it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from model import Alias, Line, Outcome, Receipt, Source
from model.referral.facts import ReferralBy

# What the arguments that come by position are called; of all other verbs member and points.
NAMES = {
    "enroll": ("member", "aliases"),
    "add_alias": ("member", "kind", "value"),
    "remove_alias": ("member", "kind", "value"),
    "replace_alias": ("member", "kind", "old", "new"),
    "capture": ("authorization",),
    "void": ("authorization",),
    "extend": ("authorization",),
    "reverse": ("original",),
    "activate": ("original",),
    "transfer": ("giver", "receiver", "points"),
    "link_member": ("member", "partner", "partner_member"),
    "unlink_member": ("member", "partner"),
    "issue_one_time_code": ("member",),
    "issue_code": ("program", "member"),
    "disable_code": ("program", "code"),
    "change_coupon": ("program", "code", "member"),
    "record_touch": ("program",),
    "bind_referral": ("program", "friend"),
    "record_step": ("program", "friend", "step"),
    "review_referral": ("program", "friend", "decision"),
    "dispute": ("original",),
}
REFERENCES = ("original", "authorization", "capture")
MONEY = ("amount", "eligible", "price")


def row(verb: str, args: Sequence[object], rest: Mapping[str, object]) -> dict[str, object]:
    """A call of a verb with every argument under its name."""
    return {"verb": verb, **dict(zip(NAMES.get(verb, ("member", "points")), args, strict=False)), **rest}


def table(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows in the columns that `post_batch` knows."""
    flat = [_flat(one) for one in rows]
    names = sorted({name for one in flat for name in one})
    return pa.table({name: _column([one.get(name) for one in flat]) for name in names})


def _column(values: list[Any]) -> pa.Array:
    return pa.array(values) if any(value is not None for value in values) else pa.array(values, pa.string())


def _flat(one: Mapping[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in one.items():
        match value:
            case None:
                pass
            case Receipt():
                flat |= _receipt(name, value)
            case Alias(kind, told):
                flat |= {f"{name}_kind": kind, name: told}
            case ReferralBy():
                named = {part: told for part, told in vars(value).items() if told is not None}
                flat |= {part: list(told) if part == "fingerprints" else told for part, told in named.items()}
            case Source():
                flat |= {f"source_{part}": told for part, told in vars(value).items() if told}
            case int() | Outcome() if name in REFERENCES:
                flat[f"{name}_sequence"] = value.sequence if isinstance(value, Outcome) else value
            case int() | str() | Decimal() if name in MONEY:
                flat[name] = Decimal(value).scaleb(-2) if isinstance(value, int) else Decimal(value)
            case _ if name == "scopes":
                flat[name] = " ".join(value)  # type: ignore[arg-type]
            case _ if name == "lines":
                flat[name] = [_line(line) for line in value]  # type: ignore[attr-defined]
            case Mapping():
                flat |= {str(kind): alias for kind, alias in value.items()}
            case _:
                flat[name] = value
    return flat


def _receipt(name: str, receipt: Receipt) -> dict[str, object]:
    prefix = "receipt" if name == "receipt" else f"{name}_receipt"
    parts = {f"{prefix}_{part}": getattr(receipt, part) for part in ("store", "terminal", "business_date", "number")}
    return {**parts, f"{prefix}_is_return": True} if receipt.is_return and name != "receipt" else parts


def _line(line: object) -> dict[str, object]:
    if isinstance(line, Line):
        return {**vars(line), "amount": Decimal(line.amount).scaleb(-2)}
    place, quantity = line  # type: ignore[misc]
    return {"line": place, "quantity": quantity}
