//! Everybody the principals file knows, found by token, by certificate or by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::file::{FileFault, parse};
use super::principal::Principal;
use super::token::{TokenHash, id_of};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::time::Instant;

/// All principals of one file and their credentials.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub(super) principals: BTreeMap<String, Arc<Principal>>,
    pub(super) tokens: HashMap<String, HeldToken>,
    pub(super) certificates: HashMap<String, Arc<Principal>>,
}

/// A token that opens the door.
#[derive(Clone, Debug)]
pub(super) struct HeldToken {
    pub hash: TokenHash,
    /// First instant at which it no longer does; `NEVER` if it always does.
    pub expires_at: Instant,
    pub principal: Arc<Principal>,
}

impl Roster {
    /// Reads a principals file's text.
    pub fn parse(text: &str) -> Result<Roster, FileFault> {
        parse(text)
    }

    /// Whose token it is. An unknown one and a wrong one are answered alike.
    pub fn by_token(&self, token: &str, now: Instant) -> Result<&Arc<Principal>, Rejection> {
        let held = id_of(token).and_then(|id| self.tokens.get(id));
        let held = held.filter(|held| held.hash == TokenHash::of(token));
        let held = held.ok_or_else(|| unknown("no principal has this token"))?;
        if held.expires_at <= now {
            let message = format!(
                "this token expired at {}; use its successor",
                held.expires_at
            );
            return Err(unknown(message));
        }
        Ok(&held.principal)
    }

    /// Whose certificate it is, by any of the names in it.
    pub fn by_certificate<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<&Arc<Principal>, Rejection> {
        let mut names = names.into_iter();
        names
            .find_map(|name| self.certificates.get(name))
            .ok_or_else(|| unknown("no principal has a certificate with this name"))
    }

    pub fn by_name(&self, name: &str) -> Option<&Arc<Principal>> {
        self.principals.get(name)
    }

    /// In order of their names.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Arc<Principal>> {
        self.principals.values()
    }
}

fn unknown(message: impl Into<String>) -> Rejection {
    Rejection::new(Code::UnknownCredential, message)
}

#[cfg(test)]
mod tests {
    use super::super::token::new_token;
    use super::*;

    const EXPIRY: Instant = Instant(1_798_761_600_000_000);

    fn roster() -> (Roster, [String; 2]) {
        let [lasting, ending] = ["a-1", "a-2"].map(|id| new_token(id).unwrap());
        let text = format!(
            r#"
            [principals.a]
            role = "pos"
            certificates = ["a.example", "b.example"]
            tokens = [
                {{ id = "a-1", hash = "{}" }},
                {{ id = "a-2", hash = "{}", expires = 2027-01-01T01:00:00+01:00 }},
            ]
            "#,
            lasting.hash, ending.hash
        );
        (Roster::parse(&text).unwrap(), [lasting.token, ending.token])
    }

    #[test]
    fn two_tokens_open_the_door_until_they_expire() {
        let (roster, [lasting, ending]) = roster();
        let before = Instant(EXPIRY.0 - 1);
        for token in [&lasting, &ending] {
            assert_eq!(roster.by_token(token, before).unwrap().name, "a");
        }
        assert_eq!(roster.by_token(&lasting, EXPIRY).unwrap().name, "a");
        let late = roster.by_token(&ending, EXPIRY).unwrap_err();
        assert_eq!(late.code, Code::UnknownCredential);
        assert!(late.message.contains("2027-01-01T00:00:00Z"), "{late}");
    }

    #[test]
    fn unknown_and_wrong_tokens_are_answered_alike() {
        let (roster, [lasting, ending]) = roster();
        let unknown = new_token("b-1").unwrap().token;
        let wrong = new_token("a-1").unwrap().token;
        let swapped = lasting.replace("a-1", "a-2");
        let expected = roster.by_token("", EXPIRY).unwrap_err();
        for token in [&unknown, &wrong, &swapped, &ending[1..].to_owned()] {
            assert_eq!(roster.by_token(token, EXPIRY).unwrap_err(), expected);
        }
    }

    #[test]
    fn certificates_are_found_by_any_of_their_names() {
        let (roster, _) = roster();
        let found = roster.by_certificate(["x.example", "b.example"]).unwrap();
        assert_eq!(found.name, "a");
        for names in [&["x.example"][..], &[]] {
            let refused = roster.by_certificate(names.iter().copied()).unwrap_err();
            assert_eq!(refused.code, Code::UnknownCredential);
        }
    }

    #[test]
    fn a_file_without_principals_lets_nobody_in() {
        let roster = Roster::parse("").unwrap();
        assert_eq!(roster.all().len(), 0);
        assert!(
            roster
                .by_token(&new_token("a").unwrap().token, EXPIRY)
                .is_err()
        );
    }
}
