//! Bearer tokens: `llk_<id>_<secret>`. Whoever has one is its principal, so the server keeps no more than a hash.

use std::fmt;
use std::io;

use crate::engine::fill_random;

const PREFIX: &str = "llk_";
const SECRET_BYTES: usize = 32;
/// Bytes of a token's id.
const ID_BYTES: usize = 32;
/// What makes these hashes others than those of the same bytes anywhere else.
const HASHED_AS: &str = "loyalty-ledger 2026 hash of a bearer token";

/// The hash of a token. Two of them are compared in constant time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(blake3::Hash);

/// A token that was just made: the only time that it is seen whole.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    pub token: String,
    /// 64 hexadecimal digits: what stands in the principals file.
    pub hash: String,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    #[error("{0}")]
    Id(String),
    #[error("the system gives no random bytes: {0}")]
    System(#[from] io::Error),
}

impl TokenHash {
    pub fn of(token: &str) -> TokenHash {
        TokenHash(blake3::derive_key(HASHED_AS, token.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(digits: &str) -> Option<TokenHash> {
        blake3::Hash::from_hex(digits).ok().map(TokenHash)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_hex())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(…)")
    }
}

impl fmt::Debug for NewToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewToken(secret)")
    }
}

/// Makes a token with a secret of 256 random bits.
pub fn new_token(id: &str) -> Result<NewToken, NoToken> {
    check_token_id(id).map_err(NoToken::Id)?;
    let mut secret = [0; SECRET_BYTES];
    fill_random(&mut secret)?;
    let secret = blake3::Hash::from_bytes(secret).to_hex();
    let token = format!("{PREFIX}{id}_{secret}");
    let hash = TokenHash::of(&token).to_string();
    Ok(NewToken { token, hash })
}

/// The id in a token; `None` if it has not the form of one.
pub fn id_of(token: &str) -> Option<&str> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_once('_')?;
    let is_formed = check_token_id(id).is_ok() && secret.len() == 2 * SECRET_BYTES;
    is_formed.then_some(id)
}

/// Says what is wrong with a token's id.
pub fn check_token_id(id: &str) -> Result<(), String> {
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if plain && (1..=ID_BYTES).contains(&id.len()) {
        return Ok(());
    }
    Err(format!(
        "a token's id has 1 to {ID_BYTES} small letters, digits and dashes; {id:?} does not"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_id_and_only_its_hash_is_kept() {
        let made = new_token("till-12").unwrap();
        assert_eq!(made.token.len(), "llk_till-12_".len() + 64);
        assert_eq!(id_of(&made.token), Some("till-12"));
        let kept = TokenHash::parse(&made.hash).unwrap();
        assert_eq!(kept, TokenHash::of(&made.token));
        assert!(!made.token.contains(&made.hash) && !made.hash.contains(&made.token[12..]));
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let (one, other) = (new_token("a").unwrap(), new_token("a").unwrap());
        assert_ne!(one.token, other.token);
        assert_ne!(one.hash, other.hash);
        assert_ne!(TokenHash::of(&one.token), TokenHash::of(&other.token));
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_none() {
        let secret = "0".repeat(64);
        assert_eq!(id_of(&format!("llk_a-1_{secret}")), Some("a-1"));
        let wrong = [
            "",
            "llk_",
            "llk_a",
            "llk_a_",
            &format!("llk__{secret}"),
            &format!("llk_A_{secret}"),
            &format!("llk_a_b_{secret}"),
            &format!("llk_a_{secret}0"),
            &format!("llx_a_{secret}"),
            &format!("llk_{}_{secret}", "a".repeat(33)),
        ];
        for token in wrong {
            assert_eq!(id_of(token), None, "{token}");
        }
    }

    #[test]
    fn an_id_that_would_not_be_found_again_is_refused() {
        for id in ["", "a_b", "A", "ä", "a b", &"a".repeat(33)] {
            assert!(matches!(new_token(id), Err(NoToken::Id(_))), "{id}");
        }
    }

    #[test]
    fn a_hash_has_64_digits() {
        let digits = TokenHash::of("a").to_string();
        assert_eq!(digits.len(), 64);
        assert!(TokenHash::parse(&digits).is_some());
        assert!(TokenHash::parse(&digits.to_uppercase()).is_some());
        for wrong in ["", "0", &digits[1..], &format!("g{}", &digits[1..])] {
            assert!(TokenHash::parse(wrong).is_none(), "{wrong}");
        }
    }
}
