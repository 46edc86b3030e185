//! Rows of a batch or a table that their caller may make, of those that came.

use std::sync::Arc;

use super::guard::Guard;
use super::principals::{Principal, Reserved};
use crate::engine::{Failure, RowAnswer, Rows};
use crate::ledger::rejection::Rejection;
use crate::ledger::request::Request;
use crate::ledger::time::Instant;

/// The rows that may be made, as the engine takes them.
#[derive(Debug)]
pub struct Allowed<R> {
    rows: R,
    taken: Vec<usize>,
    principal: Arc<Principal>,
}

/// Rows that may not be made, by place; and for each of the others the points that were set aside.
#[derive(Debug, Default)]
pub struct Looked {
    pub refused: Vec<(usize, Rejection)>,
    pub reserved: Vec<Option<Reserved>>,
}

impl<R: Rows> Allowed<R> {
    pub fn of(
        rows: R,
        guard: &Guard,
        principal: &Arc<Principal>,
    ) -> Result<(Allowed<R>, Looked), Failure> {
        let mut looked = Looked::default();
        let mut taken = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            match guard.allow(principal, &rows.request(row)) {
                Ok(reserved) => {
                    taken.push(row);
                    looked.reserved.push(reserved);
                }
                Err(Failure::Rejected(rejection)) => looked.refused.push((row, rejection)),
                Err(failure) => return Err(failure),
            }
        }
        let principal = Arc::clone(principal);
        let allowed = Allowed {
            rows,
            taken,
            principal,
        };
        Ok((allowed, looked))
    }
}

impl Looked {
    /// Why a table cannot be applied in one piece.
    pub fn check_whole(&self) -> Result<(), Rejection> {
        match self.refused.first() {
            None => Ok(()),
            Some((row, rejection)) => {
                let message = format!("row {row}: {}", rejection.message);
                Err(Rejection::new(rejection.code, message))
            }
        }
    }
}

/// Answers to all rows that came, from those to the rows that were taken.
pub fn all_answers(refused: &[(usize, Rejection)], taken: Vec<RowAnswer>) -> Vec<RowAnswer> {
    let mut refused = refused.iter().peekable();
    let mut taken = taken.into_iter();
    let mut answers = Vec::new();
    loop {
        let said = refused.next_if(|(place, _)| *place == answers.len());
        match said.map(|(_, rejection)| rejection.code) {
            Some(code) => answers.push(RowAnswer::without_entry(code)),
            None => match taken.next() {
                Some(answer) => answers.push(answer),
                None => return answers,
            },
        }
    }
}

impl<R: Rows> Rows for Allowed<R> {
    fn len(&self) -> usize {
        self.taken.len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        let mut request = self.rows.request(self.taken[index]);
        self.principal.sign(&mut request);
        request
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        self.rows.recorded_at(self.taken[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::rejection::Code;

    #[test]
    fn answers_stand_where_their_rows_stood() {
        let refused = |row| (row, Rejection::plain(Code::ScopeMissing));
        let refused = [refused(0), refused(2), refused(4)];
        let taken = vec![RowAnswer::without_entry(Code::Applied); 2];
        let answers = all_answers(&refused, taken);
        let codes: Vec<Code> = answers.iter().map(|answer| answer.code).collect();
        let (no, yes) = (Code::ScopeMissing, Code::Applied);
        assert_eq!(codes, [no, yes, no, yes, no]);
    }
}
