//! Commits that were fetched become a report: the engine of the command line, on a thread of its own.
//!
//! Compared is from where the commits left their branch. What decides (MAINTAINERS, .mailmap, settings, waivers, what is
//! released) is that of the branch as it is now: whoever forks off an old commit brings nothing of it back. Nothing of
//! what is examined is checked out or run. Next: `look`.

use super::github::Known;
use crate::approve::{Approval, Mailmap};
use crate::pipeline::{self, Authority, Engine, HeaderChoice, PipelineError, Request};
use crate::report::Report;
use crate::service::house::House;
use crate::service::judge::{Failed, apart};
use crate::source::{self, ReleaseChoice, SourceError};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Commits that are examined one by one at most; as many GitHub lists of a pull request.
const COMMITS: usize = 250;
/// The table of addresses, from the top of a tree.
const MAILMAP: &str = ".mailmap";

/// Commits to be examined.
#[derive(Debug, Clone)]
pub struct Range {
    /// The repository that has them.
    pub repository: PathBuf,
    /// What they are for, in hex; compared is from where they left it.
    pub base: String,
    /// The branch that has it.
    pub branch: String,
    /// The last of them, in hex.
    pub head: String,
}

/// What came of it.
pub enum Examined {
    /// A report, and which addresses are one, by the base.
    Report(Box<Report>, Mailmap),
    /// None, for a reason that whoever wrote the change, or looks after the repository, can mend.
    Not(String),
}

impl Range {
    /// Examines all of it, and each commit by itself.
    ///
    /// # Errors
    ///
    /// Failures of this program.
    pub async fn examine(
        &self,
        house: &House,
        of: &Known,
        said: Vec<Approval>,
    ) -> Result<Examined, Failed> {
        let request = self.request(house, of, said);
        let engine = Arc::clone(&house.engine);
        let base = self.base.clone();
        let judged = apart(move || {
            let report = checked(&request, &engine)?;
            let mailmap = mailmap(&request.repository, &base).unwrap_or_default();
            Ok::<_, PipelineError>((report, mailmap))
        });
        match judged.await? {
            Ok((report, mailmap)) => Ok(Examined::Report(Box::new(report), mailmap)),
            Err(error) if error.is_users_mistake() => Ok(Examined::Not(error.to_string())),
            Err(error) => Err(Failed::ours(error)),
        }
    }

    /// The findings that somebody has to agree with; `None` where it can't be examined (any more).
    pub async fn findings(&self, house: &House, of: &Known) -> Option<BTreeSet<String>> {
        let request = self.request(house, of, Vec::new());
        let engine = Arc::clone(&house.engine);
        let judged = apart(move || pipeline::check(&request, &engine, &|_| {}));
        Some(owned(&judged.await.ok()?.ok()?))
    }

    fn request(&self, house: &House, of: &Known, said: Vec<Approval>) -> Request {
        let own = &of.settings.targets;
        let targets = match own.is_empty() {
            true => &house.settings.check.targets,
            false => own,
        };
        Request {
            repository: self.repository.clone(),
            range: Some(format!("{}...{}", self.base, self.head)),
            targets: (!targets.is_empty()).then(|| targets.clone()),
            released: match released(of.settings.released.as_deref()) {
                ReleaseChoice::LastTag => ReleaseChoice::LastTagOf(self.base.clone()),
                told => told,
            },
            catalogue: house.catalogue.clone(),
            directories: None,
            headers: HeaderChoice::default(),
            thorough: false,
            said,
            authority: Some(Authority {
                revision: self.base.clone(),
                name: self.branch.clone(),
            }),
        }
    }
}

/// Each commit by itself, too, where there are not too many.
fn checked(request: &Request, engine: &Engine) -> Result<Report, PipelineError> {
    let sides = source::open(
        &request.repository,
        request.range.as_deref(),
        ReleaseChoice::None,
    )?;
    let commits = sides.walk()?.len();
    if commits <= COMMITS {
        return pipeline::check_per_commit(request, engine, &|_| {});
    }
    let mut report = pipeline::check(request, engine, &|_| {})?;
    report.notes.push(format!(
        "It has {commits} commits; of more than {COMMITS}, none is examined by itself."
    ));
    Ok(report)
}

/// The findings that somebody has to agree with.
pub fn owned(report: &Report) -> BTreeSet<String> {
    let standings = report.approvals.iter().flatten();
    standings
        .flat_map(|standing| standing.fingerprints.iter().cloned())
        .collect()
}

/// What counts as released, as the configuration says it.
pub fn released(named: Option<&str>) -> ReleaseChoice {
    match named {
        None => ReleaseChoice::LastTag,
        Some("none") => ReleaseChoice::None,
        Some(revision) => ReleaseChoice::Revision(revision.to_owned()),
    }
}

fn mailmap(repository: &Path, commit: &str) -> Result<Mailmap, SourceError> {
    let sides = source::open(repository, Some(commit), ReleaseChoice::None)?;
    let files = &sides.after.files;
    let Some(file) = files.file(MAILMAP)? else {
        return Ok(Mailmap::default());
    };
    Ok(Mailmap::parse(&files.read(&file)?))
}
