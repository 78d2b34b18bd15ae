//! What is asked for by the API of one machine is looked at by a worker on another: they share a PostgreSQL, and nothing
//! else.

use super::house::{House, request};
use super::program::{format_patch, stats};
use super::{TOKEN, program};
use crate::support::postgres;
use crate::support::series::Series;
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::process::{Child, Stdio};
use std::time::Duration;

/// A worker; it is killed with this.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // Where it ended, there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn ask(house: &House, kind: &str, body: String) -> String {
    let sent = request("POST", "/api/v1/runs")
        .header("content-type", kind)
        .header("authorization", format!("Bearer {TOKEN}"));
    let answer = house.ask(sent.body(Body::from(body)).expect("a request"));
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    answer.json()["state"]
        .as_str()
        .expect("an address")
        .to_owned()
}

/// How a job ends.
async fn ended(house: &House, state: &str) -> Value {
    for _ in 0..1200 {
        let job = house.get(state).await.json();
        if job["state"] == "done" || job["state"] == "given-up" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody looks at {state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_does_what_was_asked_for_elsewhere() {
    let mut series = Series::released(&[(program::STATS, &stats("__u32 a;\n__u32 b;"))]);
    let text = stats("__u32 n;\n__u32 a;\n__u32 b;");
    let bad = series.branch(&[("stats: count more", &[(program::STATS, &text)])]);
    let head = &bad.ids[0];
    let database = postgres::shared().database();
    let repository = series.repository.path();
    let house = House::on(&database, &repository).await;
    let range = json!({"repository": "linux", "base": "v6.1", "head": head}).to_string();
    let nowhere = json!({"repository": "linux", "base": "v6.1", "head": "nowhere"}).to_string();
    let asked = [
        ask(&house, "application/json", range).await,
        ask(&house, "text/x-patch", format_patch(&series, head)).await,
        ask(&house, "application/json", nowhere).await,
        ask(&house, "text/x-patch", "no patch at all\n".to_owned()).await,
    ];
    // Nobody works here.
    for state in &asked {
        assert_eq!(house.get(state).await.json()["state"], "waiting", "{state}");
    }
    let mut worker = crate::support::program();
    worker.args(["worker", "-v", "--config"]);
    worker.arg(house.place.path().join("serve.yaml"));
    worker.stderr(Stdio::null());
    let worker = Worker(worker.spawn().expect("the program runs"));
    let mut jobs = Vec::new();
    for state in &asked {
        jobs.push(ended(&house, state).await);
    }
    for job in &jobs[..2] {
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(job["run"]["conclusion"], "fail", "{job}");
        let page = job["run"]["page"].as_str().expect("an address").to_owned();
        let page = house.get(&page).await.text();
        assert!(page.contains("demo_stats"), "{page}");
    }
    // What can't be looked at is told to whoever asked, with the reason.
    for (job, says) in jobs[2..].iter().zip(["nowhere", ""]) {
        assert_eq!(job["state"], "given-up", "{job}");
        let why = job["reason"].as_str().unwrap_or_default();
        assert!(!why.is_empty() && why.contains(says), "{job}");
        assert_eq!(job["run"], Value::Null);
    }
    drop(worker);
}
