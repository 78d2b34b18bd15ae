//! The keys: whatever an answer depends on makes another one. And the form of what is kept.

use super::*;
use crate::diff::Fact;
use crate::extract::pool::{Languages, SourceFile};
use crate::extract::target;
use crate::judge::Catalogue;
use crate::model::{Header, HeaderSurface, Unread};
use crate::pipeline::HeaderChoice;
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
        directories: None,
        headers: HeaderChoice::default(),
        thorough: false,
        said: Vec::new(),
        authority: None,
    }
}

fn rules(why: &str) -> Catalogue {
    let text = format!(
        "- id: of-ours\n  title: t\n  why: {why}\n  verdict: lint\n  on: field-moved\n  \
         if: pad\n  message: m\n  status: stable\n  since: \"0.1\"\n"
    );
    let embedded = Catalogue::embedded().unwrap();
    Catalogue::load(vec![("ours.yaml".to_owned(), text)], Some(embedded)).unwrap()
}

fn plain() -> Request {
    request(None, ReleaseChoice::LastTag, Catalogue::default())
}

type Ids = (u8, u8, Option<(u8, bool)>);

/// Trees before, after and of the release.
const USUAL: Ids = (1, 2, Some((3, false)));

fn key(grounds: [&str; 2], (before, after, release): Ids, request: &Request) -> Key {
    let release = release.map(|(id, is_base)| ([id; 20], is_base));
    let trees = ([before; 20], [after; 20], release);
    comparison_key(grounds[0], grounds[1], &trees, request)
}

const GROUNDS: [&str; 2] = ["ground", "build"];

#[test]
fn each_input_of_a_comparison_makes_another_key() {
    let of = |request: &Request| key(GROUNDS, USUAL, request);
    let trees = |ids| key(GROUNDS, ids, &plain());
    let on = |names: &[&str]| Request {
        targets: request(Some(names), ReleaseChoice::None, Catalogue::default()).targets,
        ..plain()
    };
    let laid_out = |layout: Option<&str>, root: Option<&str>| Request {
        headers: HeaderChoice {
            layout: layout.map(str::to_owned),
            root: root.map(str::to_owned),
            base: None,
        },
        ..plain()
    };
    let keys = [
        of(&plain()),
        key(["other ground", "build"], USUAL, &plain()),
        key(["ground", "other build"], USUAL, &plain()),
        trees((9, 2, Some((3, false)))),
        trees((1, 9, Some((3, false)))),
        trees((1, 2, Some((9, false)))),
        trees((1, 2, Some((3, true)))),
        trees((1, 2, None)),
        trees((2, 1, Some((3, false)))),
        of(&Request {
            thorough: true,
            ..plain()
        }),
        of(&laid_out(Some("uapi"), None)),
        of(&laid_out(None, Some("uapi"))),
        of(&on(&[])),
        of(&on(&["i386"])),
        of(&on(&["arm"])),
        of(&on(&["arm", "i386"])),
        of(&request(None, ReleaseChoice::None, Catalogue::default())),
        of(&request(None, ReleaseChoice::LastTag, rules("one reason"))),
        of(&request(
            None,
            ReleaseChoice::LastTag,
            rules("other reason"),
        )),
    ];
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

#[test]
fn names_and_places_make_no_other_key() {
    let of = |request: &Request| key(GROUNDS, USUAL, request);
    let elsewhere = Request {
        repository: "/another/place".into(),
        range: Some("c..d".to_owned()),
        released: ReleaseChoice::Revision("v6.1".to_owned()),
        ..plain()
    };
    assert_eq!(of(&elsewhere), of(&plain()));
    let ruled = || request(None, ReleaseChoice::LastTag, rules("one reason"));
    assert_eq!(of(&ruled()), of(&ruled()));
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
        languages: Languages::Untried,
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
        with(&|request| request.languages = Languages::InDoubt),
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
        is_whole(&Outcome::Read(Header::from(HeaderSurface {
            unread: item.map(unread).into_iter().collect(),
            ..HeaderSurface::default()
        })))
    };
    assert!(read(None) && read(Some("struct a")));
    assert!(!read(Some("")));
    assert!(!is_whole(&Outcome::Unread(vec![unread("")])));
}
