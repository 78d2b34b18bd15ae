//! The keys: whatever an answer depends on makes another one. And the form of what is kept.

use super::*;
use crate::diff::Fact;
use crate::extract::pool::SourceFile;
use crate::extract::target;
use crate::judge::Catalogue;
use crate::model::{HeaderSurface, Unread};
use crate::report::samples;
use std::collections::BTreeSet;
use std::sync::Arc;

fn request(targets: Option<&[&str]>, released: ReleaseChoice, catalogue: Catalogue) -> Request {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Request {
        repository: "/one/place".into(),
        range: Some("a..b".to_owned()),
        targets: targets.map(names),
        released,
        catalogue,
    }
}

fn rules(why: &str) -> Catalogue {
    let text = format!(
        "- id: of-ours\n  title: t\n  why: {why}\n  verdict: lint\n  on: field-moved\n  \
         message: m\n  status: stable\n  since: \"0.1\"\n"
    );
    let embedded = Catalogue::embedded().unwrap();
    Catalogue::load(vec![("ours.yaml".to_owned(), text)], Some(embedded)).unwrap()
}

#[test]
fn each_input_of_a_comparison_makes_another_key() {
    let plain = || request(None, ReleaseChoice::LastTag, Catalogue::default());
    let trees = |before, after, release| ([before; 20], [after; 20], release);
    let usual = trees(1, 2, Some(([3; 20], false)));
    let key = |request: &Request| comparison_key("ground", "build", &usual, request);
    let with_trees = |trees| comparison_key("ground", "build", &trees, &plain());
    let keys = [
        key(&plain()),
        comparison_key("other ground", "build", &usual, &plain()),
        comparison_key("ground", "other build", &usual, &plain()),
        with_trees(trees(9, 2, Some(([3; 20], false)))),
        with_trees(trees(1, 9, Some(([3; 20], false)))),
        with_trees(trees(1, 2, Some(([9; 20], false)))),
        with_trees(trees(1, 2, Some(([3; 20], true)))),
        with_trees(trees(1, 2, None)),
        with_trees(trees(2, 1, Some(([3; 20], false)))),
        key(&request(
            Some(&[]),
            ReleaseChoice::LastTag,
            Catalogue::default(),
        )),
        key(&request(
            Some(&["i386"]),
            ReleaseChoice::LastTag,
            Catalogue::default(),
        )),
        key(&request(
            Some(&["arm"]),
            ReleaseChoice::LastTag,
            Catalogue::default(),
        )),
        key(&request(
            Some(&["arm", "i386"]),
            ReleaseChoice::LastTag,
            Catalogue::default(),
        )),
        key(&request(None, ReleaseChoice::None, Catalogue::default())),
        key(&request(None, ReleaseChoice::LastTag, rules("one reason"))),
        key(&request(
            None,
            ReleaseChoice::LastTag,
            rules("other reason"),
        )),
    ];
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    // Where the trees come from, and what they are called, is no input.
    let elsewhere = Request {
        repository: "/another/place".into(),
        range: Some("c..d".to_owned()),
        ..plain()
    };
    assert_eq!(key(&elsewhere), keys[0]);
    let rules = request(None, ReleaseChoice::LastTag, rules("one reason"));
    assert_eq!(key(&rules), keys[14]);
}

#[test]
fn each_input_of_a_reading_makes_another_key() {
    let file = |path: &str, id: u8| SourceFile {
        path: path.to_owned(),
        id: [id; 16],
        text: Arc::from(&b""[..]),
    };
    let usual = pool::Request {
        target: target::by_name("x86_64").unwrap(),
        header: "linux/a.h".into(),
        through: "linux/a.h".into(),
        files: Arc::new(vec![file("linux/a.h", 1), file("linux/types.h", 2)]),
        languages: false,
    };
    let with = |change: &dyn Fn(&mut pool::Request)| {
        let mut request = usual.clone();
        change(&mut request);
        surface_key("ground", &request)
    };
    let keys = [
        with(&|_| ()),
        surface_key("other ground", &usual),
        with(&|request| request.target = target::by_name("i386").unwrap()),
        with(&|request| request.header = "linux/b.h".into()),
        with(&|request| request.through = "asm/a.h".into()),
        with(&|request| request.languages = true),
        with(&|request| request.files = Arc::new(vec![file("linux/a.h", 1)])),
        with(&|request| {
            request.files = Arc::new(vec![file("linux/a.h", 1), file("linux/types.h", 9)]);
        }),
        with(&|request| {
            request.files = Arc::new(vec![file("linux/a.h", 1), file("linux/type.h", 2)]);
        }),
    ];
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    // The text itself stands in its id.
    let same = with(&|request| {
        let mut files = request.files.to_vec();
        files[0].text = Arc::from(&b"the same id"[..]);
        request.files = Arc::new(files);
    });
    assert_eq!(same, keys[0]);
}

#[test]
fn a_kept_report_is_the_same_within_other_names() {
    let mut finding = samples::moved_field();
    let facts = [
        Fact::Flag(true),
        Fact::Integer(i128::MIN),
        Fact::Integer(u64::MAX.into()),
        Fact::Text("true".into()),
        Fact::List(vec!["a".into(), String::new()]),
        Fact::List(Vec::new()),
    ];
    finding.before = facts
        .into_iter()
        .enumerate()
        .map(|(at, fact)| (format!("fact {at}"), fact))
        .collect();
    let report = samples::report(vec![finding], vec![samples::gap(true)]);
    let shown = format!("{report:?}");
    let (stored, frame) = Stored::split(report);
    let bytes = postcard::to_stdvec(&stored).unwrap();
    let stored: Stored = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(format!("{:?}", stored.within(frame)), shown);
}

#[test]
fn a_header_of_which_nothing_is_known_may_be_the_machines_fault() {
    let unread = |item: &str| Unread {
        item: item.to_owned(),
        line: 0,
        reason: "the parser died".to_owned(),
        text: String::new(),
    };
    let read = |item: Option<&str>| {
        is_whole(&Outcome::Read(HeaderSurface {
            unread: item.map(unread).into_iter().collect(),
            ..HeaderSurface::default()
        }))
    };
    assert!(read(None) && read(Some("struct a")));
    assert!(!read(Some("")));
    assert!(!is_whole(&Outcome::Unread(vec![unread("")])));
}
