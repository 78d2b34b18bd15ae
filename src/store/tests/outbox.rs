//! What was queued is taken by one, in order, sent once, and never lost.

use super::*;

both! {
    async fn an_entry_is_queued_once_and_nothing_overtakes_in_its_slot(place) {
        let store = place.open().await;
        queue(&store, vec![queued("1", "s"), queued("2", "t")]).await;
        queue(&store, vec![queued("1", "s")]).await;
        let first = next_item(&store, 1_000).await.expect("an entry");
        assert_eq!(first.what.name, "1");
        // While the first is on its way, a later one of its slot waits.
        queue(&store, vec![queued("3", "s")]).await;
        assert_eq!(next_name(&store).await.as_deref(), Some("2"));
        assert_eq!(next_name(&store).await, None);
        assert!(store.sent(&first, &After::Sent).await.expect("noted"));
        assert_eq!(next_name(&store).await.as_deref(), Some("3"));
        // Noted a second time, nothing changes.
        let failed = After::Failed("late".to_owned());
        assert!(!store.sent(&first, &failed).await.expect("an answer"));
        // What was not taken yet when something newer came is not sent any more.
        queue(&store, vec![queued("4", "u")]).await;
        queue(&store, vec![queued("5", "u")]).await;
        assert_eq!(next_name(&store).await.as_deref(), Some("5"));
        assert_eq!(next_name(&store).await, None);
    }
}

both! {
    async fn what_was_on_its_way_when_the_process_died_is_taken_over(place) {
        let store = place.open().await;
        queue(&store, vec![queued("1", "s"), queued("2", "t")]).await;
        let dead = next_item(&store, 1_000).await.expect("an entry");
        // While its time runs, it is nobody else's.
        assert_eq!(store.take_over(1_059, 60).await.expect("an answer"), None);
        let left = store.take_over(1_060, 60).await.expect("an answer");
        let left = left.expect("the entry");
        assert_eq!(left.what.name, "1");
        assert_eq!((left.state, left.attempts), (State::Sending, 2));
        // Who had it before comes back too late.
        assert!(!store.renew(&dead, 1_061, 60).await.expect("an answer"));
        assert!(!store.sent(&dead, &After::Sent).await.expect("an answer"));
        assert!(store.renew(&left, 1_061, 60).await.expect("an answer"));
        let again = After::Again {
            due: 5_000,
            why: "w".to_owned(),
        };
        assert!(store.sent(&left, &again).await.expect("noted"));
        assert_eq!(next_name(&store).await.as_deref(), Some("2"));
        assert_eq!(next_name(&store).await, None);
        let (due, waiting) = store.waiting().await.expect("an answer");
        assert_eq!((due, waiting), (Some(1_060), 1), "the second is on its way");
    }
}

both! {
    async fn many_deliver_and_each_entry_is_taken_once_and_in_order(place) {
        let store = std::sync::Arc::new(place.open().await);
        let entries = (0..60).map(|at| queued(&format!("{at:03}"), &format!("s{at}")));
        queue(&store, entries.collect()).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = std::sync::Arc::clone(&store);
            tasks.spawn(async move {
                let mut names = Vec::new();
                while let Some(item) = next_item(&store, 1_000).await {
                    assert!(store.sent(&item, &After::Sent).await.expect("noted"));
                    names.push(item.what.name);
                }
                names
            });
        }
        let mut all: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        all.sort();
        let expected: Vec<String> = (0..60).map(|at| format!("{at:03}")).collect();
        assert_eq!(all, expected);
    }
}

both! {
    async fn mails_are_counted_by_person_and_time(place) {
        let store = place.open().await;
        let to = |name: &str, person: &str, dropped: Option<&str>| Queued {
            kind: "mail".to_owned(),
            person: person.to_owned(),
            dropped: dropped.map(str::to_owned),
            ..queued(name, name)
        };
        let all = vec![
            to("1", "a", None),
            to("2", "b", None),
            to("3", "a", Some("too many")),
        ];
        queue(&store, all).await;
        let count = async |since: i64, person: Option<&str>| {
            store.mails_since(since, person).await.expect("a number")
        };
        assert_eq!(count(0, None).await, 2);
        assert_eq!(count(0, Some("a")).await, 1);
        assert_eq!(count(0, Some("c")).await, 0);
        assert_eq!(count(200, None).await, 0);
    }
}
