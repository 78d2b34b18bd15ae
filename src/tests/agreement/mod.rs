//! What people say of a change, through the whole library and on real git repositories: what it is worth,
//! for what, and how long.

mod commits;
mod forms;
mod hostile;
mod lapses;
mod others;

use crate::support::series::{Series, header};
use std::time::Duration;
use uapi_check::approve::{About, Approval, Evidence, Person, Says, Standing, State};
use uapi_check::extract::pool::Options;
use uapi_check::judge::Catalogue;
use uapi_check::pipeline::{self, Engine, HeaderChoice, Request};
use uapi_check::report::Report;
use uapi_check::source::ReleaseChoice;

const DEMO: &str = "include/uapi/linux/demo.h";
const ALONE: &str = "include/uapi/linux/alone.h";
const MAINTAINERS: &str = "\
DEMO
M:	Ann Example <ann@old.example.org>
M:	Bob Example <bob@example.org>
S:	Maintained
F:	include/uapi/linux/demo.h

ALONE
M:	Cid Example <cid@example.org>
S:	Maintained
F:	include/uapi/linux/alone.h

THE REST
M:	Zoe Example <zoe@example.org>
S:	Buried alive in reporters
F:	*
F:	*/
";
const MAILMAP: &str = "Ann E. Example <ann@example.org> <ann@old.example.org>\n";

/// A kernel with two headers, each of its own maintainers, and what reads it.
struct World {
    series: Series,
    engine: Engine,
    catalogue: Catalogue,
}

impl World {
    /// These files more than the two headers, or in their place.
    fn new(more: &[(&str, &str)]) -> Self {
        let (demo, alone) = (demo("struct demo { __u32 a; };"), alone("__u32 a;"));
        let mut files = vec![
            ("MAINTAINERS", MAINTAINERS),
            (".mailmap", MAILMAP),
            (DEMO, demo.as_str()),
            (ALONE, alone.as_str()),
        ];
        files.extend(more);
        let options = Options {
            program: env!("CARGO_BIN_EXE_uapi-check").into(),
            jobs: 1,
            deadline: Duration::from_secs(20),
            memory_bytes: 2 << 30,
        };
        Self {
            series: Series::released(&files),
            engine: Engine::new(options),
            catalogue: Catalogue::embedded().expect("a test of it reads it"),
        }
    }

    fn request(&self, range: &str, said: &[Approval]) -> Request {
        Request {
            repository: self.series.repository.path(),
            range: Some(range.to_owned()),
            targets: Some(vec!["x86_64".to_owned(), "i386".to_owned()]),
            released: ReleaseChoice::LastTag,
            catalogue: self.catalogue.clone(),
            directories: None,
            headers: HeaderChoice::default(),
            thorough: false,
            said: said.to_vec(),
            authority: None,
        }
    }

    fn check(&self, range: &str, said: &[Approval]) -> Report {
        self.check_request(&self.request(range, said))
    }

    fn check_request(&self, request: &Request) -> Report {
        let range = request.range.as_deref().unwrap_or_default();
        let report = pipeline::check(request, &self.engine, &|_| ());
        report.unwrap_or_else(|error| panic!("{range}: {error}"))
    }

    fn per_commit(&self, range: &str, said: &[Approval]) -> Report {
        let request = self.request(range, said);
        let report = pipeline::check_per_commit(&request, &self.engine, &|_| ());
        report.unwrap_or_else(|error| panic!("{range}: {error}"))
    }

    /// From the release to a commit with these files that nothing else builds on.
    fn posted(&mut self, files: &[(&str, &str)]) -> String {
        let branch = self.series.branch(&[("demo: do it", files)]);
        format!("v6.1..{}", branch.ids[0])
    }
}

/// demo.h with this in it.
fn demo(body: &str) -> String {
    header("DEMO", body)
}

fn alone(fields: &str) -> String {
    header("ALONE", &format!("struct alone {{ {fields} }};"))
}

/// A mail by somebody.
fn mail(who: &str, says: Says, about: About) -> Approval {
    Approval {
        when: 1_700_000_000,
        says,
        evidence: Evidence::Message(format!("{says:?} of {who}")),
        who: Person::parse(who).expect("an address"),
        about,
    }
}

/// That somebody agrees with all that a report found, each finding by its fingerprint.
fn agrees(who: &str, report: &Report) -> Vec<Approval> {
    let each = report.findings.iter().map(|finding| {
        let about = About::Finding(finding.fingerprint.clone());
        mail(who, Says::Yes, about)
    });
    each.collect()
}

fn standings(report: &Report) -> &[Standing] {
    report.approvals.as_deref().expect("there is a MAINTAINERS")
}

/// Sections and their states.
fn states(report: &Report) -> Vec<(&str, State)> {
    let standings = standings(report).iter();
    standings
        .map(|standing| (standing.section.as_str(), standing.state))
        .collect()
}
