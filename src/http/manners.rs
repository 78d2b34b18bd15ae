//! Who asks servers, how slowly, how often and how patiently.

use super::error::Error;
use std::time::Duration;

/// Who asks, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// A mail address or a page where whoever runs a server reaches whoever runs this.
    pub contact: String,
    /// How.
    pub pace: Pace,
}

/// How slowly, how often and how patiently servers are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Requests to one host at once at most.
    pub at_once: usize,
    /// Time between two requests to one host.
    pub gap: Duration,
    /// How often at most something is asked for, where the server is busy or can't be reached.
    pub tries: u32,
    /// Waiting before the second try; twice as long before each one after it.
    pub backoff: Duration,
    /// Waiting before any try at most. A server that wants more is left alone, and whoever asked is told.
    pub longest: Duration,
    /// A connection takes no longer.
    pub connect: Duration,
    /// A server that sends nothing for so long is given up.
    pub silence: Duration,
    /// A whole answer takes no longer.
    pub answer: Duration,
}

/// What is polite to a server whose API is asked, in small answers.
impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 2,
            gap: Duration::ZERO,
            tries: 5,
            backoff: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            answer: Duration::from_secs(60),
        }
    }
}

impl Manners {
    /// What is polite to the archives of kernel.org: one request a second.
    #[must_use]
    pub fn new(contact: impl Into<String>) -> Self {
        let pace = Pace {
            gap: Duration::from_secs(1),
            tries: 3,
            backoff: Duration::from_secs(2),
            longest: Duration::from_secs(30),
            connect: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            answer: Duration::from_secs(300),
            ..Pace::default()
        };
        let contact = contact.into();
        Self { contact, pace }
    }

    /// How this program names itself: with a contact, as kernel.org asks of clients.
    ///
    /// # Errors
    ///
    /// A mistake where there is no contact, or none that can stand there.
    pub fn user_agent(&self) -> Result<String, Error> {
        let contact = self.contact.trim();
        let plain = contact
            .chars()
            .all(|char| char.is_ascii_graphic() || char == ' ');
        if contact.is_empty() || !plain {
            let what =
                "the contact for servers must be a mail address or a page, in ASCII: set `contact`";
            return Err(Error::Mistake(what.to_owned()));
        }
        let version = env!("CARGO_PKG_VERSION");
        Ok(format!("uapi-check/{version} ({contact})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_name_themselves_with_a_contact() {
        let agent = Manners::new("a@example.org").user_agent();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(agent, Ok(format!("uapi-check/{version} (a@example.org)")));
        for contact in ["", " ", "a\r\nX: y", "ä"] {
            assert!(Manners::new(contact).user_agent().is_err(), "{contact:?}");
        }
    }
}
