//! What is wrong with a table that was handed in, found before anything of it was written.

use std::fmt;

/// A table that is not taken, told by column and row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// Empty if it is about the table as a whole.
    pub column: String,
    /// Counted from 0; `None` if it is about the whole column.
    pub row: Option<usize>,
    /// What is wrong there, and what to do about it.
    pub message: String,
}

impl TableError {
    pub fn whole(message: impl Into<String>) -> TableError {
        TableError::column("", message)
    }

    pub fn column(column: &str, message: impl Into<String>) -> TableError {
        TableError {
            column: column.to_owned(),
            row: None,
            message: message.into(),
        }
    }

    pub fn cell(column: &str, row: usize, message: impl Into<String>) -> TableError {
        TableError {
            row: Some(row),
            ..TableError::column(column, message)
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.column.is_empty() {
            write!(formatter, "column '{}'", self.column)?;
            if let Some(row) = self.row {
                write!(formatter, ", row {row}")?;
            }
            formatter.write_str(" ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for TableError {}
