//! Patches that are sent along and mean harm: nothing is written or read outside of where patches are tried.

use super::TOKEN;
use super::program::{command, stats};
use crate::support::series::Series;
use crate::support::served::Served;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const STATS: &str = "include/uapi/linux/demo_stats.h";
/// What nobody who sends a patch may read.
const SECRET: &str = "SECRET_OF_THIS_MACHINE";
/// What no patch may write.
const ESCAPED: &str = "escaped-out-of-the-patch";

/// A service with a repository, and a file beside it that is none of anybody's business.
struct House {
    series: Series,
    base: String,
    place: tempfile::TempDir,
    served: Served,
}

impl House {
    fn new() -> Self {
        let series = Series::released(&[(STATS, &stats("__u32 a;\n__u32 b;"))]);
        let place = tempfile::tempdir().expect("the system has room");
        let repository = series.repository.path().display().to_string();
        let mut command = command(&place, &repository, "");
        // Whoever climbs some directories up is still in the place.
        let inner = place.path().join("a/b/c/d");
        std::fs::create_dir_all(&inner).expect("it is ours");
        command.env("TMPDIR", &inner).current_dir(&inner);
        let header = format!("#define {SECRET} 4711\nstruct {SECRET} {{ int x; }};\n");
        std::fs::write(place.path().join("secret.h"), header).expect("it is ours");
        let served = Served::start(command);
        let parsed = Command::new("git")
            .current_dir(series.repository.path())
            .args(["rev-parse", "v6.1"])
            .output();
        let base = parsed.expect("git is installed").stdout;
        Self {
            base: String::from_utf8(base).expect("a text").trim().to_owned(),
            series,
            place,
            served,
        }
    }

    /// Sends a patch with this diff, and gives how its job ended.
    fn judged(&self, diff: &str) -> Value {
        let mail = format!(
            "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n\
             From: A <a@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\
             Subject: [PATCH] stats: work\n\nIt works.\n\nSigned-off-by: A <a@example.org>\n---\n{diff}\n\
             base-commit: {}\n-- \n2.39\n",
            self.base
        );
        let right = format!("Bearer {TOKEN}");
        let fields = [
            ("content-type", "text/x-patch"),
            ("authorization", right.as_str()),
        ];
        let asked = self.served.post("/api/v1/runs", &fields, mail);
        assert_eq!(asked.status, 202, "{}", asked.body);
        let asked: Value = serde_json::from_str(&asked.body).expect("JSON");
        let state = asked["state"].as_str().expect("an address").to_owned();
        let job =
            || -> Value { serde_json::from_str(&self.served.get(&state).body).expect("JSON") };
        let ended = |job: &Value| job["state"] == "done" || job["state"] == "given-up";
        self.served.until("an end", || ended(&job()));
        job()
    }

    /// What is shown of a run.
    fn shown(&self, job: &Value) -> String {
        let Some(id) = job["run"]["id"].as_i64() else {
            return job.to_string();
        };
        let paths = ["", ".json", ".sarif", ".junit"].map(|form| format!("/runs/{id}{form}"));
        paths.map(|path| self.served.get(&path).body).join("\n")
    }

    /// Every file of the repository and of the place, but for what the service keeps there.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.series.repository.path(), &mut files);
        collect(self.place.path(), &mut files);
        files.retain(|path, _| !path.to_string_lossy().contains("serve.db"));
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match std::fs::symlink_metadata(&path) {
            Ok(known) if known.is_dir() => collect(&path, files),
            Ok(known) if known.is_file() => {
                files.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
            }
            // What is tried goes again, and a socket is nobody's file.
            _ => {}
        }
    }
}

fn added(path: &str, mode: &str, line: &str) -> String {
    format!(
        "diff --git a/{path} b/{path}\nnew file mode {mode}\nindex 0000000..1111111\n--- /dev/null\n+++ b/{path}\n\
         @@ -0,0 +1 @@\n+{line}\n"
    )
}

/// The header with another text.
fn changed(text: &str) -> String {
    let before = stats("__u32 a;\n__u32 b;");
    let lines = |sign: char, text: &str| -> String {
        let lines = text.lines().map(|line| format!("{sign}{line}\n"));
        lines.collect()
    };
    format!(
        "diff --git a/{STATS} b/{STATS}\n--- a/{STATS}\n+++ b/{STATS}\n@@ -1,{} +1,{} @@\n{}{}",
        before.lines().count(),
        text.lines().count(),
        lines('-', &before),
        lines('+', text)
    )
}

#[test]
fn a_name_that_leads_elsewhere_is_refused_and_writes_nothing() {
    let house = House::new();
    let before = house.files();
    let absolute = house.place.path().join(ESCAPED);
    let absolute = absolute.display().to_string();
    let climbing: Vec<String> = (1..6)
        .map(|times| format!("{}{ESCAPED}", "../".repeat(times)))
        .collect();
    let mut names: Vec<&str> = climbing.iter().map(String::as_str).collect();
    let inner = format!("include/uapi/linux/../../../../{ESCAPED}");
    let double = format!("/{absolute}");
    names.extend([
        absolute.as_str(),
        &double,
        &inner,
        ".git/hooks/post-checkout",
        "include/.git/config",
        ".GIT/config",
    ]);
    for name in names {
        let job = house.judged(&added(name, "100644", "int x;"));
        let conclusion = &job["run"]["conclusion"];
        assert!(
            job["state"] == "given-up" || conclusion == "undecided",
            "{name}: {job}"
        );
        // A rename has no line of its own that the name could be refused at.
        let job = house.judged(&format!(
            "diff --git a/{STATS} b/{name}\nsimilarity index 100%\nrename from {STATS}\nrename to {name}\n"
        ));
        let conclusion = &job["run"]["conclusion"];
        assert!(
            job["state"] == "given-up" || conclusion == "undecided",
            "{name}: {job}"
        );
        assert_eq!(house.files(), before, "{name}");
    }
    // Dots in a name lead nowhere.
    for name in ["include/uapi/linux/demo..v2.h", "tools/..demo/...c"] {
        let job = house.judged(&added(name, "100644", "int x;"));
        assert_eq!(job["state"], "done", "{name}: {job}");
        assert_ne!(job["run"]["conclusion"], "undecided", "{name}: {job}");
    }
    assert_eq!(house.files(), before);
}

#[test]
fn a_link_or_an_include_that_leads_elsewhere_shows_nothing_of_it() {
    let house = House::new();
    let before = house.files();
    let secret = house.place.path().join("secret.h");
    let secret = secret.display().to_string();
    let link =
        |path: &str, target: &str| added(path, "120000", target) + "\\ No newline at end of file\n";
    let including = |target: &str| {
        let text = stats("__u32 a;\n__u32 b;");
        changed(&format!("#include \"{target}\"\n{text}"))
    };
    let beside = "include/uapi/linux/demo_link.h";
    let through = format!(
        "{}{}",
        link("out", "../../../.."),
        added(&format!("out/{ESCAPED}"), "100644", "x")
    );
    for diff in [
        link(beside, &secret),
        link(beside, "../../../../../../../secret.h"),
        // The header that is there becomes a link.
        format!(
            "diff --git a/{STATS} b/{STATS}\ndeleted file mode 100644\n--- a/{STATS}\n+++ /dev/null\n@@ -1,9 +0,0 @@\n{}{}",
            stats("__u32 a;\n__u32 b;")
                .lines()
                .map(|line| format!("-{line}\n"))
                .collect::<String>(),
            link(STATS, &secret)
        ),
        through,
        including(&secret),
        including("../../../../../../../secret.h"),
        including("/etc/passwd"),
    ] {
        let job = house.judged(&diff);
        let shown = house.shown(&job);
        assert!(!shown.contains(SECRET), "{diff}: {shown}");
        assert!(!shown.contains("root:x:"), "{diff}: {shown}");
        assert_eq!(house.files(), before, "{diff}");
    }
    assert!(!house.served.log().contains(SECRET));
    // What is in the patch itself is shown.
    let own = changed(&stats(&format!("__u32 {SECRET};\n__u32 a;\n__u32 b;")));
    let job = house.judged(&own);
    assert_eq!(job["run"]["conclusion"], "fail", "{job}");
    let shown = house.shown(&job);
    assert!(shown.contains(SECRET), "{shown}");
}
