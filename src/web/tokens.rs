//! The token of a request becomes the name of whoever asks, or nobody.
//!
//! Tokens are kept as hashes alone, and compared in a time that tells nothing of them.

use crate::service::config::{TOKEN_LEAST, TokenSettings};
use axum::http::{HeaderMap, header};
use subtle::{Choice, ConstantTimeEq};

/// Who may ask, by the hash of a token.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Vec<(String, [u8; 32])>);

impl Tokens {
    /// Reads the tokens from where they are.
    ///
    /// # Errors
    ///
    /// Where one is not there, too short or the same as another; the text says which, and never what it is.
    pub fn read(settings: &[TokenSettings]) -> Result<Self, String> {
        let mut known: Vec<(String, [u8; 32])> = Vec::new();
        for (at, of) in settings.iter().enumerate() {
            let wrong = |why: &str| format!("web.tokens[{at}].token: {why}");
            let token = of.token.read().map_err(|why| wrong(&why))?;
            if token.len() < TOKEN_LEAST {
                let least =
                    format!("it is shorter than {TOKEN_LEAST} characters: make a longer one");
                return Err(wrong(&least));
            }
            let hash = hash(&token);
            if known.iter().any(|(_, other)| *other == hash) {
                return Err(wrong("it is the same as another: make one for each"));
            }
            known.push((of.name.clone(), hash));
        }
        Ok(Self(known))
    }

    /// Whose token a request has.
    pub fn who(&self, headers: &HeaderMap) -> Option<&str> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let asked = hash(token.trim());
        let mut found = None;
        // All of them, wherever the right one stands.
        for (name, known) in &self.0 {
            let same: Choice = known.ct_eq(&asked);
            if bool::from(same) {
                found = Some(name.as_str());
            }
        }
        found
    }
}

fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
