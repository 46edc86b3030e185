//! `verify`: whether the state follows from the journal and holds together in itself; in words that name what does not.

mod differences;
mod identities;

use crate::ledger::state::Objects;

pub use differences::compare;
pub use identities::check;

/// Problems told in words; more are only counted.
const TOLD: usize = 100;

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries replayed.
    pub entries: u64,
    pub members: u32,
    pub ok: bool,
    /// The first hundred problems, in words.
    pub problems: Vec<String>,
    /// How many there were.
    pub problem_count: u64,
    /// Digest of the state that the report is about.
    pub digest: [u8; 32],
}

impl Report {
    /// A report of `problems` beside what was looked at.
    pub fn new(objects: &Objects, problems: Problems, digest: [u8; 32]) -> Report {
        Report {
            entries: objects.sequence,
            members: objects.member_count(),
            ok: problems.count == 0,
            problems: problems.told,
            problem_count: problems.count,
            digest,
        }
    }
}

/// Collects problems, a bounded number of them in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    told: Vec<String>,
    count: u64,
}

impl Problems {
    pub fn add(&mut self, problem: impl FnOnce() -> String) {
        if self.told.len() < TOLD {
            self.told.push(problem());
        }
        self.count += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn told(&self) -> &[String] {
        &self.told
    }
}

/// A currency's name in the program in force; its number if the program does not know it.
fn currency_name(objects: &Objects, currency: u8) -> String {
    let known = objects.program().currencies.get(usize::from(currency));
    known.map_or_else(|| currency.to_string(), |currency| currency.name.clone())
}

/// Compares the live view with one replayed from the journal to the same sequence, and checks the live view's own
/// identities. What the caller found wrong in the journal itself goes in as `problems`.
pub fn verify(
    live: &Objects,
    replayed: &Objects,
    mut problems: Problems,
    digest: [u8; 32],
) -> Report {
    compare(live, replayed, &mut problems);
    check(live, &mut problems);
    Report::new(live, problems, digest)
}

#[cfg(test)]
mod tests;
