"""The client for asyncio: every verb as a coroutine, calls side by side, watching, ending."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
import pytest

import loyalty_ledger as ll
from loyalty_ledger._pb import journal_service_pb2
from service.networks import SECONDS, told_server

NOT_VERBS = {"within", "close", "watch", "connect"}


def played(server: ll.Server, script: Callable[[ll.aio.AsyncClient], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with ll.aio.connect(server.address, **settings) as client:
            await asyncio.wait_for(script(client), SECONDS)

    asyncio.run(run())


def test_it_has_all_that_a_client_has() -> None:
    public = {name for name in dir(ll.Client) if not name.startswith("_")}
    missing = {name for name in public - {"within"} if not hasattr(ll.aio.AsyncClient, name)}
    assert missing == set()
    for name in public - NOT_VERBS:
        assert asyncio.iscoroutinefunction(getattr(ll.aio.AsyncClient, name)), name
        assert getattr(ll.aio.AsyncClient, name).__doc__ == getattr(ll.Client, name).__doc__


def test_a_till_session(server: ll.Server, served: ll.Ledger) -> None:
    async def script(client: ll.aio.AsyncClient) -> None:
        await client.enroll("m-1", {"card": "2760001"})
        sale = await client.purchase(card="2760001", amount="36.90", key="p-1")
        hold = await client.authorize("m-1", 20, key="h-1")
        await client.capture(hold, points=15, key="c-1")
        with pytest.raises(ll.InsufficientPoints) as raised:
            await client.redeem("m-1", 100, key="r-1")
        assert raised.value.details["available"] == 21
        assert await client.balance("m-1") == served.balance("m-1")
        assert "36 accrued" in await asyncio.to_thread(sale.explain)
        assert (await client.verify()).ok

    played(server, script)


def test_members_are_named_by_any_alias(server: ll.Server, served: ll.Ledger) -> None:
    card, phone = ll.Alias("card", "2760001"), ll.Alias("phone", "+4930901820")

    async def script(client: ll.aio.AsyncClient) -> None:
        await client.enroll("m-1", {"card": "2760001"})
        await client.add_alias(card, "phone", "+4930901820", key="add")
        assert (await client.accrue(phone, 5, key="a-1")).balance.available == served.balance("m-1").available
        for who in (card, phone):
            assert await client.balance(who) == served.balance("m-1")
            assert await client.statement(who) == served.statement("m-1")
            assert await client.explain(who) == served.explain("m-1")
            assert await client.ladder(who) == served.ladder("m-1")
        with pytest.raises(ll.MemberNotFound, match="nobody"):
            await client.redeem(ll.Alias("card", "2760009"), 5, key="r-1")
        with pytest.raises(TypeError, match="member must be an id"):
            await client.redeem(5, 5, key="r-2")  # type: ignore[arg-type]

    played(server, script)


def test_calls_side_by_side(server: ll.Server, served: ll.Ledger) -> None:
    async def script(client: ll.aio.AsyncClient) -> None:
        await client.enroll("m-1")
        answers = await asyncio.gather(*(client.accrue("m-1", 1, key=f"a/{number}") for number in range(200)))
        assert len({answer.sequence for answer in answers}) == 200

    played(server, script, threads=16)
    assert served.balance("m-1").available == 200


def test_the_loop_goes_on_while_calls_wait() -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def answer(_rpc: str, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        asked.set()
        assert may_answer.wait(SECONDS)
        return journal_service_pb2.VerifyResponse(ok=True).SerializeToString()

    async def script(address: str) -> None:
        async with ll.aio.connect(address, deadline=SECONDS) as client:
            verifying = asyncio.ensure_future(client.verify())
            while not asked.is_set():
                await asyncio.sleep(0)
            assert not verifying.done()
            may_answer.set()
            assert (await verifying).ok

    with told_server(answer) as address:
        asyncio.run(script(address))


def test_watching_and_leaving(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")

    async def script(client: ll.aio.AsyncClient) -> None:
        seen: list[str | None] = []
        async with aclosing(client.watch()) as entries:
            async for entry in entries:
                seen.append(entry.key)
                if len(seen) == 3:
                    break
                await client.accrue("m-1", 1, key=f"a/{len(seen)}")
        assert seen == ["enroll/m-1", "a/1", "a/2"]

    played(server, script)


def test_watching_ends_when_its_task_is_cancelled(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")

    async def script(client: ll.aio.AsyncClient) -> None:
        begun = asyncio.Event()

        async def follow() -> None:
            async with aclosing(client.watch()) as entries:
                async for _ in entries:
                    begun.set()

        task = asyncio.create_task(follow())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)

    played(server, script)


def test_a_call_that_was_cancelled_is_found_by_its_key(server: ll.Server, served: ll.Ledger) -> None:
    async def script(client: ll.aio.AsyncClient) -> None:
        await client.enroll("m-1")
        for number in range(20):
            task = asyncio.create_task(client.accrue("m-1", 1, key=f"a/{number}"))
            await asyncio.sleep(0)
            task.cancel()
            answer = await client.accrue("m-1", 1, key=f"a/{number}")
            assert answer.code == "APPLIED"

    played(server, script)
    assert served.balance("m-1").available == 20


def test_a_closed_client_says_so(server: ll.Server) -> None:
    async def run() -> None:
        client = ll.aio.connect(server.address)
        await client.close()
        await client.close()
        with pytest.raises(ll.ShuttingDown):
            await client.balance("m-1")

    asyncio.run(run())
