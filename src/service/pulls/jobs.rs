//! A job becomes a look: at a pull request, a group of a merge queue, or at what makes others due.
//!
//! Next: `look`, `group`, `requested`.

use super::github::{Github, Known};
use super::look::{self, Looking, nothing, ours};
use super::{asked, group, requested};
use crate::github::{Hint, Repository};
use crate::service::house::{self, House};
use crate::service::judge::Failed;
use crate::service::requests::{PatchRequest, RangeRequest, hinted};
use crate::service::work::Found;
use crate::store::{Job, NewJob};
use serde::Deserialize;

/// What the payloads of these jobs say; which of it is there, the kind tells.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Payload {
    repository: String,
    number: u64,
    head: String,
    base: String,
    branch: String,
    into: String,
    sha: String,
}

impl House {
    /// Looks at a job of one of the kinds that deliveries, the reconcile loop and the API make.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub(in crate::service) async fn pulls(&self, job: &Job) -> Looking<Found> {
        match job.kind.as_str() {
            RangeRequest::KIND => return requested::range(self, job).await,
            PatchRequest::KIND => return requested::patch(self, job).await,
            _ => {}
        }
        let Some(github) = &self.github else {
            let why = "GitHub is not configured (any more)";
            return Ok(Err(Failed::ours(why)));
        };
        let read = serde_json::from_slice::<Payload>(&job.payload);
        let payload = ours!(read.map_err(Failed::ours));
        if job.kind == "installation" {
            github.client.forget_installations().await;
            for of in github.repositories() {
                ours!(self.hint_all(github, &of, |_| true).await?);
            }
            return nothing();
        }
        let Some(of) = github.repository(&payload.repository) else {
            tracing::info!(
                job = job.name,
                "no repository of the configuration: left out"
            );
            return nothing();
        };
        match job.kind.as_str() {
            "pull" => look::pull(self, github, &of, (job, payload.number)).await,
            "group" => {
                let group = group::Group {
                    head: payload.head,
                    base: payload.base,
                    branch: payload.branch,
                    into: payload.into,
                };
                group.look(self, github, &of, job).await
            }
            "heads" => self.heads(github, &of, (job, &payload.sha)).await,
            "branch" => {
                let of_branch = |pull: &super::forge::Pull| pull.base == payload.branch;
                ours!(self.hint_all(github, &of, of_branch).await?);
                nothing()
            }
            kind => Ok(Err(Failed::ours(format!("nobody here looks at `{kind}`")))),
        }
    }

    /// Check runs of a commit were asked for again: whatever has it as head is due.
    async fn heads(&self, github: &Github, of: &Known, (job, sha): (&Job, &str)) -> Looking<Found> {
        asked::note(self, &of.name, (sha, job)).await?;
        ours!(self.hint_all(github, of, |pull| pull.head == sha).await?);
        if let Some(group) = group::Group::known(self, &of.name, sha).await? {
            self.hint(&[group.hint(&of.name)]).await?;
        }
        nothing()
    }

    /// Makes open pull requests due that fit.
    pub(super) async fn hint_all(
        &self,
        github: &Github,
        of: &Known,
        fits: impl Fn(&super::forge::Pull) -> bool,
    ) -> Looking<usize> {
        let open = ours!(github.open_pulls(of).await);
        let due = open.values().filter(|pull| fits(pull));
        let hints: Vec<Hint> = due.map(|pull| hint(&of.name, pull.number)).collect();
        self.hint(&hints).await?;
        Ok(Ok(hints.len()))
    }

    /// Makes what hints name due.
    pub(super) async fn hint(&self, hints: &[Hint]) -> Result<(), crate::store::StoreError> {
        let jobs: Vec<NewJob> = hints.iter().filter_map(hinted).collect();
        if !jobs.is_empty() {
            self.store.note(None, &jobs, house::now()).await?;
            self.arrived.notify_one();
        }
        Ok(())
    }
}

fn hint(repository: &Repository, number: u64) -> Hint {
    Hint::Pull {
        repository: repository.clone(),
        number,
    }
}
