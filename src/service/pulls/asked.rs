//! Somebody pressed the button that asks for a check run again: which commit that was of is noted, and counted.
//!
//! GitHub tells it in a delivery and nowhere else, so it is kept until the commit is looked at, however often that is.

use crate::github::Repository;
use crate::service::house::{self, House};
use crate::store::{Job, StoreError};
use std::collections::BTreeSet;

fn slot(repository: &Repository, head: &str) -> String {
    format!("asked {} {head}", repository.as_str().to_lowercase())
}

/// Notes that it was asked for. A look at the same job that is tried again counts once; one whose job was forgotten
/// meanwhile, and counts its revisions anew, counts all the same.
pub async fn note(
    house: &House,
    repository: &Repository,
    (head, job): (&str, &Job),
) -> Result<(), StoreError> {
    let slot = slot(repository, head);
    let known = house.store.posted(&slot).await?;
    let (times, revision) = known.as_deref().map_or((0, 0), read);
    if job.attempts > 0 && revision == job.revision {
        return Ok(());
    }
    let value = format!("{} {}", times + 1, job.revision);
    house.store.set_posted(&slot, &value, house::now()).await
}

/// How many times it was asked for, and the revision of the job that told so last.
fn read(value: &str) -> (i64, i64) {
    let mut numbers = value.split(' ').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next())
}

/// What asked for new check runs of a commit.
pub async fn wishes(
    house: &House,
    repository: &Repository,
    head: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let known = house.store.posted(&slot(repository, head)).await?;
    let times = known.as_deref().map(|value| read(value).0);
    Ok(times
        .into_iter()
        .map(|times| format!("button {times}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_was_noted_is_read_and_anything_else_counts_as_never() {
        assert_eq!(read("3 7"), (3, 7));
        for other in ["", "x", "x y", " "] {
            assert_eq!(read(other), (0, 0), "{other:?}");
        }
    }
}
