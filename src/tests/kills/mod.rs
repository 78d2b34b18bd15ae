//! The service is killed again and again, and in the end it has said what one that nobody disturbs says.
//!
//! Five hundred deliveries tell of fifty pull requests, doubled and in another order than things happened. Meanwhile
//! processes are killed, alone or all at once, the database is ended as a loss of power does, and deliveries are lost
//! because nobody is there to take them: half of those are sent again, as whoever runs a repository may have GitHub do;
//! the others are left to the service, which reads in GitHub's log that they failed. Seeded: see `dice`.
//!
//! `script` is what happens to the pull requests, `site` lets it happen on a fake GitHub, `hooks` sends deliveries, `crew`
//! is the processes, `storm` lets all of it happen at once, `standing` is what is held against each other in the end.

mod crew;
mod hooks;
mod script;
mod site;
mod standing;
mod storm;

use crate::pulls::kernel;
use crate::support::postgres::Cluster;
use site::Site;
use std::sync::Arc;
use storm::Storm;
use tempfile::TempDir;

/// How it goes on without a disturbance; what is read meanwhile warms the cache. Gives that, too.
fn undisturbed(cluster: Option<Arc<Cluster>>) -> (Storm, TempDir) {
    let (mut kernel, base) = kernel();
    let pulls = script::all(&mut kernel);
    let cache = tempfile::tempdir().expect("the system has room");
    let (calm, wild) = (Site::new(&base), Site::new(&base));
    let ids = calm.serially(&kernel, &pulls, cache.path());
    let storm = Storm {
        kernel,
        pulls,
        ids,
        calm,
        wild,
        cluster,
    };
    (storm, cache)
}

#[test]
fn a_server_and_three_workers_with_a_postgresql_lose_nothing_and_say_nothing_twice() {
    let cluster = Arc::new(Cluster::start());
    let database = cluster.database();
    let (storm, cache) = undisturbed(Some(cluster));
    storm.rage(
        &database,
        &["serve", "worker", "worker", "worker"],
        cache.path(),
    );
}

#[test]
fn one_process_with_a_file_loses_nothing_and_says_nothing_twice() {
    let (storm, cache) = undisturbed(None);
    let database = storm.wild.path("serve.db").display().to_string();
    storm.rage(&database, &["serve"], cache.path());
}
