//! The keys of the configuration file, as serde reads them. deploy/follow.example.yaml shows each.

use super::SecretPlace;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The SQLite database.
    pub database: PathBuf,
    /// A mail address: servers are told whom to ask about what this program does to them.
    pub contact: String,
    /// The repositories that series are examined on, by name.
    pub repositories: BTreeMap<String, RepositorySettings>,
    /// Where patches arrive.
    pub sources: Vec<SourceSettings>,
    /// The lists whose patches are judged, by `List-Id` without `<>`.
    #[serde(default)]
    pub lists: BTreeMap<String, ListSettings>,
    /// How series are checked.
    #[serde(default)]
    pub check: CheckSettings,
    /// How much is mailed at most.
    #[serde(default)]
    pub caps: CapSettings,
    /// Who answers.
    pub reply: Option<ReplySettings>,
    /// How mails leave the house.
    pub delivery: Option<DeliverySettings>,
    /// How long a series whose mails are not all there is waited for.
    #[serde(default = "half_an_hour", deserialize_with = "duration")]
    pub incomplete_after: Duration,
    /// Days after which a thread that nothing came to is forgotten; mails that are older are not taken in.
    #[serde(default = "ninety")]
    pub forget_after_days: u32,
    /// Form of the log on standard error.
    #[serde(default)]
    pub log: LogForm,
}

/// A repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositorySettings {
    /// Where it is.
    pub path: PathBuf,
    /// Words in the brackets of subjects, and the revision that each stands for.
    #[serde(default)]
    pub trees: BTreeMap<String, String>,
    /// Revision whose names may no longer change, or `none`; else the last release before.
    pub released: Option<String>,
}

/// A place where patches arrive; one of the kinds is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Its name, under which its cursor is kept.
    pub name: String,
    /// How often it is asked.
    #[serde(default = "two_minutes", deserialize_with = "duration")]
    pub every: Duration,
    /// The list that its mails are of, where they don't say it themselves.
    pub list: Option<String>,
    /// A maildir.
    pub maildir: Option<MaildirSettings>,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy)]
pub enum SourceKind<'s> {
    /// A maildir.
    Maildir(&'s MaildirSettings),
}

impl SourceSettings {
    /// The kinds that are given; one of them where the settings are right.
    #[must_use]
    pub fn kinds(&self) -> Vec<SourceKind<'_>> {
        let maildir = self.maildir.iter().map(SourceKind::Maildir);
        maildir.collect()
    }
}

/// A maildir.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaildirSettings {
    /// The directory that has `new` and `cur`.
    pub path: PathBuf,
}

/// A list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSettings {
    /// Who is written to.
    #[serde(default)]
    pub policy: Policy,
    /// From which verdict on.
    #[serde(default)]
    pub mail: MailWhen,
    /// The repository that its series are examined on; the only one where there is one.
    pub repository: Option<String>,
}

/// Who is written to. Nobody, unless somebody wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Nobody: checks only.
    #[default]
    None,
    /// Who sent the series.
    Author,
    /// Who sent it, and everybody whom it was sent to.
    List,
}

/// From which verdict on a mail is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailWhen {
    /// Also where a maintainer has to judge.
    Review,
    /// Only where programs break.
    #[default]
    Break,
}

/// How series are checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// Targets; all where none is named.
    pub targets: Vec<String>,
    /// Rules that are added to the built-in ones.
    pub rules: Option<PathBuf>,
}

/// How much is mailed at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapSettings {
    /// Mails to one author in 24 hours.
    pub author_a_day: u32,
    /// Mails to all in 24 hours.
    pub all_a_day: u32,
    /// Series that fail in an hour, above which something is wrong with this program rather than with them.
    pub failing_an_hour: u32,
}

impl Default for CapSettings {
    fn default() -> Self {
        Self {
            author_a_day: 3,
            all_a_day: 100,
            failing_an_hour: 20,
        }
    }
}

/// Who answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplySettings {
    /// Name and address, such as `uapi-check <bot@example.org>`.
    pub from: String,
    /// Where answers to it go: people who look after it.
    pub reply_to: Option<String>,
}

/// How mails leave the house; one of them is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverySettings {
    /// A directory for `.eml` files: nothing is sent.
    pub eml: Option<PathBuf>,
    /// A password that one of them needs.
    pub password: Option<SecretPlace>,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogForm {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

fn half_an_hour() -> Duration {
    Duration::from_secs(30 * 60)
}

fn two_minutes() -> Duration {
    Duration::from_secs(2 * 60)
}

fn ninety() -> u32 {
    90
}

/// Reads `90s`, `30m`, `2h` or `7d`.
fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = || {
        de::Error::custom(format!(
            "`{text}` is no time: write a whole number and one of ms, s, m, h, d, such as 90s or 30m"
        ))
    };
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let one = match &text[digits..] {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(60 * 60),
        "d" => Duration::from_secs(24 * 60 * 60),
        _ => return Err(wrong()),
    };
    let times = u32::try_from(number).map_err(|_| wrong())?;
    one.checked_mul(times).ok_or_else(wrong)
}
