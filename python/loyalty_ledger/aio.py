"""Clients for asyncio: every verb and read of a `Client` as a coroutine.

They run on threads of their own, each call on one: verbs ask the server in their midst (which money the program earns
on, which entry an answer explains), so an implementation on awaitable calls would be a second copy of every verb. A
thread that waits costs the event loop nothing, and the network is the work of gRPC's own threads either way.

A coroutine that is cancelled leaves its call to end by itself, within its deadline: the same call under the same key
finds out what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial, update_wrapper
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from loyalty_ledger import client, errors
from loyalty_ledger.arguments import count
from loyalty_ledger.client import CHANNELS, DEADLINE, Client, ClientTls
from loyalty_ledger.results import Entry

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 64


def _awaited(
    verb: Callable[Concatenate[Client, P], R],
) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, R]]:
    async def call(self: AsyncClient, /, *args: P.args, **named: P.kwargs) -> R:
        return await self._run(partial(verb, self._client, *args, **named))

    update_wrapper(call, verb)
    return call


class AsyncClient:
    """A ledger on a server, for asyncio; made by `loyalty_ledger.aio.connect`. Verbs and reads are those of `Client`.

    `explain()` of an answer waits for the server: call it as `await asyncio.to_thread(answer.explain)`.
    """

    def __init__(self, connected: Client, threads: int) -> None:
        self._client = connected
        self._is_closed = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="ledger-client")

    enroll = _awaited(Client.enroll)
    add_alias = _awaited(Client.add_alias)
    remove_alias = _awaited(Client.remove_alias)
    replace_alias = _awaited(Client.replace_alias)
    block = _awaited(Client.block)
    unblock = _awaited(Client.unblock)
    close_member = _awaited(Client.close_member)
    erase_member = _awaited(Client.erase_member)
    transfer = _awaited(Client.transfer)
    link_member = _awaited(Client.link_member)
    unlink_member = _awaited(Client.unlink_member)
    issue_one_time_code = _awaited(Client.issue_one_time_code)
    issue_code = _awaited(Client.issue_code)
    disable_code = _awaited(Client.disable_code)
    record_touch = _awaited(Client.record_touch)
    bind_referral = _awaited(Client.bind_referral)
    record_step = _awaited(Client.record_step)
    review_referral = _awaited(Client.review_referral)
    change_coupon = _awaited(Client.change_coupon)
    dispute = _awaited(Client.dispute)
    close_period = _awaited(Client.close_period)
    purchase = _awaited(Client.purchase)
    quote = _awaited(Client.quote)
    accrue = _awaited(Client.accrue)
    redeem = _awaited(Client.redeem)
    authorize = _awaited(Client.authorize)
    capture = _awaited(Client.capture)
    void = _awaited(Client.void)
    reverse = _awaited(Client.reverse)
    adjust = _awaited(Client.adjust)
    reinstate = _awaited(Client.reinstate)
    extend = _awaited(Client.extend)
    forgive_debt = _awaited(Client.forgive_debt)
    activate = _awaited(Client.activate)
    enroll_batch = _awaited(Client.enroll_batch)
    purchase_batch = _awaited(Client.purchase_batch)
    accrue_batch = _awaited(Client.accrue_batch)
    redeem_batch = _awaited(Client.redeem_batch)
    post_batch = _awaited(Client.post_batch)
    publish = _awaited(Client.publish)
    sweep = _awaited(Client.sweep)
    balance = _awaited(Client.balance)
    links = _awaited(Client.links)
    partner_entries = _awaited(Client.partner_entries)
    statement = _awaited(Client.statement)
    entry = _awaited(Client.entry)
    entries = _awaited(Client.entries)
    ladder = _awaited(Client.ladder)
    explain = _awaited(Client.explain)
    totals = _awaited(Client.totals)
    holds = _awaited(Client.holds)
    trial_balance = _awaited(Client.trial_balance)
    store_accounts = _awaited(Client.store_accounts)
    verify = _awaited(Client.verify)
    digest = _awaited(Client.digest)
    referral = _awaited(Client.referral)
    explain_referral = _awaited(Client.explain_referral)
    referral_code = _awaited(Client.referral_code)
    referrals = _awaited(Client.referrals)
    referral_tree = _awaited(Client.referral_tree)
    referral_kpis = _awaited(Client.referral_kpis)
    program = _awaited(Client.program)
    checkpoint = _awaited(Client.checkpoint)

    async def watch(self, from_sequence: int = 1, *, patience: float = 60.0) -> AsyncGenerator[Entry, None]:
        """Entries as they come, as of `Client.watch`; `async with contextlib.aclosing(...)` ends it in time."""
        entries = await self._run(partial(self._client.watch, from_sequence, patience=patience))
        loop = asyncio.get_running_loop()
        # It waits for as long as nothing comes, and must not keep calls from their threads.
        with ThreadPoolExecutor(1, thread_name_prefix="ledger-watch") as waiting:
            try:
                while (entry := await loop.run_in_executor(waiting, next, entries, None)) is not None:
                    yield entry
            finally:
                entries.close()

    async def close(self) -> None:
        """Ends what is under way and gives the connections up. Closing twice is fine."""
        self._is_closed = True
        self._client.close()
        await asyncio.to_thread(self._threads.shutdown)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncClient of {self._client!r}>"

    async def _run(self, call: Callable[[], R]) -> R:
        if self._is_closed:
            raise errors.ShuttingDown("the client is closed; connect again")
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def connect(
    target: str,
    *,
    token: str | None = None,
    tls: ClientTls | bool | None = None,
    deadline: float = DEADLINE,
    channels: int = CHANNELS,
    threads: int = THREADS,
) -> AsyncClient:
    """Connects as `loyalty_ledger.connect` does; at most `threads` calls are under way at a time, others wait."""
    connected = client.connect(target, token=token, tls=tls, deadline=deadline, channels=channels)
    return AsyncClient(connected, count("threads", threads, 1, 1024))
