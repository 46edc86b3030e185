"""A history: a program and concrete steps, each at its own instant, that can be played, cut short and printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """One call of a verb."""

    verb: str
    args: tuple[object, ...]
    rest: Mapping[str, object]

    @property
    def key(self) -> str:
        named = self.rest.get("key")
        return str(named) if named is not None else f"enroll/{self.args[0]}"

    def __str__(self) -> str:
        arguments = [repr(argument) for argument in self.args]
        arguments += [f"{name}={value!r}" for name, value in self.rest.items()]
        return f"{self.verb}({', '.join(arguments)})"


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


Step = Write | WriteTogether | WriteMany | Read | Publish | Disturbance


@dataclass
class History:
    seed: int
    program: str
    start: datetime
    steps: list[Step] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}, from {self.start}", self.program, *map(str, self.steps)])
