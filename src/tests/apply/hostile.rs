//! Diffs that mean harm, or that no tool would write: never a panic, nothing outside of the tree, and what the
//! real git takes of them is taken likewise.

use super::git::{Git, Tally, apply_ours};
use super::maker::Files;
use git2::{ObjectType, Oid, Repository, TreeWalkMode, TreeWalkResult};
use proptest::prelude::*;
use uapi_check::apply::{Done, Hints, Refusal, apply};
use uapi_check::mail::{Patch, When};
use uapi_check::model::Person;

fn files() -> Files {
    let text = |text: &str| (false, text.as_bytes().to_vec());
    Files::from([
        ("a.h".to_owned(), text("1\n2\n3\n4\n5\n6\n7\n8\n")),
        ("b.h".to_owned(), text("x\ny\nz")),
        ("dir/c.h".to_owned(), text("")),
        ("dir/d e.h".to_owned(), (true, b"one\n".to_vec())),
    ])
}

/// A diff as the only patch of a series.
fn patch(diff: &[u8]) -> Patch {
    Patch {
        author: Person {
            name: "A".into(),
            email: "a@example.org".into(),
        },
        when: When::default(),
        message: "a title\n".into(),
        diff: diff.to_vec(),
        message_id: String::new(),
        head: uapi_check::mail::Head::default(),
        position: 1,
        of: 1,
    }
}

fn with_files() -> (Git, Oid) {
    let git = Git::new();
    let base = git.commit(&files(), None, 0);
    (git, base)
}

fn refusal(git: &Git, base: Oid, diff: &str) -> Refusal {
    let done = apply_ours(git.path(), base, &[patch(diff.as_bytes())], "");
    done.expect_err(diff).direct
}

/// Diffs that are odd; git takes some of them.
const ODD: [&str; 26] = [
    // One file under two names, without a word of a rename.
    "diff --git a/a.h b/n.h\n--- a/a.h\n+++ b/n.h\n@@ -1,2 +1,2 @@\n 1\n-2\n+B\n",
    // A rename of a file that another part changes.
    "diff --git a/a.h b/a.h\n--- a/a.h\n+++ b/a.h\n@@ -1,2 +1,2 @@\n-1\n+A\n 2\ndiff --git a/a.h b/n.h\nrename from a.h\nrename to n.h\n",
    // The same file twice.
    "--- a/a.h\n+++ b/a.h\n@@ -1,2 +1,2 @@\n-1\n+A\n 2\n--- a/a.h\n+++ b/a.h\n@@ -1,2 +1,2 @@\n-A\n+AA\n 2\n",
    // Two files change places.
    "diff --git a/a.h b/b.h\nrename from a.h\nrename to b.h\ndiff --git a/b.h b/a.h\nrename from b.h\nrename to a.h\n",
    // Taken away, then changed; taken away, then made anew.
    "diff --git a/b.h b/b.h\ndeleted file mode 100644\n--- a/b.h\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-x\n-y\n-z\n\\ No newline at end of file\n--- a/b.h\n+++ b/b.h\n@@ -1 +1 @@\n-x\n+X\n",
    "diff --git a/b.h b/b.h\ndeleted file mode 100644\n--- a/b.h\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-x\n-y\n-z\n\\ No newline at end of file\ndiff --git a/b.h b/b.h\nnew file mode 100755\n--- /dev/null\n+++ b/b.h\n@@ -0,0 +1 @@\n+X\n",
    // Taken away with lines left.
    "diff --git a/b.h b/b.h\ndeleted file mode 100644\n--- a/b.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
    // A file that is there is made anew; one is made twice.
    "diff --git a/a.h b/a.h\nnew file mode 100644\n--- /dev/null\n+++ b/a.h\n@@ -0,0 +1 @@\n+X\n",
    "diff --git a/n.h b/n.h\nnew file mode 100644\n--- /dev/null\n+++ b/n.h\n@@ -0,0 +1 @@\n+X\ndiff --git a/n.h b/n.h\nnew file mode 100644\n--- /dev/null\n+++ b/n.h\n@@ -0,0 +1 @@\n+Y\n",
    // A file below a file, and one in a directory's place.
    "diff --git a/a.h/x b/a.h/x\nnew file mode 100644\n--- /dev/null\n+++ b/a.h/x\n@@ -0,0 +1 @@\n+X\n",
    "diff --git a/dir b/dir\nnew file mode 100644\n--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+X\n",
    // Modes that are wrong, odd, or the only thing.
    "diff --git a/a.h b/a.h\nold mode 100755\nnew mode 100644\n",
    "diff --git a/a.h b/a.h\nold mode 100644\nnew mode 100777\n",
    "diff --git a/n.h b/n.h\nnew file mode 100600\n",
    "diff --git a/a.h b/a.h\nold mode 100644\nnew mode 755\n",
    // No context, context that is too short, overlapping context.
    "--- a/a.h\n+++ b/a.h\n@@ -3,0 +4 @@\n+X\n",
    "--- a/a.h\n+++ b/a.h\n@@ -8,0 +9 @@\n+X\n",
    "--- a/a.h\n+++ b/a.h\n@@ -1,3 +1,3 @@\n 1\n-2\n+B\n 3\n@@ -3,3 +3,3 @@\n 3\n-4\n+D\n 5\n",
    // A last line without a break, in the middle of a file.
    "--- a/a.h\n+++ b/a.h\n@@ -2,3 +2,3 @@\n 2\n-3\n+C\n 4\n\\ No newline at end of file\n",
    "--- a/b.h\n+++ b/b.h\n@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n",
    // Names that are odd and allowed.
    "diff --git \"a/dir/d e.h\" \"b/dir/\\303\\244\"\nsimilarity index 100%\nrename from dir/d e.h\nrename to \"dir/\\303\\244\"\n",
    "--- a/dir/d e.h\t2024-01-01 00:00:00\n+++ b/dir/d e.h\t2024-01-01 00:00:00\n@@ -1 +1 @@\n-one\n+two\n",
    "--- a.h\n+++ a.h\n@@ -1,2 +1,2 @@\n-1\n+A\n 2\n",
    "--- a.h.orig\n+++ a.h\n@@ -1,2 +1,2 @@\n-1\n+A\n 2\n",
    // An empty file filled, by a diff that is not git's.
    "--- a/dir/c.h\n+++ b/dir/c.h\n@@ -0,0 +1 @@\n+full\n",
    "--- a/n.h\n+++ b/n.h\n@@ -0,0 +1 @@\n+full\n",
];

#[test]
fn odd_diffs_are_taken_as_git_takes_them() {
    let (git, base) = with_files();
    let mut tally = Tally::default();
    for (number, diff) in ODD.iter().enumerate() {
        let mail = git.path().join(".git/odd.patch");
        let text = format!(
            "From: A <a@example.org>\nSubject: [PATCH] odd\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\ntext\n---\n\n{diff}"
        );
        std::fs::write(&mail, text).expect("it is ours");
        let mails = [mail];
        tally.add(
            &format!("{number}\n{diff}"),
            &git.am(base, &mails),
            &git.ours(base, &mails),
        );
    }
    tally.finish();
    assert!(tally.applied >= 8 && tally.refused >= 8);
}

#[test]
fn names_that_lead_elsewhere_are_refused_and_git_refuses_them_too() {
    let (git, base) = with_files();
    for name in [
        "../x",
        "a/../../x",
        ".git/hooks/post-checkout",
        "a/.GIT/config",
        ".git /x",
        "GIT~1/x",
        ".g\u{200c}it/config",
        "./x",
        "/etc/x",
    ] {
        let diff = format!(
            "diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+X\n"
        );
        let refused = refusal(&git, base, &diff);
        assert!(
            matches!(refused, Refusal::Forbidden { line: 1, .. }),
            "{name}: {refused}"
        );
        let mail = git.path().join(".git/odd.patch");
        let text = format!("From: A <a@example.org>\nSubject: [PATCH] odd\n\ntext\n---\n\n{diff}");
        std::fs::write(&mail, text).expect("it is ours");
        assert_eq!(git.am(base, &[mail]), Err(0), "{name}");
    }
}

#[test]
fn links_and_submodules_are_refused_and_files_are_not() {
    let (git, base) = with_files();
    let new = |mode: &str| {
        format!(
            "diff --git a/n b/n\nnew file mode {mode}\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a.h\n"
        )
    };
    for mode in ["120000", "160000", "040000"] {
        let refused = refusal(&git, base, &new(mode));
        assert!(
            matches!(refused, Refusal::Forbidden { .. }),
            "{mode}: {refused}"
        );
    }
    apply_ours(git.path(), base, &[patch(new("100644").as_bytes())], "").expect("a plain file");
}

#[test]
fn a_series_that_is_too_long_is_not_begun() {
    let (git, base) = with_files();
    let diff = b"--- a/a.h\n+++ b/a.h\n@@ -1,2 +1,2 @@\n-1\n+1\n 2\n";
    let series = |count| vec![patch(diff); count];
    let refused = apply_ours(git.path(), base, &series(501), "").expect_err("too many");
    assert!(
        matches!(refused.direct, Refusal::TooLarge { .. }),
        "{refused}"
    );
    apply_ours(git.path(), base, &series(500), "").expect("as many as are taken");
}

/// Pieces that diffs are made of, so that many of what comes is nearly one.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "diff --git a/a.h b/a.h\n",
        "diff --git a/../x b/../x\n",
        "--- a/a.h\n",
        "+++ b/a.h\n",
        "--- /dev/null\n",
        "+++ /dev/null\n",
        "@@ -1,2 +1,2 @@\n",
        "@@ -0,0 +1 @@\n",
        "@@ -1 +0,0 @@\n",
        " 1\n",
        "-1\n",
        "-2\n",
        "+x\n",
        " 2\n",
        "\\ No newline at end of file\n",
        "new file mode 100644\n",
        "deleted file mode 100644\n",
        "old mode 100644\n",
        "new mode 100755\n",
        "rename from a.h\n",
        "rename to .git/x\n",
        "rename to n.h\n",
        "copy from b.h\n",
        "copy to n.h\n",
        "index 1234567..89abcde 120000\n",
        "index 0000000..0000000\n",
        "GIT binary patch\n",
        "literal 3\n",
        "\n",
        "\0",
        "\"a/\\303",
    ]);
    prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_lead_out_of_the_tree(pieces in prop::collection::vec(piece(), 0..24)) {
        thread_local! {
            static REPOSITORY: (Git, Oid) = with_files();
        }
        let diff = pieces.concat();
        REPOSITORY.with(|(git, base)| {
            let base = base.to_string();
            let hints = Hints { named: Some(&base), base_commit: None, trees: &[] };
            let done = apply(git.path(), &[patch(&diff)], hints).expect("the repository is whole");
            if let Done::Applied(applied) = done {
                let scratch = Repository::open_bare(applied.scratch.path()).expect("it is one");
                let tip = Oid::from_str(&applied.tip).expect("an id");
                let tree = scratch.find_commit(tip).expect("it is there").tree().expect("it is whole");
                let walked = tree.walk(TreeWalkMode::PreOrder, |_, entry| {
                    let name = entry.name_bytes();
                    let odd = name == b".." || name == b"." || name.is_empty() || name.eq_ignore_ascii_case(b".git");
                    let kind = entry.kind();
                    assert!(!odd && matches!(kind, Some(ObjectType::Blob | ObjectType::Tree)), "{entry:?}", entry = name);
                    assert!(entry.filemode() != 0o120_000);
                    TreeWalkResult::Ok
                });
                // A name that is no UTF-8 ends the walk of git2.
                let _ = walked;
            }
        });
    }
}
