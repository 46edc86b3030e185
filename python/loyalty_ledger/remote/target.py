"""Where a server is, and whether that is this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(target: str) -> bool:
    """Whether nothing that is sent to a target leaves this machine."""
    if target.startswith(("unix:", "unix-abstract:")):
        return True
    address = target.removeprefix("dns:///").removeprefix("dns:").removeprefix("ipv4:").removeprefix("ipv6:")
    host = address.rpartition(":")[0] if _has_port(address) else address
    host = host.removeprefix("[").removesuffix("]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        # A name may lead anywhere.
        return False


def _has_port(address: str) -> bool:
    """An address in brackets has its port behind them; of others with several colons, none is a port's."""
    return "]:" in address if address.startswith("[") else address.count(":") == 1
