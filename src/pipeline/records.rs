//! Findings and surfaces become the layouts that a report draws: of each record that a finding is about, once.

use super::reading::Both;
use crate::judge::{Finding, Verdict};
use crate::model::{Record, Surface};
use crate::report::{Layout, Layouts};
use std::collections::BTreeSet;

/// Most records whose layouts are kept. Whoever has more to read than this does so header by header.
const MOST_RECORDS: usize = 200;

/// The layouts of the records that findings other than `ok` are about, in the order of the findings; each on
/// the first target of the finding that has it.
pub(super) fn layouts(findings: &[Finding], surfaces: &[Both]) -> Vec<Layouts> {
    let mut seen = BTreeSet::new();
    let told = findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Ok);
    let first = told.filter(|finding| seen.insert((&finding.subject, &finding.header)));
    let found = first.filter_map(|finding| of(finding, surfaces));
    found.take(MOST_RECORDS).collect()
}

fn of(finding: &Finding, surfaces: &[Both]) -> Option<Layouts> {
    let named = finding.targets.iter().filter_map(|target| {
        let mut surfaces = surfaces.iter();
        surfaces.find(|both| both.before.target == *target)
    });
    named.into_iter().find_map(|both| {
        let layout = |surface, place: Option<&crate::model::Place>| {
            let header = place.map_or(&finding.header, |place| &place.header);
            record(surface, header, &finding.subject).map(Layout::from)
        };
        let before = layout(&both.before, finding.before_place.as_ref());
        let after = layout(&both.after, finding.after_place.as_ref());
        (before.is_some() || after.is_some()).then(|| Layouts {
            subject: finding.subject.clone(),
            header: finding.header.clone(),
            target: both.before.target.clone(),
            before,
            after,
        })
    })
}

fn record<'s>(surface: &'s Surface, header: &str, name: &str) -> Option<&'s Record> {
    let declared = &surface.headers.get(header)?.records;
    declared.iter().find(|record| record.name == name)
}
