//! Typed access to the fields of a TOML table, with the place of every fault.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Period, ProgramError};

/// One table of a program file, whose fields are all known.
pub(super) struct Fields<'a> {
    text: &'a str,
    name: &'a str,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

/// The fields a table may have, and those that only a later version will read.
pub(super) struct Known {
    pub(super) now: &'static [&'static str],
    pub(super) later: &'static [&'static str],
}

/// A value and where it stands in the text.
pub(super) struct Located<'a, T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
    text: &'a str,
    field: String,
}

impl<'a> Fields<'a> {
    /// A table whose fields are all known; the error names the first that is not.
    pub(super) fn open(
        text: &'a str,
        name: &'a str,
        span: Range<usize>,
        table: &'a DeTable<'a>,
        known: &Known,
    ) -> Result<Self, ProgramError> {
        let fields = Self::open_any(text, name, span, table);
        let unknown = table
            .keys()
            .filter(|key| !known.now.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        let Some(key) = unknown else {
            return Ok(fields);
        };
        let field = fields.path(key.get_ref());
        let message = if known.later.contains(&key.get_ref().as_ref()) {
            format!("`{field}` is not supported yet by this version; remove it")
        } else {
            let choices = known.now.join("`, `");
            format!("unknown field `{field}`; known fields here are `{choices}`")
        };
        Err(ProgramError::at(text, &key.span(), message))
    }

    /// A table whose keys are names chosen by the user.
    pub(super) fn open_any(
        text: &'a str,
        name: &'a str,
        span: Range<usize>,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self {
            text,
            name,
            span,
            table,
        }
    }

    /// The table under a field of this one.
    pub(super) fn table(
        &self,
        field: &'a str,
    ) -> Result<Option<(Range<usize>, &'a DeTable<'a>)>, ProgramError> {
        match self.value(field) {
            None => Ok(None),
            Some((span, DeValue::Table(table))) => Ok(Some((span, table))),
            Some((span, other)) => Err(self.wrong_type(field, &span, "a table", other)),
        }
    }

    /// The text in a field.
    pub(super) fn string(&self, field: &str) -> Result<Option<Located<'a, &'a str>>, ProgramError> {
        match self.value(field) {
            None => Ok(None),
            Some((span, DeValue::String(string))) => {
                Ok(Some(self.located(field, span, string.as_ref())))
            }
            Some((span, other)) => Err(self.wrong_type(field, &span, "a text in quotes", other)),
        }
    }

    /// The texts of a list, at most so many.
    pub(super) fn strings(
        &self,
        field: &str,
        most: usize,
    ) -> Result<Vec<Located<'a, &'a str>>, ProgramError> {
        let items = self.list(field, most, "a list of texts in quotes", "texts")?;
        items
            .map(|item| match item.get_ref() {
                DeValue::String(string) => Ok(self.located(field, item.span(), string.as_ref())),
                other => Err(self.wrong_type(field, &item.span(), "texts in quotes alone", other)),
            })
            .collect()
    }

    /// The whole number in a field, within bounds.
    pub(super) fn integer(
        &self,
        field: &str,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, ProgramError> {
        let found = self.value(field);
        found
            .map(|(span, value)| self.whole(field, &span, value, &bounds))
            .transpose()
    }

    /// The whole numbers of a list, at most so many, each within bounds.
    pub(super) fn integers(
        &self,
        field: &str,
        most: usize,
        bounds: &RangeInclusive<i64>,
    ) -> Result<Vec<i64>, ProgramError> {
        let items = self.list(field, most, "a list of whole numbers", "numbers")?;
        items
            .map(|item| self.whole(field, &item.span(), item.get_ref(), bounds))
            .collect()
    }

    /// The tables of a list, at most so many, each with its place.
    pub(super) fn tables(
        &self,
        field: &str,
        most: usize,
    ) -> Result<Vec<(Range<usize>, &'a DeTable<'a>)>, ProgramError> {
        let items = self.list(field, most, "a list of tables", "tables")?;
        items
            .map(|item| match item.get_ref() {
                DeValue::Table(table) => Ok((item.span(), table)),
                other => Err(self.wrong_type(field, &item.span(), "tables alone", other)),
            })
            .collect()
    }

    /// Whether a field says true.
    pub(super) fn boolean(&self, field: &str) -> Result<Option<bool>, ProgramError> {
        match self.value(field) {
            None => Ok(None),
            Some((_, DeValue::Boolean(choice))) => Ok(Some(*choice)),
            Some((span, other)) => Err(self.wrong_type(field, &span, "true or false", other)),
        }
    }

    /// The period in a field.
    pub(super) fn period(&self, field: &str) -> Result<Option<Located<'a, Period>>, ProgramError> {
        self.string(field)?
            .map(|located| located.read_period())
            .transpose()
    }

    /// The value in a field, of whatever type, with its place.
    pub(super) fn value(&self, field: &str) -> Option<(Range<usize>, &'a DeValue<'a>)> {
        self.table
            .get(field)
            .map(|value| (value.span(), value.get_ref()))
    }

    /// The keys and values in the order of the file.
    pub(super) fn in_file_order(
        &self,
    ) -> Vec<(
        &'a Spanned<std::borrow::Cow<'a, str>>,
        &'a Spanned<DeValue<'a>>,
    )> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }

    /// A fault of the table as a whole.
    pub(super) fn error(&self, message: impl Into<String>) -> ProgramError {
        ProgramError::at(self.text, &self.span, message)
    }

    /// The fault of a value of the wrong type.
    pub(super) fn wrong_type(
        &self,
        field: &str,
        span: &Range<usize>,
        expected: &str,
        found: &DeValue<'_>,
    ) -> ProgramError {
        let path = self.path(field);
        let message = format!("`{path}` is {}; write {expected}", described(found));
        ProgramError::at(self.text, span, message)
    }

    /// The full name of a field of this table, as messages show it.
    pub(super) fn path(&self, field: &str) -> String {
        if self.name.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.name)
        }
    }

    /// The items of a list; none if the field is left out.
    fn list(
        &self,
        field: &str,
        most: usize,
        expected: &str,
        items: &str,
    ) -> Result<std::slice::Iter<'a, Spanned<DeValue<'a>>>, ProgramError> {
        match self.value(field) {
            None => Ok([].iter()),
            Some((_, DeValue::Array(list))) if list.len() <= most => Ok(list.iter()),
            Some((span, DeValue::Array(_))) => {
                let message = format!("`{}` has at most {most} {items}", self.path(field));
                Err(ProgramError::at(self.text, &span, message))
            }
            Some((span, other)) => Err(self.wrong_type(field, &span, expected, other)),
        }
    }

    fn whole(
        &self,
        field: &str,
        span: &Range<usize>,
        value: &DeValue<'_>,
        bounds: &RangeInclusive<i64>,
    ) -> Result<i64, ProgramError> {
        let DeValue::Integer(digits) = value else {
            return Err(self.wrong_type(field, span, "a whole number", value));
        };
        let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
        let inside = number.filter(|number| bounds.contains(number));
        inside.ok_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            let message = format!(
                "`{}` is {digits}; give a number from {least} to {most}",
                self.path(field)
            );
            ProgramError::at(self.text, span, message)
        })
    }

    fn located<T>(&self, field: &str, span: Range<usize>, value: T) -> Located<'a, T> {
        Located {
            value,
            span,
            text: self.text,
            field: self.path(field),
        }
    }
}

impl<T> Located<'_, T> {
    /// A fault of this value; the message is led by the field's full name.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> ProgramError {
        let message = format!("`{}`: {message}", self.field);
        ProgramError::at(self.text, &self.span, message)
    }
}

impl<'a> Located<'a, &'a str> {
    /// The choice that the text names; `later` are choices that only a later version will offer.
    pub(super) fn choose<T: Copy>(
        &self,
        choices: &[(&str, T)],
        later: &[&str],
    ) -> Result<T, ProgramError> {
        let chosen = choices.iter().find(|(name, _)| *name == self.value);
        if let Some((_, choice)) = chosen {
            return Ok(*choice);
        }
        let names: Vec<_> = choices
            .iter()
            .map(|(name, _)| format!("{name:?}"))
            .collect();
        let fault = if later.contains(&self.value) {
            "is not supported yet by this version"
        } else {
            "is unknown"
        };
        let names = names.join(" or ");
        Err(self.error(format!("{:?} {fault}; write {names}", self.value)))
    }

    /// The text as a period.
    pub(super) fn read_period(self) -> Result<Located<'a, Period>, ProgramError> {
        let value = Period::parse(self.value).map_err(|fault| self.error(fault))?;
        Ok(Located {
            value,
            span: self.span,
            text: self.text,
            field: self.field,
        })
    }
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
