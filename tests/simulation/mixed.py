"""Random tables of mixed verbs: rows about each other, keys and receipts twice, tables in one piece, tables again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from model import Receipt
from simulation.history import Request, WriteTable, fits_row

if TYPE_CHECKING:
    from simulation.author import Author

NUMBERS = tuple(str(number) for number in range(4711, 4723))
ANSWERED_BY = {"authorize": ("capture", "void"), "purchase": ("reverse",), "accrue": ("reverse", "activate")}


class Tables:
    """Writes a day of a till as one table."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.written: list[WriteTable] = []

    def step(self) -> WriteTable:
        """A table; sometimes the rows of an earlier one under the same key, or other rows under a used key."""
        random, now = self.author.random, self.author.model.now()
        whole = [one for one in self.written if one.key]
        if whole and random.random() < 0.15:
            return replace(random.choice(whole), at=now)
        requests = self._requests()
        key, instants = None, ()
        if random.random() < 0.45:
            requests = self._fitting(requests) if random.random() < 0.7 else requests
            key = random.choice(whole).key if whole and random.random() < 0.05 else str(self.author.keyed()["key"])
        elif random.random() < 0.3:
            offsets = sorted(random.choice([0, random.randrange(3000)]) for _ in requests)
            instants = tuple(now + timedelta(minutes=offset) for offset in offsets)
        step = WriteTable(now, requests, instants, key)
        self.written.append(step)
        return step

    def _requests(self) -> tuple[Request, ...]:
        random = self.author.random
        requests: list[Request] = []
        for _ in range(random.randrange(1, 10)):
            request = self._with_receipt(self._request_of_a_row())
            requests.append(request)
            answers = ANSWERED_BY.get(request.verb, ())
            if answers and random.random() < 0.25:
                requests.append(Request(random.choice(answers), (request.key,), self.author.keyed()))
        if random.random() < 0.3:
            requests.insert(random.randrange(len(requests) + 1), random.choice(requests))
        if random.random() < 0.2:
            requests += self._same_document(random.choice(requests))
        return tuple(requests)

    def _request_of_a_row(self) -> Request:
        while True:
            request = self.author.request()
            if fits_row(request):
                return request

    def _fitting(self, requests: tuple[Request, ...]) -> tuple[Request, ...]:
        """Those that would be applied one after the other now: at random some row is nearly always refused."""
        ledger = self.author.model.ledger
        before = ledger._memento()
        fitting = [request for request in requests if self.author.ask(request).is_applied]
        ledger._rewind(before)
        return tuple(fitting) or requests

    def _with_receipt(self, request: Request) -> Request:
        random = self.author.random
        if request.verb not in ("purchase", "reverse") or "receipt" in request.rest or random.random() < 0.5:
            return request
        if request in self.author.requests:
            return request
        today = self.author.model.now().date()
        receipt = Receipt("12", "3", today.replace(day=1), random.choice(NUMBERS))
        return Request(request.verb, request.args, {**request.rest, "receipt": receipt})

    def _same_document(self, request: Request) -> list[Request]:
        """The same receipt under a key of its own, for the same goods or for others."""
        if "receipt" not in request.rest:
            return []
        rest = {**request.rest, **self.author.keyed()}
        if request.verb == "purchase" and self.author.random.random() < 0.5:
            rest["amount"] = 777
        return [Request(request.verb, request.args, rest)]
