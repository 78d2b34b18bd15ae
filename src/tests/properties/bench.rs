//! Headers to mutate, and a run of the library over a mutated one.

use super::mutation::Mutation;
use crate::support::case;
use crate::support::repository::{Files, Repository, files_below};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use uapi_check::extract::Options;
use uapi_check::judge::Catalogue;
use uapi_check::pipeline::{self, Engine, HeaderChoice, Request};
use uapi_check::report::Report;
use uapi_check::source::{self, ReleaseChoice};
use uapi_check::tree::{self, HeaderTree, Rewrites};

/// What is examined, and by which gcc it is held.
pub const TARGETS: [&str; 2] = ["x86_64", "i386"];

/// A header that can be mutated.
pub struct Entry {
    /// Path in the repository.
    pub path: String,
    /// Installed path.
    pub header: String,
    /// Its text.
    pub text: String,
    /// The other files that it needs.
    pub files: Arc<Files>,
}

/// A place where mutated headers are committed and checked.
pub struct Bench {
    repository: Repository,
    /// What there is to mutate.
    pub entries: Vec<Entry>,
}

/// The engine of all tests of this module.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        Engine::new(Options {
            program: env!("CARGO_BIN_EXE_uapi-check").into(),
            jobs: 2,
            deadline: Duration::from_secs(60),
            memory_bytes: 2 << 30,
        })
    })
}

fn catalogue() -> Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    let read = || Catalogue::embedded().expect("the embedded rules are right");
    CATALOGUE.get_or_init(read).clone()
}

impl Bench {
    /// Every header of the fixtures, each text once.
    pub fn of_fixtures() -> Self {
        let (cases, _) = case::load();
        let mut seen = BTreeSet::new();
        let mut entries = Vec::new();
        for case in &cases {
            for folder in ["before", "after"]
                .iter()
                .filter_map(|side| case.side(side))
            {
                let files = Arc::new(files_below(&folder));
                for (path, text) in files.iter() {
                    let Some(header) = path.strip_prefix("include/uapi/") else {
                        continue;
                    };
                    let text = String::from_utf8_lossy(text).into_owned();
                    // What lies in asm-generic is seen through a header of asm, where there is one.
                    let own = header.ends_with(".h") && !header.starts_with("asm-generic/");
                    let plain = own && !text.is_empty();
                    if plain && seen.insert((path.clone(), text.clone())) {
                        entries.push(Entry {
                            path: path.clone(),
                            header: header.to_owned(),
                            text,
                            files: Arc::clone(&files),
                        });
                    }
                }
            }
        }
        Self {
            repository: Repository::over(&case::fixtures().join("_base")),
            entries,
        }
    }

    /// Every header below include/uapi of v6.12, in a repository that borrows the kernel's objects.
    pub fn of_kernel(kernel: &Path) -> Self {
        let repository = Repository::borrowing(kernel, "v6.12");
        let none = Arc::new(Files::new());
        let files = repository.files_of_base("include/uapi");
        let entries = files.into_iter().filter_map(|(path, text)| {
            let header = path.strip_prefix("include/uapi/")?.to_owned();
            let own = header.ends_with(".h") && !header.starts_with("asm-generic/");
            own.then(|| Entry {
                header,
                text: String::from_utf8_lossy(&text).into_owned(),
                files: Arc::clone(&none),
                path,
            })
        });
        Self {
            entries: entries.collect(),
            repository,
        }
    }

    /// Commits an entry with this text, and another file; gives the commit.
    fn commit(&self, entry: &Entry, text: &str, beside: Option<(&str, &str)>) -> String {
        let mut files = Files::clone(&entry.files);
        files.insert(entry.path.clone(), text.as_bytes().to_vec());
        files.extend(beside.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
        self.repository.commit(&files, None)
    }

    /// Where the commits stand.
    pub fn path(&self) -> PathBuf {
        self.repository.path()
    }

    /// Checks an entry against a mutated one.
    pub fn check(&self, entry: &Entry, mutation: &Mutation) -> Report {
        check(
            &self.repository.path(),
            &self.commits(entry, mutation),
            false,
        )
    }

    /// Commits an entry and a mutation of it; gives the range.
    pub fn commits(&self, entry: &Entry, mutation: &Mutation) -> String {
        let before = self.commit(entry, &entry.text, None);
        let after = self.commit(entry, &mutation.text, mutation.beside);
        format!("{before}..{after}")
    }

    /// The headers that a commit with this text installs.
    pub fn tree(&self, entry: &Entry, text: &str, memo: &Rewrites) -> HeaderTree {
        let commit = self.commit(entry, text, None);
        let range = format!("{commit}..{commit}");
        let sides = source::open(&self.repository.path(), Some(&range), ReleaseChoice::None)
            .expect("the commit is there");
        tree::build(&*sides.after.files, "x86", memo).expect("the tree can be built")
    }
}

/// Checks a range of a repository.
pub fn check(repository: &Path, range: &str, thorough: bool) -> Report {
    let request = Request {
        repository: repository.to_owned(),
        range: Some(range.to_owned()),
        targets: Some(TARGETS.map(str::to_owned).to_vec()),
        released: ReleaseChoice::None,
        catalogue: catalogue(),
        directories: None,
        headers: HeaderChoice::default(),
        thorough,
        said: Vec::new(),
        authority: None,
    };
    pipeline::check(&request, engine(), &|_| ()).unwrap_or_else(|e| panic!("{range}: {e}"))
}
