//! Some rows for one verb, column by column: read and checked as a whole.

use arrow_array::{BooleanArray, Int64Array, RecordBatch};

use crate::table::Rules;
use crate::table::chunks::Chunk as SomeRows;
use crate::table::columns::Texts;
use crate::table::error::TableError;
use crate::table::sheet::{Expected, Hashed, PRICE_DIGITS, Sheet};

const ALIASES: [&str; 3] = ["card", "phone", "external_id"];

/// The kinds of alias that were given, each with its row's alias.
pub type Aliases = Vec<(&'static str, Vec<Option<Hashed>>)>;

/// Some rows of a table, column by column; the columns that were not given are `None`.
pub struct Chunk {
    pub rows: usize,
    pub member: Option<Texts>,
    pub member_kind: Option<Texts>,
    /// What stands in `member`, in the rows that state a kind of alias.
    pub member_alias: Vec<Option<Hashed>>,
    pub aliases: Aliases,
    pub key: Option<Texts>,
    pub points: Option<Int64Array>,
    /// In minor units.
    pub amount: Option<Vec<i64>>,
    pub currency: Option<Texts>,
    pub wallet: Option<Texts>,
    pub enroll: Option<BooleanArray>,
    pub activates_at: Option<Int64Array>,
    pub expires_at: Option<Int64Array>,
    pub funder: Option<Texts>,
    /// In millionths of a unit of money.
    pub price: Option<Vec<Option<i64>>>,
    pub occurred_at: Option<Int64Array>,
    pub recorded_at: Option<Int64Array>,
}

impl Chunk {
    pub fn new(
        batch: &RecordBatch,
        first_row: usize,
        expected: &'static [Expected],
        rules: &Rules<'_>,
    ) -> Result<Chunk, TableError> {
        let sheet = Sheet::new(batch, first_row, expected);
        let currency = sheet.currencies("currency")?;
        let amount = sheet.money("amount", currency.as_ref(), rules.money, None)?;
        let member = sheet.texts("member")?;
        let member_kind = sheet.texts("member_kind")?;
        Ok(Chunk {
            rows: batch.num_rows(),
            member_alias: member_aliases(&sheet, rules, member.as_ref(), member_kind.as_ref())?,
            member,
            member_kind,
            aliases: aliases(&sheet, rules)?,
            key: sheet.texts("key")?,
            points: sheet.points()?,
            amount: amount.map(|units| units.into_iter().map(|unit| unit.unwrap_or(0)).collect()),
            price: sheet.money("price", currency.as_ref(), rules.money, Some(PRICE_DIGITS))?,
            currency,
            wallet: sheet.texts("wallet")?,
            enroll: sheet.flags("enroll")?,
            activates_at: sheet.instants("activates_at")?,
            expires_at: sheet.expiries()?,
            funder: sheet.texts("funder")?,
            occurred_at: sheet.instants("occurred_at")?,
            recorded_at: sheet.recorded()?,
        })
    }
}

impl SomeRows for Chunk {
    fn rows(&self) -> usize {
        self.rows
    }

    fn recorded_at(&self, row: usize) -> Option<i64> {
        self.recorded_at.as_ref().map(|times| times.value(row))
    }
}

fn member_aliases(
    sheet: &Sheet<'_>,
    rules: &Rules<'_>,
    members: Option<&Texts>,
    kinds: Option<&Texts>,
) -> Result<Vec<Option<Hashed>>, TableError> {
    let (Some(members), Some(kinds)) = (members, kinds) else {
        return Ok(Vec::new());
    };
    let hashed = |row: usize| {
        let alias = kinds.get(row).zip(members.get(row));
        let hashed = alias.map(|alias| sheet.hashed("member", row, alias, rules.ledger));
        hashed.transpose()
    };
    (0..sheet.rows()).map(hashed).collect()
}

fn aliases(sheet: &Sheet<'_>, rules: &Rules<'_>) -> Result<Aliases, TableError> {
    let mut all = Vec::new();
    for kind in ALIASES {
        let Some(texts) = sheet.texts(kind)? else {
            continue;
        };
        let hashed = |row: usize| {
            let value = texts.get(row);
            let hashed = value.map(|value| sheet.hashed(kind, row, (kind, value), rules.ledger));
            hashed.transpose()
        };
        let hashed: Result<Vec<_>, TableError> = (0..sheet.rows()).map(hashed).collect();
        all.push((kind, hashed?));
    }
    Ok(all)
}
