//! Deliveries that GitHub could not hand over: what the App's log of them says. GitHub itself never tries again.

use super::client::Client;
use super::error::Error;
use super::names::segment;
use super::reviews::seconds;
use serde::Deserialize;
use std::collections::HashMap;

/// Pages that are read at most, newest first: 1000 deliveries.
const PAGES: usize = 10;

/// A delivery that failed, and of which no later try went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id in the log.
    pub id: u64,
    /// Its own id, which is that of every try.
    pub guid: String,
    /// What happened, as in `X-GitHub-Event`.
    pub event: String,
    /// The id of the repository, where there is one.
    pub repository: Option<u64>,
    /// When it was tried, in seconds since 1970, by GitHub's clock.
    pub at: i64,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    guid: String,
    delivered_at: Option<String>,
    #[serde(default)]
    status_code: u16,
    #[serde(default)]
    event: String,
    repository_id: Option<u64>,
}

impl Client {
    /// Deliveries since a moment (seconds since 1970) that failed and were not handed over later, newest first. None
    /// for a personal token, which has no log.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn failed_deliveries(&self, since: i64) -> Result<Vec<Delivery>, Error> {
        if !self.is_app() {
            return Ok(Vec::new());
        }
        let mut tries = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let more = cursor.map_or_else(String::new, |it| format!("&cursor={}", segment(&it)));
            let route = format!("/app/hook/deliveries?per_page=100{more}");
            let (page, next) = self.ask_page::<Vec<Raw>>(&self.crab, &route).await?;
            let before = page
                .iter()
                .any(|it| seconds(it.delivered_at.as_deref()) < since);
            tries.extend(page);
            cursor = next;
            if before || cursor.is_none() {
                break;
            }
        }
        Ok(failed(tries, since))
    }
}

/// Of each delivery, the newest try says whether it went well.
fn failed(tries: Vec<Raw>, since: i64) -> Vec<Delivery> {
    let mut well: HashMap<String, bool> = HashMap::new();
    let mut failed = Vec::new();
    for one in tries {
        let good = (200..300).contains(&one.status_code);
        let seen = well.contains_key(&one.guid);
        *well.entry(one.guid.clone()).or_default() |= good;
        let at = seconds(one.delivered_at.as_deref());
        if !seen && at >= since {
            failed.push(Delivery {
                id: one.id,
                guid: one.guid,
                event: one.event,
                repository: one.repository_id,
                at,
            });
        }
    }
    failed.retain(|one| well.get(&one.guid) == Some(&false));
    failed
}
