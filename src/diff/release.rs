//! Was the state before a change ever released? A name, or a value, that no release had may still
//! change (Documentation/process/stable-api-nonsense.rst speaks of the other side of that promise).

use super::change::{Change, Release};
use std::collections::BTreeSet;

/// Names that differ between two surfaces: subjects alone, and subjects with a member.
#[derive(Debug, Default)]
struct Differing {
    whole: BTreeSet<String>,
    members: BTreeSet<(String, String)>,
    headers: BTreeSet<String>,
}

impl Differing {
    fn of(changes: &[Change]) -> Self {
        use super::kinds::Kind;
        let mut differing = Self::default();
        for change in changes {
            match change.kind {
                Kind::HeaderAdded => {
                    differing.headers.insert(change.subject.clone());
                }
                Kind::RecordGrown
                | Kind::RecordPadding
                | Kind::RecordAbiDependent
                | Kind::FieldRegrouped => {
                    differing
                        .members
                        .insert((change.subject.clone(), String::new()));
                }
                Kind::EnumeratorsShifted => {
                    differing.whole.insert(change.subject.clone());
                    differing.whole.extend(change.affects.iter().cloned());
                }
                _ if change.member.is_empty() => {
                    differing.whole.insert(change.subject.clone());
                }
                _ => {
                    differing
                        .members
                        .insert((change.subject.clone(), change.member.clone()));
                }
            }
        }
        differing
    }

    fn has(&self, change: &Change) -> bool {
        use super::kinds::Kind;
        let known = |name: &String| self.whole.contains(name);
        let shifted = match change.kind {
            Kind::EnumeratorsShifted => change.affects.iter().all(known),
            _ => true,
        };
        let place = (change.subject.clone(), change.member.clone());
        self.headers.contains(&change.header)
            || (known(&change.subject) && shifted)
            || self.members.contains(&place)
    }
}

/// Marks each change by the differences between the release and `before`, and between the release and
/// `after`.
pub fn mark(changes: &mut [Change], release_to_before: &[Change], release_to_after: &[Change]) {
    let unreleased = Differing::of(release_to_before);
    let remaining = Differing::of(release_to_after);
    for change in changes.iter_mut().filter(|change| unreleased.has(change)) {
        change.release = if remaining.has(change) {
            Release::Unreleased
        } else {
            Release::Restored
        };
    }
}
