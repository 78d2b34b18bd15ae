//! Check runs: what is to stand at a commit is brought there, whatever of it is there already.
//!
//! GitHub takes fifty annotations in a request and adds those of the next request to them; it tells how many a run has.
//! So a run that was cut off half-way is gone on with, and no annotation stands there twice. Only Apps may do this.

use super::client::Client;
use super::error::Error;
use super::limits::{
    ACTIONS, ANNOTATIONS, DESCRIPTION_CHARS, LABEL_CHARS, MESSAGE_BYTES, OUTPUT_BYTES, TITLE_CHARS,
    fit_bytes, fit_line,
};
use super::names::{Repository, is_commit, segment};
use axum::http::Method;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is to stand at a commit. What is too long is cut when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The name, by which branches require it: always the same.
    pub name: String,
    /// The commit, in hex.
    pub head: String,
    /// What it is the same run by: what has another content, or was asked for anew, has another. A run with it is gone
    /// on with.
    pub external_id: String,
    /// The page that has all of it.
    pub details_url: Option<String>,
    /// How far it is.
    pub state: CheckState,
    /// What it says.
    pub output: Option<Output>,
    /// Buttons below it, three at most.
    pub actions: Vec<Button>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// It will begin.
    Queued,
    /// It goes on.
    InProgress,
    /// It is done.
    Completed(CheckConclusion),
}

/// How a check ended. Those that branches require pass by success, neutral and skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckConclusion {
    /// All is well.
    Success,
    /// It is not.
    Failure,
    /// Nobody is asked to do anything.
    Neutral,
    /// It is of no interest any more.
    Cancelled,
    /// There was nothing to do.
    Skipped,
    /// It took too long.
    TimedOut,
    /// Somebody has to do something.
    ActionRequired,
}

/// What a check says, in Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// One line.
    pub title: String,
    /// What is seen first.
    pub summary: String,
    /// What follows it, where there is more.
    pub text: Option<String>,
    /// Remarks at lines of the change, in an order that does not change: any number.
    pub annotations: Vec<Annotation>,
}

/// A remark at lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// The file, from the top of the tree.
    pub path: String,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// How it is shown.
    #[serde(rename = "annotation_level")]
    pub level: Level,
    /// What it says, in plain text.
    pub message: String,
    /// One line above that.
    pub title: String,
    /// What is folded below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_details: Option<String>,
}

/// How a remark is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something to know.
    Notice,
    /// Something to look at.
    Warning,
    /// Something to mend.
    Failure,
}

/// A button below a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it: 20 characters.
    pub label: String,
    /// What it does: 40 characters.
    pub description: String,
    /// What comes back when it is pressed: 20 characters.
    pub identifier: String,
}

/// A check run as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CheckRun {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The commit, in hex.
    pub head_sha: String,
    /// As we gave it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// `queued`, `in_progress`, `completed`, or what GitHub has besides.
    #[serde(default)]
    pub status: String,
    /// As GitHub writes it: `success` and so on.
    #[serde(default)]
    pub conclusion: Option<String>,
    #[serde(default)]
    output: Option<Had>,
    #[serde(default)]
    app: Option<App>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
struct Had {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    annotations_count: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct App {
    id: u64,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<CheckRun>,
}

/// What is sent. `head_sha` only when it is made.
#[derive(Serialize)]
struct Request<'c> {
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head_sha: Option<&'c str>,
    external_id: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'c str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<CheckConclusion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Sent<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<SentButton>,
}

#[derive(Serialize, Clone)]
struct Sent<'c> {
    title: String,
    summary: Cow<'c, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'c, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation>,
}

#[derive(Serialize)]
struct SentButton {
    label: String,
    description: String,
    identifier: String,
}

impl CheckRun {
    /// How many annotations it has.
    #[must_use]
    pub fn annotations(&self) -> usize {
        self.output
            .as_ref()
            .map_or(0, |output| output.annotations_count)
    }

    /// Whether it is done, and says what it is to say, without its annotations.
    fn says(&self, request: &Request<'_>) -> bool {
        let conclusion = request
            .conclusion
            .and_then(|it| serde_json::to_value(it).ok());
        let conclusion = conclusion.as_ref().and_then(|it| it.as_str());
        let said = request.output.as_ref();
        let had = self.output.clone().unwrap_or_default();
        let same = |had: &Option<String>, to: Option<&str>| {
            had.as_deref().unwrap_or_default().trim_end() == to.unwrap_or_default().trim_end()
        };
        self.status == request.status
            && self.conclusion.as_deref() == conclusion
            && same(&had.title, said.map(|it| it.title.as_str()))
            && same(&had.summary, said.map(|it| &*it.summary))
            && same(&had.text, said.and_then(|it| it.text.as_deref()))
    }
}

impl Client {
    /// The check runs of a name at a commit that this App made: all of them, those that were done anew too.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn check_runs(
        &self,
        repository: &Repository,
        head: &str,
        name: &str,
    ) -> Result<Vec<CheckRun>, Error> {
        let route = format!("/repos/{repository}/commits/{head}/check-runs");
        if !is_commit(head) {
            return Err(Error::garbled(&route, "the id of the commit is none"));
        }
        let query = format!("check_name={}&filter=all", segment(name));
        let take = |page: Runs| page.check_runs;
        let mut all = self.pages(repository, &route, &query, take).await?;
        let own = self.app_id();
        // Another App may make runs of the same name.
        all.retain(|run| run.app.as_ref().map(|app| app.id) == own);
        Ok(all)
    }

    /// Brings a check run to what it is to be, and gives its id. `known` is its id, where that was kept; else it is
    /// looked for by name, commit and external id, and made where there is none. May be called again and again, after
    /// a failure too: there is never a second one, and no annotation stands there twice.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked; a mistake where this is no App.
    pub async fn put_check(
        &self,
        repository: &Repository,
        check: &Check,
        known: Option<u64>,
    ) -> Result<u64, Error> {
        if !self.is_app() {
            let what =
                "GitHub lets only Apps make check runs: with a personal token, use commit statuses";
            return Err(Error::Mistake(what.to_owned()));
        }
        let annotations = check
            .output
            .as_ref()
            .map_or(&[][..], |output| &output.annotations);
        let (id, mut sent) = match self.existing(repository, check, known).await? {
            Some(run)
                if run.annotations() >= annotations.len() && run.says(&request(check, 0, true)) =>
            {
                return Ok(run.id);
            }
            Some(run) => (run.id, run.annotations().min(annotations.len())),
            None => {
                let last = annotations.len() <= ANNOTATIONS;
                let mut first = request(check, 0, last);
                first.head_sha = Some(&check.head);
                let route = format!("/repos/{repository}/check-runs");
                let made: CheckRun = self.send(repository, Method::POST, &route, &first).await?;
                if last {
                    return Ok(made.id);
                }
                (made.id, ANNOTATIONS)
            }
        };
        loop {
            let last = annotations.len() - sent <= ANNOTATIONS;
            let next = request(check, sent, last);
            let route = format!("/repos/{repository}/check-runs/{id}");
            let _: CheckRun = self.send(repository, Method::PATCH, &route, &next).await?;
            if last {
                return Ok(id);
            }
            sent += ANNOTATIONS;
        }
    }

    /// The run that is to be gone on with.
    async fn existing(
        &self,
        repository: &Repository,
        check: &Check,
        known: Option<u64>,
    ) -> Result<Option<CheckRun>, Error> {
        let same = |run: &CheckRun| run.external_id.as_deref() == Some(&check.external_id);
        if let Some(id) = known {
            let route = format!("/repos/{repository}/check-runs/{id}");
            match self.get::<CheckRun>(repository, &route).await {
                Ok(run) if same(&run) && run.head_sha == check.head => return Ok(Some(run)),
                Ok(_) => {}
                Err(error) if error.is_missing() => {}
                Err(error) => return Err(error),
            }
        }
        let runs = self
            .check_runs(repository, &check.head, &check.name)
            .await?;
        Ok(runs.into_iter().find(same))
    }
}

/// One request of those that bring a run to what it is to be: with the annotations from one on, and, where it is the
/// last, with how it ended.
fn request(check: &Check, from: usize, last: bool) -> Request<'_> {
    let (status, conclusion) = match check.state {
        CheckState::Queued => ("queued", None),
        CheckState::InProgress => ("in_progress", None),
        CheckState::Completed(conclusion) if last => ("completed", Some(conclusion)),
        CheckState::Completed(_) => ("in_progress", None),
    };
    let details_url = check.details_url.as_deref();
    let ending = details_url.map_or_else(
        || "(cut: there is more than GitHub takes)".to_owned(),
        |url| format!("[There is more than GitHub takes: read all of it here.]({url})"),
    );
    let output = check
        .output
        .as_ref()
        .map(|output| sent(output, from, &ending));
    Request {
        name: &check.name,
        head_sha: None,
        external_id: &check.external_id,
        details_url,
        status,
        conclusion,
        output,
        actions: check.actions.iter().take(ACTIONS).map(button).collect(),
    }
}

fn sent<'c>(output: &'c Output, from: usize, ending: &str) -> Sent<'c> {
    let fit = |text: &'c str| fit_bytes(text, OUTPUT_BYTES, ending);
    let some = output.annotations.iter().skip(from).take(ANNOTATIONS);
    Sent {
        title: fit_line(&output.title, TITLE_CHARS),
        summary: fit(&output.summary),
        text: output.text.as_deref().map(fit),
        annotations: some.map(annotation).collect(),
    }
}

fn annotation(one: &Annotation) -> Annotation {
    let fit = |text: &str| fit_bytes(text, MESSAGE_BYTES, "(cut)").into_owned();
    let first = one.start_line.max(1);
    Annotation {
        path: one.path.clone(),
        start_line: first,
        end_line: one.end_line.max(first),
        level: one.level,
        message: fit(&one.message),
        title: fit_line(&one.title, TITLE_CHARS),
        raw_details: one.raw_details.as_deref().map(fit),
    }
}

fn button(button: &Button) -> SentButton {
    SentButton {
        label: fit_line(&button.label, LABEL_CHARS),
        description: fit_line(&button.description, DESCRIPTION_CHARS),
        identifier: fit_line(&button.identifier, LABEL_CHARS),
    }
}
