"""The demo: a year of supermarket baskets replayed on a manual clock, and the figures it ends with."""

from loyalty_ledger.demo.baskets import Baskets
from loyalty_ledger.demo.dataset import DatasetMissing, find_dataset
from loyalty_ledger.demo.replay import Replay, replay
from loyalty_ledger.demo.summary import summarise

__all__ = ["Baskets", "DatasetMissing", "Replay", "find_dataset", "replay", "summarise"]
