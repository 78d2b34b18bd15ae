//! A mail is kept once, with its cursor; what belongs together is one thread, in bounds; what is old is forgotten.

use super::runs::run;
use super::*;

both! {
    async fn a_mail_is_kept_once_with_its_cursor(place) {
        let store = place.open().await;
        assert_eq!(store.cursor("source").await.expect("an answer"), None);
        let first = batch("1", vec![mail("a", &[]), mail("a", &[]), mail("b", &["a"])]);
        let taken = store.take_in("source", &first, 100).await.expect("taken");
        assert_eq!((taken.mails, taken.left_out), (2, 0));
        // The same batch again, as after a crash.
        let taken = store.take_in("source", &first, 101).await.expect("taken");
        assert_eq!(taken.mails, 0);
        store.close().await;
        let store = place.open().await;
        let cursor = store.cursor("source").await.expect("an answer");
        assert_eq!(cursor.as_deref(), Some("1"));
        let mails = store.mails(1).await.expect("mails");
        assert_eq!(mails[0].bytes, b"the mail a");
        assert_eq!((mails.len(), mails[1].arrived), (2, 100));
    }
}

both! {
    async fn mails_that_name_each_other_are_one_thread_in_any_order(place) {
        let store = place.open().await;
        // Two answers whose first mail comes last, and one that has nothing to do with them.
        take(
            &store,
            vec![mail("b", &["a"]), mail("d", &["c"]), mail("x", &["y"])],
        )
        .await;
        take(&store, vec![mail("c", &["b"])]).await;
        take(&store, vec![mail("a", &[])]).await;
        let mut found = threads(&store).await;
        found.sort();
        assert_eq!(found, [vec!["b", "d", "c", "a"], vec!["x"]]);
    }
}

both! {
    async fn a_name_means_the_newest_that_has_it(place) {
        let store = place.open().await;
        let named = |id: &str| NewMail {
            names: vec!["title".to_owned()],
            ..mail(id, &[])
        };
        take(&store, vec![named("one"), named("two")]).await;
        take(&store, vec![mail("later", &["title"])]).await;
        let mut found = threads(&store).await;
        found.sort();
        assert_eq!(found, [vec!["one"], vec!["two", "later"]]);
    }
}

both! {
    async fn a_thread_has_bounds(place) {
        let store = place.open().await;
        let large = |id: &str, bytes: i64| NewMail {
            bytes: vec![b'x'; usize::try_from(bytes).expect("a size")],
            ..mail(id, &["root"])
        };
        let taken = take(&store, vec![large("a", THREAD_BYTES - 5), large("b", 5)]).await;
        assert_eq!((taken.mails, taken.left_out), (2, 0));
        let taken = take(&store, vec![large("c", 1)]).await;
        assert_eq!((taken.mails, taken.left_out), (0, 1));
        // One that would join it stays beside it.
        take(&store, vec![mail("other", &["else"])]).await;
        let taken = take(&store, vec![mail("bridge", &["root", "else"])]).await;
        assert_eq!((taken.mails, taken.left_out), (0, 1));
        assert_eq!(threads(&store).await.len(), 2);
    }
}

both! {
    async fn what_comes_while_a_thread_is_looked_at_keeps_it_due(place) {
        let store = place.open().await;
        take(&store, vec![mail("a", &[])]).await;
        let first = next_job(&store, 100).await.expect("a thread");
        take(&store, vec![mail("b", &["a"])]).await;
        let nothing = Outcome::default();
        assert!(finish(&store, &first, &nothing).await);
        let again = next_job(&store, 100).await.expect("it is due");
        assert_eq!(again.name, first.name);
        assert_eq!(again.revision, first.revision + 1);
        assert!(finish(&store, &again, &nothing).await);
        assert_eq!(next_job(&store, 9_999).await, None);
        // The same mail once more is no news; by another list, it is.
        take(&store, vec![mail("b", &["a"])]).await;
        assert_eq!(next_job(&store, 9_999).await, None);
        let other = NewMail {
            list: Some("other".to_owned()),
            ..mail("b", &["a"])
        };
        take(&store, vec![other]).await;
        assert!(next_job(&store, 9_999).await.is_some());
        let mails = store.mails(thread_of(&first)).await.expect("mails");
        assert_eq!(mails[1].lists.len(), 2);
    }
}

both! {
    async fn what_is_old_is_forgotten_and_what_waits_is_not(place) {
        let store = place.open().await;
        let moment = |threads: i64| Before {
            threads,
            runs: 0,
            sent: 0,
            deliveries: 0,
        };
        take(&store, vec![mail("done", &[])]).await;
        let done = next_job(&store, 100).await.expect("a thread");
        let outcome = Outcome {
            queued: vec![queued("1", "s")],
            runs: vec![run("v1 done", "fail")],
            ..Outcome::default()
        };
        assert!(finish(&store, &done, &outcome).await);
        take(&store, vec![mail("due", &[])]).await;
        assert_eq!(store.prune(&moment(50)).await.expect("pruned").threads, 0);
        let pruned = store.prune(&moment(101)).await.expect("pruned");
        assert_eq!((pruned.threads, pruned.runs), (1, 0));
        assert_eq!(store.mails(1).await.expect("mails"), []);
        assert_eq!(store.mails(2).await.expect("mails").len(), 1);
        assert_eq!(store.runs(&RunFilter::default()).await.expect("runs"), []);
        // It still is to be sent.
        assert_eq!(next_name(&store).await.as_deref(), Some("1"));
    }
}

both! {
    async fn a_thread_that_became_part_of_another_keeps_nothing_of_its_own(place) {
        let store = place.open().await;
        take(&store, vec![mail("a", &["x"]), mail("b", &["y"])]).await;
        let one = next_job(&store, 100).await.expect("a thread");
        let other = next_job(&store, 100).await.expect("a thread");
        take(&store, vec![mail("bridge", &["x", "y"])]).await;
        let outcome = Outcome {
            queued: vec![queued("1", "s")],
            ..Outcome::default()
        };
        let kept = [finish(&store, &one, &outcome).await, finish(&store, &other, &outcome).await];
        assert_eq!(kept, [true, false]);
        // The one that both are now is due again.
        let joined = next_job(&store, 100).await.expect("it is due");
        assert_eq!(joined.name, one.name);
        assert_eq!(store.mails(thread_of(&joined)).await.expect("mails").len(), 3);
    }
}

both! {
    async fn names_that_no_index_takes_stop_nothing(place) {
        let store = place.open().await;
        let long = "x".repeat(20_000);
        let hostile = NewMail {
            names: vec![format!("{long}\0")],
            list: Some("li\0st".to_owned()),
            place: Some((long.clone(), 3)),
            ..mail(&format!("a\0{long}"), &[&long, "\0"])
        };
        let range = NewRange {
            reference: format!("refs/heads/{long}"),
            before: "a".to_owned(),
            after: "b".to_owned(),
        };
        let incoming = Incoming {
            mails: vec![hostile, mail("b", &[&long])],
            ranges: vec![range],
            cursor: "\0".to_owned(),
        };
        let taken = store.take_in("source", &incoming, 100).await.expect("taken");
        assert_eq!((taken.mails, taken.ranges), (2, 1));
        assert_eq!(store.mails(1).await.expect("mails").len(), 2, "one thread");
        let again = store.take_in("source", &incoming, 100).await.expect("taken");
        assert_eq!((again.mails, again.ranges), (0, 0));
    }
}

both! {
    async fn commits_are_looked_at_once_and_again_when_the_branch_went_back(place) {
        let store = place.open().await;
        let range = |before: &str, after: &str| Incoming {
            ranges: vec![NewRange {
                reference: "refs/heads/main".to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
            }],
            ..batch("c", Vec::new())
        };
        let came = async |incoming: &Incoming| {
            let taken = store.take_in("git", incoming, 100).await;
            taken.expect("taken").ranges
        };
        assert_eq!(came(&range("a", "b")).await, 1);
        assert_eq!(came(&range("a", "b")).await, 0, "it waits");
        let first = next_job(&store, 100).await.expect("a range");
        assert_eq!((first.name.as_str(), first.kind.as_str()), ("commits 1", COMMITS));
        let known = store.range(1).await.expect("an answer").expect("a range");
        assert_eq!((known.source.as_str(), known.after_commit.as_str()), ("git", "b"));
        assert!(finish(&store, &first, &Outcome::default()).await);
        assert_eq!(came(&range("b", "a")).await, 1);
        assert_eq!(came(&range("a", "b")).await, 1);
        let names = [next_job(&store, 100).await, next_job(&store, 100).await];
        assert_eq!(names.map(|job| job.expect("a range").name), ["commits 1", "commits 2"]);
    }
}
