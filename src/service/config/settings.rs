//! The keys of the configuration file, as serde reads them. deploy/follow.example.yaml shows each.

use super::{GithubSettings, SecretPlace, WebSettings};
use crate::patchwork::Version;
use crate::post;
use crate::reply::Write;
use crate::store::Database;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The path of the SQLite database, or the address of a PostgreSQL, such as `postgres://user@host/name`.
    pub database: String,
    /// Where the password of the PostgreSQL's user is, where it needs one.
    pub database_password: Option<SecretPlace>,
    /// Connections to the PostgreSQL that are open at once at most.
    #[serde(default = "ten")]
    pub database_connections: u32,
    /// For how long a process has what it took: when it dies, another takes it after that.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub lease: Duration,
    /// A place for what is found out, which other machines use, too.
    pub cache: Option<CacheSettings>,
    /// A mail address: servers are told whom to ask about what this program does to them.
    pub contact: String,
    /// The repositories that series are examined on, by name.
    #[serde(default)]
    pub repositories: BTreeMap<String, RepositorySettings>,
    /// Where patches arrive.
    #[serde(default)]
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
    pub delivery: Option<post::mail::Settings>,
    /// How long a series whose mails are not all there is waited for.
    #[serde(default = "half_an_hour", deserialize_with = "duration")]
    pub incomplete_after: Duration,
    /// Days after which a thread that nothing came to is forgotten; mails that are older are not taken in.
    #[serde(default = "ninety")]
    pub forget_after_days: u32,
    /// Form of the log on standard error.
    #[serde(default)]
    pub log: LogForm,
    /// GitHub.
    pub github: Option<GithubSettings>,
    /// How the service is reached over HTTP.
    #[serde(default)]
    pub web: WebSettings,
}

impl Settings {
    /// The database.
    ///
    /// # Errors
    ///
    /// Where its address or its password can't be read.
    pub fn database(&self) -> Result<Database, String> {
        let read = |place: &SecretPlace| place.read();
        let password = self.database_password.as_ref().map(read).transpose();
        let password = password.map_err(|why| format!("database_password: {why}"))?;
        Database::of(&self.database, password, self.database_connections)
            .map_err(|why| format!("database: {why}"))
    }
}

/// A cache that several machines share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    /// `file:///directory` or `s3://bucket/prefix`; keys of an S3 are in the environment.
    pub url: Url,
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
    /// How far back it begins at the first start.
    #[serde(default = "a_day", deserialize_with = "duration")]
    pub look_back: Duration,
    /// The list that its mails are of, where they don't say it themselves.
    pub list: Option<String>,
    /// A maildir.
    pub maildir: Option<MaildirSettings>,
    /// The search of a public-inbox.
    pub search: Option<SearchSource>,
    /// The git repositories of a public-inbox.
    pub epochs: Option<EpochSource>,
    /// A newsgroup.
    pub nntp: Option<NntpSource>,
    /// A Patchwork, where checks are posted, too.
    pub patchwork: Option<PatchworkSettings>,
    /// Branches of a git repository.
    pub branches: Option<BranchSource>,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy)]
pub enum SourceKind<'s> {
    /// A maildir.
    Maildir(&'s MaildirSettings),
    /// The search of a public-inbox.
    Search(&'s SearchSource),
    /// The git repositories of a public-inbox.
    Epochs(&'s EpochSource),
    /// A newsgroup.
    Nntp(&'s NntpSource),
    /// A Patchwork.
    Patchwork(&'s PatchworkSettings),
    /// Branches.
    Branches(&'s BranchSource),
}

impl SourceSettings {
    /// The kinds that are given; one of them where the settings are right.
    #[must_use]
    pub fn kinds(&self) -> Vec<SourceKind<'_>> {
        let kinds = [
            self.maildir.as_ref().map(SourceKind::Maildir),
            self.search.as_ref().map(SourceKind::Search),
            self.epochs.as_ref().map(SourceKind::Epochs),
            self.nntp.as_ref().map(SourceKind::Nntp),
            self.patchwork.as_ref().map(SourceKind::Patchwork),
            self.branches.as_ref().map(SourceKind::Branches),
        ];
        kinds.into_iter().flatten().collect()
    }
}

/// A maildir.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaildirSettings {
    /// The directory that has `new` and `cur`.
    pub path: PathBuf,
}

/// The search of a public-inbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSource {
    /// The address of the inbox.
    pub url: Url,
    /// What to search for; `dfn:include/uapi` where it is not said.
    pub query: Option<String>,
}

/// The git repositories of a public-inbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochSource {
    /// The address of the inbox, or the path of its directory.
    pub place: String,
    /// A directory of our own for what is fetched.
    pub directory: PathBuf,
}

/// A newsgroup.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NntpSource {
    /// Name or address of the server.
    pub host: String,
    /// Its port; 119, or 563 with TLS, where it is not said.
    pub port: Option<u16>,
    /// Whether to speak TLS from the first byte.
    #[serde(default)]
    pub tls: bool,
    /// The group.
    pub group: String,
    /// How many mails to go back at the first start.
    #[serde(default = "some_mails")]
    pub newest: u64,
}

/// A Patchwork.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatchworkSettings {
    /// Where it is, without `api/`.
    pub url: Url,
    /// The version of its API.
    #[serde(default)]
    pub version: Version,
    /// The short name of the project.
    pub project: String,
    /// Our user there; nothing is posted where there is none.
    pub user: Option<String>,
    /// Where the user's token is.
    pub token: Option<SecretPlace>,
}

/// Branches of a git repository, whose new commits are judged and told in the log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchSource {
    /// The path of a repository, or the address of one.
    pub place: String,
    /// A directory of our own for what is fetched from an address.
    pub directory: PathBuf,
    /// Branches, and references such as `refs/pull/*/head`; a `*` stands for anything.
    pub names: Vec<String>,
    /// The branch that others are held against where they are new or were rewritten.
    pub base: Option<String>,
}

/// A list. Nobody is written to unless somebody wants it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSettings {
    /// Its address.
    pub address: String,
    /// Who is written to: `none`, `author` or `list`.
    #[serde(default)]
    pub write: Write,
    /// Addresses that get a copy of what is written.
    #[serde(default)]
    pub cc: Vec<String>,
    /// Whether the author is told of a list that is asked to get such patches and did not.
    #[serde(default = "yes")]
    pub remind: bool,
    /// Whether a mail is written where nothing breaks and somebody has only to agree.
    #[serde(default)]
    pub approvals: bool,
    /// The repository that its series are examined on; the only one where there is one.
    pub repository: Option<String>,
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
    /// The people who answer for it: answers to its mails go there.
    pub reply_to: String,
    /// The domain of its Message-IDs, which has to be its alone.
    pub domain: String,
    /// Other addresses of ours, from which mails come that are ours.
    #[serde(default)]
    pub own: Vec<String>,
    /// The address to which mails come back that can't be delivered; that of `from` where it is not said.
    pub bounce: Option<String>,
    /// Senders that are passed over, besides the usual robots; `*` stands for anything.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Whether a Patchwork is to leave our mails out, where checks already tell it.
    #[serde(default)]
    pub hide_from_patchwork: bool,
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

fn ten() -> u32 {
    10
}

fn a_minute() -> Duration {
    Duration::from_secs(60)
}

fn half_an_hour() -> Duration {
    Duration::from_secs(30 * 60)
}

fn two_minutes() -> Duration {
    Duration::from_secs(2 * 60)
}

fn a_day() -> Duration {
    Duration::from_secs(24 * 60 * 60)
}

fn some_mails() -> u64 {
    1000
}

fn yes() -> bool {
    true
}

fn ninety() -> u32 {
    90
}

/// Reads `90s`, `30m`, `2h` or `7d`.
pub(super) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
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
