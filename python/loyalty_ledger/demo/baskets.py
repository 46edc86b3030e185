"""The year as events in time order: baskets as purchases, coupons as redemptions, cut into runs of one verb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

import loyalty_ledger as ll

ZONE_NAME = "America/New_York"
ZONE = ZoneInfo(ZONE_NAME)
COUPON_POINTS = 50
END = datetime(2018, 1, 1, tzinfo=ZONE)
LATER = datetime(2018, 7, 1, tzinfo=ZONE)

# Amounts are binary fractions in the files: each line becomes cents before anything is added up.
_EVENTS = f"""
CREATE TEMP TABLE events AS
WITH purchases AS (
    SELECT timezone('UTC', min(transaction_timestamp)) AS recorded_at, 'purchase' AS verb, basket_id AS tie,
           CAST(min(household_id) AS VARCHAR) AS member, 'basket/' || basket_id AS key,
           CAST(sum(CAST(sales_value AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS amount
    FROM read_parquet($transactions) GROUP BY basket_id
), redemptions AS (
    SELECT timezone('{ZONE_NAME}', redemption_date + INTERVAL '23:59:59'), 'redeem', file_row_number,
           CAST(household_id AS VARCHAR), 'coupon/' || file_row_number, NULL
    FROM read_parquet($coupons, file_row_number = true)
), both_kinds AS (FROM purchases UNION ALL FROM redemptions)
SELECT row_number() OVER (ORDER BY recorded_at, verb, tie) AS place, * FROM both_kinds ORDER BY place
"""

_RUNS = """
SELECT verb, min(place), max(place)
FROM (SELECT verb, place, place - row_number() OVER (PARTITION BY verb ORDER BY place) AS run FROM events)
GROUP BY verb, run ORDER BY min(place)
"""

_QUIETEST = """
SELECT member FROM events GROUP BY member
HAVING count_if(verb = 'redeem') > 0 ORDER BY count(*), CAST(member AS BIGINT) LIMIT 1
"""


@dataclass(frozen=True)
class Run:
    """Events of one verb that follow each other without one of the other verb between them."""

    verb: str
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


class Baskets:
    """All events of the year, in memory."""

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect(config={"threads": 2})
        self._connection.execute("SET TimeZone = 'UTC'")
        files = {
            "transactions": str(folder / "transactions.parquet"),
            "coupons": str(folder / "coupon_redemptions.parquet"),
        }
        self._connection.execute(_EVENTS, files)
        self.runs = [Run(*row) for row in self._connection.execute(_RUNS).fetchall()]

    def __len__(self) -> int:
        return sum(len(run) for run in self.runs)

    def members(self) -> list[str]:
        """Every household's id, in order of its number."""
        query = "SELECT DISTINCT member FROM events ORDER BY CAST(member AS BIGINT)"
        return [member for (member,) in self._connection.execute(query).fetchall()]

    def member_table(self) -> duckdb.DuckDBPyRelation:
        """Every household as a row to enrol."""
        households = "SELECT DISTINCT member FROM events ORDER BY CAST(member AS BIGINT)"
        return self._connection.sql(f"SELECT member, 'enroll/' || member AS key FROM ({households})")

    def table(self, run: Run) -> duckdb.DuckDBPyRelation:
        """A run as a table for the ledger's batch of its verb."""
        points_or_amount = "amount" if run.verb == "purchase" else f"CAST({COUPON_POINTS} AS BIGINT) AS points"
        query = f"SELECT member, key, recorded_at, {points_or_amount} FROM events"
        return self._connection.sql(f"{query} WHERE place BETWEEN {run.first} AND {run.last} ORDER BY place")

    def count_without_points(self, answers: ll.Answers) -> int:
        """Purchases of a batch that were applied and earned nothing."""
        self._connection.register("answers", answers)
        query = "SELECT count(*) FROM answers WHERE code = 'APPLIED' AND awarded = 0"
        [(count,)] = self._connection.execute(query).fetchall()
        return int(count)

    def member_of_the_statement(self) -> str:
        """The household with the fewest events among those that used a coupon: its statement fits a screen."""
        [(member,)] = self._connection.execute(_QUIETEST).fetchall()
        return str(member)
