"""What happens to members and their aliases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from loyalty_ledger.arguments import alias_pairs, text
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.results import Answer
from loyalty_ledger.verbs.door import Door, attempt


class MemberVerbs(Door):
    """Members and their aliases."""

    def enroll(
        self,
        member: str,
        aliases: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Makes a member: an opaque id of at most 64 bytes, no @, no spaces. Aliases: `{"card": "2760001"}`."""
        given = alias_pairs("aliases", aliases)
        key = f"enroll/{text('member', member)}" if key is None else key
        raw = self._core.enroll(text("member", member), given, attempt=attempt(key, occurred_at, receipt, source))
        return self._answer(raw)

    def add_alias(
        self,
        member: str,
        kind: str,
        value: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets an alias find a member: `card`, `phone`, `external_id`, `partner:<id>` or `one_time`."""
        named = text("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.add_alias(*named, attempt=attempt(key, occurred_at, receipt, source)))

    def remove_alias(
        self,
        member: str,
        kind: str,
        value: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Takes an alias from a member."""
        named = text("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.remove_alias(*named, attempt=attempt(key, occurred_at, receipt, source)))
