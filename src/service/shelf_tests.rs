//! A directory that two machines see; and places that are none, or do not answer.

use super::*;

fn shelf(url: &str) -> Result<Arc<Shelf>, String> {
    let url = Url::parse(url).expect("an address");
    Shelf::open(&url).map(Arc::new)
}

/// Asks as the engine does: from a thread that may wait.
async fn ask(shelf: &Arc<Shelf>, name: &'static str, longest: u64) -> Option<Vec<u8>> {
    let shelf = Arc::clone(shelf);
    let asked = tokio::task::spawn_blocking(move || shelf.get(name, longest));
    asked.await.expect("it asks")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_hands_over_another_gets() {
    let place = tempfile::tempdir().expect("the system has room");
    let url = format!("file://{}/deep", place.path().display());
    let (one, other) = (shelf(&url).expect("a place"), shelf(&url).expect("a place"));
    assert_eq!(ask(&other, "ab/cd", 100).await, None);
    one.put("ab/cd", b"an entry".to_vec());
    while ask(&other, "ab/cd", 100).await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        ask(&other, "ab/cd", 8).await.as_deref(),
        Some(&b"an entry"[..])
    );
    assert_eq!(ask(&other, "ab/cd", 7).await, None, "longer than asked for");
    let file = std::fs::read(place.path().join("deep/ab/cd"));
    assert_eq!(file.expect("it is there"), b"an entry");
    // Larger than what may wait: left out, and nothing is harmed.
    one.put("ab/large", vec![0; WAITING_BYTES + 1]);
    one.put("ab/small", b"x".to_vec());
    while ask(&other, "ab/small", 100).await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&other, "ab/large", u64::MAX).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_fails_is_left_alone() {
    let place = tempfile::tempdir().expect("the system has room");
    let file = place.path().join("file");
    std::fs::write(&file, "no directory").expect("it is ours");
    let broken = shelf(&format!("file://{}/x", file.display())).expect("an address");
    broken.put("ab/cd", b"x".to_vec());
    while !broken.health.is_left_alone() {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&broken, "ab/cd", 100).await, None);
}

#[tokio::test]
async fn other_kinds_of_places_are_mistakes() {
    for url in ["http://example.org/x", "memory:///", "s3://u:p@bucket/x"] {
        let said = shelf(url).expect_err(url);
        assert!(
            said.starts_with("cache.url") && !said.contains(":p@"),
            "{said}"
        );
    }
}
