"""All that verbs and reads call, of a server."""

from __future__ import annotations

from loyalty_ledger.remote.connection import Connection
from loyalty_ledger.remote.reads import RemoteReads
from loyalty_ledger.remote.referrals import RemoteReferrals
from loyalty_ledger.remote.tables import RemoteTables
from loyalty_ledger.remote.watching import Following
from loyalty_ledger.remote.writes import RemoteWrites


class RemoteCore(RemoteWrites, RemoteReads, RemoteReferrals, RemoteTables):
    """A ledger behind a connection; it has what the compiled engine has as `_core.Core`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def close(self) -> None:
        """Gives the connection up."""
        self.connection.close()

    def watch(self, first: int, patience: float) -> Following:
        """Entries from a sequence on, as they come; 0 is the next that comes."""
        return Following(self.connection, first or self.checkpoint(False).sequence + 1, patience)
