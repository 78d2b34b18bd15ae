//! Threads as b4 puts them into order: which mails are the patches of a version, and which words of
//! reviewers it takes over.

use super::letters::{Letter, mbox};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use uapi_check::mail::{self, Series, To, Word};

/// A patch of b4's: its mail, its diff, and the lines of reviewers that were added.
type Taken = (String, String, BTreeSet<String>);

const MISSING: &str = "b4 can't be run: `deploy/dev/setup.sh` installs it on Debian and Ubuntu";
const REVIEWER: &str = "Rev Iewer <rev@lists.example.org>";

/// What `b4 am` makes of some mails.
fn b4(letters: &[Letter], version: Option<u32>) -> Vec<Taken> {
    let home = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| home.path().join(name);
    fs::write(at("letters.mbox"), mbox(letters)).expect("the folder is ours");
    let config = "[b4]\n\tattestation-policy = off\n[user]\n\tname = X\n\temail = x@example.org\n";
    fs::write(at("config"), config).expect("the folder is ours");
    fs::create_dir(at("out")).expect("the folder is ours");
    let mut command = Command::new("b4");
    command.args(["-n", "am", "--no-cache", "-o", "out", "-m", "letters.mbox"]);
    command.args(version.map(|number| format!("-v{number}")));
    let run = command
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("GIT_CONFIG_GLOBAL", at("config"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output();
    let run = run.unwrap_or_else(|error| panic!("{MISSING} ({error})"));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let file = written(&at("out")).unwrap_or_else(|| panic!("b4 wrote nothing: {said}"));
    file.split("From git@z ").skip(1).map(taken).collect()
}

/// The file of patches in a folder.
fn written(folder: &Path) -> Option<String> {
    let mut files = fs::read_dir(folder).expect("it was made").flatten();
    let found = files.find(|file| file.path().extension().is_some_and(|end| end == "mbx"))?;
    fs::read_to_string(found.path()).ok()
}

fn taken(mail: &str) -> Taken {
    let (head, diff) = mail.split_once("\n---\n").expect("a patch has a ---");
    let id = head
        .lines()
        .find_map(|line| line.strip_prefix("Message-Id: <"));
    let id = id
        .expect("b4 keeps the id")
        .trim_end_matches('>')
        .to_owned();
    let ours = |line: &&str| line.starts_with("Acked-by:") || line.starts_with("Reviewed-by:");
    let added = head.lines().filter(ours).map(str::to_owned).collect();
    (id, diff.trim_end().to_owned(), added)
}

/// The same of what we read. b4 takes words to the cover only when it is asked to.
fn ours(series: &Series) -> Vec<Taken> {
    let taken = |patch: &mail::Patch| {
        let said = series.replies.iter();
        let said = said.filter(|reply| reply.to == To::Patch(patch.position));
        let line = |reply: &mail::Reply| match reply.says {
            Word::Acked => Some(format!("Acked-by: {}", reply.who)),
            Word::Reviewed => Some(format!("Reviewed-by: {}", reply.who)),
            Word::Nak | Word::TakenBack => None,
        };
        let diff = String::from_utf8(patch.diff.clone()).expect("it was written as UTF-8");
        let diff = diff.strip_prefix("---\n").expect("a patch has a ---");
        let lines = said.filter_map(line).collect();
        (patch.message_id.clone(), diff.trim_end().to_owned(), lines)
    };
    series.patches.iter().map(taken).collect()
}

fn read(letters: &[Letter], version: Option<u32>) -> Series {
    let mut threads = mail::Mailbox::read(mail::split(&mbox(letters))).threads();
    assert_eq!(threads.len(), 1);
    threads.remove(0).series(version).expect("a series")
}

/// Holds us against b4 and gives what we read.
fn same(letters: &[Letter], version: Option<u32>) -> Series {
    let series = read(letters, version);
    assert_eq!(ours(&series), b4(letters, version));
    series
}

/// A cover with two patches, answered.
fn first_version() -> Vec<Letter> {
    vec![
        Letter::cover("c", "[PATCH net-next 0/2] both"),
        Letter::patch("1", "[PATCH net-next 1/2] one", "f", "1").to("c"),
        Letter::patch("2", "[PATCH net-next 2/2] two", "g", "2").to("c"),
    ]
}

fn says(id: &str, to: &str, text: &str) -> Letter {
    let answer = Letter::new(id, "Re: [PATCH net-next 1/2] one", text);
    answer.from(REVIEWER).to(to).on(2)
}

fn acked(id: &str, to: &str) -> Letter {
    says(id, to, &format!("> It adds.\n\nAcked-by: {REVIEWER}\n"))
}

#[test]
fn words_go_to_the_patch_that_they_answer() {
    let mut letters = first_version();
    letters.extend([
        acked("a", "2"),
        says("q", "1", "> It adds.\n\nWhy?\n"),
        says(
            "b",
            "q",
            &format!("Ah.\n\nReviewed-by: {REVIEWER} # for f\n"),
        ),
        acked("d", "c"),
        says("t", "1", &format!("Tested-by: {REVIEWER}\n")),
    ]);
    let series = read(&letters, None);
    let mut expected = b4(&letters, None);
    // b4 keeps the remark.
    expected[0].2 = [format!("Reviewed-by: {REVIEWER}")].into();
    assert_eq!(ours(&series), expected);
    assert!(
        series
            .cover
            .is_some_and(|cover| cover.message_id == "c@example.org")
    );
    assert_eq!(series.tags, ["net-next"]);
    let to_cover = |reply: &&mail::Reply| reply.to == To::Cover;
    let to_cover: Vec<_> = series.replies.iter().filter(to_cover).collect();
    assert_eq!(to_cover.len(), 1);
    assert_eq!(to_cover[0].message_id, "d@example.org");
    assert_eq!(series.replies.len(), 3, "who tested agreed with nothing");
}

#[test]
fn only_the_sender_vouches() {
    let other = "Rev Iewer <other@example.net>";
    let near = "R. I. <rev@example.org>";
    let tagged = "R. I. <rev+kernel@lists.example.org>";
    let cases = [
        (format!("Acked-by: {REVIEWER}"), true, true),
        (
            "Acked-by: Rev <REV@lists.example.org>".to_owned(),
            true,
            true,
        ),
        (format!("Acked-by: {other}"), true, false),
        (format!("Acked-by: {near}"), true, false),
        (format!("Acked-by: {tagged}"), true, false),
        ("Acked-by: Eve <eve@example.org>".to_owned(), false, false),
        (
            "Acked-by: R <rev@a.b.lists.example.org>".to_owned(),
            false,
            false,
        ),
        (format!("> Acked-by: {REVIEWER}"), false, false),
        (format!("-- \nAcked-by: {REVIEWER}"), false, false),
        (
            "Acked-by: Rev Iewer\n<rev@lists.example.org>".to_owned(),
            true,
            true,
        ),
        (format!("I wrote Acked-by: {REVIEWER}"), false, false),
    ];
    // A series with a patch for each, so that b4 is started once.
    let number = cases.len();
    let mut letters = Vec::new();
    for (at, (line, ..)) in cases.iter().enumerate() {
        let (id, subject) = (format!("{at}"), format!("[PATCH {}/{number}] a", at + 1));
        letters.push(Letter::patch(&id, &subject, &id, "x").to("0"));
        letters.push(says(&format!("r{at}"), &id, &format!("Hm.\n\n{line}\n")));
    }
    let (theirs, found) = (b4(&letters, None), read(&letters, None).replies);
    for (at, (line, counts, strictly)) in (0_u32..).zip(&cases) {
        assert_eq!(!theirs[at as usize].2.is_empty(), *counts, "b4: {line}");
        let mut own = found.iter().filter(|reply| reply.to == To::Patch(at + 1));
        let own = own.next().map(|reply| reply.identity);
        assert_eq!(own.is_some(), *counts, "{line}");
        let strict = own == Some(mail::Identity::Address);
        assert_eq!(strict, *strictly, "{line}");
    }
}

#[test]
fn a_partial_reroll_takes_the_rest_from_before() {
    let mut letters = first_version();
    letters.push(acked("a", "1"));
    letters.push(
        Letter::patch("3", "[PATCH net-next v2 2/2] two", "g", "3")
            .to("2")
            .on(3),
    );
    letters.push(acked("b", "2").on(4));
    let series = same(&letters, None);
    assert_eq!(
        (series.version, series.carried, series.missing),
        (2, vec![1], vec![])
    );
    let first = same(&letters, Some(1));
    assert_eq!((first.version, first.carried), (1, vec![]));
    // The look-alike answers the cover: it is a version of its own, with a patch missing.
    letters[4] = Letter::patch("3", "[PATCH net-next v2 2/2] two", "g", "3")
        .to("c")
        .on(3);
    let series = same(&letters, None);
    assert_eq!(
        (series.version, series.carried, series.missing),
        (2, vec![], vec![1])
    );
}

#[test]
fn words_stay_with_patches_that_stay_the_same() {
    let mut letters = first_version();
    letters.extend([acked("a", "1"), acked("b", "2"), acked("d", "c")]);
    letters.extend([
        Letter::cover("c2", "[PATCH net-next v2 0/2] both")
            .to("c")
            .on(5),
        Letter::patch("3", "[PATCH net-next v2 1/2] one", "f", "1")
            .to("c2")
            .on(5),
        Letter::patch("4", "[PATCH net-next v2 2/2] two", "g", "other")
            .to("c2")
            .on(5),
    ]);
    let series = same(&letters, None);
    let to: Vec<_> = series.replies.iter().map(|reply| reply.to).collect();
    assert_eq!(to, [To::Patch(1)]);
}

#[test]
fn words_stay_with_what_is_sent_again() {
    let mut letters = first_version();
    letters.extend([acked("a", "1"), acked("d", "c")]);
    let again = |version: &str, line: &str| {
        vec![
            Letter::cover("c2", &format!("[PATCH {version} 0/2] both")).on(5),
            Letter::patch("3", &format!("[PATCH {version} 1/2] one"), "f", "1")
                .to("c2")
                .on(5),
            Letter::patch("4", &format!("[PATCH {version} 2/2] two"), "g", line)
                .to("c2")
                .on(5),
            acked("e", "4").on(6),
        ]
    };
    for (version, line, expected) in [
        ("RESEND", "2", &[To::Patch(1), To::Cover, To::Patch(2)][..]),
        ("v2", "2", &[To::Patch(1), To::Cover, To::Patch(2)]),
        // What was said of both is not said of others.
        ("v2", "other", &[To::Patch(1), To::Patch(2)]),
    ] {
        let series = read(&[letters.clone(), again(version, line)].concat(), None);
        let to: Vec<_> = series.replies.iter().map(|reply| reply.to).collect();
        assert_eq!(to, expected, "{version} {line}");
        assert_eq!(
            series.cover.map(|cover| cover.message_id).as_deref(),
            Some("c2@example.org")
        );
    }
}

#[test]
fn numbers_that_are_not_said_are_found() {
    // The cover alone says which version it is.
    let unnumbered = [
        Letter::cover("c", "[PATCH v3 0/2] both"),
        Letter::patch("1", "[PATCH 1/2] one", "f", "1").to("c"),
        Letter::patch("2", "[PATCH 2/2] two", "g", "2").to("c"),
    ];
    assert_eq!(same(&unnumbered, None).version, 3);
    // A single patch is sent once more, without a word.
    let again = [
        Letter::patch("1", "[PATCH] one", "f", "1"),
        Letter::patch("2", "[PATCH] one", "f", "2").to("1").on(2),
    ];
    let series = same(&again, None);
    assert_eq!((series.version, series.patches.len()), (2, 1));
    // Somebody else's is none of it, and neither is what says that it was sent before.
    for other in [
        again[1].clone().from("E F <e@example.org>"),
        Letter::patch("2", "[PATCH RESEND] one", "f", "1")
            .to("1")
            .on(2),
    ] {
        assert_eq!(same(&[again[0].clone(), other], None).version, 1);
    }
    // There are more than was said.
    let grown = [
        Letter::patch("1", "[PATCHv2 1/1] one", "f", "1"),
        Letter::patch("2", "[PATCH v2, 2/1] two", "g", "2").to("1"),
    ];
    let series = same(&grown, None);
    assert_eq!(
        (series.version, series.expected, series.missing),
        (2, 2, vec![])
    );
}

#[test]
fn what_is_missing_or_doubled_is_told() {
    let mut letters = first_version();
    letters.remove(1);
    assert_eq!(same(&letters, None).missing, [1]);
    let mut letters = first_version();
    letters.push(
        Letter::patch("3", "[PATCH net-next 2/2] two", "g", "2")
            .to("c")
            .on(2),
    );
    assert!(same(&letters, None).doubled.is_empty(), "it is the same");
    letters.push(
        Letter::patch("4", "[PATCH net-next 2/2] two", "g", "5")
            .to("c")
            .on(2),
    );
    assert_eq!(same(&letters, None).doubled, [2]);
}

#[test]
fn an_answer_is_no_patch() {
    let mut letters = first_version();
    letters.push(
        Letter::patch("x", "Re: [PATCH net-next v9 1/2] one", "f", "9")
            .to("1")
            .on(2),
    );
    letters.push(
        Letter::new("y", "another subject", &format!("Acked-by: {REVIEWER}\n"))
            .from(REVIEWER)
            .to("1")
            .on(2),
    );
    let series = same(&letters, None);
    assert_eq!((series.version, series.replies.len()), (1, 1));
}

/// What b4 reads in subjects: a line for each, fields parted by tabs.
const SCRIPT: &str = "import sys, b4\n\
    for line in sys.stdin:\n\
    \x20   s = b4.LoreSubject(line.rstrip('\\n'))\n\
    \x20   print(s.reply, s.resend, s.rfc, s.revision, s.counter, s.expected, s.subject, sep='\\t')\n";

/// The Python that b4 runs in.
fn python() -> String {
    let path = std::env::var("PATH").expect("there is one");
    let mut places = path.split(':').map(|place| Path::new(place).join("b4"));
    let program = places.find_map(|place| fs::read_to_string(place).ok());
    let program = program.unwrap_or_else(|| panic!("{MISSING}"));
    let first = program
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("#!"));
    first.expect("b4 is a script").trim().to_owned()
}

#[test]
fn subjects_are_read_as_b4_reads_them() {
    let subjects = [
        "[PATCH] a",
        "[PATCH v2 1/3] a: b [c] d",
        "[PATCHv3] a",
        "[patch V4 02/10] a",
        "[RFC PATCH net-next v5 0/7] a",
        "[PATCH bpf-next] [RFC] [v6] a",
        "[PATCH [RESEND] v7 3/4] a",
        "[[PATCH v8]] a",
        "[RESEND v9 1/1]a",
        "Re: [PATCH v2 1/3] a",
        "RE:[PATCH] a",
        "Fwd: a",
        "AW: [PATCH] a",
        "Sv: [PATCH] a",
        "Antw: [PATCH] a",
        "net: [PATCH] a",
        "re a",
        "a [PATCH v2 1/3]",
        "[PATCH 12345/12345] a",
        "[PATCH v2/3] a",
        "[PATCH   v2\u{a0}1/2]   a   b",
        "[] a",
        "[PATCH a",
        "a",
    ];
    let mut child = Command::new(python())
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs, it came with b4");
    let mut into = child.stdin.take().expect("it is piped");
    for subject in subjects {
        writeln!(into, "{subject}").expect("python3 reads");
    }
    drop(into);
    let output = child.wait_with_output().expect("python3 ends");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(printed.lines().count(), subjects.len());
    for (subject, expected) in subjects.iter().zip(printed.lines()) {
        let ours = mail::Subject::read(subject);
        let word = |yes: bool| if yes { "True" } else { "False" };
        let (position, of) = ours.counter.unwrap_or((1, 1));
        let line = format!(
            "{}\t{}\t{}\t{}\t{position}\t{of}\t{}",
            word(ours.reply),
            word(ours.resend),
            word(ours.rfc),
            ours.revision(),
            ours.title
        );
        assert_eq!(line, expected, "{subject}");
    }
}
