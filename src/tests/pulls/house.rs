//! A repository with a pull request on a fake GitHub, and the program with a store of its own.

use crate::support::github::{APP, BOT, Fake, KEY, OpenPull};
use crate::support::series::{Series, Texts, header};
use serde_json::Value;
use std::process::Command;
use tempfile::TempDir;
use uapi_check::github::{Hint, Repository};
use uapi_check::service::requests::hinted;
use uapi_check::store::{Database, Store};

/// The repository.
pub const LINUX: &str = "octo/linux";
/// The header that pull requests change.
pub const STATS: &str = "include/uapi/linux/demo_stats.h";
/// Who opens them.
pub const AUTHOR: &str = "eve";

const MAINTAINERS: &str = "\
DEMO
M:	Ann Example <ann@old.example.org>
S:	Maintained
F:	include/uapi/linux/demo*
";
const MAILMAP: &str = "Ann Example <ann@example.org> <ann@old.example.org>\n";

/// The header with some fields in its struct, and more behind it.
pub fn stats(fields: &str, more: &str) -> String {
    header(
        "DEMO_STATS",
        &format!("struct demo_stats {{ {fields} }};{more}"),
    )
}

/// A header that breaks.
pub fn breaking() -> String {
    stats("__u64 n; __u32 a; __u32 b;", "")
}

/// One with an addition, which is for the maintainer to agree with.
pub fn adding(name: &str) -> String {
    stats(
        "__u32 a; __u32 b;",
        &format!("\nstruct {name} {{ __u32 c; }};"),
    )
}

/// The mail addresses behind logins.
pub const IDENTITIES: &str =
    "{ann: [ann@example.org], eve: [fixture@example.org], zed: [zed@example.org]}";

/// A kernel that was released, and the commit of its branch `main`, which pull requests are for.
pub fn kernel() -> (Series, String) {
    let before = stats("__u32 a; __u32 b;", "");
    let mut kernel = Series::released(&[
        ("MAINTAINERS", MAINTAINERS),
        (".mailmap", MAILMAP),
        (STATS, &before),
    ]);
    let base = kernel.commit("net: more", &[("net/a.c", "int a;\n")]);
    kernel.branch_named("main", &base);
    (kernel, base)
}

/// Sets a reference of a repository.
pub fn set(kernel: &Series, name: &str, id: &str) {
    let mut git = Command::new("git");
    git.current_dir(kernel.repository.path());
    let done = git.args(["update-ref", name, id]).status();
    assert!(done.expect("git is there").success());
}

/// All of it.
pub struct House {
    pub fake: Fake,
    pub place: TempDir,
    pub kernel: Series,
    base: String,
    more: String,
    cache: TempDir,
}

impl House {
    pub fn new() -> Self {
        Self::with("")
    }

    /// One with more lines under `github:`.
    pub fn with(more: &str) -> Self {
        let (kernel, base) = kernel();
        let fake = Fake::start();
        fake.install(LINUX);
        fake.serve(LINUX, &kernel.repository.path());
        let house = Self {
            fake,
            place: tempfile::tempdir().expect("the system has room"),
            kernel,
            base,
            more: more.to_owned(),
            cache: tempfile::tempdir().expect("the system has room"),
        };
        house.configure();
        house
    }

    fn configure(&self) {
        let at = |name: &str| self.place.path().join(name);
        std::fs::write(at("app.pem"), KEY).expect("it is ours");
        let here = self.place.path().display();
        let text = format!(
            "database: {here}/serve.db\ncontact: ops@example.org\ncheck: {{targets: [x86_64]}}\n\
             web: {{public_url: \"https://uapi.example.org\"}}\n\
             github:\n  api: {url}\n  web: {url}\n  directory: {here}/copies\n  \
             app: {{id: {APP}, key: {{file: {here}/app.pem}}}}\n  repositories: {{{LINUX}: {{}}}}\n  \
             identities: {IDENTITIES}\n{}",
            self.more,
            url = self.fake.url,
        );
        std::fs::write(at("serve.yaml"), text).expect("it is ours");
    }

    /// Opens the pull request, or pushes to it: these files on top of the base. Gives its head.
    pub fn push(&mut self, files: Texts<'_>) -> String {
        let branch = self.kernel.branch(&[("net: change it", files)]);
        let head = branch.ids[0].clone();
        self.push_commit(&head);
        head
    }

    /// The commit of the branch that the pull request is for.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The pull request ends with this commit from now on.
    pub fn push_commit(&self, head: &str) {
        self.set("refs/pull/12/head", head);
        let pull = OpenPull {
            number: 12,
            head: head.to_owned(),
            base: "main".to_owned(),
            base_commit: self.base.clone(),
            author: AUTHOR.to_owned(),
            title: "net: change it".to_owned(),
            open: true,
            draft: false,
        };
        self.fake.put_pull(LINUX, pull);
    }

    /// Sets a reference of the repository.
    pub fn set(&self, name: &str, id: &str) {
        set(&self.kernel, name, id);
    }

    pub fn review(&self, login: &str, state: &str, commit: &str) {
        self.fake.review((LINUX, 12), login, state, commit);
    }

    /// Says that something about the pull request changed, and lets the program look until nothing is left.
    pub fn look(&self) -> String {
        let repository = Repository::parse(LINUX).expect("a name");
        self.hint(&Hint::Pull {
            repository,
            number: 12,
        })
    }

    pub fn hint(&self, hint: &Hint) -> String {
        let job = hinted(hint).expect("it names something");
        let database = Database::File(self.place.path().join("serve.db"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let store = Store::open(&database).await.expect("a store");
            // Long ago, so that what was done is forgotten when nothing is left.
            store.note(None, &[job], 1).await.expect("noted");
            store.close().await;
        });
        self.once()
    }

    /// Lets the program look and say until nothing is left.
    pub fn once(&self) -> String {
        let mut command = crate::support::program();
        command.args(["follow", "-v", "--once", "--config"]);
        command.arg(self.place.path().join("serve.yaml"));
        command.env(crate::support::CACHE, self.cache.path());
        command.env("TMPDIR", self.place.path());
        let output = command.output().expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{log}");
        log
    }

    /// How the newest check runs of a commit ended: verdict and approvals.
    pub fn endings(&self, head: &str) -> [String; 2] {
        ["uapi/verdict", "uapi/approvals"].map(|name| {
            let runs = self.runs(head, name);
            let last = runs.last().unwrap_or_else(|| panic!("no {name} at {head}"));
            last["conclusion"].as_str().unwrap_or_default().to_owned()
        })
    }

    /// The check runs of a name at a commit, oldest first.
    pub fn runs(&self, head: &str, name: &str) -> Vec<Value> {
        let runs = self.fake.runs().into_iter().map(|run| run.fields);
        runs.filter(|run| run["head_sha"] == head && run["name"] == name)
            .collect()
    }

    /// What we said below the pull request.
    pub fn said(&self) -> Vec<String> {
        let all = self.fake.comments().into_iter();
        all.filter(|comment| comment.author == BOT)
            .map(|comment| comment.body)
            .collect()
    }
}
