//! What the server knows, and what tests put there.

use super::faults::Fault;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// A request that was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The template that GitHub describes it by; empty where it is none.
    pub template: &'static str,
    /// What was sent.
    pub body: Value,
    /// `Authorization`.
    pub authorization: String,
}

/// A check run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub id: u64,
    /// The repository, as `owner/name`.
    pub repository: String,
    /// As it was made and changed: the fields that were sent, the newest of each. No annotations.
    pub fields: Value,
    /// All annotations, as they were added.
    pub annotations: Vec<Value>,
    /// The App that made it.
    pub app: u64,
}

/// A pull request.
#[derive(Debug, Clone)]
pub struct OpenPull {
    /// Its number.
    pub number: u64,
    /// Its head, in hex.
    pub head: String,
    /// The branch that it is for.
    pub base: String,
    /// The commit of that branch, in hex.
    pub base_commit: String,
    /// Who opened it.
    pub author: String,
    /// Its title.
    pub title: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A comment below a pull request.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its id.
    pub id: u64,
    /// The repository and the number.
    pub below: (String, u64),
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub body: String,
}

/// A try to hand over a delivery.
#[derive(Debug, Clone)]
pub struct Try {
    /// Which delivery.
    pub guid: String,
    /// What happened.
    pub event: String,
    /// When, as GitHub writes it.
    pub at: String,
    /// How it was answered.
    pub status: u16,
}

/// All of it.
#[derive(Default)]
pub struct World {
    pub url: String,
    pub seen: Vec<Seen>,
    pub wrong: Vec<String>,
    pub faults: Vec<(String, Fault)>,
    pub installed: BTreeMap<String, u64>,
    pub tokens: BTreeSet<String>,
    pub issued: u64,
    pub minutes: i64,
    pub pulls: BTreeMap<(String, u64), OpenPull>,
    pub reviews: BTreeMap<(String, u64), Vec<Value>>,
    pub comments: Vec<Said>,
    pub permissions: BTreeMap<(String, String), String>,
    pub runs: Vec<Run>,
    pub statuses: Vec<Value>,
    pub sarif: Vec<Value>,
    /// Newest first.
    pub tries: Vec<Try>,
    pub repositories: BTreeMap<String, PathBuf>,
    /// What is pushed when a request with a part is seen: the repository, and the pull request as it is then.
    pub pushes: Vec<(String, String, OpenPull)>,
    pub ids: u64,
}

impl World {
    /// An id that nothing else has.
    pub fn id(&mut self) -> u64 {
        self.ids += 1;
        // Ids of GitHub are larger than 32 bits by now.
        (5 << 32) + self.ids
    }

    /// Somebody pushes when a request is seen, where a test wants that.
    pub fn meanwhile(&mut self, request: &str) {
        let fits = |(part, ..): &(String, String, OpenPull)| request.contains(part.as_str());
        let Some(at) = self.pushes.iter().position(fits) else {
            return;
        };
        let (_, repository, pull) = self.pushes.remove(at);
        let mut git = Command::new("git");
        git.current_dir(&self.repositories[&repository]);
        let name = format!("refs/pull/{}/head", pull.number);
        let done = git.args(["update-ref", &name, &pull.head]).status();
        assert!(done.expect("git is there").success());
        self.pulls.insert((repository, pull.number), pull);
    }

    /// What goes wrong with a request, which then is used up.
    pub fn fault(&mut self, request: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|(part, _)| request.contains(part.as_str()))?;
        Some(self.faults.remove(at).1)
    }
}
