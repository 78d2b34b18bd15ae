//! A server that behaves as GitHub does, for what this program sees of it. It runs on a thread of its own, on loopback.
//!
//! Every request is held against GitHub's own description (`description`): one that it does not know, or whose body does
//! not fit, is kept, and the test fails when the server ends. Answers are GitHub's own examples with the test's values in
//! them. Besides, it keeps the limits that the description has no words for (`checks`). `world` is what it knows, `routes`
//! and `answers` answer, `git` serves repositories, and `faults` is what goes wrong on demand.

mod answers;
mod checks;
mod description;
mod faults;
mod git;
mod key;
mod routes;
mod world;

pub use description::description;
pub use faults::Fault;
pub use key::key;
pub use world::{OpenPull, Run, Said, Seen, Try};

use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use world::World;

/// The id of the App.
pub const APP: u64 = 123_456;
/// The login that the App writes by.
pub const BOT: &str = "uapi-check[bot]";
/// A personal token, and whose.
pub const PERSONAL: &str = "github_pat_of_the_tests_0123456789";
/// Who has the personal token.
pub const PERSON: &str = "octocat";

/// A running server; it ends with this, and fails the test where a request was none that GitHub describes.
pub struct Fake {
    world: Arc<Mutex<World>>,
    /// Where it is: `http://127.0.0.1:PORT`.
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Starts one that knows nobody and nothing.
    pub fn start() -> Self {
        // Read before anybody waits for an answer.
        description();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        listener.set_nonblocking(true).expect("a socket");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let world = World {
            url: url.clone(),
            minutes: 60,
            ..World::default()
        };
        let world = Arc::new(Mutex::new(world));
        let (stop, stopped) = oneshot::channel::<()>();
        let state = Arc::clone(&world);
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            tokio::select! {
                served = async { axum::serve(listener, routes::app(state)).await } => served.expect("it serves"),
                _ = stopped => {}
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(serve);
        });
        Self {
            world,
            url,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Installs the App for a repository.
    pub fn install(&self, repository: &str) {
        self.install_as(repository, 42);
    }

    /// The same, by the number of the installation.
    pub fn install_as(&self, repository: &str, id: u64) {
        let mut world = self.world();
        world.installed.insert(repository.to_lowercase(), id);
    }

    /// Takes the App away from a repository, and what it may do there.
    pub fn uninstall(&self, repository: &str) {
        let mut world = self.world();
        world.installed.remove(&repository.to_lowercase());
        world.tokens.clear();
    }

    /// Pushes to a pull request at the moment when a request with `part` in it is seen, before it is answered.
    pub fn push_when(&self, part: &str, repository: &str, pull: OpenPull) {
        let push = (part.to_owned(), repository.to_owned(), pull);
        self.world().pushes.push(push);
    }

    /// Takes all tokens back that it gave out.
    pub fn revoke(&self) {
        self.world().tokens.clear();
    }

    /// Lets tokens be good for so many minutes from now on; none, and they have run out when they are given out.
    pub fn tokens_last(&self, minutes: i64) {
        self.world().minutes = minutes;
    }

    /// How many tokens it gave out.
    pub fn issued(&self) -> u64 {
        self.world().issued
    }

    /// All tokens that are good now.
    pub fn tokens(&self) -> Vec<String> {
        self.world().tokens.iter().cloned().collect()
    }

    /// Opens or changes a pull request.
    pub fn put_pull(&self, repository: &str, pull: OpenPull) {
        let key = (repository.to_owned(), pull.number);
        self.world().pulls.insert(key, pull);
    }

    /// Adds a review of a commit (in hex), with `words` in it, and gives its id. `state` is as GitHub writes it.
    pub fn review(&self, below: (&str, u64), login: &str, state: &str, commit: &str) -> u64 {
        let mut world = self.world();
        let id = world.id();
        let below = (below.0.to_owned(), below.1);
        let all = world.reviews.entry(below).or_default();
        let minute = all.len() % 60;
        all.push(json!({
            "id": id, "user": {"login": login}, "state": state, "commit_id": commit, "body": "words",
            "submitted_at": format!("2026-01-02T03:{minute:02}:05Z"),
        }));
        id
    }

    /// Says something else in the newest review of a pull request.
    pub fn reword(&self, below: (&str, u64), words: &str) {
        let mut world = self.world();
        let below = (below.0.to_owned(), below.1);
        let last = world.reviews.get_mut(&below).and_then(|all| all.last_mut());
        last.expect("there is one")["body"] = json!(words);
    }

    /// Adds a comment and gives its id.
    pub fn comment(&self, repository: &str, number: u64, login: &str, body: &str) -> u64 {
        let mut world = self.world();
        let id = world.id();
        world.comments.push(Said {
            id,
            below: (repository.to_owned(), number),
            author: login.to_owned(),
            body: body.to_owned(),
        });
        id
    }

    /// Takes a comment away.
    pub fn delete_comment(&self, id: u64) {
        self.world().comments.retain(|comment| comment.id != id);
    }

    /// Says what somebody may do: `admin`, `write`, `read` or `none`.
    pub fn permit(&self, repository: &str, login: &str, permission: &str) {
        let key = (repository.to_owned(), login.to_owned());
        self.world().permissions.insert(key, permission.to_owned());
    }

    /// Serves a repository for git, at `/owner/name.git`.
    pub fn serve(&self, repository: &str, place: &Path) {
        self.world()
            .repositories
            .insert(repository.to_owned(), place.to_owned());
    }

    /// Adds a try to hand over a delivery, newer than all others.
    pub fn tried(&self, guid: &str, event: &str, at: &str, status: u16) {
        let one = Try {
            guid: guid.to_owned(),
            event: event.to_owned(),
            at: at.to_owned(),
            status,
        };
        self.world().tries.insert(0, one);
    }

    /// Adds a check run of another App.
    pub fn foreign_run(&self, repository: &str, head: &str, name: &str, external_id: &str) {
        let mut world = self.world();
        let id = world.id();
        world.runs.push(Run {
            id,
            repository: repository.to_owned(),
            fields: json!({"name": name, "head_sha": head, "external_id": external_id, "status": "completed", "conclusion": "success"}),
            annotations: Vec::new(),
            app: APP + 1,
        });
    }

    /// All check runs, as they were made.
    pub fn runs(&self) -> Vec<Run> {
        self.world().runs.clone()
    }

    /// All comments, as they were made.
    pub fn comments(&self) -> Vec<Said> {
        self.world().comments.clone()
    }

    /// How many check runs and comments there are.
    pub fn made(&self) -> usize {
        let world = self.world();
        world.runs.len() + world.comments.len()
    }

    /// All commit statuses, as they were set: what was sent, and `sha`.
    pub fn statuses(&self) -> Vec<Value> {
        self.world().statuses.clone()
    }

    /// All SARIF files that were uploaded: what was sent.
    pub fn sarif(&self) -> Vec<Value> {
        self.world().sarif.clone()
    }

    /// What was asked, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.world().seen.clone()
    }

    /// Lets the next so many requests that have `part` in `METHOD /path?query` go wrong.
    pub fn fail(&self, part: &str, times: usize, fault: Fault) {
        let faults = std::iter::repeat_n((part.to_owned(), fault), times);
        self.world().faults.extend(faults);
    }

    /// Requests that GitHub does not describe, which then are forgotten.
    pub fn take_wrong(&self) -> Vec<String> {
        std::mem::take(&mut self.world().wrong)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = self.thread.take().map(JoinHandle::join);
        if std::thread::panicking() {
            return;
        }
        assert!(
            ended.is_none_or(|ended| ended.is_ok()),
            "the server panicked"
        );
        let wrong = self.take_wrong();
        assert!(
            wrong.is_empty(),
            "GitHub takes no such requests:\n{}",
            wrong.join("\n")
        );
    }
}
