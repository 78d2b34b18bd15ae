//! A group of a merge queue: what is about to become the base, with the pull request on top that brought it there.
//!
//! A required check has to stand at its commit, too. Reviews are those of the pull request, each of what it was said
//! of: what has the same values in the group is agreed with there. Nobody is written to.

use super::examine::Range;
use super::github::{Github, Known};
use super::look::{Desk, Looking, Subject, nothing, ours};
use crate::github::{Hint, Repository, Wanted};
use crate::service::house::{self, House};
use crate::service::judge::Failed;
use crate::service::work::Found;
use crate::store::{Job, StoreError};
use serde::{Deserialize, Serialize};

/// What GitHub calls the branches of its merge queues: `gh-readonly-queue/BRANCH/pr-NUMBER-COMMIT`.
const QUEUE: &str = "gh-readonly-queue/";

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its commit, in hex.
    pub head: String,
    /// The commit below it, in hex.
    pub base: String,
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// The branch that it is to be merged into, likewise.
    pub into: String,
}

fn slot(repository: &Repository, head: &str) -> String {
    format!("group {} {head}", repository.as_str().to_lowercase())
}

impl Group {
    /// A group that was looked at before, by its commit.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn known(
        house: &House,
        repository: &Repository,
        head: &str,
    ) -> Result<Option<Self>, StoreError> {
        let known = house.store.posted(&slot(repository, head)).await?;
        Ok(known.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// What makes it due.
    pub fn hint(&self, repository: &Repository) -> Hint {
        Hint::Group {
            repository: repository.clone(),
            head: self.head.clone(),
            base: self.base.clone(),
            branch: self.branch.clone(),
            into: self.into.clone(),
        }
    }

    /// Looks at it.
    pub async fn look(
        &self,
        house: &House,
        github: &Github,
        of: &Known,
        job: &Job,
    ) -> Looking<Found> {
        let Some(number) = named(&self.branch) else {
            tracing::warn!(
                job = job.name,
                "{} is no branch of a merge queue",
                self.branch
            );
            return nothing();
        };
        let Some(pull) = ours!(github.pull(of, number).await) else {
            return nothing();
        };
        let text = ours!(serde_json::to_string(self).map_err(Failed::ours));
        let slot = slot(&of.name, &self.head);
        house.store.set_posted(&slot, &text, house::now()).await?;
        let wanted = Wanted::Branches {
            head: self.branch.clone(),
            base: self.into.clone(),
        };
        let fetched = match of.cache.fetch(&github.client, &of.name, &wanted).await {
            Ok(fetched) if fetched.head == self.head => fetched,
            // The queue is done with it, or made it anew.
            Ok(_) => return nothing(),
            Err(error) if error.is_missing() => return nothing(),
            Err(error) => return Ok(Err(Failed::ours(error))),
        };
        let desk = Desk {
            house,
            github,
            of,
            job,
            reviews: ours!(github.reviews(of, number).await),
            comments: ours!(github.comments(of, number).await),
            pull,
        };
        let subject = Subject {
            name: format!("{} merge queue #{number}", of.name),
            head: &self.head,
            number: None,
            reviewed: false,
        };
        let range = Range {
            repository: fetched.repository,
            base: self.base.clone(),
            branch: self.into.clone(),
            head: fetched.head,
        };
        let told = ours!(desk.examine(&subject, &range).await?);
        desk.say(&subject, told).await
    }
}

/// The number of the pull request that the name of a queue's branch has.
fn named(branch: &str) -> Option<u64> {
    let (_, last) = branch.strip_prefix(QUEUE)?.rsplit_once('/')?;
    let number = last.strip_prefix("pr-")?.split('-').next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_branch_of_a_queue_names_its_pull_request() {
        let head = "929f";
        let name = format!("gh-readonly-queue/main/pr-104-{head}");
        assert_eq!(named(&name), Some(104));
        let name = format!("gh-readonly-queue/net/for-6.12/pr-7-{head}");
        assert_eq!(named(&name), Some(7));
        for other in [
            "main",
            "gh-readonly-queue/main",
            "gh-readonly-queue/main/x-1",
            "gh-readonly-queue/main/pr-x",
        ] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
