//! Shapes of the stages that the command line talks to, for building and testing it before they exist.
//!
//! Goes away as a whole: then `lib.rs` says `pub mod cli;` and `main.rs` calls `uapi_check::cli::main`.

#![allow(dead_code, missing_docs, unused_imports)]

pub mod source {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum ReleaseChoice {
        LastTag,
        Revision(String),
        None,
    }
}

pub mod judge {
    pub use uapi_check::judge::{Breaks, Finding, Verdict, Witness};

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Status {
        Stable,
        Preview,
        Retired,
    }

    #[derive(Debug, Clone)]
    pub struct Rule {
        pub id: String,
        pub title: String,
        pub why: String,
        pub breaks: Option<Breaks>,
        pub verdict: Verdict,
        pub on: String,
        pub condition: Option<String>,
        pub message: String,
        pub witness: Option<String>,
        pub no_witness: Option<String>,
        pub evidence: Option<String>,
        pub see: Option<String>,
        pub status: Status,
        pub since: String,
        pub was: Vec<String>,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{file}:{line}: {problem}")]
    pub struct RuleError {
        pub file: String,
        pub line: usize,
        pub problem: String,
    }

    #[derive(Debug, Clone)]
    pub struct Catalogue {
        rules: Vec<Rule>,
    }

    impl Catalogue {
        pub fn embedded() -> Result<Self, RuleError> {
            Ok(Self {
                rules: vec![rule()],
            })
        }

        pub fn load(texts: Vec<(String, String)>, base: Option<Self>) -> Result<Self, RuleError> {
            let mut rules = base.map(|base| base.rules).unwrap_or_default();
            for (file, text) in texts {
                if text.contains("broken") {
                    let problem = "unknown key `broken`".to_owned();
                    return Err(RuleError {
                        file,
                        line: 1,
                        problem,
                    });
                }
                rules.push(Rule {
                    id: text.trim().to_owned(),
                    ..rule()
                });
            }
            Ok(Self { rules })
        }

        pub fn rules(&self) -> &[Rule] {
            &self.rules
        }

        pub fn rule(&self, id: &str) -> Option<&Rule> {
            self.rules.iter().find(|rule| rule.id == id)
        }
    }

    pub fn rule() -> Rule {
        Rule {
            id: "struct-field-offset-changed".into(),
            title: "A field of an exported struct moved".into(),
            why: "Programs built against the old header read and write the wrong bytes.".into(),
            breaks: Some(Breaks::Binary),
            verdict: Verdict::Break,
            on: "field-moved".into(),
            condition: Some("!pad".into()),
            message: "{record}.{field} moved from byte {before.offset} to byte {after.offset}"
                .into(),
            witness: Some("_Static_assert(1, \"\");".into()),
            no_witness: None,
            evidence: None,
            see: Some("Documentation/process/botching-up-ioctls.rst".into()),
            status: Status::Stable,
            since: "0.1".into(),
            was: Vec::new(),
        }
    }
}

pub mod extract {
    pub mod pool {
        use std::path::PathBuf;
        use std::time::Duration;

        #[derive(Debug, Clone)]
        pub struct Options {
            pub program: PathBuf,
            pub jobs: usize,
            pub deadline: Duration,
            pub memory_bytes: u64,
        }

        #[derive(Debug, thiserror::Error)]
        #[error("no libclang")]
        pub struct ExtractError;

        pub struct Extractor;

        impl Extractor {
            pub fn new(_: Options) -> Result<Self, ExtractError> {
                Ok(Self)
            }
        }
    }

    pub mod worker {
        use std::io::{Read, Write};
        use std::process::ExitCode;

        pub fn run(_: impl Read + Send, _: impl Write + Send) -> ExitCode {
            ExitCode::SUCCESS
        }
    }
}

pub mod pipeline {
    use super::extract::pool::Extractor;
    use super::judge::Catalogue;
    use super::source::ReleaseChoice;
    use std::path::PathBuf;
    use uapi_check::model::Surface;
    use uapi_check::report::Report;

    pub enum Progress {
        Stage(&'static str),
        Headers { done: usize, all: usize },
    }

    pub struct Request {
        pub repository: PathBuf,
        pub range: Option<String>,
        pub targets: Option<Vec<String>>,
        pub released: ReleaseChoice,
        pub catalogue: Catalogue,
    }

    pub struct SurfaceRequest {
        pub repository: PathBuf,
        pub revision: String,
        pub target: String,
        pub header: Option<String>,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no git repository at {}: run in one, or name one with --repo DIR", .0.display())]
    pub struct PipelineError(PathBuf);

    impl PipelineError {
        pub fn is_users_mistake(&self) -> bool {
            true
        }
    }

    pub fn check(
        request: &Request,
        _: &Extractor,
        progress: &dyn Fn(Progress),
    ) -> Result<Report, PipelineError> {
        progress(Progress::Stage("reading"));
        progress(Progress::Headers { done: 1, all: 1 });
        Err(PipelineError(request.repository.clone()))
    }

    pub fn surface(
        request: &SurfaceRequest,
        _: &Extractor,
        _: &dyn Fn(Progress),
    ) -> Result<Surface, PipelineError> {
        Err(PipelineError(request.repository.clone()))
    }
}
