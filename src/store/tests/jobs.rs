//! A job is one thing however often it is asked for, one has it at a time, and who lost it keeps nothing.

use super::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

fn delivery(id: &str) -> NewDelivery {
    NewDelivery {
        id: id.to_owned(),
        event: "pull_request".to_owned(),
    }
}

both! {
    async fn a_delivery_counts_once_and_a_job_is_one_thing(place) {
        let store = place.open().await;
        let jobs = [job("pull o/r#1"), job("pull o/r#2")];
        let noted = store.note(Some(&delivery("one")), &jobs, 10).await;
        assert_eq!(noted.expect("noted"), Noted::New);
        let noted = store.note(Some(&delivery("one")), &[job("pull o/r#3")], 10).await;
        assert_eq!(noted.expect("noted"), Noted::Known);
        let later = NewJob {
            payload: b"later".to_vec(),
            ..job("pull o/r#1")
        };
        let noted = store.note(Some(&delivery("two")), &[later], 20).await;
        assert_eq!(noted.expect("noted"), Noted::New);
        assert_eq!(next_job(&store, 9).await, None, "not before its time");
        let second = next_job(&store, 30).await.expect("a job");
        let first = next_job(&store, 30).await.expect("a job");
        assert_eq!((second.name.as_str(), second.revision), ("pull o/r#2", 1));
        assert_eq!((first.name.as_str(), first.revision), ("pull o/r#1", 2));
        assert_eq!(first.payload, b"later");
        assert_eq!(next_job(&store, 30).await, None);
    }
}

both! {
    async fn what_is_asked_for_while_it_is_looked_at_is_looked_at_again(place) {
        let store = place.open().await;
        store.note(None, &[job("pull")], 10).await.expect("noted");
        let taken = next_job(&store, 10).await.expect("a job");
        store.note(None, &[job("pull")], 11).await.expect("noted");
        assert_eq!(next_job(&store, 12).await, None, "somebody has it");
        let outcome = Outcome {
            again: Some(500),
            ..Outcome::default()
        };
        assert!(finish(&store, &taken, &outcome).await);
        let again = next_job(&store, 12).await.expect("it is due");
        assert_eq!(again.revision, 2);
        assert!(finish(&store, &again, &outcome).await);
        assert_eq!(next_job(&store, 499).await, None);
        assert_eq!(store.next_job().await.expect("an answer"), Some(500));
        assert!(next_job(&store, 500).await.is_some());
    }
}

both! {
    async fn who_comes_back_after_another_took_it_keeps_nothing(place) {
        let store = place.open().await;
        store.note(None, &[job("pull")], 10).await.expect("noted");
        let slow = next_job(&store, 10).await.expect("a job");
        assert_eq!(next_job(&store, 69).await, None);
        assert!(store.renew_job(&slow, 69, 60).await.expect("an answer"));
        assert_eq!(next_job(&store, 128).await, None);
        let quick = next_job(&store, 129).await.expect("its time is over");
        assert_eq!((quick.attempts, quick.token), (slow.attempts + 1, slow.token + 1));
        let outcome = Outcome {
            queued: vec![queued("1", "s")],
            runs: vec![super::runs::run("pull", "pass")],
            ..Outcome::default()
        };
        assert!(!store.renew_job(&slow, 130, 60).await.expect("an answer"));
        assert!(!finish(&store, &slow, &outcome).await);
        assert!(!store.postpone_job(&slow, None, "w").await.expect("an answer"));
        assert!(!store.return_job(&slow).await.expect("an answer"));
        assert_eq!(next_name(&store).await, None);
        assert_eq!(store.latest_run().await.expect("a number"), 0);
        assert!(finish(&store, &quick, &outcome).await);
        assert_eq!(next_name(&store).await.as_deref(), Some("1"));
        // The same once more, as after an answer that was lost.
        assert!(!finish(&store, &quick, &outcome).await);
        assert_eq!(store.runs(&RunFilter::default()).await.expect("runs").len(), 1);
    }
}

both! {
    async fn what_failed_is_tried_again_or_given_up(place) {
        let store = place.open().await;
        let standing = async |now: i64| store.standing("pull", now).await.expect("an answer");
        assert_eq!(standing(0).await, None);
        store.note(None, &[job("pull")], 10).await.expect("noted");
        assert_eq!(standing(0).await, Some(Standing::Waiting(10)));
        let first = next_job(&store, 10).await.expect("a job");
        assert_eq!(standing(10).await, Some(Standing::Running));
        assert!(store.postpone_job(&first, Some(40), "w").await.expect("an answer"));
        assert_eq!(next_job(&store, 39).await, None);
        let second = next_job(&store, 40).await.expect("a job");
        assert_eq!((first.attempts, second.attempts), (0, 1));
        assert!(store.return_job(&second).await.expect("an answer"));
        let third = next_job(&store, 40).await.expect("at once");
        assert_eq!(third.attempts, 1, "what was not begun counts for nothing");
        assert!(store.postpone_job(&third, None, "no\0").await.expect("an answer"));
        assert_eq!(next_job(&store, 9_999).await, None);
        assert!(matches!(standing(50).await, Some(Standing::GivenUp(why)) if why.starts_with("no")));
        assert_eq!(store.numbers(50).await.expect("numbers").given_up, 1);
        store.note(None, &[job("pull")], 60).await.expect("noted");
        let again = next_job(&store, 60).await.expect("it was asked for");
        assert_eq!(again.attempts, 0);
        assert!(finish(&store, &again, &Outcome::default()).await);
        assert_eq!(standing(70).await, Some(Standing::Done));
    }
}

both! {
    async fn many_take_and_each_job_is_taken_once(place) {
        let store = Arc::new(place.open().await);
        let all: Vec<NewJob> = (0..80).map(|at| job(&format!("job {at}"))).collect();
        store.note(None, &all, 10).await.expect("noted");
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                let mut names = Vec::new();
                while let Some(job) = next_job(&store, 20).await {
                    let outcome = Outcome {
                        queued: vec![queued(&job.name, &job.name)],
                        ..Outcome::default()
                    };
                    assert!(finish(&store, &job, &outcome).await);
                    names.push(job.name);
                }
                names
            });
        }
        let taken: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        let different: BTreeSet<&String> = taken.iter().collect();
        assert_eq!((taken.len(), different.len()), (80, 80));
        assert_eq!(store.numbers(20).await.expect("numbers").outbox["pending"], 80);
    }
}

both! {
    async fn many_deliveries_at_once_lose_none(place) {
        let store = Arc::new(place.open().await);
        let mut tasks = JoinSet::new();
        for at in 0..60_i64 {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                // Each twice, and in two orders of the same jobs.
                let mut jobs = vec![job("a"), job("b"), job("c")];
                if at % 2 == 0 {
                    jobs.reverse();
                }
                let delivery = delivery(&format!("d{}", at / 2));
                store.note(Some(&delivery), &jobs, at).await.expect("noted")
            });
        }
        let noted = tasks.join_all().await;
        let new = noted.iter().filter(|noted| **noted == Noted::New);
        assert_eq!(new.count(), 30);
        let taken = next_job(&store, 100).await.expect("a job");
        assert_eq!(taken.revision, 30, "each counted");
    }
}

both! {
    async fn what_was_posted_is_known_by_its_slot(place) {
        let store = place.open().await;
        let posted = async || store.posted("comment o/r#1").await.expect("an answer");
        assert_eq!(posted().await, None);
        for remote in ["17", "18"] {
            store.set_posted("comment o/r#1", remote, 10).await.expect("noted");
            assert_eq!(posted().await.as_deref(), Some(remote));
        }
    }
}
