//! Deliveries as GitHub sends them: signed, once, and noted in its log where nobody takes them.

use super::crew::Address;
use crate::pulls::LINUX;
use crate::support::github::Fake;
use crate::web::{SECRET, signed};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// As long as GitHub waits.
const PATIENCE: Duration = Duration::from_secs(10);
/// Within which one that is sent again and again is taken.
const LONGEST: Duration = Duration::from_secs(60);

/// A delivery.
#[derive(Clone)]
pub struct Delivery {
    /// Its name, the same when it is sent again.
    pub guid: String,
    event: &'static str,
    body: String,
}

impl Delivery {
    /// One about a pull request, with these fields besides.
    pub fn new(guid: String, event: &'static str, number: u64, mut fields: Value) -> Self {
        let about = match event {
            "issue_comment" => "issue",
            _ => "pull_request",
        };
        fields[about] = json!({"number": number, "pull_request": {}});
        fields["repository"] = json!({"full_name": LINUX});
        fields["sender"] = json!({"type": "User"});
        Self {
            guid,
            event,
            body: fields.to_string(),
        }
    }
}

/// Who sends them.
#[derive(Clone)]
pub struct Hooks {
    client: reqwest::Client,
    address: Address,
    sent: Arc<Mutex<Sent>>,
}

/// How it went.
#[derive(Default)]
pub struct Sent {
    /// Those that were taken in, and are kept.
    pub taken: BTreeSet<String>,
    /// How many tries failed.
    pub failed: usize,
    /// How many were not sent again after that.
    pub left: usize,
}

impl Hooks {
    pub fn new(address: Address) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self {
            client: client.build().expect("a client"),
            address,
            sent: Arc::default(),
        }
    }

    /// Sends one; where nobody takes it, `again` is whether it is sent until somebody does.
    pub async fn send(&self, fake: &Fake, delivery: &Delivery, again: bool) {
        let until = Instant::now() + LONGEST;
        loop {
            let status = self.once(delivery).await;
            let now = jiff::Timestamp::now().to_string();
            fake.tried(&delivery.guid, delivery.event, &now, status.unwrap_or(502));
            if self.note(delivery, status) {
                return;
            }
            if !again {
                self.sent().left += 1;
                return;
            }
            assert!(Instant::now() < until, "nobody takes {}", delivery.guid);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How it went until now.
    pub fn sent(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a try; gives whether the delivery was taken.
    fn note(&self, delivery: &Delivery, status: Option<u16>) -> bool {
        let mut sent = self.sent();
        match status {
            Some(200 | 202) => {
                sent.taken.insert(delivery.guid.clone());
            }
            // It asks for nothing.
            Some(204) => {}
            None | Some(503) => sent.failed += 1,
            Some(other) => panic!("{} is answered by {other}", delivery.guid),
        }
        !matches!(status, None | Some(503))
    }

    /// The status of the answer, where there is one.
    async fn once(&self, delivery: &Delivery) -> Option<u16> {
        let address = self.address.now()?;
        let request = self
            .client
            .post(format!("{address}/webhooks/github"))
            .header("content-type", "application/json")
            .header("x-github-event", delivery.event)
            .header("x-github-delivery", &delivery.guid)
            .header(
                "x-hub-signature-256",
                signed(SECRET, delivery.body.as_bytes()),
            )
            .body(delivery.body.clone());
        let answer = request.send().await.ok()?;
        Some(answer.status().as_u16())
    }
}
