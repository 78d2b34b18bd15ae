//! Ranges and patches that somebody asked for by the API become runs; nobody is told but who asks for the run.

use super::examine::released;
use super::look::{Looking, nothing, ours};
use crate::mail::{Mailbox, Series};
use crate::pipeline::{self, HeaderChoice, PatchSet, PipelineError, Request};
use crate::report::Report;
use crate::service::config::RepositorySettings;
use crate::service::house::{self, House};
use crate::service::judge::{Failed, apart};
use crate::service::look::Looked;
use crate::service::record::{self, About};
use crate::service::requests::{PatchRequest, RangeRequest};
use crate::service::work::Found;
use crate::store::{Job, Outcome};
use std::sync::Arc;

/// Looks at a range.
pub async fn range(house: &House, job: &Job) -> Looking<Found> {
    let read = serde_json::from_slice::<RangeRequest>(&job.payload);
    let asked = ours!(read.map_err(Failed::ours));
    let Some(repository) = house.settings.repositories.get(&asked.repository) else {
        return gone(job);
    };
    // A range could hide in a name: `A..B..C` is none.
    let odd = |name: &str| name.contains("..") || name.is_empty();
    if odd(&asked.base) || odd(&asked.head) {
        return nothing();
    }
    let request = Request {
        range: Some(format!("{}..{}", asked.base, asked.head)),
        ..request(house, repository)
    };
    let engine = Arc::clone(&house.engine);
    let judged = apart(move || pipeline::check_per_commit(&request, &engine, &|_| {}));
    let judged = ours!(judged.await);
    let title = format!("{} {}..{}", asked.repository, asked.base, asked.head);
    kept(job, judged, &title)
}

/// Looks at patches.
pub async fn patch(house: &House, job: &Job) -> Looking<Found> {
    let Some(asked) = PatchRequest::read(&job.payload) else {
        return gone(job);
    };
    let Some(repository) = house.settings.repositories.get(&asked.repository) else {
        return gone(job);
    };
    let request = request(house, repository);
    let trees = repository.trees.clone().into_iter().collect();
    let engine = Arc::clone(&house.engine);
    let judged = apart(move || {
        let (series, unread) = series(&asked.mails)?;
        let title = title(&series);
        let set = PatchSet {
            series,
            base: None,
            trees,
            unread,
        };
        Ok((
            title,
            pipeline::check_patches(request, &set, &engine, &|_| {}),
        ))
    });
    match ours!(judged.await) {
        Ok((title, judged)) => kept(job, judged, &title),
        Err(why) => refused(job, why),
    }
}

/// The one series that is in some mails, and what of them was not read.
fn series(mails: &[u8]) -> Result<(Series, Vec<String>), String> {
    let mailbox = Mailbox::read(crate::mail::split(mails));
    let unread = mailbox.refused.iter();
    let unread = unread.map(|(at, why)| format!("mail {at} was not read: {why}"));
    let unread = unread.take(5).collect();
    let threads = mailbox.threads();
    let [thread] = &threads[..] else {
        return Err(format!("{} series are in it: send one", threads.len()));
    };
    let series = thread.series(None).map_err(|error| error.to_string())?;
    Ok((series, unread))
}

fn title(series: &Series) -> String {
    let cover = series.cover.as_ref().map(|cover| cover.title.as_str());
    let first = series.patches.first();
    let first = first.and_then(|patch| patch.message.lines().next());
    cover.or(first).unwrap_or("patches").to_owned()
}

/// What a judged request comes to.
fn kept(job: &Job, judged: Result<Report, PipelineError>, title: &str) -> Looking<Found> {
    let report = match judged {
        Ok(report) => report,
        Err(error) if error.is_users_mistake() => return refused(job, error.to_string()),
        Err(error) => return Ok(Err(Failed::ours(error))),
    };
    let digest = ours!(record::digest(&report));
    let about = About {
        subject: &job.name,
        title,
        url: "",
        digest: &digest,
    };
    let run = ours!(record::run(&report, &about, house::now()));
    let outcome = Outcome {
        runs: vec![run],
        ..Outcome::default()
    };
    let looked = Looked {
        judged: 1,
        ..Looked::default()
    };
    Ok(Ok((outcome, looked)))
}

fn gone(job: &Job) -> Looking<Found> {
    refused(
        job,
        "there is no such repository in the configuration (any more)".to_owned(),
    )
}

/// No try will change it: whoever asked reads why at the job.
fn refused(job: &Job, why: String) -> Looking<Found> {
    tracing::info!(job = job.name, "not examined: {why}");
    Ok(Err(Failed::for_good(why)))
}

fn request(house: &House, repository: &RepositorySettings) -> Request {
    let targets = &house.settings.check.targets;
    Request {
        repository: repository.path.clone(),
        range: None,
        targets: (!targets.is_empty()).then(|| targets.clone()),
        released: released(repository.released.as_deref()),
        catalogue: house.catalogue.clone(),
        directories: None,
        headers: HeaderChoice::default(),
        thorough: false,
        said: Vec::new(),
        authority: None,
    }
}
