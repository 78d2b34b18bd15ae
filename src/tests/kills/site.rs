//! A fake GitHub with the pull requests, a place for a service that looks after them, and what happens there.

use super::hooks::Delivery;
use super::script::{Script, Step};
use crate::pulls::{AUTHOR, IDENTITIES, LINUX, set};
use crate::support::github::{APP, BOT, Fake, OpenPull, key};
use crate::support::series::Series;
use crate::web::SECRET;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use uapi_check::github::{Hint, Repository};
use uapi_check::service::requests::hinted;
use uapi_check::store::{Database, NewJob, Store};

/// The findings of pull requests that somebody waives, by number.
pub type Ids = BTreeMap<u64, Vec<String>>;

/// All of it.
pub struct Site {
    pub fake: Fake,
    place: TempDir,
    base: String,
}

impl Site {
    pub fn new(base: &str) -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        for (name, text) in [("app.pem", key()), ("secret", SECRET)] {
            std::fs::write(place.path().join(name), text).expect("it is ours");
        }
        let fake = Fake::start();
        fake.install(LINUX);
        fake.permit(LINUX, "carol", "write");
        Self {
            fake,
            place,
            base: base.to_owned(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// The configuration of a process; each has its own copy of the repository, as on a machine of its own.
    pub fn configure(&self, name: &str, database: &str) -> PathBuf {
        let here = self.place.path().display();
        let text = format!(
            "database: {database}\nlease: 1s\ncontact: ops@example.org\ncheck: {{targets: [x86_64]}}\n\
             web: {{listen: \"127.0.0.1:0\"}}\ngithub:\n  api: {url}\n  web: {url}\n  every: 3s\n  \
             directory: {here}/{name}-copies\n  app: {{id: {APP}, key: {{file: {here}/app.pem}}}}\n  \
             webhook_secrets: [{{file: {here}/secret}}]\n  repositories: {{{LINUX}: {{}}}}\n  \
             identities: {IDENTITIES}\n",
            url = self.fake.url,
        );
        let path = self.path(&format!("{name}.yaml"));
        std::fs::write(&path, text).expect("it is ours");
        path
    }

    /// Lets a step of a script happen, and gives what GitHub tells of it.
    pub fn happen(
        &self,
        kernel: &Series,
        (script, at): (&Script, usize),
        ids: &Ids,
    ) -> Vec<Delivery> {
        let number = script.number;
        let head = script.head(at + 1);
        let told = |event: &'static str, part: usize, fields: Value| {
            Delivery::new(format!("{number}-{at}-{part}"), event, number, fields)
        };
        let say = |part: usize, login: &str, text: &str| {
            self.fake.comment(LINUX, number, login, text);
            let fields = json!({"action": "created", "comment": {"body": text}});
            told("issue_comment", part, fields)
        };
        match &script.steps[at] {
            Step::Push(head) => {
                set(kernel, &format!("refs/pull/{number}/head"), head);
                self.fake.put_pull(LINUX, self.open(number, head));
                let action = if at == 0 { "opened" } else { "synchronize" };
                vec![told("pull_request", 0, json!({"action": action}))]
            }
            Step::Review(login, state) => {
                self.fake.review((LINUX, number), login, state, head);
                let action = if *state == "DISMISSED" {
                    "dismissed"
                } else {
                    "submitted"
                };
                vec![told("pull_request_review", 0, json!({"action": action}))]
            }
            Step::Say(login, text) => vec![say(0, login, text)],
            Step::Waive(login) => {
                let each = ids[&number].iter().enumerate();
                each.map(|(part, id)| {
                    say(
                        part,
                        login,
                        &format!("/uapi waive {id} nobody built against it"),
                    )
                })
                .collect()
            }
        }
    }

    fn open(&self, number: u64, head: &str) -> OpenPull {
        OpenPull {
            number,
            head: head.to_owned(),
            base: "main".to_owned(),
            base_commit: self.base.clone(),
            author: AUTHOR.to_owned(),
            title: format!("net: change {number}"),
            open: true,
            draft: false,
        }
    }

    /// Lets everything happen, one thing after the other, and one process look at it once it is open, whenever a head is
    /// about to go, and when findings have to be known. Gives the findings of those that somebody waives.
    pub fn serially(&self, kernel: &Series, scripts: &[Script], cache: &Path) -> Ids {
        self.fake.serve(LINUX, &kernel.repository.path());
        let config = self.configure("calm", &self.path("calm.db").display().to_string());
        let (mut ids, mut done) = (Ids::new(), BTreeMap::<u64, usize>::new());
        while scripts
            .iter()
            .any(|script| done.get(&script.number) != Some(&script.steps.len()))
        {
            let mut due = Vec::new();
            for script in scripts {
                let done = done.entry(script.number).or_default();
                let from = *done;
                while *done < script.steps.len() {
                    let needed = matches!(script.steps[*done], Step::Push(_) | Step::Waive(_));
                    if *done == 1 && from == 0 || needed && *done > from {
                        break;
                    }
                    self.happen(kernel, (script, *done), &ids);
                    *done += 1;
                }
                due.extend((*done > from).then_some(script.number));
            }
            self.look(&due, &config, cache);
            let waived = scripts.iter().filter(|script| script.waives());
            ids = waived
                .map(|script| (script.number, self.findings(script.number)))
                .collect();
        }
        ids
    }

    /// The findings that our comment names.
    fn findings(&self, number: u64) -> Vec<String> {
        let said = self.fake.comments().into_iter();
        let mut own = said.filter(|said| said.author == BOT && said.below.1 == number);
        let body = own.next().expect("there is something to say").body;
        let ids = body.split("- id: `").skip(1);
        ids.filter_map(|rest| rest.split('`').next())
            .map(str::to_owned)
            .collect()
    }

    /// One process looks until nothing is left.
    fn look(&self, numbers: &[u64], config: &Path, cache: &Path) {
        let hint = |number: &u64| {
            let repository = Repository::parse(LINUX).expect("a name");
            let number = *number;
            hinted(&Hint::Pull { repository, number }).expect("it names something")
        };
        let jobs: Vec<NewJob> = numbers.iter().map(hint).collect();
        let database = Database::File(self.path("calm.db"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let store = Store::open(&database).await.expect("a store");
            let now = jiff::Timestamp::now().as_second();
            store.note(None, &jobs, now).await.expect("noted");
            store.close().await;
        });
        let mut command = crate::support::program();
        command
            .args(["follow", "-v", "--once", "--config"])
            .arg(config);
        command
            .env(crate::support::CACHE, cache)
            .env("TMPDIR", self.place.path());
        let output = command.output().expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{log}");
        assert!(log.contains("0 to be tried again, 0 failures"), "{log}");
    }
}
