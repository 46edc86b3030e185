//! What is wrong with a program file, and where.

use std::fmt;
use std::ops::Range;

/// The first fault of a program file: where it is and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError {
    /// Counted from 1.
    pub line: usize,
    /// Characters of the line before the fault, plus 1.
    pub column: usize,
    pub message: String,
}

impl ProgramError {
    /// The fault at a byte range of the program's text.
    pub(super) fn at(text: &str, span: &Range<usize>, message: impl Into<String>) -> Self {
        let (line, column) = line_and_column(text, span.start);
        Self {
            line,
            column,
            message: message.into(),
        }
    }
}

/// Where a byte of a text stands, both counted from 1; columns count characters.
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let (earlier_lines, line_start) = match before.rsplit_once('\n') {
        Some((earlier, start)) => (earlier.matches('\n').count().saturating_add(1), start),
        None => (0, before.strip_prefix('\u{feff}').unwrap_or(before)),
    };
    (
        earlier_lines.saturating_add(1),
        line_start.chars().count().saturating_add(1),
    )
}

impl fmt::Display for ProgramError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
        } = self;
        write!(formatter, "line {line}, column {column}: {message}")
    }
}

impl std::error::Error for ProgramError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let text = "\u{feff}ab\nzöne = 1\r\n\nlast";
        let cases = [("ab", 1, 1), ("b", 1, 2), ("= 1", 2, 6), ("last", 4, 1)];
        for (part, line, column) in cases {
            let start = text.find(part).unwrap();
            let error = ProgramError::at(text, &(start..start), "no");
            assert_eq!((error.line, error.column), (line, column), "{part}");
        }
        let end = ProgramError::at(text, &(text.len()..text.len()), "no");
        assert_eq!(end.to_string(), "line 4, column 5: no");
    }
}
