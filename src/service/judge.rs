//! A series becomes a report: the engine of the command line, on a thread of its own.
//!
//! Next: `verdict`.

use super::assemble::Candidate;
use super::config::RepositorySettings;
use super::house::House;
use crate::pipeline::{self, Engine, HeaderChoice, PatchSet, PipelineError, Request};
use crate::report::Report;
use crate::source::ReleaseChoice;
use crate::store::Range;
use std::sync::Arc;

/// Why something could not be judged: a failure of this program, or a mistake in its configuration. Nobody else is
/// told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Failed {
    why: String,
    /// Whether no other try will change it.
    pub for_good: bool,
}

impl Failed {
    /// A failure of ours.
    pub fn ours(why: impl std::fmt::Display) -> Self {
        Self {
            why: why.to_string(),
            for_good: false,
        }
    }

    /// What no other try will change.
    pub fn for_good(why: impl std::fmt::Display) -> Self {
        Self {
            why: why.to_string(),
            for_good: true,
        }
    }
}

/// Runs something that takes long on a thread where it holds nobody up.
pub async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Failed::ours)
}

/// Judges a series, and gives it back with the report.
pub async fn series(
    house: &House,
    found: Candidate,
    repository: &RepositorySettings,
) -> Result<(Candidate, Report), Failed> {
    let request = request(house, repository);
    let engine = Arc::clone(&house.engine);
    let trees = repository.trees.clone().into_iter().collect();
    let judged = apart(move || {
        let set = PatchSet {
            series: found.series.clone(),
            base: None,
            trees,
            unread: Vec::new(),
        };
        let report = pipeline::check_patches(request, &set, &engine, &|_| {});
        (found, report)
    });
    let (found, report) = judged.await?;
    Ok((found, report.map_err(Failed::ours)?))
}

/// Judges new commits, each by itself, too.
pub async fn range(
    house: &House,
    range: &Range,
    repository: &RepositorySettings,
) -> Result<Report, Failed> {
    let request = Request {
        range: Some(format!("{}..{}", range.before_commit, range.after_commit)),
        ..request(house, repository)
    };
    let engine: Arc<Engine> = Arc::clone(&house.engine);
    let judged: Result<Report, PipelineError> =
        apart(move || pipeline::check_per_commit(&request, &engine, &|_| {})).await?;
    judged.map_err(Failed::ours)
}

fn request(house: &House, repository: &RepositorySettings) -> Request {
    let targets = &house.settings.check.targets;
    Request {
        repository: repository.path.clone(),
        range: None,
        targets: (!targets.is_empty()).then(|| targets.clone()),
        released: match repository.released.as_deref() {
            None => ReleaseChoice::LastTag,
            Some("none") => ReleaseChoice::None,
            Some(revision) => ReleaseChoice::Revision(revision.to_owned()),
        },
        catalogue: house.catalogue.clone(),
        directories: None,
        headers: HeaderChoice::default(),
        thorough: false,
        said: Vec::new(),
        authority: None,
    }
}
