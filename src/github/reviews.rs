//! What reviewers said of a pull request, oldest first. Which of it counts is not decided here.

use super::client::Client;
use super::error::Error;
use super::names::{Repository, is_commit};
use super::pulls::User;
use jiff::Timestamp;
use serde::Deserialize;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: u64,
    /// The login of who wrote it; empty where the account is gone.
    pub author: String,
    /// What it says.
    pub state: ReviewState,
    /// What is written in it: somebody's text.
    pub body: String,
    /// The commit that it was written for, in hex; `None` where GitHub does not know any more.
    pub commit: Option<String>,
    /// When, in seconds since 1970, by GitHub's clock.
    pub at: i64,
    /// Its page.
    pub url: String,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Go ahead.
    Approved,
    /// Not like this.
    ChangesRequested,
    /// Somebody with the right to do so took back what it said.
    Dismissed,
    /// Neither; or something that GitHub did not have when this was written.
    Commented,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    user: Option<User>,
    #[serde(default)]
    body: Option<String>,
    state: String,
    commit_id: Option<String>,
    submitted_at: Option<String>,
    #[serde(default)]
    html_url: String,
}

impl Client {
    /// All reviews of a pull request, oldest first. Those that are not sent off yet are left out.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked, or there are more than 3000.
    pub async fn reviews(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<Vec<Review>, Error> {
        let route = format!("/repos/{repository}/pulls/{number}/reviews");
        let take = |page: Vec<Raw>| page.into_iter().map(review).collect();
        let all = self.pages(repository, &route, "", take).await?;
        Ok(all.into_iter().flatten().collect())
    }
}

fn review(raw: Raw) -> Option<Review> {
    let state = match raw.state.to_ascii_uppercase().as_str() {
        "APPROVED" => ReviewState::Approved,
        "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
        "DISMISSED" => ReviewState::Dismissed,
        "PENDING" => return None,
        _ => ReviewState::Commented,
    };
    Some(Review {
        id: raw.id,
        author: raw.user.map(|user| user.login).unwrap_or_default(),
        state,
        body: raw.body.unwrap_or_default(),
        commit: raw.commit_id.filter(|id| is_commit(id)),
        at: seconds(raw.submitted_at.as_deref()),
        url: raw.html_url,
    })
}

/// A moment as GitHub writes it, in seconds since 1970; 0 where it is none, which is before everything else.
pub(super) fn seconds(moment: Option<&str>) -> i64 {
    let moment = moment.and_then(|moment| moment.parse::<Timestamp>().ok());
    moment.map_or(0, Timestamp::as_second)
}
