//! A server that behaves as a Patchwork 3.2 does, for what clients see of it: built from facts that were tried on one,
//! not from its source. It runs on a thread of its own, on loopback, so that other processes can be pointed at it.
//!
//! `inject` files mails as its parser does, `world` is what it knows, `routes` and `lists` answer, `answers` writes the
//! JSON of each version and `checks` takes checks. `conform` under `src/tests/patchwork` holds it against a real one.

mod answers;
mod checks;
mod faults;
mod inject;
mod lists;
mod routes;
mod world;

pub use faults::Fault;
pub use inject::Filed;
pub use world::{Posted, Seen};

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use world::World;

/// The project's name in addresses.
pub const PROJECT: &str = "uapi-test";
/// What its mails have in `List-Id:`.
pub const LIST_ID: &str = "uapi-test.lists.example.org";
/// Who may post checks.
pub const USER: &str = "uapi-bot";
/// What proves it.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
/// The token of somebody who may sign in and post nothing.
pub const STRANGER: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// A running server; it ends with this.
pub struct Fake {
    world: Arc<Mutex<World>>,
    /// Where it is: `http://127.0.0.1:PORT`.
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Starts one that has a project, and nothing in it.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        listener.set_nonblocking(true).expect("a socket");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let world = Arc::new(Mutex::new(World::new(&url)));
        let (stop, stopped) = oneshot::channel::<()>();
        let state = Arc::clone(&world);
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let until = async move {
                let _ = stopped.await;
            };
            tokio::select! {
                served = async { axum::serve(listener, routes::app(state)).await } => served.expect("it serves"),
                () = until => {}
            }
        };
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(serve);
        });
        Self {
            world,
            url,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no request panicked")
    }

    /// Files a mail as its parser would.
    pub fn inject(&self, mail: &[u8]) -> Filed {
        self.world().inject(mail)
    }

    /// All checks that were posted, in order.
    pub fn checks(&self) -> Vec<Posted> {
        self.world().checks.clone()
    }

    /// The Message-ID of a patch.
    pub fn msgid(&self, patch: u64) -> String {
        let world = self.world();
        let found = world.patch(patch).expect("it has the patch");
        found.msgid.clone()
    }

    /// What was asked, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.world().seen.clone()
    }

    /// How many requests were open at once at most.
    pub fn most_at_once(&self) -> usize {
        self.world().most_at_once
    }

    /// Lets the next so many requests whose path has `part` in it go wrong.
    pub fn fail(&self, part: &str, times: usize, fault: Fault) {
        let part = part.to_owned();
        let faults = &mut self.world().faults;
        faults.extend(std::iter::repeat_n((part, fault), times));
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: i64) {
        self.world().micros += seconds * 1_000_000;
    }

    /// Sets how many hours the server's clock is ahead of UTC.
    pub fn set_zone(&self, hours: i64) {
        self.world().zone_hours = hours;
    }

    /// Writes the links of lists for another origin, as a server behind a proxy does.
    pub fn write_links_for(&self, origin: &str) {
        self.world().links_for = origin.to_owned();
    }

    /// Gives no page more entries, whatever is asked for.
    pub fn set_page(&self, entries: usize) {
        self.world().most_per_page = entries;
    }

    /// Has another user post a check.
    pub fn put_check(&self, user: &str, patch: u64, context: &str, state: &str) {
        self.world().put_check(user, patch, context, state);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
