//! Webhook deliveries to the built program, at a steady rate: how long each waits for its answer, and how many are lost.
//!
//! `cargo bench --bench deliveries` sends 200 a second for a minute; `UAPI_CHECK_LOAD="RATE SECONDS"` says otherwise.
//! A delivery is sent at its time, whether the one before it was answered or not, and its wait is counted from there.
//! What is looked at because of them fails at once: its GitHub is a port that nobody listens on.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells whoever runs it, and ends where it can't go on"
)]

#[cfg(feature = "service")]
mod load {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};
    use uapi_check::store::{Database, Store};

    const SECRET: &str = "the-secret-of-the-webhook";
    /// Pull requests that the deliveries are about.
    const PULLS: u64 = 50;

    pub async fn run() {
        let (rate, seconds) = wanted();
        let place = tempfile::tempdir().unwrap();
        let (mut service, port) = start(place.path());
        let before = resident(&service);
        let mut waits = send(port, rate, seconds).await;
        let after = resident(&service);
        waits.1.sort();
        let (refused, waits) = waits;
        println!(
            "{} deliveries, {rate} a second for {seconds} s",
            refused + waits.len()
        );
        let at = |share: f64| {
            let last = waits.len().saturating_sub(1);
            waits
                .get((last as f64 * share) as usize)
                .copied()
                .unwrap_or_default()
        };
        println!(
            "answered after: p50 {:?}, p99 {:?}, at most {:?}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
        println!("not answered by 202: {refused}");
        println!("memory: {before} kB before, {after} kB after");
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&service),
            rustix::process::Signal::TERM,
        );
        let ended = service.wait().unwrap();
        let kept = kept(place.path()).await;
        println!(
            "lost: {} of {}; the service {ended}",
            waits.len() - kept.min(waits.len()),
            waits.len()
        );
    }

    fn wanted() -> (u64, u64) {
        let text = std::env::var("UAPI_CHECK_LOAD").unwrap_or_else(|_| "200 60".to_owned());
        let (rate, seconds) = text.split_once(' ').expect("RATE SECONDS");
        (rate.parse().unwrap(), seconds.parse().unwrap())
    }

    fn start(place: &Path) -> (Child, u16) {
        let here = place.display();
        std::fs::write(place.join("secret"), SECRET).unwrap();
        let config = format!(
            "database: {here}/load.db\ncontact: load@example.org\nrepositories: {{}}\nweb: {{listen: 127.0.0.1:0}}\n\
             github:\n  api: http://127.0.0.1:9/\n  token: {{file: {here}/secret}}\n  \
             directory: {here}/cache\n  repositories: {{octo/linux: {{}}}}\n  \
             webhook_secrets: [{{file: {here}/secret}}]\n"
        );
        std::fs::write(place.join("load.yaml"), config).unwrap();
        let mut service = Command::new(env!("CARGO_BIN_EXE_uapi-check"))
            .args(["serve", "--cache-dir", "", "--config"])
            .arg(place.join("load.yaml"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(service.stderr.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
            if let Some((_, port)) = line.split_once("serving on http://127.0.0.1:") {
                break port.trim().parse().unwrap();
            }
        };
        // Nobody reads the rest, and it must not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        (service, port)
    }

    /// How many were not taken in, and the waits of the others.
    async fn send(port: u16, rate: u64, seconds: u64) -> (usize, Vec<Duration>) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = format!("http://127.0.0.1:{port}/webhooks/github");
        let (begun, apart) = (
            Instant::now(),
            Duration::from_secs(1) / u32::try_from(rate).unwrap(),
        );
        let mut sent = tokio::task::JoinSet::new();
        for number in 0..rate * seconds {
            let due = begun + apart * u32::try_from(number).unwrap();
            tokio::time::sleep_until(due.into()).await;
            let request = client
                .post(&address)
                .body(body(number))
                .headers(headers(number));
            sent.spawn(async move {
                let answer = request.send().await;
                let taken = answer.is_ok_and(|answer| answer.status() == 202);
                taken.then(|| due.elapsed())
            });
        }
        let waits: Vec<Option<Duration>> = sent.join_all().await;
        let refused = waits.iter().filter(|wait| wait.is_none()).count();
        (refused, waits.into_iter().flatten().collect())
    }

    /// As large as GitHub's are, about.
    fn body(number: u64) -> String {
        format!(
            r#"{{"action":"synchronize","pull_request":{{"number":{}}},"repository":{{"full_name":"octo/linux"}},"rest":"{}"}}"#,
            number % PULLS + 1,
            "x".repeat(25_000)
        )
    }

    fn headers(number: u64) -> reqwest::header::HeaderMap {
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        let bytes = mac.chain_update(body(number)).finalize().into_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [
            ("x-hub-signature-256", format!("sha256={hex}")),
            ("x-github-delivery", format!("delivery-{number}")),
            ("x-github-event", "pull_request".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<(reqwest::header::HeaderName, reqwest::header::HeaderValue)>>()
        .into_iter()
        .collect()
    }

    fn resident(service: &Child) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }

    /// How often the pull requests were asked for, by what the store has of it.
    async fn kept(place: &Path) -> usize {
        let store = Store::open(&Database::File(place.join("load.db")))
            .await
            .unwrap();
        let mut kept = 0;
        // All that are due at some time, none twice.
        while let Some(job) = store.take_job(i64::MAX / 4, i64::MAX / 4).await.unwrap() {
            kept += usize::try_from(job.revision).unwrap();
        }
        kept
    }
}

fn main() {
    // `cargo test --benches` runs it, too, and wants nothing of it.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    #[cfg(feature = "service")]
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(load::run());
    }
}
