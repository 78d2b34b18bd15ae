//! A database in a file is of one process, and of its owner.

use super::*;

#[tokio::test]
async fn a_database_is_of_one_process_and_of_its_owner() {
    let place = Place::file();
    let store = place.open().await;
    let second = Store::open(&place.database()).await;
    assert!(matches!(second, Err(StoreError::InUse { .. })));
    drop(store);
    let nowhere = Store::open(&Database::File("/nowhere/at/all.db".into())).await;
    let said = nowhere.expect_err("no directory").to_string();
    assert!(said.contains("make it first"), "{said}");
    let place = tempfile::tempdir().expect("the system has room");
    let text = place.path().join("text");
    std::fs::write(
        &text,
        "this is no database, and longer than a header of one, so that it is read as such",
    )
    .expect("it is ours");
    assert!(Store::open(&Database::File(text)).await.is_err());
}

#[tokio::test]
async fn what_the_release_before_kept_is_there_in_this_one() {
    let place = Place::file();
    let Database::File(path) = place.database() else {
        unreachable!("it is a file");
    };
    sqlx::any::install_default_drivers();
    let address = format!(
        "sqlite://{}?mode=rwc",
        path.to_str()
            .expect("a name")
            .replace('%', "%25")
            .replace('?', "%3F")
            .replace('#', "%23")
    );
    let pool = sqlx::AnyPool::connect(&address).await.expect("a database");
    let all = sqlx::migrate!("src/store/migrations");
    let first = all
        .iter()
        .filter(|step| step.version == 1)
        .cloned()
        .collect();
    let first = sqlx::migrate::Migrator {
        migrations: std::borrow::Cow::Owned(first),
        ..sqlx::migrate::Migrator::DEFAULT
    };
    first.run(&pool).await.expect("the first release's");
    for kept in [
        "INSERT INTO threads VALUES (7, 50, 3, 1, 1, 60, 2)",
        "INSERT INTO threads VALUES (8, 50, 1, 1, 1, NULL, 0)",
        "INSERT INTO series VALUES ('v1 a', 7, 1, 'm', 'd', 't', 'fail', 50)",
        "INSERT INTO runs VALUES (1, 'v1 a', 'd', 'fail', X'28B52FFD0000010000', 50)",
        "INSERT INTO ranges VALUES (4, 'git', 'refs/heads/x', 'a', 'b', 70, 1)",
        "INSERT INTO outbox VALUES (1, 'n', 7, 'check', 's', '', '', X'', 'sending', '', 1, 50, 50, 900)",
    ] {
        sqlx::query(kept).execute(&pool).await.expect("kept");
    }
    pool.close().await;
    let store = place.open().await;
    let first = next_job(&store, 100).await.expect("a thread");
    assert_eq!(
        (first.name.as_str(), first.revision, first.attempts),
        ("thread 7", 3, 2)
    );
    let second = next_job(&store, 100).await.expect("a range");
    assert_eq!(
        (second.name.as_str(), next_job(&store, 100).await),
        ("commits 4", None)
    );
    let runs = store.runs(&RunFilter::default()).await.expect("runs");
    assert_eq!(
        (runs[0].job.as_str(), runs[0].subject.as_str()),
        ("thread 7", "v1 a")
    );
    let left = store.take_over(0, 60).await.expect("an answer");
    assert_eq!(left.expect("the entry").what.name, "n");
    assert_eq!(store.outbox("thread 7").await.expect("entries").len(), 1);
}
