//! What only a server has: processes beside each other, connections that end, and a password.

use super::*;
use std::sync::Arc;
use std::time::Duration;

const KILL: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test]
async fn one_of_several_has_the_lead_until_it_is_gone() {
    let place = Place::server();
    let (one, other) = (place.open().await, place.open().await);
    let mut lead = one.lead().await.expect("an answer").expect("the lead");
    assert!(other.lead().await.expect("an answer").is_none());
    assert!(lead.holds().await);
    lead.resign().await;
    let mut next = other.lead().await.expect("an answer").expect("the lead");
    let Place::Server(address) = &place else {
        unreachable!("it is a server");
    };
    postgres::shared().sql(address, KILL);
    assert!(!next.holds().await, "its connection is gone");
    assert!(one.lead().await.expect("an answer").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_killed_lose_nothing_and_double_nothing() {
    let place = Place::server();
    let Place::Server(address) = &place else {
        unreachable!("it is a server");
    };
    let store = Arc::new(place.open().await);
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..40_i64 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let delivery = NewDelivery {
                id: format!("d{at}"),
                event: "push".to_owned(),
            };
            let jobs = [job("shared"), job(&format!("own {at}"))];
            // As a sender does that got no answer: with the same delivery.
            while store.note(Some(&delivery), &jobs, 10).await.is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    for _ in 0..5 {
        let address = address.clone();
        let killed = tokio::task::spawn_blocking(move || postgres::shared().sql(&address, KILL));
        killed.await.expect("killed");
    }
    tasks.join_all().await;
    let mut revisions = std::collections::BTreeMap::new();
    while let Some(job) = next_job(&store, 20).await {
        revisions.insert(job.name, job.revision);
    }
    assert_eq!(revisions.len(), 41);
    assert_eq!(revisions["shared"], 40, "each delivery counted once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_is_waited_for() {
    let cluster = Arc::new(postgres::Cluster::start());
    let database = Database::of(&cluster.database(), None, 4).expect("an address");
    let store = Store::open(&database).await.expect("a database");
    store.note(None, &[job("a")], 10).await.expect("noted");
    let taken = next_job(&store, 10).await.expect("a job");
    let of = Arc::clone(&cluster);
    tokio::task::spawn_blocking(move || of.restart())
        .await
        .expect("restarted");
    // The first question may meet a connection that is gone; what it says, passes.
    let outcome = Outcome {
        queued: vec![queued("1", "s")],
        ..Outcome::default()
    };
    let kept = loop {
        match store.finish_job(&taken, &outcome, 20).await {
            Ok(kept) => break kept,
            Err(error) => assert!(error.is_transient(), "{error:?}"),
        }
    };
    assert!(kept);
    assert_eq!(next_name(&store).await.as_deref(), Some("1"));
    let of = Arc::clone(&cluster);
    tokio::task::spawn_blocking(move || of.stop())
        .await
        .expect("stopped");
    let error = store
        .note(None, &[job("b")], 30)
        .await
        .expect_err("it is gone");
    assert!(error.is_transient(), "{error:?}");
    let of = Arc::clone(&cluster);
    tokio::task::spawn_blocking(move || of.go_on())
        .await
        .expect("started");
    while store.note(None, &[job("b")], 30).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(next_job(&store, 30).await.expect("a job").name, "b");
}

#[tokio::test]
async fn two_processes_open_a_new_database_at_once() {
    let place = Place::server();
    let (one, other) = tokio::join!(place.open(), place.open());
    one.note(None, &[job("a")], 10).await.expect("noted");
    assert_eq!(next_job(&other, 10).await.expect("a job").name, "a");
    assert_eq!(next_job(&one, 10).await, None);
}

#[tokio::test]
async fn mistakes_are_told_and_passwords_are_not() {
    let password = "a%20se/cr?et&x";
    let shared = postgres::shared().database();
    let missing = shared.replace("///t", "///nowhere");
    let database = Database::of(&missing, Some(password.to_owned()), 1).expect("an address");
    let error = Store::open(&database).await.expect_err("it is not there");
    assert!(error.is_mistake() && !error.is_transient(), "{error:?}");
    let said = format!("{error} {error:?} {database:?}");
    assert!(said.contains("make it first"), "{said}");
    assert!(!said.contains("se/cr"), "{said}");
    for with in ["postgres://u:secret@h/d", "postgres://h/d?password=secret"] {
        let said = Database::of(with, None, 1).expect_err("a password");
        assert!(
            said.contains("database_password") && !said.contains("secret"),
            "{said}"
        );
    }
    assert_eq!(
        Database::of("a/b.db", None, 1),
        Ok(Database::File("a/b.db".into()))
    );
}

#[tokio::test]
async fn a_password_opens_what_it_is_for() {
    let cluster = postgres::shared();
    let address = cluster.database();
    cluster.sql(
        &address,
        "CREATE ROLE keeper LOGIN PASSWORD 'a%20se/cr?et&x' SUPERUSER",
    );
    let address = address.replace("user=uapi", "user=keeper");
    // The cluster asks nobody for one; that it is handed over whole, the driver's own reading tells.
    let database =
        Database::of(&address, Some("a%20se/cr?et&x".to_owned()), 1).expect("an address");
    let Database::Server(server) = &database else {
        unreachable!("it is a server");
    };
    let handed = server.secret_url();
    let handed = handed.query_pairs().find(|(name, _)| name == "password");
    assert_eq!(handed.expect("it is there").1, "a%20se/cr?et&x");
    Store::open(&database).await.expect("it is let in");
}
