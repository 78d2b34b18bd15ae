//! Somebody pressed the button that asks for a check run again: which commit that was of is noted, and counted.
//!
//! GitHub tells it in a delivery and nowhere else, so it is kept until the commit is looked at, however often that is.

use crate::github::Repository;
use crate::service::house::{self, House};
use crate::store::StoreError;
use std::collections::BTreeSet;

fn slot(repository: &Repository, head: &str) -> String {
    format!("asked {} {head}", repository.as_str().to_lowercase())
}

/// Notes that it was asked for, so many times.
pub async fn note(
    house: &House,
    repository: &Repository,
    (head, times): (&str, i64),
) -> Result<(), StoreError> {
    let slot = slot(repository, head);
    let times = times.to_string();
    house.store.set_posted(&slot, &times, house::now()).await
}

/// What asked for new check runs of a commit.
pub async fn wishes(
    house: &House,
    repository: &Repository,
    head: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let times = house.store.posted(&slot(repository, head)).await?;
    Ok(times
        .into_iter()
        .map(|times| format!("button {times}"))
        .collect())
}
