"""What tests look at from outside: the probes of a server, the journal of a ledger, and what comes true later."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import loyalty_ledger as ll
from service.networks import SECONDS


def probe(probes: str, path: str) -> tuple[int, str]:
    """The status and the text of a page of the probes."""
    try:
        with urllib.request.urlopen(f"http://{probes}{path}", timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figure(probes: str, name: str) -> int:
    """A figure of /metrics, summed over its labels."""
    found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", probe(probes, "/metrics")[1], re.MULTILINE)
    assert found, f"/metrics tells no {name}"
    return int(sum(map(float, found)))


def wait_until(is_so: Callable[[], bool]) -> None:
    """Waits for what must come true in time."""
    ends = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < ends, f"it did not come true within {SECONDS} s"
        time.sleep(0.005)


def written(ledger: ll.Ledger) -> Iterator[ll.Entry]:
    """All entries, oldest first."""
    first = 1
    while page := ledger.entries(first, limit=1_000):
        yield from page
        first += len(page)
