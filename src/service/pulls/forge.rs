//! What is read of a pull request, as far as it matters here; and who is who.
//!
//! Whose word something is, the login tells, and the forge vouches for it. Which mail addresses are behind a login,
//! only the operator's file says: what a profile says of itself proves nothing. Plain data. Next: `reviews`, `answer`.

use std::collections::{BTreeMap, BTreeSet};

/// An account of the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name. Letters are compared without regard to case.
    pub login: String,
    /// Whether it is a program's: none is listened to.
    pub robot: bool,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// `owner/name`.
    pub repository: String,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its page on the forge.
    pub url: String,
    /// Who opened it.
    pub author: Account,
    /// Whether its author says that it is no more than a draft.
    pub draft: bool,
    /// Whether it is neither merged nor closed.
    pub open: bool,
    /// Its head, 40 hexadecimal digits.
    pub head: String,
    /// The branch that it is for.
    pub base: String,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// Yes.
    Approved,
    /// No.
    ChangesRequested,
    /// What it said was taken back.
    Dismissed,
}

/// A review that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its number.
    pub id: u64,
    /// Whose it is.
    pub by: Account,
    /// What it says.
    pub opinion: Opinion,
    /// The head that it was of.
    pub commit: String,
    /// When it was given, by the forge's clock, in seconds since 1970.
    pub at: i64,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Whose it is.
    pub by: Account,
    /// What it says.
    pub body: String,
}

/// The mail addresses behind logins, as the operator says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identities(BTreeMap<String, Vec<String>>);

impl Identities {
    /// Takes the operator's table.
    pub fn new(table: &BTreeMap<String, Vec<String>>) -> Self {
        let each = table.iter();
        let each = each.map(|(login, addresses)| (login.to_lowercase(), addresses.clone()));
        Self(each.collect())
    }

    /// The addresses of a login; none where nothing says so.
    pub fn of(&self, login: &str) -> &[String] {
        let found = self.0.get(&login.to_lowercase());
        found.map_or(&[], Vec::as_slice)
    }

    /// Whether two logins are one person: the same login, or an address that both have.
    pub fn are_one(&self, one: &str, other: &str) -> bool {
        let key = |address: &String| crate::model::address_key(address);
        let theirs: BTreeSet<String> = self.of(other).iter().map(key).collect();
        one.eq_ignore_ascii_case(other)
            || self
                .of(one)
                .iter()
                .any(|address| theirs.contains(&key(address)))
    }
}
