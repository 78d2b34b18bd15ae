//! Letters are delivered: by SMTP submission, by the system's sendmail, or as files in a directory, which is a dry run.
//!
//! What is delivered twice is one mail to its readers: the Message-ID of a letter is always the same. A directory does it
//! exactly once. By SMTP or sendmail, a letter may go out and the answer that it did be lost; then it goes out again.
//! Decides nothing: what failed for now is told apart from what will always fail. Next: `smtp`, `sendmail`, `files`.

mod files;
mod sendmail;
mod settings;
mod smtp;

pub use settings::{BadSettings, Security, Settings, SmtpSettings};

use crate::reply::Letter;
use lettre::Address;
use std::path::PathBuf;
use std::time::Duration;

/// How long the delivery of one mail may take. RFC 5321, section 4.5.3.2, allows a server ten minutes for its last
/// answer; one that needs more than two is asked again later.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Most characters of what a server or program said, in a reason.
const SAID: usize = 200;

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on its way.
    Delivered,
    /// It was delivered before.
    AlreadyThere,
    /// Not now, and why: a network that is away, a server that is busy, or one that does not let us in.
    TryLater(String),
    /// Never, and why.
    Refused(String),
}

/// Delivers letters.
#[derive(Debug)]
pub struct Mailer {
    way: Way,
    bounce: Address,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<smtp::Submission>),
    Sendmail(PathBuf),
    Directory(PathBuf),
}

impl Mailer {
    /// Prepares delivery; nothing is connected to yet. `bounce` is the address to which mails come back that can't be
    /// delivered. Secrets are read now.
    ///
    /// # Errors
    /// A mistake in the settings, in one line.
    pub fn new(settings: &Settings, bounce: &str) -> Result<Self, BadSettings> {
        let address = bounce.parse().map_err(|_| BadSettings::Bounce {
            address: bounce.to_owned(),
        })?;
        let way = match settings {
            Settings::Smtp(smtp) => Way::Smtp(Box::new(smtp::Submission::new(smtp)?)),
            Settings::Sendmail { command } => Way::Sendmail(command.clone()),
            Settings::Directory { path } => Way::Directory(path.clone()),
        };
        Ok(Self {
            way,
            bounce: address,
        })
    }

    /// Delivers a letter. `sent` is its date, in seconds since 1970.
    pub async fn deliver(&self, letter: &Letter, sent: i64) -> Outcome {
        let bytes = letter.bytes(sent);
        let delivery = async {
            match &self.way {
                Way::Smtp(smtp) => smtp.deliver(letter, &self.bounce, &bytes).await,
                Way::Sendmail(command) => sendmail::deliver(command, &self.bounce, &bytes).await,
                Way::Directory(place) => files::deliver(place, &letter.message_id, &bytes).await,
            }
        };
        let late = || Outcome::TryLater(format!("no end after {} seconds", TIMEOUT.as_secs()));
        tokio::time::timeout(TIMEOUT, delivery)
            .await
            .unwrap_or_else(|_| late())
    }
}

/// What others said, on one line and not too long.
fn said(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = words
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    plain.take(SAID).collect()
}

/// The bytes with the line breaks that files and programs of this system have.
fn with_lf(bytes: &[u8]) -> Vec<u8> {
    // A letter has no CR but those of its line breaks.
    bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect()
}
