"""A history: a program and concrete steps, each at its own instant, that can be played, cut short and printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledgers import OneTime, PlayedLedger, row
from model import Alias, Outcome, Source
from model.referral.verbs import ReferralCode


@dataclass(frozen=True)
class Request:
    """One call of a verb."""

    verb: str
    args: tuple[object, ...]
    rest: Mapping[str, object]

    @property
    def row(self) -> dict[str, object]:
        return row(self.verb, self.args, self.rest)

    @property
    def key(self) -> str:
        named = self.rest.get("key")
        return str(named) if named is not None else f"enroll/{self.args[0]}"

    def __str__(self) -> str:
        arguments = [repr(argument) for argument in self.args]
        arguments += [f"{name}={value!r}" for name, value in self.rest.items()]
        return f"{self.verb}({', '.join(arguments)})"


ABOUT_PARTNERS = ("link_member", "unlink_member", "issue_one_time_code")
ABOUT_REFERRALS = (
    *("issue_code", "disable_code", "record_touch", "bind_referral", "record_step"),
    *("review_referral", "dispute", "close_period", "change_coupon"),
)


def fits_row(request: Request) -> bool:
    """Whether it is written into tables: not what is about referrals or partners, nor a member named by an alias."""
    source = request.rest.get("source")
    is_of_partner = isinstance(source, Source) and source.partner
    is_named = any(isinstance(one, Alias | OneTime) for one in request.args)
    is_about = request.verb in (*ABOUT_PARTNERS, *ABOUT_REFERRALS) or "referral" in request.rest
    return not (is_of_partner or is_named or is_about)


@dataclass(frozen=True)
class Write:
    at: datetime
    request: Request

    def __str__(self) -> str:
        return f"{self.at}  {self.request}"


@dataclass(frozen=True)
class WriteTogether:
    """Requests for different members, made at once."""

    at: datetime
    requests: tuple[Request, ...]

    def __str__(self) -> str:
        return f"{self.at}  together: {'; '.join(map(str, self.requests))}"


@dataclass(frozen=True)
class WriteMany:
    """Requests of one verb, in one batch; each at an instant of its own if there are instants."""

    at: datetime
    requests: tuple[Request, ...]
    instants: tuple[datetime, ...] = ()

    def __str__(self) -> str:
        recorded = f" recorded at {', '.join(map(str, self.instants))}" if self.instants else ""
        return f"{self.at}  batch: {'; '.join(map(str, self.requests))}{recorded}"


@dataclass(frozen=True)
class WriteTable:
    """Requests of any verbs, in one table: in one piece if there is a key, or else at their own instants if any."""

    at: datetime
    requests: tuple[Request, ...]
    instants: tuple[datetime, ...] = ()
    key: str | None = None

    def __str__(self) -> str:
        name = "table" if self.key is None else f"table {self.key!r} in one piece"
        recorded = f" recorded at {', '.join(map(str, self.instants))}" if self.instants else ""
        return f"{self.at}  {name}: {'; '.join(map(str, self.requests))}{recorded}"


@dataclass(frozen=True)
class Read:
    """The balance of a member at another instant, and the trial balance."""

    at: datetime
    member: str
    wallet: str
    instant: datetime

    def __str__(self) -> str:
        return f"{self.at}  balance({self.member!r}, wallet={self.wallet!r}, at={self.instant})"


@dataclass(frozen=True)
class Publish:
    """Other rules from now on."""

    at: datetime
    program: str

    def __str__(self) -> str:
        return f"{self.at}  publish:\n{self.program}"


@dataclass(frozen=True)
class Disturbance:
    """Something that must change nothing: `sweep`, `snapshot`, `restart` or `crash`."""

    at: datetime
    kind: str

    def __str__(self) -> str:
        return f"{self.at}  {self.kind}()"


Step = Write | WriteTogether | WriteMany | WriteTable | Read | Publish | Disturbance


@dataclass
class History:
    seed: int
    program: str
    start: datetime
    steps: list[Step] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}, from {self.start}", self.program, *map(str, self.steps)])


def ask(ledger: PlayedLedger, step: Step) -> list[tuple[Request, Outcome]]:
    """Asks all that a step asks, one by one but for what is to happen in one piece; the answers with their requests."""
    match step:
        case WriteTable(requests=requests, key=str(key)):
            return list(zip(requests, ledger.write_batch([one.row for one in requests], key=key), strict=True))
        case Write(request=request):
            requests, instants = (request,), (step.at,)
        case WriteMany(requests=requests) | WriteTable(requests=requests):
            instants = step.instants or (step.at,) * len(requests)
        case WriteTogether(requests=requests):
            instants = (step.at,) * len(requests)
        case Publish(program=program):
            ledger.write("publish", program)
            return []
        case _:
            return []
    answers = []
    for request, instant in zip(requests, instants, strict=True):
        ledger.advance_to(instant)
        answers.append((request, write(ledger, request)))
    return answers


def write(ledger: PlayedLedger, request: Request) -> Outcome:
    """The answer, also where a code stands beside it."""
    answer = ledger.write(request.verb, *request.args, **request.rest)
    outcome: Outcome = answer.answer if isinstance(answer, ReferralCode) else answer
    return outcome
