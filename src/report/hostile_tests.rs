//! Whatever a header, a rule or a tool's message says, every form of a report can be made.

use super::{
    Layout, Layouts, Member, Padding, Report, annotations, approvals, html, json, junit, markdown,
    samples, sarif, terminal,
};
use crate::judge::Verdict;
use crate::model::Place;
use proptest::prelude::*;
use std::sync::Arc;

/// Text with everything in it that some form gives a meaning to.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-z_]{1,8}",
        Just("\t".to_owned()),
        Just("\r\n".to_owned()),
        Just("`".to_owned()),
        Just("|".to_owned()),
        Just("\\".to_owned()),
        Just("</details>".to_owned()),
        Just("@root".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("漢".to_owned()),
        Just("\u{200d}".to_owned()),
    ];
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn report() -> impl Strategy<Value = Report> {
    (prop::array::uniform8(text()), 0u32..6, any::<bool>()).prop_map(|(texts, line, gone)| {
        let [message, why, subject, member, header, fact, reason, source] = texts;
        let mut finding = samples::with_verdict(Verdict::Review);
        finding.everywhere = false;
        finding.targets = vec![fact.clone()];
        finding.affects = vec![subject.clone(), member.clone()];
        finding.before = samples::facts(&[("type", fact.into())]);
        finding.after = samples::facts(&[("fields", vec![member.clone()].into())]);
        let places = [&mut finding.before_place, &mut finding.after_place];
        for place in places.into_iter().flatten() {
            place.line = line;
        }
        if gone {
            finding.after_place = None;
        }
        let standing = samples::standing(&subject, &message, &header);
        (finding.message, finding.why) = (message, why);
        (finding.subject, finding.member) = (subject, member);
        let mut gap = samples::gap(true);
        (gap.header, gap.reason) = (header.clone(), reason);
        let mut report = samples::report(vec![finding], vec![gap]);
        for value in report.sources.values_mut() {
            value.text = Arc::from(source.as_str());
            value.path = header.clone();
        }
        report.copy_to = vec![standing.section.clone()];
        report.approvals = Some(vec![standing]);
        report.base.name = header.clone();
        report.series = samples::patched().series;
        if let Some(series) = &mut report.series {
            series.patches[0].subject.clone_from(&report.base.name);
            series.patches[1].message_id.clone_from(&header);
            series.problems = vec![header];
        }
        report
    })
}

fn layout() -> impl Strategy<Value = Layout> {
    let bits = prop_oneof![0u64..512, any::<u64>()];
    let field = (text(), bits.clone(), bits.clone(), any::<bool>());
    let fields = prop::collection::vec(field, 0..20);
    let padding = prop::collection::vec((bits.clone(), bits), 0..5);
    (any::<u64>(), fields, padding, any::<usize>()).prop_map(|(size, fields, padding, more)| {
        let fields = fields.into_iter();
        let padding = padding.into_iter();
        Layout {
            size,
            align: size,
            union: more.is_multiple_of(2),
            fields: fields
                .map(|(name, offset_bits, size_bits, bitfield)| Member {
                    type_name: name.clone(),
                    name,
                    offset_bits,
                    size_bits,
                    bitfield,
                })
                .collect(),
            padding: padding
                .map(|(offset_bits, size_bits)| Padding {
                    offset_bits,
                    size_bits,
                })
                .collect(),
            fields_left_out: more,
        }
    })
}

/// Whether the text could steer a terminal or turn the direction of reading.
fn steers(text: &str) -> bool {
    text.contains(|c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_form_can_be_made(report in report(), width in 0usize..200, verbose: bool, quiet: bool) {
        let options = terminal::Options { color: false, verbose, quiet, all: true, width };
        let shown = terminal::render(&report, &options);
        prop_assert!(!steers(&shown), "{shown:?}");

        let alone = approvals::text(&report);
        prop_assert!(!steers(&alone), "{alone:?}");

        let comment = markdown::render(&report, true);
        prop_assert!(!steers(&comment), "{comment:?}");
        prop_assert!(comment.len() < 65_536);
        // Only the tags of the form itself: one for the finding, one for what was not examined.
        let tags = comment.lines().filter(|line| line.starts_with("</details>")).count();
        prop_assert_eq!(tags, 2, "{}", comment);

        let document = json::document(&report, true);
        let forms = [
            annotations::render(&document),
            html::page(&document).unwrap(),
            junit::render(&document).unwrap(),
            sarif::render(&document).unwrap(),
        ];
        for form in &forms {
            prop_assert!(!steers(form), "{form:?}");
        }
        // One line a finding, a problem of the series and a gap; and the last.
        prop_assert_eq!(forms[0].lines().count(), 4, "{}", forms[0]);
        prop_assert_eq!(forms[1].matches("<article").count(), 1);
        prop_assert_eq!(forms[2].matches("<testcase").count(), 4);

        let document: serde_json::Value = serde_json::from_str(&json::render(&report, true).unwrap()).unwrap();
        let message = report.findings[0].message.as_str();
        prop_assert_eq!(document["findings"][0]["message"].as_str(), Some(message));
    }

    #[test]
    fn whatever_stored_layouts_say_they_are_drawn(
        before in prop::option::of(layout()),
        after in prop::option::of(layout()),
        value in any::<i128>(),
    ) {
        let mut finding = samples::moved_field();
        finding.rule = "ioctl-removed".to_owned();
        finding.before = samples::facts(&[("value", value.into())]);
        let mut report = samples::report(vec![finding], vec![]);
        report.records = vec![Layouts { before, after, ..samples::layouts() }];
        let page = html::page(&json::document(&report, false)).unwrap();
        prop_assert!(!steers(&page), "{page:?}");
        prop_assert!(page.len() < 400_000, "{}", page.len());
    }
}

#[test]
fn a_place_in_a_header_without_source_is_no_trouble() {
    let mut finding = samples::moved_field();
    finding.after_place = Some(Place {
        header: "linux/other.h".into(),
        ..finding.after_place.unwrap()
    });
    let report = samples::report(vec![finding], vec![]);
    let shown = terminal::render(&report, &terminal::Options::default());
    assert!(shown.contains("linux/other.h:4"), "{shown}");
}
