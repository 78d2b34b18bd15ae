//! What programs send and get; the comments here become the descriptions of the OpenAPI document.

use super::Shown;
use crate::store::{RunRow, Standing};
use crate::web::state::Web;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A range of a configured repository, to be checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Name of the repository, as the configuration of the service has it.
    pub repository: String,
    /// The commit before: 40 hexadecimal digits, or a name in that repository.
    pub base: String,
    /// The commit after, likewise.
    pub head: String,
}

/// What was asked for is in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskedFor {
    /// Name of the job. The same check has the same name, and is done once.
    pub job: String,
    /// Where it is told how the job stands.
    pub state: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Error {
    /// The reason, and the mend where there is one.
    pub error: String,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunLine {
    /// Number; later ones are larger.
    pub id: i64,
    /// The job that it came of.
    pub job: String,
    /// What was examined, through all its versions, such as `octo/linux#12`.
    pub subject: String,
    /// What people call it.
    pub title: String,
    /// Where that is to be seen; empty where it is nowhere.
    pub url: String,
    /// The commit before; empty where there is none.
    pub base: String,
    /// The commit after; empty where there is none.
    pub head: String,
    /// The conclusion: `pass`, `needs-approval`, `fail` or `undecided`.
    pub conclusion: String,
    /// When it was.
    #[schema(format = DateTime)]
    pub at: String,
    /// The page about it.
    pub page: String,
}

impl RunLine {
    /// What programs get of a row.
    pub fn new(web: &Web, row: &RunRow) -> Self {
        Self {
            id: row.id,
            job: row.job.clone(),
            subject: row.subject.clone(),
            title: row.title.clone(),
            url: row.url.clone(),
            base: row.base.clone(),
            head: row.head.clone(),
            conclusion: row.conclusion.clone(),
            at: Shown::from(row).at,
            page: web.address(&format!("/runs/{}", row.id)),
        }
    }
}

/// Runs, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Runs {
    /// The runs.
    pub runs: Vec<RunLine>,
    /// What to give as `before` for the next ones; null where there are none.
    #[schema(required)]
    pub next: Option<i64>,
}

/// A run with its report.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneRun {
    /// What stands in lists.
    pub run: RunLine,
    /// The report, as `uapi-check --format json` writes it; `uapi-check schema` tells its form.
    #[schema(value_type = Object)]
    pub report: Box<RawValue>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits.
    Waiting,
    /// It is being done.
    Running,
    /// It was done.
    Done,
    /// It can't be done; `reason` tells why.
    GivenUp,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobState {
    /// Its name.
    pub job: String,
    /// How far it is.
    pub state: State,
    /// Why it was given up; empty where it was not.
    pub reason: String,
    /// The last run that came of it; null where there is none.
    #[schema(required)]
    pub run: Option<RunLine>,
}

impl JobState {
    /// What programs get of a standing.
    pub fn new(job: String, standing: Standing, run: Option<RunLine>) -> Self {
        let (state, reason) = match standing {
            Standing::Waiting(_) => (State::Waiting, String::new()),
            Standing::Running => (State::Running, String::new()),
            Standing::Done => (State::Done, String::new()),
            Standing::GivenUp(reason) => (State::GivenUp, reason),
        };
        Self {
            job,
            state,
            reason,
            run,
        }
    }
}
