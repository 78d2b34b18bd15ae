//! Which Patchwork is asked, for which project, by whom and how patiently; and the addresses that follow from it.
//!
//! The token never leaves [`Token`] but as the header of a request to the configured origin.

use super::error::Error;
use crate::http::Pace;
use serde::Deserialize;
use std::fmt;
use url::{Host, Url};

/// Which Patchwork is asked, and by whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is, such as `https://patchwork.kernel.org/`; without `api/`.
    pub url: Url,
    /// The version of its API.
    pub version: Version,
    /// The short name of a project there (its `link_name`).
    pub project: String,
    /// A mail address where somebody reads, for the `User-Agent`.
    pub contact: String,
    /// Who posts checks; none where the server is only read.
    pub account: Option<Account>,
    /// How patiently.
    pub pace: Pace,
}

/// A user of the server.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user's name there: checks of others in the same context are not ours.
    pub user: String,
    /// What proves it.
    pub token: Token,
}

/// The secret of a user, never shown.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as it stands in a file or a variable: white space around it is not its own.
    ///
    /// # Errors
    ///
    /// Where it can't be one. The error doesn't show it.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let whole = plain && text.len() <= 255;
        whole.then(|| Self(text.to_owned())).ok_or_else(|| {
            let why = "the token of Patchwork is no token: it is 40 hex digits, as the profile page shows them";
            Error::Mistake(why.to_owned())
        })
    }

    /// The value of the header `Authorization`.
    pub(super) fn header(&self) -> String {
        format!("Token {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// A version of the API. 1.3 adds events of comments; what else differs is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
pub enum Version {
    /// Of Patchwork 2.1.
    #[serde(rename = "1.1")]
    V1_1,
    /// Of Patchwork 2.2.
    #[serde(rename = "1.2")]
    V1_2,
    /// Of Patchwork 3.1.
    #[default]
    #[serde(rename = "1.3")]
    V1_3,
}

impl Version {
    /// As it stands in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }

    /// Whether there are events of comments.
    #[must_use]
    pub fn tells_comments(self) -> bool {
        self >= Self::V1_3
    }
}

impl Settings {
    /// Refuses what can't work, and what would show the token to the network.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mistake = |why: String| Err(Error::Mistake(why));
        let url = &self.url;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !plain {
            return mistake(
                "the address of a Patchwork is https://HOST/, without user and password".to_owned(),
            );
        }
        let odd = url.query().is_some() || url.fragment().is_some();
        if odd || url.path().split('/').any(|part| part == "api") {
            return mistake(format!(
                "the address of a Patchwork ends before `api/`, so not {url}"
            ));
        }
        if self.account.is_some() && url.scheme() == "http" && !is_loopback(url) {
            return mistake(format!(
                "anybody on the way could read the token: use https instead of {url}"
            ));
        }
        let named = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.project.is_empty() || !self.project.chars().all(named) {
            return mistake(format!(
                "`{}` is no name of a project: give what stands in the address of its page",
                self.project.escape_debug()
            ));
        }
        let visible = |byte: u8| byte.is_ascii_graphic() && !b"()".contains(&byte);
        if !self.contact.contains('@') || !self.contact.bytes().all(visible) {
            return mistake(format!(
                "`{}` is no mail address: servers want to know whom to write to",
                self.contact.escape_debug()
            ));
        }
        Ok(())
    }

    /// The address of something in the API, with the `/` at its end that a POST would be lost without.
    pub(super) fn address(&self, parts: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(["api", self.version.as_str()])
                .extend(parts)
                .push("");
        }
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
