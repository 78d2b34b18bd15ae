//! Runs are kept where they say something new, and found by what is in them.

use super::*;

pub(super) fn run(subject: &str, conclusion: &str) -> NewRun {
    NewRun {
        subject: subject.to_owned(),
        title: format!("Title of {subject}"),
        head: "h".to_owned(),
        conclusion: conclusion.to_owned(),
        digest: conclusion.to_owned(),
        report: format!("{{\"of\": \"{subject}\"}}").into_bytes(),
        findings: vec![RunFinding {
            fingerprint: format!("f-{subject}"),
            rule: "struct-grown".to_owned(),
            verdict: "review".to_owned(),
            subject: format!("struct s_{subject}"),
            header: "linux/demo.h".to_owned(),
        }],
        approvals: vec![RunApproval {
            section: "NETWORKING [GENERAL]".to_owned(),
            state: "missing".to_owned(),
            ..RunApproval::default()
        }],
        at: 100,
        ..NewRun::default()
    }
}

async fn keep_runs(store: &Store, runs: &[NewRun]) {
    for run in runs {
        let outcome = Outcome {
            runs: vec![run.clone()],
            ..Outcome::default()
        };
        keep(store, &outcome).await;
    }
}

async fn subjects(store: &Store, filter: RunFilter) -> Vec<String> {
    let limit = match filter.limit {
        0 => 50,
        limit => limit,
    };
    let rows = store.runs(&RunFilter { limit, ..filter }).await;
    let rows = rows.expect("runs").into_iter();
    rows.map(|row| row.subject).collect()
}

both! {
    async fn a_run_that_says_the_same_of_the_same_commit_is_kept_once(place) {
        let store = place.open().await;
        let numbered = NewRun {
            id: Some(store.reserve_run().await.expect("a number")),
            ..run("a", "pass")
        };
        let other_head = NewRun {
            head: "i".to_owned(),
            ..run("a", "pass")
        };
        let runs = [run("a", "pass"), run("a", "pass"), run("a", "fail"), other_head, numbered.clone()];
        keep_runs(&store, &runs).await;
        let rows = store.runs(&RunFilter { limit: 9, ..RunFilter::default() }).await.expect("runs");
        let kept: Vec<(i64, &str)> = rows.iter().map(|row| (row.id, row.conclusion.as_str())).collect();
        assert_eq!(kept, [(4, "pass"), (3, "fail"), (2, "pass"), (1, "pass")]);
        assert_eq!(store.latest_run().await.expect("a number"), 4);
        let first = store.run(1).await.expect("an answer").expect("a run");
        assert_eq!(first.report, numbered.report);
        assert_eq!(store.run(5).await.expect("an answer"), None);
        assert_eq!(store.run_findings(1).await.expect("findings"), numbered.findings);
        assert_eq!(store.run_approvals(1).await.expect("approvals"), numbered.approvals);
    }
}

both! {
    async fn runs_are_found_by_what_is_in_them(place) {
        let store = place.open().await;
        let odd = NewRun {
            title: "100% of A_B \\ Ünïcode\0".to_owned(),
            ..run("octo/linux#12", "fail")
        };
        keep_runs(&store, &[run("net", "pass"), odd, run("mm", "needs-approval")]).await;
        let by_text = async |text: &str| {
            let text = Some(text.to_owned());
            subjects(&store, RunFilter { text, ..RunFilter::default() }).await
        };
        for (text, found) in [
            ("TITLE OF", vec!["mm", "net"]),
            ("100%", vec!["octo/linux#12"]),
            ("a_b \\ ünï", vec!["octo/linux#12"]),
            ("ÜNÏ", vec!["octo/linux#12"]),
            ("aXb", vec![]),
            ("1%0", vec![]),
            ("struct s_mm", vec!["mm"]),
            ("STRUCT-GROWN", vec!["mm", "octo/linux#12", "net"]),
            ("networking [general]", vec!["mm", "octo/linux#12", "net"]),
            ("' OR 1=1 --", vec![]),
            ("  ", vec!["mm", "octo/linux#12", "net"]),
        ] {
            assert_eq!(by_text(text).await, found, "{text}");
        }
        let some = |text: &str| Some(text.to_owned());
        for (filter, found) in [
            (RunFilter { conclusion: some("fail"), ..RunFilter::default() }, vec!["octo/linux#12"]),
            (RunFilter { subject: some("mm"), ..RunFilter::default() }, vec!["mm"]),
            (RunFilter { subject: some("m"), ..RunFilter::default() }, vec![]),
            (RunFilter { rule: some("struct-grown"), limit: 1, ..RunFilter::default() }, vec!["mm"]),
            (RunFilter { rule: some("struct"), ..RunFilter::default() }, vec![]),
            (RunFilter { fingerprint: some("f-net"), ..RunFilter::default() }, vec!["net"]),
            (RunFilter { before: Some(3), limit: 1, ..RunFilter::default() }, vec!["octo/linux#12"]),
            (RunFilter { conclusion: some("fail"), before: Some(2), ..RunFilter::default() }, vec![]),
        ] {
            assert_eq!(subjects(&store, filter.clone()).await, found, "{filter:?}");
        }
        assert_eq!(store.failed_since("pull", 99).await.expect("a number"), 1);
        assert_eq!(store.failed_since("pull", 100).await.expect("a number"), 0);
        assert_eq!(store.failed_since("thread", 99).await.expect("a number"), 0);
    }
}

both! {
    async fn old_runs_are_forgotten_and_new_ones_are_not(place) {
        let store = place.open().await;
        let new = NewRun {
            at: 300,
            ..run("new", "pass")
        };
        keep_runs(&store, &[run("old", "pass"), new]).await;
        store.set_posted("old", "1", 100).await.expect("noted");
        store.set_posted("new", "2", 300).await.expect("noted");
        let before = Before {
            threads: 200,
            runs: 200,
            sent: 200,
            deliveries: 200,
        };
        assert_eq!(store.prune(&before).await.expect("pruned").runs, 1);
        assert_eq!(subjects(&store, RunFilter::default()).await, ["new"]);
        assert_eq!(store.run_findings(1).await.expect("findings"), []);
        assert_eq!(store.run_findings(2).await.expect("findings").len(), 1);
        assert_eq!(store.posted("old").await.expect("an answer"), None);
        assert_eq!(store.posted("new").await.expect("an answer").as_deref(), Some("2"));
    }
}

both! {
    async fn numbers_tell_what_there_is_to_do(place) {
        let store = place.open().await;
        assert_eq!(store.numbers(0).await.expect("numbers"), Numbers::default());
        store.answers().await.expect("an answer");
        store.note(None, &[job("a"), job("b"), job("c")], 10).await.expect("noted");
        let taken = next_job(&store, 10).await.expect("a job");
        let numbers = store.numbers(20).await.expect("numbers");
        assert_eq!((numbers.due, numbers.running, numbers.oldest), (2, 1, Some(10)));
        let outcome = Outcome {
            queued: vec![queued("1", "s"), queued("2", "t")],
            runs: vec![run("a", "pass")],
            ..Outcome::default()
        };
        assert!(finish(&store, &taken, &outcome).await);
        next_name(&store).await;
        let numbers = store.numbers(20).await.expect("numbers");
        assert_eq!((numbers.outbox["pending"], numbers.outbox["sending"]), (1, 1));
        assert_eq!((numbers.runs, numbers.running, numbers.oldest_queued), (1, 0, Some(200)));
    }
}
