//! An entry of the outbox leaves the house.
//!
//! What can be asked for twice and happens once, may be tried again after a crash: a check, for the server is looked
//! at first, and an `.eml` file, for it has the name of the mail and appears whole. A mail by SMTP or sendmail can't:
//! between the server's yes and our note of it lies a moment, and whoever dies there does not know. Then it is not
//! sent again, and whoever runs this is told. Where the connection is lost after the text and before the yes, nobody
//! knows either, and the next try may bring it a second time; its Message-ID is the same, so that archives know it.

use super::check::{Check, CheckState};
use super::pulls::outgoing::{CHECK_RUN, COMMENT, REPLY, SARIF};
use crate::github;
use crate::patchwork::{self, Client};
use crate::post::github as said;
use crate::post::{self, mail::Mailer, mail::Outcome};
use crate::reply::Letter;
use crate::store::{After, Item};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind of entry that is a check.
pub const CHECK: &str = "check";
/// The kind of entry that is a mail.
pub const MAIL: &str = "mail";

/// Who delivers.
#[derive(Debug)]
pub struct Courier {
    /// Who delivers mails, where anybody does.
    pub mailer: Option<Mailer>,
    /// Whether a mail that is delivered twice is one.
    pub once: bool,
    /// The servers where checks are posted, by source.
    pub servers: BTreeMap<String, Arc<Client>>,
    /// Who speaks on GitHub, where anybody does.
    pub github: Option<github::Client>,
    /// Whether checks are only told.
    pub dry: bool,
}

impl Courier {
    /// Whether an entry may be tried again where it is not known whether it was sent.
    pub fn may_repeat(&self, item: &Item) -> bool {
        item.what.kind != MAIL || self.once
    }

    /// Whether checks are posted to the server of a source.
    pub fn posts_to(&self, source: &str) -> bool {
        self.dry || self.servers.contains_key(source)
    }

    /// Delivers an entry.
    pub async fn deliver(&self, item: &Item) -> After {
        match item.what.kind.as_str() {
            MAIL => self.mail(item).await,
            CHECK_RUN | COMMENT | REPLY | SARIF => self.say(item).await,
            _ => self.check(item).await,
        }
    }

    async fn mail(&self, item: &Item) -> After {
        let Some(mailer) = &self.mailer else {
            return After::Failed("no delivery is configured any more".to_owned());
        };
        let letter = match serde_json::from_slice::<Letter>(&item.what.payload) {
            Ok(letter) => letter,
            Err(error) => return After::Failed(format!("it can't be read: {error}")),
        };
        match mailer.deliver(&letter, item.queued).await {
            Outcome::Delivered | Outcome::AlreadyThere => After::Sent,
            Outcome::TryLater(why) => After::Again { due: 0, why },
            Outcome::Refused(why) => After::Failed(why),
        }
    }

    /// Says something on GitHub. Everything there is looked up before it is made, so it may be tried again.
    async fn say(&self, item: &Item) -> After {
        let what = &item.what;
        if self.dry {
            tracing::info!("not said: {}", what.name);
            return After::Sent;
        }
        let Some(client) = &self.github else {
            return After::Failed("GitHub is not configured any more".to_owned());
        };
        let done = match what.kind.as_str() {
            CHECK_RUN => match serde_json::from_slice::<said::CheckRun>(&what.payload) {
                Ok(run) => run.post(client, None).await.map(drop),
                Err(error) => return unreadable(&error),
            },
            COMMENT => match serde_json::from_slice::<said::Comment>(&what.payload) {
                Ok(comment) => comment.post(client, None).await.map(drop),
                Err(error) => return unreadable(&error),
            },
            REPLY => match serde_json::from_slice::<said::Reply>(&what.payload) {
                Ok(reply) => reply.post(client).await.map(drop),
                Err(error) => return unreadable(&error),
            },
            _ => match serde_json::from_slice::<said::Sarif>(&what.payload) {
                Ok(sarif) => sarif.post(client).await,
                Err(error) => return unreadable(&error),
            },
        };
        done.map_or_else(|error| not_said(&error), |()| After::Sent)
    }

    async fn check(&self, item: &Item) -> After {
        let check = match serde_json::from_slice::<Check>(&item.what.payload) {
            Ok(check) => check,
            Err(error) => return After::Failed(format!("it can't be read: {error}")),
        };
        if self.dry {
            let state = format!("{:?}", check.said.state).to_lowercase();
            tracing::info!(
                "not posted: {} of patch {} is {state}: {}",
                check.context,
                check.patch,
                check.said.text
            );
            return After::Sent;
        }
        let Some(client) = self.servers.get(&check.server) else {
            let why = format!("the source {} has no user to post as", check.server);
            return After::Failed(why);
        };
        let Ok(patch) = u64::try_from(check.patch) else {
            return After::Failed("the number of its patch is none".to_owned());
        };
        let wanted = post::Check {
            patch,
            context: check.context,
            state: state(check.said.state),
            target_url: None,
            description: check.said.text,
        };
        match post::post_check(client, &wanted).await {
            Ok(_) => After::Sent,
            Err(error) => refused(&error),
        }
    }
}

fn unreadable(error: &serde_json::Error) -> After {
    After::Failed(format!("it can't be read: {error}"))
}

/// Whether to try again. What somebody has to mend, such as a key, may be mended meanwhile.
fn not_said(error: &github::Error) -> After {
    let why = error.to_string();
    if !error.may_pass() && !error.is_mistake() {
        return After::Failed(why);
    }
    let wait = error.after().unwrap_or_default().as_secs();
    let due = super::house::now().saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
    After::Again { due, why }
}

fn state(state: CheckState) -> patchwork::CheckState {
    match state {
        CheckState::Pending => patchwork::CheckState::Pending,
        CheckState::Success => patchwork::CheckState::Success,
        CheckState::Warning => patchwork::CheckState::Warning,
        CheckState::Fail => patchwork::CheckState::Fail,
    }
}

/// Whether to try again. What the server says no to, it may say yes to once somebody gave our user the right to.
fn refused(error: &patchwork::Error) -> After {
    if error.is_absent() {
        return After::Failed(error.to_string());
    }
    let wait = error.retry_after().unwrap_or_default().as_secs();
    let due = super::house::now().saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
    After::Again {
        due,
        why: error.to_string(),
    }
}
