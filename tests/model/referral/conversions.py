"""When a referral counts, what is due to every role then, and what a return leaves of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from model.local_time import Period
from model.referral.attribution import Attribution
from model.referral.codes import voucher_code
from model.referral.facts import Book, Conversion, Event, Referral, Reward, Sale, StepDone
from model.referral.fraud import freezes_at_qualification
from model.referral.posting import Posting
from model.referral.rules import PURCHASE_STEPS, ReferralRules, RewardRule, exact
from model.referral.splitting import Contact, credit, keep, level_pool, split
from model.referral.vouchers import Voucher
from model.transactions import Transaction


@dataclass(frozen=True)
class Due:
    """What one role is to get; a share of a pool shrinks with the others of it."""

    role: str
    member: str
    points: int
    from_pool: bool = False
    voucher: str | None = None
    voucher_valid: Period | None = None


class Conversions(Attribution, Posting):
    reward_count = 0

    def _look_again(self, book: Book, friend: str, now: datetime, cause: Transaction) -> None:
        """Decides anew whatever a new fact about this friend may have changed."""
        referral = book.referrals.get(friend)
        if referral is None:
            return
        referral.used = []
        self._decide_edge(book, referral, now, cause)
        if not referral.is_bound:
            return
        self._decide_conversions(book, referral, now, cause)
        self._decide_shares(book, referral, now, cause)
        for conversion in referral.conversions:
            self._decide_dues(book, referral, conversion, now, cause)

    def _decide_conversions(self, book: Book, referral: Referral, now: datetime, cause: Transaction) -> None:
        present = referral.conversions[0] if referral.conversions else None
        rules = self._rules(book) if present is None else present.rules
        events = self._events(rules, book, referral)
        if rules.is_for_every_purchase:
            known = {conversion.event.key for conversion in referral.conversions}
            for event in events:
                if event.key not in known:
                    self._convert(book, referral, Conversion(event, rules, now), now, cause)
            return
        if present is not None:
            is_final = now >= rules.after(present.recorded_at, rules.grace)
            if is_final or present.is_lapsed or events[:1] == [present.event]:
                return
            self._take_back(referral, present, now, cause)
            referral.conversions = []
        if events:
            first_decided = now if present is None else present.recorded_at
            self._convert(book, referral, Conversion(events[0], rules, first_decided), now, cause)

    def _decide_shares(self, book: Book, referral: Referral, now: datetime, cause: Transaction) -> None:
        """Contacts that came to light meanwhile change what everybody gets; when the claim is over they are final."""
        for place, conversion in enumerate(referral.conversions):
            if conversion.rules.credit is None or conversion.is_lapsed or referral.is_moved:
                continue
            dues = self._dues(book, referral, conversion)
            if [(due.member, due.points) for due in dues if due.role == "advocate"] == conversion.shares:
                continue
            self._take_back(referral, conversion, now, cause)
            anew = Conversion(conversion.event, conversion.rules, conversion.recorded_at)
            before, after = referral.conversions[:place], referral.conversions[place + 1 :]
            referral.conversions = [*before, *after]
            self._convert(book, referral, anew, now, cause)
            referral.conversions = [*before, anew, *after]

    def _events(self, rules: ReferralRules, book: Book, referral: Referral) -> list[Event]:
        """What fulfils the conditions, the earliest occurrence first; the order of arrival has no say."""
        done = self._steps_done(rules, book, referral)
        if rules.is_for_every_purchase:
            sales = self._counted_sales(rules, referral)
            return [Event(one.key, one.occurred_at, one) for one in sales if one.amount >= rules.steps[0].minimum]
        completions = sorted((fact.occurred_at, fact.key, name) for name, fact in done.items())
        if len(completions) < rules.needs:
            return []
        occurred_at, key, _ = completions[rules.needs - 1]
        counted = [name for _, _, name in completions[: rules.needs]]
        sale = done["first_purchase"] if "first_purchase" in counted else None
        return [Event(key, occurred_at, sale if isinstance(sale, Sale) else None)]

    def _steps_done(self, rules: ReferralRules, book: Book, referral: Referral) -> dict[str, Sale | StepDone]:
        """Each step that was taken, by the fact that took it first."""
        done: dict[str, Sale | StepDone] = {}
        for step in rules.steps:
            facts: list[Sale | StepDone] = []
            if step.name in PURCHASE_STEPS:
                sales = self._counted_sales(rules, referral)
                sales = sales[:1] if rules.very_first_only else sales
                facts += [sale for sale in sales if sale.amount >= step.minimum]
            else:
                told = [one for one in book.steps if one.friend == referral.friend and one.step == step.name]
                facts += [one for one in told if self._is_in_time(rules, referral, one)]
                facts.sort(key=lambda fact: (fact.occurred_at, fact.key))
            if facts:
                done[step.name] = facts[0]
        return done

    def _counted_sales(self, rules: ReferralRules, referral: Referral) -> list[Sale]:
        counted = [sale for sale in self._sales_of(referral.friend) if self._is_in_time(rules, referral, sale)]
        return sorted(counted, key=lambda sale: (sale.occurred_at, sale.key))

    def _is_in_time(self, rules: ReferralRules, referral: Referral, fact: Sale | StepDone) -> bool:
        """It occurred between binding and deadline, and did not have to wait for longer than grace on either side."""
        assert referral.claim is not None and referral.bound_at is not None
        deadline = rules.after(referral.bound_at, rules.deadline)
        is_known = rules.after(fact.recorded_at, rules.grace) > referral.claim.recorded_at
        is_late = fact.recorded_at >= rules.after(deadline, rules.grace)
        return is_known and not is_late and referral.bound_at <= fact.occurred_at < deadline

    def _convert(
        self, book: Book, referral: Referral, conversion: Conversion, now: datetime, cause: Transaction
    ) -> None:
        """Every role gets its decision now; amount, hold and cap are those of this instant's rules."""
        rules, event = conversion.rules, conversion.event
        if not referral.was_released:
            found = freezes_at_qualification(rules, referral, event)
            referral.notes = referral.notes | found
            referral.is_frozen = referral.is_frozen or "frozen" in found.values()
        referral.conversions = [*referral.conversions, conversion]
        for due in self._dues(book, referral, conversion):
            self._decide_role(book, referral, conversion, due, now, cause)
        self._decide_milestones(book, referral, conversion, now, cause)

    def _decide_role(
        self, book: Book, referral: Referral, conversion: Conversion, due: Due, now: datetime, cause: Transaction
    ) -> None:
        rules = conversion.rules
        self.reward_count += 1
        hold_ends_at = rules.after(conversion.event.occurred_at, rules.hold)
        currency = self.program.earning_currency
        reward = Reward(self.reward_count, due.role, due.member, due.points, hold_ends_at, currency)
        reward.from_pool = due.from_pool
        reward.ended = self._refusal(book, conversion, reward, has_voucher=due.voucher is not None)
        conversion.rewards = [*conversion.rewards, reward]
        if reward.ended is None:
            reward.was_issued = True
            if due.voucher is not None:
                reward.voucher = self._voucher(book, referral, conversion, due, hold_ends_at)
            self._issue_reward(rules, reward, referral.is_frozen, now, cause.key)

    def _decide_milestones(
        self, book: Book, referral: Referral, conversion: Conversion, now: datetime, cause: Transaction
    ) -> None:
        """Whatever the advocate has reached with this friend and does not have; also what was taken back before."""
        own = [one for one in conversion.rewards if (one.role, one.member) == ("advocate", referral.advocate)]
        if not own or own[0].ended is not None:
            return
        for place, milestone in enumerate(conversion.rules.milestones, 1):
            role, member = f"milestone-{place}", own[0].member
            standing = [one.role for _, _, one in book.rewards() if one.member == member and one.ended is None]
            if standing.count("advocate") >= milestone.friends and role not in standing:
                terms = {"voucher": milestone.voucher, "voucher_valid": milestone.voucher_valid}
                due = Due(role, member, milestone.points, **terms)  # type: ignore[arg-type]
                self._decide_role(book, referral, conversion, due, now, cause)

    def _voucher(
        self, book: Book, referral: Referral, conversion: Conversion, due: Due, hold_ends_at: datetime
    ) -> Voucher:
        """A new one; or the one that the same member had for this and used, if it is decided anew."""
        rules, event = conversion.rules, conversion.event.key
        for used_for, before in referral.used:
            is_same = (before.role, before.member) == (due.role, due.member)
            if is_same and before.voucher is not None and (used_for == event or not rules.is_for_every_purchase):
                before.voucher.has_ended = False
                return before.voucher
        attempt = 0
        while self._is_taken(book, code := voucher_code(book.name, referral.friend, event, due.role, attempt)):
            attempt += 1
        assert due.voucher is not None
        ready_at = None if referral.is_frozen or rules.vest == "at_close" else hold_ends_at
        return Voucher(code, due.voucher, due.member, rules, due.voucher_valid, ready_at)

    def _is_taken(self, book: Book, code: str) -> bool:
        known = book.vouchers.get(code)
        return code in book.codes or code.isdigit() or (known is not None and not known.has_ended)

    def _dues(self, book: Book, referral: Referral, conversion: Conversion) -> list[Due]:
        """What every role gets, the advocate first."""
        rules, sale, advocate = conversion.rules, conversion.event.sale, referral.advocate
        assert advocate is not None
        above = [advocate, *book.ancestors(advocate)]
        amount = sale.amount if sale is not None else 0
        dues: list[Due] = []
        for rule in sorted(
            rules.rewards, key=lambda one: (("advocate", "friend", "upline").index(one.role), one.level)
        ):
            points = rule.points or amount * rule.percent_bp // 10_000
            terms = (False, rule.voucher, rule.voucher_valid)
            if rule.role == "friend":
                dues.append(Due(rule.label, referral.friend, points, *terms))
            elif rules.credit is not None:
                shares = self._credit(book, referral, conversion, points)
                dues += [Due(rule.label, member, share, rule.percent_bp > 0) for member, share in shares.items()]
            elif rule.level <= len(above):
                dues.append(Due(rule.label, above[rule.level - 1], points, *terms))
        if rules.levels and sale is not None:
            shares = level_pool(amount, rules.levels, above, _name(book, referral, conversion))
            for level, (member, points) in enumerate(shares.items(), 1):
                label = RewardRule("advocate" if level == 1 else "upline", level).label
                dues.insert(level - 1, Due(label, member, points, from_pool=True))
        return dues

    def _credit(self, book: Book, referral: Referral, conversion: Conversion, points: int) -> dict[str, int]:
        """The share of everybody who has a part, in the order of their first contacts; nobody's share is not given."""
        rules, event, claim = conversion.rules, conversion.event, referral.claim
        assert rules.credit is not None and claim is not None
        if referral.is_moved:
            return {str(referral.advocate): points}
        contacts = [
            Contact(touch.advocate, max(event.occurred_at - touch.touched_at, timedelta()), touch.is_direct)
            for touch in claim.contacts
        ]
        half_life = timedelta() if rules.half_life is None else exact(rules.half_life)
        weights = credit(contacts, rules.credit, half_life)
        shares = split(points, weights, _name(book, referral, conversion))
        return {member: share for member, share in shares.items() if member and weights[member] > 0}

    def _refusal(self, book: Book, conversion: Conversion, reward: Reward, *, has_voucher: bool) -> str | None:
        """Why a role gets nothing: its member has left, there is nothing, or a cap is reached."""
        caps, sale = conversion.rules.caps, conversion.event.sale
        if self.members.has_left(reward.member) or not (reward.points or has_voucher):
            return "CANCELLED"
        if sale is not None and sale.never_stood:
            return "CANCELLED"
        if reward.role == "advocate":
            given = [
                other.event.occurred_at
                for _, other, one in book.rewards()
                if one.role == "advocate" and one.member == reward.member and one.ended is None and one is not reward
            ]
            month = self._month(conversion.event.occurred_at)
            in_month = [occurred for occurred in given if self._month(occurred) == month]
            if caps.advocate is not None and len(given) >= caps.advocate:
                return "CAP_LIMITED"
            if caps.advocate_month is not None and len(in_month) >= caps.advocate_month:
                return "CAP_LIMITED"
        spent = sum(one.kept for _, _, one in book.rewards())
        if caps.program is not None and reward.points and spent + reward.points > caps.program:
            return "CAP_LIMITED"
        return None

    def _month(self, instant: datetime) -> tuple[int, int]:
        day = self._local_date(instant)
        return day.year, day.month

    def is_reversed(self, conversion: Conversion) -> bool:
        """The sale was charged back, or so much of it came back that it would not have counted."""
        sale = conversion.event.sale
        if conversion.is_lapsed:
            return True
        if sale is None:
            return False
        if sale.never_stood or self._is_charged_back(conversion):
            return True
        minimum = max(step.minimum for step in conversion.rules.steps if step.name in PURCHASE_STEPS)
        refunded = sale.refunded(conversion.clawback_ends_at)
        return refunded > 0 and (sale.amount - refunded < minimum or refunded >= sale.amount)

    def _decide_dues(
        self, book: Book, referral: Referral, conversion: Conversion, now: datetime, cause: Transaction
    ) -> None:
        """Takes what a return leaves nobody a right to; gives back what a lost dispute had taken."""
        if not self._is_charged_back(conversion):
            for reward in conversion.rewards:
                if reward.is_charged_back and not conversion.is_lapsed:
                    self._give_back_reward(reward, now, cause.key)
                    if referral.is_frozen:
                        self._freeze(conversion.rules, reward, now)
                    else:
                        self._thaw(conversion.rules, reward, now)
        live = [reward for reward in conversion.rewards if reward.ended is None]
        if self.is_reversed(conversion):
            self._cancel(conversion, now, cause)
            return
        for reward, count in self._steps_down(book, referral, conversion, live):
            if count:
                self._take(conversion, reward, count, now, cause)

    def _steps_down(
        self, book: Book, referral: Referral, conversion: Conversion, live: list[Reward]
    ) -> list[tuple[Reward, int]]:
        """What each reward loses now: its share of a percentage, or nothing if it is fixed."""
        sale = conversion.event.sale
        if sale is None:
            return []
        refunded = sale.refunded(conversion.clawback_ends_at)
        percent = {one.label for one in conversion.rules.rewards if one.percent_bp}
        steps = [
            (reward, reward.kept - keep(reward.points, sale.amount, refunded))
            for reward in live
            if reward.role in percent and not reward.from_pool
        ]
        pool = [reward for reward in live if reward.from_pool]
        left = sum(reward.kept for reward in pool)
        given = sum(reward.points for reward in conversion.rewards if reward.from_pool and reward.was_issued)
        step = left - keep(given, sale.amount, refunded)
        kept = {reward.member: reward.kept for reward in pool}
        shares = split(step, kept, _name(book, referral, conversion))
        return [*steps, *((reward, shares[reward.member]) for reward in pool)]

    def _take_back(self, referral: Referral, conversion: Conversion, now: datetime, cause: Transaction) -> None:
        """All of it goes back, to be decided anew; what was used stays with whoever gets it again."""
        self._cancel(conversion, now, cause)
        self._remember_used(referral, conversion)

    def _remember_used(self, referral: Referral, conversion: Conversion) -> None:
        used = [one for one in conversion.rewards if one.voucher is not None and one.voucher.is_used]
        referral.used = [*referral.used, *((conversion.event.key, one) for one in used)]

    def _cancel(self, conversion: Conversion, now: datetime, cause: Transaction) -> None:
        """All of it goes back."""
        for reward in conversion.rewards:
            if reward.ended is None:
                self._take(conversion, reward, reward.kept, now, cause)


def _name(book: Book, referral: Referral, conversion: Conversion) -> str:
    """What a conversion is called where ties are decided."""
    return f"{book.name}\n{referral.friend}\n{conversion.event.key}"
