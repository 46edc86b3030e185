"""What a ledger can be asked about referrals."""

from __future__ import annotations

from loyalty_ledger import received_reads
from loyalty_ledger.arguments import count, flag, text
from loyalty_ledger.naming import Member, member_name
from loyalty_ledger.referral_results import Friend, ReferralCodeState, ReferralKpis, ReferralState, TreeMember
from loyalty_ledger.referral_wording import referral_text
from loyalty_ledger.verbs.door import Door
from loyalty_ledger.wording import Language, checked_language

PAGE_FRIENDS = 1000
DEEPEST = 2**31 - 1


class ReferralReads(Door):
    """How referrals stand; a program that there is not raises `UnknownProgram`."""

    def referral(self, program: str, friend: Member) -> ReferralState:
        """How the referral of a friend stands now, with every reward and the condition that is open."""
        return received_reads.referral(self._core.referral(text("program", program), member_name("friend", friend)))

    def explain_referral(self, program: str, friend: Member, language: Language = "en") -> str:
        """How the referral of a friend stands, in sentences for people: "en" or "de"."""
        language = checked_language(language)
        return referral_text(self.referral(program, friend), language)

    def referral_code(self, program: str, code: str) -> ReferralCodeState:
        """How a code stands now: whose it is, whether it can be used, and who has it.

        Raises `CodeMistyped` if it cannot be one, `UnknownCode` if nobody issued it, or got it as a voucher.
        """
        raw = self._core.referral_code(text("program", program), text("code", code))
        return received_reads.referral_code(raw)

    def referrals(self, program: str, advocate: Member, *, limit: int = 100, after: int = 0) -> tuple[Friend, ...]:
        """Those whom an advocate brought or shares the credit for, in the order in which they were enrolled.

        At most 1,000; of fewer than `limit` there are no more.

        `after` skips so many: the next page by `after=after + len(page)`.
        """
        found = self._core.referrals(
            text("program", program),
            member_name("advocate", advocate),
            count("limit", limit, 1, PAGE_FRIENDS),
            count("after", after, 0, DEEPEST),
        )
        return tuple(Friend(*row) for row in found)

    def referral_tree(
        self, program: str, member: Member, *, up: bool = False, down: bool = True, depth: int | None = None
    ) -> tuple[TreeMember, ...]:
        """Who is above and below a member: from the top down, level by level, then by id; itself is left out.

        `depth` is the most levels on each side.
        """
        found = self._core.referral_tree(
            text("program", program),
            member_name("member", member),
            up=flag("up", up),
            down=flag("down", down),
            depth=None if depth is None else count("depth", depth, 0, DEEPEST),
        )
        return tuple(TreeMember(*row) for row in found)

    def referral_kpis(self, program: str) -> ReferralKpis:
        """How a referral program does: shares as exact fractions."""
        return received_reads.referral_kpis(self._core.referral_kpis(text("program", program)))
