//! Hand-built reports for the tests of every form.

use super::Counts;
use super::{
    BaseRule, Commit, Conclusion, Examined, HowApplied, Layout, Layouts, Member, Missing,
    PatchVerdict, Report, Revision, Sandbox, Series, Source, TakenBack, Timing, Walk,
};
use crate::approve::{Evidence, Given, Person, Says, Standing, State};
use crate::diff::{Fact, Facts, Release};
use crate::judge::{Breaks, Finding, Verdict, Witness};
use crate::model::{Gap, GapSide, Place, Side};
use std::collections::{BTreeMap, BTreeSet};

const HEADER: &str = "linux/demo.h";
const BEFORE: &str =
    "struct demo_stats {\n\t__u32 flows;\n\t__u32 throttled;\n};\n#define DEMO_MAX 4\n";
const AFTER: &str = "struct demo_stats {\n\t__u32 flows;\n\t__u32 inner;\n\t__u32 throttled;\n};\n#define DEMO_MAX 5\n";

pub(crate) fn facts(pairs: &[(&str, Fact)]) -> Facts {
    let pairs = pairs.iter();
    pairs
        .map(|(name, fact)| ((*name).to_owned(), fact.clone()))
        .collect()
}

fn place(line: u32, side: Side) -> Option<Place> {
    let header = HEADER.to_owned();
    Some(Place { header, line, side })
}

/// A field that moved.
pub(crate) fn moved_field() -> Finding {
    Finding {
        fingerprint: "00112233445566778899aabbccddeeff".into(),
        content: BTreeSet::new(),
        rule: "struct-field-offset-changed".into(),
        title: "A field of an exported struct moved".into(),
        verdict: Verdict::Break,
        breaks: Some(Breaks::Binary),
        preview: false,
        subject: "struct demo_stats".into(),
        member: "throttled".into(),
        header: HEADER.into(),
        before_place: place(3, Side::Before),
        after_place: place(4, Side::After),
        targets: vec!["x86_64".into(), "i386".into()],
        everywhere: true,
        before: facts(&[("offset", 4u64.into()), ("type", "__u32".into())]),
        after: facts(&[("offset", 8u64.into()), ("type", "__u32".into())]),
        variants: Vec::new(),
        message: "struct demo_stats.throttled moved from byte 4 to byte 8".into(),
        why: "Programs built against the old header read and write the wrong bytes.".into(),
        evidence_wanted: None,
        see: Some("Documentation/process/botching-up-ioctls.rst".into()),
        affects: vec!["DEMO_GET_STATS".into()],
        release: Release::Released,
        witness: Some(Witness {
            code: "_Static_assert(__builtin_offsetof(struct demo_stats, throttled) == 4, \"\");"
                .into(),
            confirmed: Some(true),
        }),
    }
}

/// A constant that grew: `ok`.
pub(crate) fn grown_constant() -> Finding {
    Finding {
        fingerprint: "ffeeddccbbaa99887766554433221100".into(),
        rule: "enum-sentinel-grown".into(),
        title: "A count grew".into(),
        verdict: Verdict::Ok,
        breaks: None,
        subject: "DEMO_MAX".into(),
        member: String::new(),
        before_place: place(5, Side::Before),
        after_place: place(6, Side::After),
        before: facts(&[("value", 4u64.into())]),
        after: facts(&[("value", 5u64.into())]),
        message: "DEMO_MAX grew from 4 to 5".into(),
        why: "It counts the others.".into(),
        see: None,
        affects: Vec::new(),
        witness: None,
        ..moved_field()
    }
}

/// The moved field with another verdict.
pub(crate) fn with_verdict(verdict: Verdict) -> Finding {
    Finding {
        verdict,
        ..moved_field()
    }
}

/// A demand on a section, by a person of that name, for a file.
pub(crate) fn standing(section: &str, name: &str, path: &str) -> Standing {
    let person = Person {
        name: name.to_owned(),
        email: format!("{name}@example.org"),
    };
    Standing {
        section: section.to_owned(),
        paths: vec![path.to_owned()],
        state: State::Missing,
        need: "one of its maintainers".to_owned(),
        by: vec![Given {
            name: person.name.clone(),
            email: person.email.clone(),
            says: Says::Yes,
            when: None,
            evidence: Evidence::Commit("a".repeat(40)),
            claimed: true,
            lapsed: false,
            fingerprints: BTreeSet::new(),
        }],
        who: vec![person],
        fingerprints: BTreeSet::from(["00112233445566778899aabbccddeeff".to_owned()]),
    }
}

/// A commit.
pub(crate) fn commit(digit: char, subject: &str) -> Commit {
    Commit {
        id: digit.to_string().repeat(40),
        subject: subject.to_owned(),
        date: "2024-02-29T13:37:00+02:00".to_owned(),
    }
}

/// A report of the moved field as one commit of three made it, with another break taken back.
pub(crate) fn walked() -> Report {
    let finding = moved_field();
    let (made, by) = (commit('a', "net: add demo"), commit('b', "net: mend demo"));
    let lost = Finding {
        fingerprint: "0".repeat(32),
        subject: "DEMO_MAX".to_owned(),
        message: "DEMO_MAX was 4 and is 5".to_owned(),
        ..moved_field()
    };
    let walk = Walk {
        passed: 3,
        examined: vec![made.clone(), by.clone()],
        judgements: BTreeMap::new(),
        origins: BTreeMap::from([(finding.fingerprint.clone(), made.clone())]),
        taken_back: vec![TakenBack {
            finding: lost,
            made_by: made,
            by,
        }],
    };
    Report {
        walk: Some(walk),
        series: None,
        ..report(vec![finding, grown_constant()], Vec::new())
    }
}

/// The same of a series of two patches, of which a third one is missing.
pub(crate) fn patched() -> Report {
    let patch = |position: u32, commit: char, subject: &str| PatchVerdict {
        position,
        of: 3,
        subject: subject.to_owned(),
        message_id: format!("{position}@example.org"),
        commit: Some(commit.to_string().repeat(40)),
        applied: Some(HowApplied::AsIs),
        conclusion: Conclusion::Pass,
        summary: Counts::default(),
    };
    let bad = PatchVerdict {
        conclusion: Conclusion::Fail,
        summary: Counts {
            breaks: 1,
            ..Counts::default()
        },
        ..patch(1, 'a', "net: add demo")
    };
    let merged = PatchVerdict {
        applied: Some(HowApplied::Merged),
        ..patch(3, 'b', "net: mend demo")
    };
    Report {
        series: Some(Series {
            version: 2,
            base: Some(BaseRule::BaseCommit),
            patches: vec![bad, merged],
            problems: vec!["patch 2/3 is missing".to_owned()],
        }),
        ..walked()
    }
}

/// A part of the change that was not read.
pub(crate) fn gap(in_change: bool) -> Gap {
    Gap {
        header: "linux/sctp.h".into(),
        item: "struct sctp_demo".into(),
        targets: vec!["x86_64".into(), "i386".into()],
        side: GapSide::After,
        reason: "unknown type name 'demo_t'".into(),
        in_change,
    }
}

/// The layouts of the record whose field moved.
pub(crate) fn layouts() -> Layouts {
    let member = |name: &str, offset_bits| Member {
        name: name.to_owned(),
        type_name: "__u32".to_owned(),
        offset_bits,
        size_bits: 32,
        bitfield: false,
    };
    let layout = |size, fields| Layout {
        size,
        align: 4,
        union: false,
        fields,
        padding: Vec::new(),
        fields_left_out: 0,
    };
    Layouts {
        subject: "struct demo_stats".to_owned(),
        header: HEADER.to_owned(),
        target: "x86_64".to_owned(),
        before: Some(layout(8, vec![member("flows", 0), member("throttled", 32)])),
        after: Some(layout(
            12,
            vec![
                member("flows", 0),
                member("inner", 32),
                member("throttled", 64),
            ],
        )),
    }
}

/// A report of those findings and gaps; its conclusion is `pass` unless there is a break.
pub(crate) fn report(findings: Vec<Finding>, gaps: Vec<Gap>) -> Report {
    let conclusion = if findings.iter().any(|f| f.verdict == Verdict::Break) {
        Conclusion::Fail
    } else if gaps.iter().any(|gap| gap.in_change) {
        Conclusion::Undecided
    } else {
        Conclusion::Pass
    };
    let source = |text: &str| Source {
        path: format!("include/uapi/{HEADER}"),
        text: text.into(),
    };
    Report {
        libclang: "19.1.7".into(),
        sandbox: Sandbox {
            active: vec!["rlimits".into(), "seccomp".into()],
            missing: vec![Missing {
                what: "landlock".into(),
                why: "not in this kernel".into(),
            }],
        },
        base: Revision {
            name: "v6.1".into(),
            commit: Some("830b3c68c1fb1e9176028d02ef86f3cf76aa2476".into()),
        },
        head: Revision {
            name: "work tree".into(),
            commit: None,
        },
        released: None,
        conclusion,
        findings,
        gaps,
        files: BTreeMap::new(),
        waived: BTreeMap::new(),
        approvals: None,
        copy_to: Vec::new(),
        examined: Examined {
            targets: vec!["x86_64".into(), "i386".into()],
            targets_left_out: Vec::new(),
            headers: 963,
            affected: 3,
            rules: 120,
            layout: "kernel".into(),
            stubs: Vec::new(),
        },
        notes: Vec::new(),
        walk: None,
        series: None,
        timing: Timing {
            total: 812,
            ..Timing::default()
        },
        sources: BTreeMap::from([
            ((Side::Before, HEADER.to_owned()), source(BEFORE)),
            ((Side::After, HEADER.to_owned()), source(AFTER)),
        ]),
        records: vec![layouts()],
    }
}
