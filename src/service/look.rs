//! A thread that something came to is looked at: its series are judged, and what follows is queued.
//!
//! What was judged before and has the same mails is passed over. Verdicts and what is to be posted of them are kept
//! in one transaction, so that whatever ends this process in between, all of it happened or nothing. Next:
//! `deliver`.

use super::assemble::{Candidate, candidates};
use super::check::Check;
use super::courier;
use super::decide::{Action, Before, Facts, decide, known};
use super::house::{self, House};
use super::judge::{self, Failed};
use super::record::{self, About};
use super::verdict::{Verdict, verdict};
use super::work::Found;
use crate::reply::{self, Answer, Letter, Told};
use crate::report::Report;
use crate::store::{Item, Job, NewRun, Outcome, Queued, SeriesState, State, StoreError, THREAD};

const DAY: i64 = 24 * 60 * 60;
const HOUR: i64 = 60 * 60;

/// What looking at a thread came to, for whoever runs this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Series that were judged.
    pub judged: usize,
    /// Checks and mails that were queued.
    pub queued: usize,
    /// Series that could not be judged, by a failure of ours or of the configuration.
    pub failed: usize,
}

impl House {
    /// Looks at a thread.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn thread(&self, job: &Job) -> Result<Result<Found, Failed>, StoreError> {
        let number = job.name.strip_prefix(THREAD).map(str::trim);
        let number = number.and_then(|number| number.parse().ok());
        let thread = number.unwrap_or_default();
        let mails = self.store.mails(thread).await?;
        let (found, refused) = match judge::apart(move || candidates(&mails)).await {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        for why in refused {
            tracing::warn!(thread, "a series is left out: {why}");
        }
        let mut desk = Desk::new(self, job, thread).await?;
        for candidate in found {
            if let Err(why) = desk.candidate(candidate).await? {
                return Ok(Err(why));
            }
        }
        Ok(Ok((desk.outcome, desk.looked)))
    }
}

/// One thread, while it is looked at.
struct Desk<'h> {
    house: &'h House,
    thread: i64,
    known: Vec<SeriesState>,
    before: Before,
    outcome: Outcome,
    looked: Looked,
    now: i64,
}

impl<'h> Desk<'h> {
    async fn new(house: &'h House, job: &Job, thread: i64) -> Result<Self, StoreError> {
        let now = house::now();
        let known = house.store.series(thread).await?;
        let mut before = Before {
            to_all: house.store.mails_since(now - DAY, None).await?,
            failing: house.store.failed_since(THREAD, now - HOUR).await?,
            ..Before::default()
        };
        for item in house.store.outbox(&job.name).await? {
            remember(&mut before, &item);
        }
        for state in &known {
            let version = u32::try_from(state.version).unwrap_or_default();
            before.judged.insert(version, told(&state.told));
        }
        Ok(Self {
            house,
            thread,
            known,
            before,
            outcome: Outcome::default(),
            looked: Looked::default(),
            now,
        })
    }

    /// Judges a version, unless it was judged as it is or has still to be waited for.
    async fn candidate(&mut self, found: Candidate) -> Result<Result<(), Failed>, StoreError> {
        let last = self.known.iter().find(|state| state.name == found.name);
        if last.is_some_and(|last| last.mails == found.mails) {
            return Ok(Ok(()));
        }
        let wait = self.house.settings.incomplete_after.as_secs();
        let until = found
            .begun
            .saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
        if !found.complete && self.now < until {
            let again = self.outcome.again.map_or(until, |again| again.min(until));
            self.outcome.again = Some(again);
            return Ok(Ok(()));
        }
        let Some(repository) = self.house.repository(&found.lists) else {
            return Ok(Ok(()));
        };
        let (mut found, report) = match judge::series(self.house, found, repository).await {
            Ok(judged) => judged,
            Err(why) => return Ok(Err(why)),
        };
        let verdict = verdict(&report);
        let to = Some(found.sender.as_str());
        self.before.to_sender = self.house.store.mails_since(self.now - DAY, to).await?;
        for places in found.places.values_mut() {
            places.retain(|server, _| self.house.courier.posts_to(server));
        }
        tell(&found, &verdict);
        Ok(self.keep(&found, &report, &verdict))
    }

    /// Notes a verdict, and what is to be posted of it.
    fn keep(
        &mut self,
        found: &Candidate,
        report: &Report,
        verdict: &Verdict,
    ) -> Result<(), Failed> {
        let letter = self.letter(found, report);
        let facts = Facts {
            version: found.series.version,
            newest: found.newest,
            complete: found.complete,
            places: &found.places,
            verdict,
            writes: letter.is_some(),
            caps: self.house.settings.caps,
        };
        for action in decide(&facts, &self.before) {
            match action {
                Action::Check(check, times) => self.queue_check(&check, times)?,
                Action::Mail { held } => {
                    if let Some(letter) = &letter {
                        self.queue_mail(found, letter, verdict, held)?;
                    }
                }
                Action::Alarm(why) => tracing::error!("no mails: {why}"),
            }
        }
        self.before
            .judged
            .insert(facts.version, verdict.told.clone());
        self.looked.judged += 1;
        self.looked.queued = self.outcome.queued.len();
        let title = title(found);
        let about = About {
            subject: &found.name,
            title: &title,
            url: "",
            digest: &verdict.digest,
        };
        let run = record::run(report, &about, self.now)?;
        // The commits of patches are ours alone, and others each time.
        let head = String::new();
        self.outcome.runs.push(NewRun { head, ..run });
        self.outcome.series.push(SeriesState {
            name: found.name.clone(),
            thread: self.thread,
            version: i64::from(found.series.version),
            mails: found.mails.clone(),
            digest: verdict.digest.clone(),
            told: serde_json::to_string(&verdict.told).map_err(Failed::ours)?,
            conclusion: record::word(&verdict.conclusion)?,
        });
        Ok(())
    }

    fn queue_check(&mut self, check: &Check, times: usize) -> Result<(), Failed> {
        let slot = check.slot();
        let payload = serde_json::to_vec(check).map_err(Failed::ours)?;
        self.before
            .checks
            .insert(slot.clone(), (check.said.clone(), times + 1));
        self.outcome.queued.push(Queued {
            name: format!("{slot} {times}"),
            kind: courier::CHECK.to_owned(),
            slot,
            about: String::new(),
            person: String::new(),
            payload,
            dropped: None,
        });
        Ok(())
    }

    /// The mail that there is to write, caps aside.
    fn letter(&self, found: &Candidate, report: &Report) -> Option<Letter> {
        let voice = self.house.voice.as_ref()?;
        let before = known(&self.before, found.series.version);
        match reply::answer(report, &found.series, voice, None, Some(&before)) {
            Answer::Letter(letter) => Some(*letter),
            Answer::Nothing(why) => {
                tracing::debug!(series = found.name, "no mail: {why:?}");
                None
            }
        }
    }

    fn queue_mail(
        &mut self,
        found: &Candidate,
        letter: &Letter,
        verdict: &Verdict,
        held: Option<String>,
    ) -> Result<(), Failed> {
        let version = found.series.version;
        if let Some(why) = &held {
            tracing::warn!(series = found.name, "no mail: {why}");
        }
        if held.is_none() {
            self.before.mails.push((version, verdict.told.clone()));
            self.before.to_all += 1;
        }
        let about = (version, &verdict.told);
        self.outcome.queued.push(Queued {
            name: format!("mail {}", letter.message_id),
            kind: courier::MAIL.to_owned(),
            slot: format!("mail {}", found.name),
            about: serde_json::to_string(&about).map_err(Failed::ours)?,
            person: found.sender.clone(),
            payload: serde_json::to_vec(letter).map_err(Failed::ours)?,
            dropped: held,
        });
        Ok(())
    }
}

/// Adds what was posted, or is about to be.
fn remember(before: &mut Before, item: &Item) {
    if item.state == State::Dropped {
        return;
    }
    if item.what.kind == courier::CHECK {
        let Ok(check) = serde_json::from_slice::<Check>(&item.what.payload) else {
            return;
        };
        let times = before.checks.get(&item.what.slot);
        let times = times.map_or(0, |(_, times)| *times);
        let known = (check.said, times + 1);
        before.checks.insert(item.what.slot.clone(), known);
    } else if let Ok(mail) = serde_json::from_str::<(u32, Told)>(&item.what.about) {
        before.mails.push(mail);
    }
}

fn told(text: &str) -> Told {
    // What another release wrote counts as nothing told: rather a mail too many than none.
    serde_json::from_str(text).unwrap_or_default()
}

/// What people call a series: the subject of its cover, or of its first patch.
fn title(found: &Candidate) -> String {
    let series = &found.series;
    let cover = series.cover.as_ref().map(|cover| cover.title.as_str());
    let first = series.patches.first();
    let first = first.and_then(|patch| patch.message.lines().next());
    crate::report::phrases::clean(cover.or(first).unwrap_or_default())
}

/// One line for whoever watches.
fn tell(found: &Candidate, verdict: &Verdict) {
    let (series, title) = (&found.series, title(found));
    let (there, of) = (series.patches.len(), series.expected);
    let conclusion = format!("{:?}", verdict.conclusion).to_lowercase();
    tracing::info!(
        series = found.name,
        conclusion,
        "judged `{title}` (v{}, {there} of {of} patches): {conclusion}",
        series.version
    );
}
