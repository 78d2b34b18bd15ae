//! A pull request is looked at: everything that counts is read from GitHub, its commits are fetched and examined, and
//! what follows is queued, with the run, in one transaction.
//!
//! Before anything is said, its head is read once more: of one that moved meanwhile nothing is said, and it is looked
//! at again. Next: `decide`.

use super::answer::{self, Heard, heard, waivers};
use super::decide::{self, Facts, Seen};
use super::examine::{Examined, Range, owned};
use super::forge::{Comment, Opinion, Pull, Review};
use super::github::{Github, Known};
use super::{asked, outgoing, reviews};
use crate::approve::Mailmap;
use crate::github::Wanted;
use crate::pipeline;
use crate::report::{Report, json, phrases, sarif};
use crate::service::house::{self, House};
use crate::service::judge::Failed;
use crate::service::look::Looked;
use crate::service::record::{self, About};
use crate::service::work::Found;
use crate::store::{Job, NewRun, Outcome, RunFilter, StoreError};
use std::collections::BTreeSet;

/// Seconds after which it is looked again where what was fetched is not what GitHub tells.
const SOON: i64 = 5;
/// Tries after which it is said that it could not be examined.
const TRIES: i64 = 5;
/// Runs of a pull request that are gone through for one of an earlier head.
const RUNS: i64 = 200;

/// What a look came to: what the database says, then what GitHub and the engine say.
pub type Looking<T> = Result<Result<T, Failed>, StoreError>;

/// Passes a failure of ours on as what the look came to.
macro_rules! ours {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(why) => return Ok(Err(why)),
        }
    };
}
pub(super) use ours;

/// What is looked at, and what was read of it.
pub(super) struct Desk<'d> {
    pub house: &'d House,
    pub github: &'d Github,
    pub of: &'d Known,
    pub job: &'d Job,
    pub pull: Pull,
    pub reviews: Vec<Review>,
    pub comments: Vec<Comment>,
}

/// What is said, besides a report.
pub(super) struct Subject<'s> {
    /// What the run is about.
    pub name: String,
    /// The head that check runs stand at.
    pub head: &'s str,
    /// Number of the pull request, where one is written to.
    pub number: Option<u64>,
    /// Whether the reviews are of this head.
    pub reviewed: bool,
}

/// Looks at a pull request.
pub async fn pull(
    house: &House,
    github: &Github,
    of: &Known,
    (job, number): (&Job, u64),
) -> Looking<Found> {
    let Some(pull) = ours!(github.pull(of, number).await) else {
        return nothing();
    };
    if !pull.open {
        return nothing();
    }
    let (reviews, comments) = tokio::join!(github.reviews(of, number), github.comments(of, number));
    let desk = Desk {
        house,
        github,
        of,
        job,
        pull,
        reviews: ours!(reviews),
        comments: ours!(comments),
    };
    let subject = Subject {
        name: format!("{}#{number}", of.name),
        head: &desk.pull.head,
        number: Some(number),
        reviewed: true,
    };
    let wanted = Wanted::Pull {
        number,
        base: desk.pull.base.clone(),
    };
    let range = match of.cache.fetch(&github.client, &of.name, &wanted).await {
        // What was read and what was fetched are of different moments.
        Ok(fetched) if fetched.head != desk.pull.head => return again(SOON),
        Ok(fetched) => Range {
            repository: fetched.repository,
            base: fetched.base,
            branch: desk.pull.base.clone(),
            head: fetched.head,
        },
        Err(error) if error.may_pass() && job.attempts < TRIES => {
            return Ok(Err(Failed::ours(error)));
        }
        Err(error) => {
            let why = format!("its commits can't be fetched: {error}");
            return desk.say(&subject, Err(why)).await;
        }
    };
    let examined = desk.examine(&subject, &range).await;
    desk.say(&subject, ours!(examined?)).await
}

/// What was found out, or why nothing was.
pub(super) type Told = Result<(Box<Report>, Mailmap), String>;

impl Desk<'_> {
    /// Examines what was fetched.
    pub async fn examine(&self, subject: &Subject<'_>, range: &Range) -> Looking<Told> {
        let last = reviews::last(&self.reviews, &self.pull, &self.github.who);
        let mut known = reviews::Known::new();
        for review in &last {
            let of_this = subject.reviewed && review.commit == self.pull.head;
            // Only whose word counts is worth the time.
            let counts = review.opinion == Opinion::Approved
                && !self.github.who.of(&review.by.login).is_empty();
            if counts && !of_this && !known.contains_key(&review.commit) {
                let findings = self.findings(range, &review.commit).await?;
                known.extend(findings.map(|found| (review.commit.clone(), found)));
            }
        }
        // A head that nobody can have reviewed: each word is then of what it was said of.
        let mut pull = self.pull.clone();
        if !subject.reviewed {
            pull.head = String::new();
        }
        let spoken = reviews::spoken(&last, &pull, &self.github.who, &known);
        let examined = range.examine(self.house, self.of, spoken.said).await;
        Ok(match examined {
            Ok(Examined::Report(mut report, mailmap)) => {
                report.notes.extend(spoken.notes);
                Ok(Ok((report, mailmap)))
            }
            Ok(Examined::Not(why)) => Ok(Err(why)),
            Err(why) if self.job.attempts < TRIES => Err(why),
            Err(why) => {
                tracing::error!(job = self.job.name, "not examined: {why}");
                Ok(Err(
                    "uapi-check failed; whoever runs it finds in its log why".to_owned(),
                ))
            }
        })
    }

    /// The findings of an earlier head: by the run of that time, or examined now, where its commits are still there.
    async fn findings(
        &self,
        range: &Range,
        commit: &str,
    ) -> Result<Option<BTreeSet<String>>, StoreError> {
        if commit.is_empty() {
            return Ok(None);
        }
        let filter = RunFilter {
            subject: Some(format!("{}#{}", self.of.name, self.pull.number)),
            limit: RUNS,
            ..RunFilter::default()
        };
        let runs = self.house.store.runs(&filter).await?;
        if let Some(row) = runs.iter().find(|row| row.head == commit) {
            let run = self.house.store.run(row.id).await?;
            return Ok(run.map(|run| fingerprints(&run.report)));
        }
        let earlier = Range {
            head: commit.to_owned(),
            ..range.clone()
        };
        Ok(earlier.findings(self.house, self.of).await)
    }

    /// Decides what to say, unless the head moved meanwhile.
    pub async fn say(&self, subject: &Subject<'_>, told: Told) -> Looking<Found> {
        let logins = waivers(&self.comments);
        let writers = ours!(self.github.writers(self.of, logins).await);
        let (mut report, mailmap, why) = match told {
            Ok((report, mailmap)) => (Some(report), mailmap, String::new()),
            Err(why) => (None, Mailmap::default(), why),
        };
        let heard = heard(
            &self.comments,
            answer::Known {
                pull: &self.pull,
                report: report.as_deref(),
                who: &self.github.who,
                mailmap: &mailmap,
                writers: &writers,
                catalogue: &self.house.catalogue,
            },
        );
        if let Some(report) = &mut report {
            pipeline::settle(report, heard.waived.clone());
        }
        if subject.number.is_some() && self.moved(ours!(self.now().await).as_ref()) {
            return again(0);
        }
        let run = match &report {
            Some(report) => ours!(self.run(subject, report).await?),
            None => None,
        };
        let seen = match &report {
            Some(report) => Seen::Report(report),
            None => Seen::Not(&why),
        };
        self.decided(subject, seen, run, heard).await
    }

    async fn now(&self) -> Result<Option<Pull>, Failed> {
        self.github.pull(self.of, self.pull.number).await
    }

    fn moved(&self, now: Option<&Pull>) -> bool {
        now.is_none_or(|now| {
            now.head != self.pull.head || now.base != self.pull.base || now.open != self.pull.open
        })
    }

    /// The run to keep, with the number that it will have; or that of the last one, where that says the same.
    async fn run(
        &self,
        subject: &Subject<'_>,
        report: &Report,
    ) -> Looking<Option<(i64, Option<NewRun>)>> {
        let digest = ours!(digest(report));
        let filter = RunFilter {
            subject: Some(subject.name.clone()),
            limit: 1,
            ..RunFilter::default()
        };
        let last = self.house.store.runs(&filter).await?.into_iter().next();
        if let Some(last) = last.filter(|last| last.head == subject.head && last.digest == digest) {
            return Ok(Ok(Some((last.id, None))));
        }
        let about = About {
            subject: &subject.name,
            title: &self.pull.title,
            url: &self.pull.url,
            digest: &digest,
        };
        let mut run = ours!(record::run(report, &about, house::now()));
        let id = self.house.store.reserve_run().await?;
        run.id = Some(id);
        Ok(Ok(Some((id, Some(run)))))
    }

    async fn decided(
        &self,
        subject: &Subject<'_>,
        seen: Seen<'_>,
        run: Option<(i64, Option<NewRun>)>,
        heard: Heard,
    ) -> Looking<Found> {
        let page = run.as_ref().and_then(|(id, _)| self.github.page(*id));
        let mut wishes = asked::wishes(self.house, &self.of.name, subject.head).await?;
        wishes.extend(heard.asked);
        let sarif = match seen {
            Seen::Report(report) if self.github.policy.sarif => {
                let document = json::document(report, false);
                Some(ours!(sarif::render(&document).map_err(Failed::ours)))
            }
            _ => None,
        };
        let items = self.house.store.outbox(&self.job.name).await?;
        let facts = Facts {
            repository: self.of.name.as_str(),
            number: subject.number,
            head: subject.head,
            draft: self.pull.draft,
            seen,
            sarif: sarif.as_deref(),
            page: page.as_deref(),
            asked: &wishes,
            answers: &heard.answers,
            policy: self.github.policy,
        };
        let actions = decide::decide(&facts, &outgoing::before(&items));
        let mut queued = Vec::new();
        for action in &actions {
            queued.push(ours!(outgoing::queued(action)));
        }
        let looked = Looked {
            judged: 1,
            queued: queued.len(),
            failed: 0,
        };
        tell(subject, &facts);
        let outcome = Outcome {
            runs: run.and_then(|(_, run)| run).into_iter().collect(),
            queued,
            ..Outcome::default()
        };
        Ok(Ok((outcome, looked)))
    }
}

/// A hash of what a report comes to, waivers with it.
fn digest(report: &Report) -> Result<String, Failed> {
    let found = record::digest(report)?;
    let waived = serde_json::to_string(&report.waived).map_err(Failed::ours)?;
    let text = format!("{found} {waived} {:?}", report.notes);
    Ok(blake3::hash(text.as_bytes()).to_hex().to_string())
}

/// The findings of a stored report that somebody has to agree with. One that can't be read has none.
fn fingerprints(report: &[u8]) -> BTreeSet<String> {
    #[derive(serde::Deserialize)]
    struct Document {
        approvals: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        fingerprints: BTreeSet<String>,
    }
    let document = serde_json::from_slice::<Document>(report).ok();
    let entries = document.into_iter().flat_map(|found| found.approvals);
    entries.flat_map(|entry| entry.fingerprints).collect()
}

/// Nothing is to be said.
pub(super) fn nothing() -> Looking<Found> {
    Ok(Ok((Outcome::default(), Looked::default())))
}

/// Nothing is said now; it is looked again after so many seconds.
fn again(seconds: i64) -> Looking<Found> {
    let outcome = Outcome {
        again: Some(house::now() + seconds),
        ..Outcome::default()
    };
    Ok(Ok((outcome, Looked::default())))
}

/// One line for whoever watches.
fn tell(subject: &Subject<'_>, facts: &Facts<'_>) {
    let name = subject.name.as_str();
    match facts.seen {
        Seen::Report(report) => {
            let conclusion = format!("{:?}", report.conclusion).to_lowercase();
            let waiting = owned(report).len();
            tracing::info!(name, conclusion, waiting, "looked at {:.12}", subject.head);
        }
        Seen::Not(why) => {
            let why = phrases::clean(why);
            tracing::warn!(name, "{:.12} was not examined: {why}", subject.head);
        }
    }
}
