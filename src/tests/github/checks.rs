//! Check runs, commit statuses and SARIF: within every limit, and never twice.

use super::{HEAD, LINUX, changes, installed, linux, person};
use crate::support::github::{Fake, Fault, Run};
use serde_json::json;
use uapi_check::github::{
    Annotation, Button, Check, CheckConclusion, CheckState, Level, Output, SarifUpload, Status,
    StatusState,
};

fn annotation(line: u32) -> Annotation {
    Annotation {
        path: "include/uapi/linux/xfrm.h".to_owned(),
        start_line: line,
        end_line: line,
        level: Level::Failure,
        message: format!("line {line}"),
        title: "enum-inserted-not-appended".to_owned(),
        raw_details: None,
    }
}

fn check(annotations: u32) -> Check {
    Check {
        name: "uapi/verdict".to_owned(),
        head: HEAD.to_owned(),
        external_id: "digest-1".to_owned(),
        details_url: Some("https://uapi.example.org/runs/1".to_owned()),
        state: CheckState::Completed(CheckConclusion::Failure),
        output: Some(Output {
            title: "1 break".to_owned(),
            summary: "One enumerator moved.".to_owned(),
            text: None,
            annotations: (1..=annotations).map(annotation).collect(),
        }),
        actions: vec![Button {
            label: "Check again".to_owned(),
            description: "Examines this commit anew".to_owned(),
            identifier: "recheck".to_owned(),
        }],
    }
}

/// The lines that a run has annotations at.
fn lines(run: &Run) -> Vec<u64> {
    run.annotations
        .iter()
        .filter_map(|it| it["start_line"].as_u64())
        .collect()
}

fn only(fake: &Fake) -> Run {
    let runs = fake.runs();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs[0].clone()
}

#[tokio::test]
async fn annotations_go_in_batches_of_fifty_in_order() {
    for (count, requests) in [
        (0, 1),
        (1, 1),
        (50, 1),
        (51, 2),
        (100, 2),
        (101, 3),
        (237, 5),
    ] {
        let (fake, client) = installed();
        let id = client
            .put_check(&linux(), &check(count), None)
            .await
            .expect("it is taken");
        let run = only(&fake);
        assert_eq!(run.id, id);
        assert_eq!(lines(&run), (1..=u64::from(count)).collect::<Vec<_>>());
        assert_eq!(changes(&fake).len(), requests, "{count}");
        assert_eq!(run.fields["status"], "completed");
        assert_eq!(run.fields["conclusion"], "failure");
        assert_eq!(run.fields["head_sha"], HEAD);
        assert_eq!(run.fields["details_url"], "https://uapi.example.org/runs/1");
        assert_eq!(run.fields["actions"][0]["identifier"], "recheck");
        // What is not whole yet is not done yet.
        let posted: Vec<_> = fake
            .seen()
            .into_iter()
            .filter(|it| it.body["name"] == "uapi/verdict")
            .collect();
        let (last, first) = posted.split_last().expect("there is one");
        assert_eq!(last.body["status"], "completed");
        assert!(
            first
                .iter()
                .all(|it| it.body["status"] == "in_progress" && it.body["conclusion"].is_null())
        );
    }
}

#[tokio::test]
async fn what_stands_there_already_is_not_sent_again() {
    let (fake, client) = installed();
    let id = client
        .put_check(&linux(), &check(120), None)
        .await
        .expect("it is taken");
    let before = changes(&fake);
    for known in [None, Some(id), Some(7)] {
        assert_eq!(client.put_check(&linux(), &check(120), known).await, Ok(id));
    }
    assert_eq!(changes(&fake), before);
    assert_eq!(only(&fake).annotations.len(), 120);
}

/// Wherever it breaks off, the next try makes the same of it.
#[tokio::test]
async fn a_run_that_broke_off_is_gone_on_with() {
    for fault in [
        Fault::Cut,
        Fault::CutAfter,
        Fault::Status(502),
        Fault::Garbage,
    ] {
        for (part, before) in [
            ("POST /repos", 0),
            ("PATCH /repos", 0),
            ("PATCH /repos", 1),
            ("PATCH /repos", 2),
        ] {
            let (fake, client) = installed();
            if before > 0 {
                // The first ones go well: they are let through by faults that are none.
                for _ in 0..before {
                    fake.fail(part, 1, Fault::Garbage);
                }
                for _ in 0..before {
                    let done = client.put_check(&linux(), &check(170), None).await;
                    assert!(done.is_err());
                }
            }
            fake.fail(part, 1, fault.clone());
            let done = client.put_check(&linux(), &check(170), None).await;
            done.expect_err("it broke off");
            client
                .put_check(&linux(), &check(170), None)
                .await
                .expect("it is taken");
            let run = only(&fake);
            assert_eq!(
                lines(&run),
                (1..=170).collect::<Vec<_>>(),
                "{fault:?} {part} {before}"
            );
            assert_eq!(run.fields["conclusion"], "failure");
        }
    }
}

#[tokio::test]
async fn a_check_goes_from_queued_to_done() {
    let (fake, client) = installed();
    let mut check = check(3);
    let output = check.output.take();
    check.state = CheckState::Queued;
    let id = client
        .put_check(&linux(), &check, None)
        .await
        .expect("it is taken");
    assert_eq!(only(&fake).fields["status"], "queued");
    check.state = CheckState::InProgress;
    client
        .put_check(&linux(), &check, Some(id))
        .await
        .expect("it is taken");
    assert_eq!(only(&fake).fields["status"], "in_progress");
    check.output = output;
    check.state = CheckState::Completed(CheckConclusion::ActionRequired);
    client
        .put_check(&linux(), &check, Some(id))
        .await
        .expect("it is taken");
    let run = only(&fake);
    assert_eq!(
        (run.id, run.fields["conclusion"].clone()),
        (id, json!("action_required"))
    );
    assert_eq!(lines(&run), [1, 2, 3]);
    // What it concludes may change, for one that came to be of no interest.
    check.state = CheckState::Completed(CheckConclusion::Cancelled);
    client
        .put_check(&linux(), &check, Some(id))
        .await
        .expect("it is taken");
    let run = only(&fake);
    assert_eq!(run.fields["conclusion"], "cancelled");
    assert_eq!(lines(&run), [1, 2, 3]);
}

#[tokio::test]
async fn another_content_another_commit_and_another_app_are_other_runs() {
    let (fake, client) = installed();
    fake.foreign_run(LINUX, HEAD, "uapi/verdict", "digest-1");
    let first = client
        .put_check(&linux(), &check(1), None)
        .await
        .expect("it is taken");
    let anew = Check {
        external_id: "digest-2".to_owned(),
        ..check(1)
    };
    let second = client
        .put_check(&linux(), &anew, Some(first))
        .await
        .expect("it is taken");
    let other = Check {
        head: HEAD.replace('0', "1"),
        ..check(1)
    };
    let third = client
        .put_check(&linux(), &other, Some(first))
        .await
        .expect("it is taken");
    let ids: Vec<u64> = fake.runs().iter().skip(1).map(|run| run.id).collect();
    assert_eq!(ids, [first, second, third]);
    assert!(fake.runs()[0].annotations.is_empty());
    let own = client
        .check_runs(&linux(), HEAD, "uapi/verdict")
        .await
        .expect("they are told");
    assert_eq!(
        own.iter().map(|run| run.id).collect::<Vec<_>>(),
        [first, second]
    );
}

#[tokio::test]
async fn texts_are_cut_to_the_byte() {
    let (fake, client) = installed();
    let mut check = check(0);
    check.actions[0].label = "A label that is much too long for GitHub".to_owned();
    let long = Annotation {
        message: "€".repeat(30_000),
        title: "ä".repeat(300),
        raw_details: Some("𝄞".repeat(20_000)),
        start_line: 0,
        end_line: 0,
        ..annotation(1)
    };
    check.output = Some(Output {
        title: "ä".repeat(300),
        // 65535 characters, and twice as many bytes.
        summary: "ä".repeat(65_535),
        text: Some("€".repeat(21_846)),
        annotations: vec![long],
    });
    client
        .put_check(&linux(), &check, None)
        .await
        .expect("it is taken");
    let run = only(&fake);
    let output = &run.fields["output"];
    for name in ["summary", "text"] {
        let text = output[name].as_str().expect("a text");
        assert!(
            (65_500..=65_535).contains(&text.len()),
            "{name}: {}",
            text.len()
        );
        assert!(text.ends_with("(https://uapi.example.org/runs/1)"));
    }
    assert_eq!(run.annotations[0]["start_line"], 1);
    // A text of just that many bytes is whole.
    let whole = "ä".repeat(32_767) + "a";
    check.external_id = "digest-2".to_owned();
    check
        .output
        .as_mut()
        .expect("there is one")
        .summary
        .clone_from(&whole);
    client
        .put_check(&linux(), &check, None)
        .await
        .expect("it is taken");
    assert_eq!(fake.runs()[1].fields["output"]["summary"], whole.as_str());
}

#[tokio::test]
async fn a_person_may_set_statuses_and_make_no_checks() {
    let (fake, _) = installed();
    let client = person(&fake);
    let error = client
        .put_check(&linux(), &check(1), None)
        .await
        .expect_err("only Apps may");
    assert!(error.is_mistake(), "{error}");
    assert!(fake.runs().is_empty());
    let status = Status {
        context: "uapi/verdict".to_owned(),
        state: StatusState::Failure,
        description: "1 finding breaks programs: ".to_owned() + &"x".repeat(200),
        target_url: Some("https://uapi.example.org/runs/1".to_owned()),
    };
    client
        .put_status(&linux(), HEAD, &status)
        .await
        .expect("it is taken");
    let kept = &fake.statuses()[0];
    assert_eq!(
        (&kept["sha"], &kept["state"]),
        (&json!(HEAD), &json!("failure"))
    );
    let description = kept["description"].as_str().expect("a text");
    assert_eq!(description.chars().count(), 140);
    let error = client
        .put_status(&linux(), "main", &status)
        .await
        .expect_err("it is no commit");
    assert!(!error.may_pass(), "{error}");
    assert_eq!(fake.statuses().len(), 1);
}

#[tokio::test]
async fn sarif_is_packed_as_github_takes_it() {
    use base64::Engine;
    use std::io::Read;
    let (fake, client) = installed();
    let upload = SarifUpload {
        commit: HEAD.to_owned(),
        reference: "refs/pull/12/head".to_owned(),
        sarif: r#"{"version": "2.1.0", "runs": []}"#.to_owned(),
    };
    let id = client
        .upload_sarif(&linux(), &upload)
        .await
        .expect("it is taken");
    assert_eq!(id.as_deref(), Some("upload-1"));
    let sent = &fake.sarif()[0];
    assert_eq!(
        (&sent["commit_sha"], &sent["ref"]),
        (&json!(HEAD), &json!("refs/pull/12/head"))
    );
    let packed =
        base64::engine::general_purpose::STANDARD.decode(sent["sarif"].as_str().expect("a text"));
    let mut text = String::new();
    let packed = packed.expect("it is base64");
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .expect("it is packed");
    assert_eq!(text, upload.sarif);
    let wrong = SarifUpload {
        reference: "main".to_owned(),
        ..upload
    };
    client
        .upload_sarif(&linux(), &wrong)
        .await
        .expect_err("it is no reference");
    assert_eq!(fake.sarif().len(), 1);
}
