//! Secrets are in no log, no error and no `Debug`, whatever goes wrong.

use super::{LINUX, app, installed, linux, person};
use crate::support::github::{Fake, Fault, PERSONAL, key};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("nobody panicked")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn secrets_are_shown_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (fake, client) = installed();
    let personal = person(&fake);
    let mut shown = vec![format!("{client:?} {personal:?} {:?}", app())];
    for fault in [
        Fault::Status(401),
        Fault::Status(403),
        Fault::Status(500),
        Fault::Cut,
        Fault::Garbage,
    ] {
        for client in [&client, &personal] {
            fake.fail("/pulls/12", 3, fault.clone());
            let error = client.pull(&linux(), 12).await.expect_err("it goes wrong");
            shown.push(format!("{error} {error:?}"));
            fake.fail("/issues/12/comments", 4, fault.clone());
            let error = client
                .put_comment(&linux(), 12, None, "x")
                .await
                .expect_err("it goes wrong");
            shown.push(format!("{error} {error:?}"));
        }
        let (other, client) = installed();
        other.fail("access_tokens", 3, fault);
        let error = client.pull(&linux(), 12).await.expect_err("it goes wrong");
        shown.push(format!("{error} {error:?}"));
    }
    tracing::info!(repository = LINUX, "the log is read");
    let log = String::from_utf8_lossy(&log.0.lock().expect("nobody panicked")).into_owned();
    assert!(log.contains("the log is read"));
    shown.push(log);
    has_none_of(&fake, &shown.join("\n"));
}

/// None of the key, of the tokens that were given out, and of what was sent with requests is in a text.
fn has_none_of(fake: &Fake, all: &str) {
    let words = fake.seen().into_iter().map(|it| it.authorization);
    let words: Vec<String> = words
        .filter_map(|it| it.split(' ').nth(1).map(str::to_owned))
        .collect();
    assert!(words.len() > 10);
    let key = key()
        .lines()
        .filter(|line| !line.starts_with("--"))
        .map(str::to_owned);
    for secret in words
        .into_iter()
        .chain(fake.tokens())
        .chain(key)
        .chain([PERSONAL.to_owned()])
    {
        let at = all.find(&secret);
        assert!(
            at.is_none(),
            "{}",
            &all[at.unwrap_or_default().saturating_sub(200)..][..200]
        );
    }
}
