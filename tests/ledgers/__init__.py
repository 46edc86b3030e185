"""Ledgers behind one face, so that the same script plays on the naive model and on the engine."""

from ledgers.embedded import EmbeddedLedger, Restart
from ledgers.naive import PlayedModel
from ledgers.played import LotOf, Name, OneTime, PlayedLedger, currency, program
from ledgers.remote import RemoteLedger
from ledgers.rows import row, table

__all__ = [
    "EmbeddedLedger",
    "LotOf",
    "Name",
    "OneTime",
    "PlayedLedger",
    "PlayedModel",
    "RemoteLedger",
    "Restart",
    "currency",
    "program",
    "row",
    "table",
]
