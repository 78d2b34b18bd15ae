//! New commits of a branch are judged, and told to whoever runs this.

use super::house::{self, House};
use super::judge::{self, Failed};
use super::look::Looked;
use super::record::{self, About};
use super::work::Found;
use crate::report::{Conclusion, Counts, Report};
use crate::store::{COMMITS, Job, NewRun, Outcome, Range, StoreError};

impl House {
    /// Looks at new commits.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn commits(&self, job: &Job) -> Result<Result<Found, Failed>, StoreError> {
        let nothing = Ok((Outcome::default(), Looked::default()));
        let number = job.name.strip_prefix(COMMITS).map(str::trim);
        let number = number.and_then(|number| number.parse().ok());
        let Some(range) = self.store.range(number.unwrap_or_default()).await? else {
            return Ok(nothing);
        };
        let Some(repository) = self.branches.get(&range.source) else {
            tracing::error!(
                source = range.source,
                "no such source any more: its commits are left out"
            );
            return Ok(nothing);
        };
        let report = match judge::range(self, &range, repository).await {
            Ok(report) => report,
            Err(why) => return Ok(Err(why)),
        };
        tell(&range, &report);
        Ok(run(&range, &report).map(|run| {
            let outcome = Outcome {
                runs: vec![run],
                ..Outcome::default()
            };
            let looked = Looked {
                judged: 1,
                ..Looked::default()
            };
            (outcome, looked)
        }))
    }
}

fn what(range: &Range) -> String {
    let Range {
        reference,
        before_commit,
        after_commit,
        ..
    } = range;
    format!("{reference} {before_commit:.12}..{after_commit:.12}")
}

fn tell(range: &Range, report: &Report) {
    let (what, counts) = (what(range), Counts::of(&report.findings).sentence());
    match report.conclusion {
        Conclusion::Fail => tracing::warn!("{what} breaks programs: {counts}"),
        conclusion => tracing::info!("{what}: {conclusion:?}, {counts}"),
    }
}

fn run(range: &Range, report: &Report) -> Result<NewRun, Failed> {
    let about = About {
        subject: &format!("{} {}", range.source, range.reference),
        title: &what(range),
        url: "",
        digest: &record::digest(report)?,
    };
    record::run(report, &about, house::now())
}
