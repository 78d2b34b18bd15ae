//! The tree that a series is for, by the tags of its subjects and by MAINTAINERS, on made-up kernels with look-alikes:
//! the tree that is chosen is the one on which the real git makes the trees that are then examined.

use super::program::{STATS, files, mails, path, stats};
use crate::support::series::Series;
use git2::Repository;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const NET: &str = "https://git.example.org/netdev/net.git";
const NEXT: &str = "https://git.example.org/netdev/net-next.git";
const OWNED: &str = "NET\nM:\tAnn Example <ann@example.org>\nS:\tMaintained\n\
                     T:\tgit git://git.example.org/netdev/net-next.git main\nF:\tinclude/uapi/linux/demo_stats.h\n\n\
                     OTHER\nM:\tBob Example <bob@example.org>\nS:\tMaintained\n\
                     T:\tgit https://git.example.org/netdev/net.git main\nF:\tdrivers/\n\n\
                     THE REST\nM:\tCy Example <cy@example.org>\nS:\tMaintained\n\
                     T:\tgit https://git.example.org/rest.git main\nF:\t*\nF:\t*/\n";

/// Three trees that one patch applies to, none of them told by the files: v6.1, `net` and `net-next`, the branches
/// of remotes. The patch was made from a file that none of them has.
struct Kernel {
    series: Series,
    mails: TempDir,
    net: String,
    next: String,
}

fn long(first: &str) -> String {
    let fields: Vec<String> = (0..30).map(|at| format!("__u32 f{at};")).collect();
    stats(&format!(
        "__u32 {first};\n{}\n__u32 last;",
        fields.join("\n")
    ))
}

impl Kernel {
    fn new(settings: &str, maintainers: &str) -> Self {
        let mut files = vec![(STATS, long("a")), ("MAINTAINERS", maintainers.to_owned())];
        files.push((".uapi-check.yaml", settings.to_owned()));
        let texts: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let mut series = Series::released(&texts);
        let one = |text: String, subject: &str, series: &mut Series| {
            let branch = series.branch(&[(subject, &[(STATS, text.as_str())])]);
            branch.ids.last().expect("a commit").clone()
        };
        let net = one(long("of_net"), "net", &mut series);
        let next = one(long("of_next"), "next", &mut series);
        // HEAD has none of the files that the patch was made from.
        let other = long("nowhere");
        series.commit("base", &[(STATS, &other)]);
        series.commit(
            "stats: break it",
            &[(STATS, &other.replace("__u32 last;", "__u64 last;"))],
        );
        let mails = mails(&series, &["-1"]);
        let kernel = Self {
            mails,
            net,
            next,
            series,
        };
        kernel.git(&["update-ref", "--no-deref", "HEAD", "v6.1^{commit}"]);
        for (name, url, id) in [("net", NET, &kernel.net), ("net-next", NEXT, &kernel.next)] {
            kernel.git(&["remote", "add", name, url]);
            kernel.git(&["update-ref", &format!("refs/remotes/{name}/main"), id]);
        }
        kernel
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(self.series.repository.path())
            .args(arguments);
        let output = command.output().expect("git is installed");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {err}");
    }

    /// The report of the patch, its subject's `[PATCH]` another.
    fn report(&self, brackets: &str, arguments: &[&str]) -> Value {
        let file = files(self.mails.path()).remove(0);
        let text = std::fs::read_to_string(&file).expect("a mail");
        let place = tempfile::tempdir().expect("the system has room");
        let mail = place.path().join("0001.patch");
        std::fs::write(&mail, text.replace("[PATCH]", brackets)).expect("there is room");
        let (_, report) = self
            .series
            .json(&[&["patch", path(&mail)], arguments].concat());
        report
    }

    fn chosen(&self, brackets: &str, arguments: &[&str]) -> (String, String) {
        let report = self.report(brackets, arguments);
        let text = |key: &str| report["base"][key].as_str().unwrap_or_default().to_owned();
        (text("chosen_by"), text("commit"))
    }
}

const MAP: &str =
    "trees:\n  net: refs/remotes/net/main\n  net-next: [refs/remotes/gone/main, net-next/main]\n";

fn told(rule: &str, commit: &str) -> (String, String) {
    (rule.to_owned(), commit.to_owned())
}

#[test]
fn a_tag_is_a_whole_word() {
    let kernel = Kernel::new(MAP, "");
    let (net, next) = (kernel.net.as_str(), kernel.next.as_str());
    assert_eq!(kernel.chosen("[PATCH net]", &[]), told("tag", net));
    assert_eq!(kernel.chosen("[PATCH net-next]", &[]), told("tag", next));
    assert_eq!(kernel.chosen("[PATCH NET-NEXT v3]", &[]), told("tag", next));
    // The longer one, where both are there.
    assert_eq!(
        kernel.chosen("[PATCH net net-next]", &[]),
        told("tag", next)
    );
    // Look-alikes stand for nothing.
    for brackets in [
        "[PATCH]",
        "[PATCH nets]",
        "[PATCH net-nextish]",
        "[PATCH bpf-net]",
    ] {
        assert_eq!(kernel.chosen(brackets, &[]).0, "applies", "{brackets}");
    }
}

#[test]
fn what_the_user_says_stands_over_the_settings() {
    let kernel = Kernel::new(MAP, "");
    let tree = format!("net={}", kernel.next);
    assert_eq!(
        kernel.chosen("[PATCH net]", &["--tree", &tree]),
        told("tag", &kernel.next)
    );
    assert_eq!(kernel.chosen("[PATCH net]", &["--base", "v6.1"]).0, "named");
    assert_eq!(
        kernel.chosen("[PATCH net]", &["--tree", "net=nowhere"]),
        told("tag", &kernel.net)
    );
}

#[test]
fn maintainers_name_the_tree_of_the_files() {
    let kernel = Kernel::new("", OWNED);
    assert_eq!(kernel.chosen("[PATCH]", &[]), told("tree", &kernel.next));
    // A tag goes before it.
    let tree = format!("net={}", kernel.net);
    assert_eq!(
        kernel.chosen("[PATCH net]", &["--tree", &tree]),
        told("tag", &kernel.net)
    );
    let report = kernel
        .series
        .run(&["patch", path(&files(kernel.mails.path())[0])]);
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(
        text.contains("the tree that MAINTAINERS names for its files"),
        "{text}"
    );
}

#[test]
fn the_order_is_what_is_said_then_tags_then_maintainers_then_guesses() {
    let kernel = Kernel::new(MAP, OWNED);
    let file = files(kernel.mails.path()).remove(0);
    let text = std::fs::read_to_string(&file).expect("a mail");
    let said = format!("-- \nbase-commit: {}\n", kernel.net);
    std::fs::write(&file, text.replacen("-- \n", &said, 1)).expect("it is ours");
    let net = kernel.net.as_str();
    assert_eq!(
        kernel.chosen("[PATCH net-next]", &[]),
        told("base-commit", net)
    );
    // A base that nobody has is no base.
    std::fs::write(
        &file,
        text.replacen("-- \n", &said.replace(net, &"1".repeat(40)), 1),
    )
    .expect("it is ours");
    assert_eq!(kernel.chosen("[PATCH net]", &[]), told("tag", net));
    assert_eq!(kernel.chosen("[PATCH]", &[]), told("tree", &kernel.next));
}

#[test]
fn a_tree_that_it_does_not_apply_to_is_told_and_the_next_one_tried() {
    let kernel = Kernel::new("", "");
    let place = kernel.series.repository.path();
    let output = Command::new("git")
        .arg("-C")
        .arg(&place)
        .args(["hash-object", "-w", "-t", "tree", "/dev/null"])
        .output();
    let tree = String::from_utf8(output.expect("git is installed").stdout).expect("an id");
    let output = Command::new("git")
        .arg("-C")
        .arg(&place)
        .args([
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@example.org",
            "commit-tree",
            "-m",
            "nothing",
            tree.trim(),
        ])
        .output();
    let empty = String::from_utf8(output.expect("git is installed").stdout).expect("an id");
    let (first, second) = (
        format!("net={}", empty.trim()),
        format!("net={}", kernel.next),
    );
    let report = kernel.report("[PATCH net]", &["--tree", &first, "--tree", &second]);
    assert_eq!(
        (&report["base"]["chosen_by"], &report["base"]["commit"]),
        (&"tag".into(), &kernel.next.as_str().into())
    );
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("was tried elsewhere before") && notes.contains(&empty[..12]),
        "{notes}"
    );
}

#[test]
fn headers_go_before_other_files_and_the_rest_owns_none() {
    let kernel = Kernel::new("", OWNED);
    let file = files(kernel.mails.path()).remove(0);
    let text = std::fs::read_to_string(&file).expect("a mail");
    let new = |name: &str| {
        format!(
            "diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+int a;\n"
        )
    };
    let drivers = format!("{}{}-- \n", new("drivers/a.c"), new("drivers/b.c"));
    std::fs::write(&file, text.replacen("-- \n", &drivers, 1)).expect("it is ours");
    assert_eq!(kernel.chosen("[PATCH]", &[]), told("tree", &kernel.next));
    // Without a header, it is the drivers' tree.
    let begin = text.find("diff --git").expect("a diff");
    std::fs::write(&file, format!("{}{drivers}", &text[..begin])).expect("it is ours");
    assert_eq!(kernel.chosen("[PATCH]", &[]), told("tree", &kernel.net));
    let rest = format!("{}-- \n", new("sound/a.c"));
    std::fs::write(&file, format!("{}{rest}", &text[..begin])).expect("it is ours");
    kernel.git(&["remote", "add", "rest", "https://git.example.org/rest.git"]);
    kernel.git(&["update-ref", "refs/remotes/rest/main", &kernel.net]);
    assert_eq!(kernel.chosen("[PATCH]", &[]).0, "applies");
}

#[test]
fn a_tree_that_is_no_remote_is_nothing() {
    let elsewhere = OWNED.replace("net-next.git main", "net-next2.git main");
    assert_eq!(
        Kernel::new("", &elsewhere).chosen("[PATCH]", &[]).0,
        "applies"
    );
    let branch = OWNED.replace("net-next.git main", "net-next.git devel");
    assert_eq!(Kernel::new("", &branch).chosen("[PATCH]", &[]).0, "applies");
    let quilt = OWNED.replace(
        "T:\tgit git://git.example.org/netdev/net-next",
        "T:\tquilt git://git.example.org/netdev/net-next",
    );
    assert_eq!(Kernel::new("", &quilt).chosen("[PATCH]", &[]).0, "applies");
    let plain = OWNED.replace("net-next.git main", "net-next");
    assert_eq!(Kernel::new("", &plain).chosen("[PATCH]", &[]).0, "tree");
}

#[test]
fn what_a_patch_says_of_trees_counts_for_nothing() {
    let kernel = Kernel::new("", "");
    let settings = "diff --git a/.uapi-check.yaml b/.uapi-check.yaml\nnew file mode 100644\n--- /dev/null\n\
                    +++ b/.uapi-check.yaml\n@@ -0,0 +1,2 @@\n+trees:\n+  net: refs/remotes/net/main\n-- \n";
    let file = files(kernel.mails.path()).remove(0);
    let text = std::fs::read_to_string(&file).expect("a mail");
    std::fs::write(&file, text.replacen("-- \n", settings, 1)).expect("it is ours");
    let (rule, _) = kernel.chosen("[PATCH net]", &[]);
    assert_eq!(rule, "applies");
}

#[test]
fn a_mistake_in_the_settings_is_told() {
    let kernel = Kernel::new("trees:\n  net: {a: b}\n", "");
    let output = kernel
        .series
        .run(&["patch", path(&files(kernel.mails.path())[0])]);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(
        err.contains("HEAD:.uapi-check.yaml") && err.lines().count() == 1,
        "{err}"
    );
    for odd in ["net", "=v6.1", "net="] {
        let output =
            kernel
                .series
                .run(&["patch", path(&files(kernel.mails.path())[0]), "--tree", odd]);
        assert_eq!(output.status.code(), Some(2), "{odd}");
    }
}

#[test]
fn the_chosen_tree_is_the_one_that_git_makes_the_result_on() {
    let kernel = Kernel::new(MAP, "");
    let git = super::git::Git::borrowing(&objects(&kernel.series.repository.path()));
    let all = files(kernel.mails.path());
    for (tag, base) in [("net", &kernel.net), ("net-next", &kernel.next)] {
        let id = base.parse().expect("an id");
        let theirs = git.am(id, &all).expect("it applies");
        let hints = uapi_check::apply::Hints {
            trees: &[uapi_check::apply::Hint {
                revision: format!("refs/remotes/{tag}/main"),
                rule: uapi_check::apply::Rule::Tag,
            }],
            ..Default::default()
        };
        let patches = super::git::patches(&all);
        let place = kernel.series.repository.path();
        let Ok(uapi_check::apply::Done::Applied(applied)) =
            uapi_check::apply::apply(&place, &patches, hints)
        else {
            panic!("it applies");
        };
        let scratch = Repository::open_bare(applied.scratch.path()).expect("it is one");
        let tree = scratch
            .revparse_single(&format!("{}^{{tree}}", applied.tip))
            .expect("a tree");
        assert_eq!(
            (applied.base.commit.as_str(), tree.id().to_string()),
            (base.as_str(), theirs)
        );
    }
}

/// The directory of git itself.
fn objects(place: &Path) -> std::path::PathBuf {
    Repository::open(place)
        .expect("it was made")
        .path()
        .to_owned()
}
