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

#[cfg(test)]
mod tests {
    use super::super::kinds::Kind;
    use super::*;

    fn moved(subject: &str, member: &str) -> Change {
        Change::new(Kind::FieldMoved, subject, "linux/foo.h").member(member)
    }

    #[test]
    fn a_name_that_no_release_has_is_unreleased_and_its_neighbour_is_released() {
        let mut changes = vec![moved("struct foo", "a"), moved("struct foo", "b")];
        let grown = [Change::new(Kind::FieldDeclared, "struct foo", "linux/foo.h").member("b")];
        mark(&mut changes, &grown, &[moved("struct foo", "b")]);
        assert_eq!(changes[0].release, Release::Released);
        assert_eq!(changes[1].release, Release::Unreleased);
    }

    #[test]
    fn a_value_that_is_again_that_of_the_release_is_restored() {
        let change = || Change::new(Kind::EnumeratorValueChanged, "FOO", "linux/foo.h");
        let mut changes = vec![change()];
        mark(&mut changes, &[change()], &[]);
        assert_eq!(changes[0].release, Release::Restored);
    }

    #[test]
    fn a_run_of_shifted_names_is_unreleased_only_as_a_whole() {
        let shifted = |names: &[&str]| {
            let rest = names[1..].iter().map(|name| (*name).to_owned()).collect();
            Change::new(Kind::EnumeratorsShifted, names[0], "linux/foo.h").affects(rest)
        };
        let added = |name| Change::new(Kind::EnumeratorAdded, name, "linux/foo.h");
        let mut changes = vec![shifted(&["A", "B"]), shifted(&["A", "C"])];
        mark(
            &mut changes,
            &[added("A"), added("B")],
            &[added("A"), added("B")],
        );
        assert_eq!(changes[0].release, Release::Unreleased);
        assert_eq!(changes[1].release, Release::Released);
    }

    #[test]
    fn everything_in_a_new_header_is_unreleased() {
        let mut changes = vec![moved("struct foo", "a")];
        let new = [Change::new(Kind::HeaderAdded, "linux/foo.h", "linux/foo.h")];
        mark(&mut changes, &new, &new);
        assert_eq!(changes[0].release, Release::Unreleased);
    }
}
