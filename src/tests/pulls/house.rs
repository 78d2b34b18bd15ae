//! A repository with a pull request on a fake GitHub, and the program with a store of its own.

use crate::support::database;
use crate::support::github::{APP, BOT, Fake, OpenPull, PERSON, PERSONAL, key};
use crate::support::series::{Series, Texts, header};
use crate::support::served::{Heard, Served};
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
/// What deliveries are signed with.
pub const HOOK_SECRET: &str = "hook-secret-of-the-tests-5f1c2a";
/// What whoever asks for checks has.
pub const API_TOKEN: &str = "api-token-of-the-tests-9b7e40d1";

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
    /// What is told of the pull request when it is opened or pushed to; its commit has the same title.
    pub title: String,
    pub draft: bool,
    /// Its store, as its configuration names it.
    pub database: String,
    base: String,
    cache: TempDir,
}

impl House {
    pub fn new() -> Self {
        Self::with("")
    }

    /// One with more lines under `github:`.
    pub fn with(more: &str) -> Self {
        let house = Self::unconfigured();
        house.fake.install(LINUX);
        let here = house.place.path().display();
        house.configure(&format!(
            "app: {{id: {APP}, key: {{file: {here}/app.pem}}}}\n{more}"
        ));
        house
    }

    /// One where a person speaks, and no App.
    pub fn person() -> Self {
        let house = Self::unconfigured();
        let here = house.place.path().display();
        house.configure(&format!("token: {{file: {here}/personal}}\n"));
        house
    }

    fn unconfigured() -> Self {
        let (kernel, base) = kernel();
        let fake = Fake::start();
        fake.serve(LINUX, &kernel.repository.path());
        let place = tempfile::tempdir().expect("the system has room");
        Self {
            fake,
            database: database::of_its_own(&place.path().join("serve.db")),
            place,
            kernel,
            base,
            title: "net: change it".to_owned(),
            draft: false,
            cache: tempfile::tempdir().expect("the system has room"),
        }
    }

    /// Writes the configuration; `login` are the lines under `github:` that say who speaks, and more.
    fn configure(&self, login: &str) {
        let at = |name: &str| self.place.path().join(name);
        for (name, secret) in [
            ("app.pem", key()),
            ("personal", PERSONAL),
            ("hook", HOOK_SECRET),
            ("token", API_TOKEN),
        ] {
            std::fs::write(at(name), secret).expect("it is ours");
        }
        let here = self.place.path().display();
        let login = login.trim_end().replace('\n', "\n  ");
        let text = format!(
            "database: \"{database}\"\ncontact: ops@example.org\ncheck: {{targets: [x86_64]}}\n\
             repositories: {{linux: {{path: {kernel}}}}}\nweb:\n  listen: 127.0.0.1:0\n  public_url: https://uapi.example.org\n  \
             tokens: [{{name: ci, token: {{file: {here}/token}}}}]\n\
             github:\n  api: {url}\n  web: {url}\n  directory: {here}/copies\n  \
             repositories: {{{LINUX}: {{}}}}\n  webhook_secrets: [{{file: {here}/hook}}]\n  \
             identities: {IDENTITIES}\n  \
             {login}\n",
            database = self.database,
            kernel = self.kernel.repository.path().display(),
            url = self.fake.url,
        );
        std::fs::write(at("serve.yaml"), text).expect("it is ours");
    }

    /// Changes a part of the configuration.
    pub fn reconfigure(&self, from: &str, to: &str) {
        let path = self.place.path().join("serve.yaml");
        let text = std::fs::read_to_string(&path).expect("it is ours");
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replace(from, to)).expect("it is ours");
    }

    /// Opens the pull request, or pushes to it: these files on top of the base. Gives its head.
    pub fn push(&mut self, files: Texts<'_>) -> String {
        let title = self.title.clone();
        let branch = self.kernel.branch(&[(&title, files)]);
        let head = branch.ids[0].clone();
        self.push_commit(&head);
        head
    }

    /// The branch that pull requests are for goes on, with these files. Gives its commit.
    pub fn move_base(&mut self, files: Texts<'_>) -> String {
        self.base = self.kernel.commit("the branch goes on", files);
        self.kernel.branch_named("main", &self.base);
        self.base.clone()
    }

    /// The commit of the branch that the pull request is for.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The pull request ends with this commit from now on.
    pub fn push_commit(&self, head: &str) {
        self.set("refs/pull/12/head", head);
        self.fake.put_pull(LINUX, self.pull(head));
    }

    /// The pull request, with a head.
    pub fn pull(&self, head: &str) -> OpenPull {
        OpenPull {
            number: 12,
            head: head.to_owned(),
            base: "main".to_owned(),
            base_commit: self.base.clone(),
            author: AUTHOR.to_owned(),
            title: self.title.clone(),
            open: true,
            draft: self.draft,
        }
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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let store = self.store().await;
            // Long ago, so that what was done is forgotten when nothing is left.
            store.note(None, &[job], 1).await.expect("noted");
            store.close().await;
        });
        self.once()
    }

    /// Its store, which others have open, too, or it is a file.
    pub async fn store(&self) -> Store {
        let database = Database::of(&self.database, None, 1).expect("an address");
        Store::open(&database).await.expect("a store")
    }

    /// Lets the program look and say until nothing is left.
    pub fn once(&self) -> String {
        let (code, log) = self.tried();
        assert_eq!(code, Some(0), "{log}");
        log
    }

    /// The same where not all of it is done: exit status and log.
    pub fn tried(&self) -> (Option<i32>, String) {
        let mut command = self.command(&["follow", "-v", "--once"]);
        let output = command.output().expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), log)
    }

    /// The program, with the configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = crate::support::program();
        command.args(arguments).arg("--config");
        command.arg(self.place.path().join("serve.yaml"));
        command.env(crate::support::CACHE, self.cache.path());
        command.env("TMPDIR", self.place.path());
        command
    }

    /// Lets it serve.
    pub fn serve(&self) -> Served {
        Served::start(self.command(&["serve", "-vv"]))
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
        all.filter(|comment| [BOT, PERSON].contains(&comment.author.as_str()))
            .map(|comment| comment.body)
            .collect()
    }
}

/// Hands a signed delivery over.
pub fn deliver(served: &Served, guid: &str, event: &str, body: &str) -> Heard {
    let signature = crate::web::signed(HOOK_SECRET, body.as_bytes());
    let fields = [
        ("content-type", "application/json"),
        ("x-github-delivery", guid),
        ("x-github-event", event),
        ("x-hub-signature-256", signature.as_str()),
    ];
    served.post("/webhooks/github", &fields, body)
}
