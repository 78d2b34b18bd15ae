//! The Patchwork client, the source and the posting of checks, against a server.
//!
//! `conform` is what a Patchwork does and what the program makes of it, run against the fake of `support::patchwork`
//! and, where one is named, against a real one (`live`); the other files provoke what no real server does on demand.

mod checks;
mod client;
mod conform;
mod live;
mod mails;
mod source;

use crate::support::patchwork::{Fake, PROJECT, TOKEN, USER};
use std::sync::Arc;
use std::time::Duration;
use uapi_check::follow::{Arrival, Batch, PatchworkSeries, PatchworkSource};
use uapi_check::http::Pace;
use uapi_check::patchwork::{Account, Client, Settings, Token, Version};
use url::Url;

/// How patient tests are.
fn hasty() -> Pace {
    Pace {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(20),
        tries: 4,
        backoff: Duration::from_millis(2),
        longest: Duration::from_secs(2),
        ..Pace::default()
    }
}

/// What the bot is told of a fake.
fn settings(fake: &Fake) -> Settings {
    Settings {
        url: Url::parse(&fake.url).expect("an address"),
        version: Version::V1_3,
        project: PROJECT.to_owned(),
        contact: "bot@example.org".to_owned(),
        account: Some(Account {
            user: USER.to_owned(),
            token: Token::new(TOKEN).expect("a token"),
        }),
        pace: hasty(),
    }
}

fn client(settings: Settings) -> Arc<Client> {
    Arc::new(Client::new(settings).expect("settings that can work"))
}

fn source(fake: &Fake) -> PatchworkSource {
    PatchworkSource::new(client(settings(fake)))
}

fn series_in(batch: &Batch) -> Vec<PatchworkSeries> {
    let series = batch.arrivals.iter().map(|arrival| match arrival {
        Arrival::Patchwork(series) => series.clone(),
        other => panic!("no series: {other:?}"),
    });
    series.collect()
}

/// All series since a cursor, and the cursor behind them.
async fn all(source: &PatchworkSource, cursor: Option<String>) -> (Vec<PatchworkSeries>, String) {
    let mut found = Vec::new();
    let mut cursor = cursor;
    for _ in 0..100 {
        let batch = source
            .poll(cursor.as_deref())
            .await
            .expect("the server answers");
        found.extend(series_in(&batch));
        cursor = Some(batch.cursor);
        if !batch.more {
            return (found, cursor.expect("a cursor"));
        }
    }
    panic!("there is always more")
}
