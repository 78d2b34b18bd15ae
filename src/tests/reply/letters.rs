//! A series that git made and sent becomes an answer; what Patchwork, git, b4 and we ourselves make of that answer.

use super::{LIST, python, voice};
use crate::support::series::{Series as Kernel, header};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use uapi_check::extract::pool::Options;
use uapi_check::judge::Catalogue;
use uapi_check::mail::{self, Mailbox, Message, Series};
use uapi_check::pipeline::{self, Engine, HeaderChoice, PatchSet, Request};
use uapi_check::reply::{self, Answer, Letter, Own, Silence, Told, Why};
use uapi_check::report::Report;
use uapi_check::source::ReleaseChoice;

const STATS: &str = "include/uapi/linux/demo_stats.h";
const OTHER: &str = "include/uapi/linux/demo_other.h";

fn stats(fields: &str) -> String {
    header(
        "DEMO_STATS",
        &format!("struct demo_stats {{\n{fields}\n}};"),
    )
}

/// Mails of a series, and the kernel that they are for.
struct World {
    kernel: Kernel,
    mails: TempDir,
}

impl World {
    /// Each commit with a subject and texts of files.
    fn new(commits: &[(&str, &str, String)], options: &[&str]) -> Self {
        let mut kernel = Kernel::released(&[
            (STATS, &stats("__u32 a;\n__u32 b;")),
            (
                "MAINTAINERS",
                "DEMO\nM:\tAnn Example <ann@example.org>\nS:\tMaintained\nF:\tinclude/uapi/linux/demo*\n",
            ),
        ]);
        for (subject, path, text) in commits {
            kernel.commit(subject, &[(path, text)]);
        }
        let mails = tempfile::tempdir().expect("the system has room");
        let output = Command::new("git")
            .current_dir(kernel.repository.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args([
                "-c",
                "user.name=Eva Größe",
                "-c",
                "user.email=eva@example.org",
            ])
            .args([
                "format-patch",
                "-q",
                "--thread=shallow",
                "--base=v6.1",
                "--from=Eva Größe <eva@example.org>",
            ])
            .arg(format!("--to={LIST}"))
            .args(options)
            .arg("-o")
            .arg(mails.path())
            .arg(kernel.range())
            .output()
            .expect("git is installed");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self { kernel, mails }
    }

    fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.mails.path()).expect("it is there");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        let text = |path: &std::path::PathBuf| std::fs::read(path).expect("a mail");
        let each = paths.iter().map(text);
        each.map(|text| mail::split(&text)[0].to_vec()).collect()
    }

    fn series(&self) -> Series {
        let threads = Mailbox::read(self.files()).threads();
        assert_eq!(threads.len(), 1);
        threads[0].series(None).expect("there is one")
    }

    fn report(&self, series: &Series) -> Report {
        let options = Options {
            program: env!("CARGO_BIN_EXE_uapi-check").into(),
            jobs: 1,
            deadline: Duration::from_secs(20),
            memory_bytes: 2 << 30,
        };
        let request = Request {
            repository: self.kernel.repository.path(),
            range: None,
            targets: Some(vec!["x86_64".to_owned()]),
            released: ReleaseChoice::LastTag,
            catalogue: Catalogue::embedded().expect("a test of it reads it"),
            directories: None,
            headers: HeaderChoice::default(),
            thorough: false,
            said: Vec::new(),
            authority: None,
        };
        let set = PatchSet {
            series: series.clone(),
            base: None,
            trees: Vec::new(),
            unread: Vec::new(),
        };
        pipeline::check_patches(request, &set, &Engine::new(options), &|_| ())
            .expect("it can be examined")
    }

    fn answer(&self) -> Answer {
        let series = self.series();
        reply::answer(&self.report(&series), &series, &voice(), None, None)
    }

    fn letter(&self) -> Letter {
        match self.answer() {
            Answer::Letter(letter) => *letter,
            Answer::Nothing(why) => panic!("{why:?}"),
        }
    }
}

/// An addition, a break, and a second one.
fn three() -> Vec<(&'static str, &'static str, String)> {
    let other = |fields: &str| header("OTHER", &format!("struct other {{\n{fields}\n}};"));
    vec![
        ("other: größer", OTHER, other("__u32 a;")),
        (
            "stats: break it",
            STATS,
            stats("__u32 n;\n__u32 a;\n__u32 b;"),
        ),
        (
            "stats: once more",
            STATS,
            stats("__u32 n;\n__u32 a;\n__u64 b;"),
        ),
    ]
}

#[test]
fn the_answer_is_what_a_reviewer_would_send() {
    let world = World::new(
        &three(),
        &["--cover-letter", "--subject-prefix=PATCH net-next"],
    );
    let series = world.series();
    let letter = world.letter();
    let read = python(&letter.bytes(1_795_464_000));
    let patch = &series.patches[1];
    assert_eq!(read["defects"], serde_json::json!([]));
    assert_eq!(read["filed"], "comment");
    assert_eq!(read["subject"], "Re: [PATCH net-next 2/3] stats: break it");
    assert_eq!(read["answers"], format!("<{}>", patch.message_id));
    let cover = &series.cover.as_ref().expect("one").message_id;
    assert_eq!(
        read["references"],
        serde_json::json!([format!("<{cover}>"), format!("<{}>", patch.message_id)])
    );
    assert_eq!(
        read["to"],
        serde_json::json!([["Eva Größe", "eva@example.org"]])
    );
    assert_eq!(read["cc"], serde_json::json!([["", LIST]]));
    assert_eq!(
        read["reply_to"],
        serde_json::json!([["Hu Män", "hu@example.org"]])
    );
    assert_eq!(
        (&read["type"], &read["charset"]),
        (&"text/plain".into(), &"utf-8".into())
    );
    assert_eq!(read["encoding"], "8bit");
    assert_eq!(read["date"], "2026-11-23T20:00:00+00:00");
    assert_eq!(read["trailers"], serde_json::json!([]));
    assert_eq!(read["body"], letter.body);
    // The judge knows a patch, and what is to be left out.
    assert_eq!(python(&world.files()[2])["filed"], "patch");
    let mut hidden = voice();
    hidden.hide_from_patchwork = true;
    let Answer::Letter(hidden) =
        reply::answer(&world.report(&series), &series, &hidden, None, None)
    else {
        panic!("a letter");
    };
    assert_eq!(python(&hidden.bytes(0))["filed"], "dropped");
    let body = letter.body.as_str();
    assert!(
        body.contains("> +__u32 n;\n\ninclude/uapi/linux/demo_stats.h:6, patch 2/3"),
        "{body}"
    );
    assert!(!body.contains("__u32 b;\n\n"), "of the third patch: {body}");
    assert!(
        body.contains("Who has still to agree:\n- DEMO (missing): Ann Example"),
        "{body}"
    );
    assert!(body.contains("linux-api@vger.kernel.org"), "{body}");
}

#[test]
fn each_quoted_line_is_one_of_the_patch_and_each_finding_below_its_own() {
    let world = World::new(&three(), &[]);
    let letter = world.letter();
    let mail = String::from_utf8(world.files().remove(1)).expect("it is UTF-8");
    let quoted = letter
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("> "));
    let quoted: Vec<&str> = quoted.collect();
    assert!(quoted.len() > 3);
    let mut lines = mail.lines();
    for line in quoted.iter().filter(|line| **line != "[...]") {
        assert!(
            lines.any(|sent| sent == *line),
            "{line} is not in the mail, or not there:\n{}",
            letter.body
        );
    }
}

#[test]
fn git_finds_no_patch_in_it_and_b4_no_trailer() {
    let world = World::new(&three(), &["--cover-letter"]);
    let bytes = world.letter().bytes(1_795_464_000);
    let place = tempfile::tempdir().expect("the system has room");
    let at = |name: &str| place.path().join(name);
    std::fs::write(at("mail"), &bytes).expect("there is room");
    let output = Command::new("git")
        .args(["mailinfo", "-m"])
        .args([at("message"), at("patch")])
        .stdin(std::fs::File::open(at("mail")).expect("it was written"))
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(std::fs::read(at("patch")).expect("git wrote it"), b"");
    let mut thread = world.files();
    let without = b4(&thread);
    thread.push(bytes);
    assert_eq!(b4(&thread), without);
    assert!(without.contains("stats: break it"));
    // A reviewer's answer does change it.
    let id = &world.series().patches[1].message_id;
    let reviewed = format!(
        "From: Rev <rev@example.org>\nSubject: Re: [PATCH 2/3] stats: break it\nMessage-ID: <r@example.org>\n\
         Date: Mon, 23 Nov 2026 20:00:00 +0000\nIn-Reply-To: <{id}>\n\nReviewed-by: Rev <rev@example.org>\n"
    );
    thread.push(reviewed.into_bytes());
    assert_ne!(b4(&thread), without);
}

/// What `b4 am` makes of a thread.
fn b4(mails: &[Vec<u8>]) -> String {
    let place = tempfile::tempdir().expect("the system has room");
    let at = |name: &str| place.path().join(name);
    let config = "[b4]\n\tattestation-policy = off\n[user]\n\tname = X\n\temail = x@example.org\n";
    std::fs::write(at(".gitconfig"), config).expect("there is room");
    std::fs::create_dir(at("out")).expect("there is room");
    let mut mbox = Vec::new();
    for mail in mails {
        mbox.extend_from_slice(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n");
        mbox.extend(mail.iter().filter(|byte| **byte != b'\r'));
        mbox.extend_from_slice(b"\n");
    }
    std::fs::write(at("mbox"), mbox).expect("there is room");
    let output = Command::new("b4")
        .current_dir(place.path())
        .env("HOME", place.path())
        .env("XDG_CACHE_HOME", place.path())
        .args(["-n", "am", "--no-cache", "-t", "-o"])
        .arg(at("out"))
        .arg("-m")
        .arg(at("mbox"))
        .output()
        .expect("b4 can't be run: `deploy/dev/setup.sh` installs it on Debian and Ubuntu");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let written = |ending: &str| {
        let entries = std::fs::read_dir(at("out")).expect("it is there");
        let mut paths = entries.map(|entry| entry.expect("an entry").path());
        paths.find(|path| path.extension().is_some_and(|found| found == ending))
    };
    let file = written("mbx").unwrap_or_else(|| panic!("b4 wrote nothing: {said}"));
    read(&file)
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(file).expect("it was written")).into_owned()
}

#[test]
fn our_own_mail_is_passed_over_and_changes_no_series() {
    let world = World::new(&three(), &["--cover-letter"]);
    let bytes = world.letter().bytes(1_795_464_000);
    let message = Message::read(&bytes).expect("it is small");
    assert!(!reply::starts_run(&message));
    let nobody = Own::default();
    assert_eq!(reply::ignored(&message, &nobody), Some(Why::OwnMark));
    let mut thread = world.files();
    thread.push(bytes);
    let series = Mailbox::read(&thread).threads()[0]
        .series(None)
        .expect("there is one");
    assert_eq!(series, world.series());
    // The mails that it answers are none of ours.
    for mail in world.files() {
        let message = Message::read(&mail).expect("it is small");
        assert_eq!(reply::ignored(&message, &nobody), None);
        assert!(reply::starts_run(&message));
    }
}

#[test]
fn what_breaks_nothing_is_not_answered() {
    let comment = vec![(
        "stats: say why",
        STATS,
        stats("/* why */\n__u32 a;\n__u32 b;"),
    )];
    assert_eq!(
        World::new(&comment, &[]).answer(),
        Answer::Nothing(Silence::Passed)
    );
    let addition = three().into_iter().take(1).collect::<Vec<_>>();
    assert_eq!(
        World::new(&addition, &[]).answer(),
        Answer::Nothing(Silence::OnlyAgreement)
    );
}

#[test]
fn the_same_again_is_silent_and_a_new_break_is_not() {
    let (one, two) = (
        World::new(&three()[..2], &[]),
        World::new(&three(), &["-v2"]),
    );
    let told = |world: &World| Told::of(&world.report(&world.series()));
    let again = |world: &World, before: &Told| {
        let series = world.series();
        reply::answer(
            &world.report(&series),
            &series,
            &voice(),
            None,
            Some(before),
        )
    };
    let before = told(&one);
    assert_eq!(again(&one, &before), Answer::Nothing(Silence::Known));
    let resent = World::new(&three()[..2], &["-v2"]);
    assert_eq!(again(&resent, &before), Answer::Nothing(Silence::Known));
    assert!(matches!(again(&two, &before), Answer::Letter(_)));
}
