//! What could not be read, folded over sides and targets: is it part of the change, or was it so all
//! along?

use super::Sides;
use crate::model::{Gap, GapSide, Header, Surface, Unread};
use std::collections::BTreeMap;

/// Folded gaps of all targets, sorted. A thing that is unread on both sides for the same reason and
/// whose own text is the same is listed, and is not in the change.
pub fn gaps(sides: &[Sides<'_>]) -> Vec<Gap> {
    let mut folded: BTreeMap<(String, String, String, GapSide, bool), Vec<String>> =
        BTreeMap::new();
    for sides in sides {
        let paths = sides
            .before
            .headers
            .keys()
            .chain(sides.after.headers.keys());
        let mut paths: Vec<&String> = paths.collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            for (unread, side, in_change) in of_header(sides, path) {
                let key = (
                    path.clone(),
                    unread.item.clone(),
                    unread.reason.clone(),
                    side,
                    in_change,
                );
                folded
                    .entry(key)
                    .or_default()
                    .push(sides.after.target.clone());
            }
        }
    }
    let gap = |((header, item, reason, side, in_change), targets)| Gap {
        header,
        item,
        targets,
        side,
        reason,
        in_change,
    };
    folded.into_iter().map(gap).collect()
}

fn of_header<'a>(sides: &Sides<'a>, path: &str) -> Vec<(&'a Unread, GapSide, bool)> {
    fn list<'a>(surface: &'a Surface, path: &str) -> &'a [Unread] {
        surface
            .headers
            .get(path)
            .map(|header: &std::sync::Arc<Header>| header.unread.as_slice())
            .unwrap_or_default()
    }
    let (old, new) = (list(sides.before, path), list(sides.after, path));
    let twin = |unread: &Unread, others: &'a [Unread]| {
        others.iter().find(|other| other.item == unread.item)
    };
    let mut found = Vec::new();
    for unread in new {
        match twin(unread, old) {
            Some(other) => found.push((unread, GapSide::Both, other.text != unread.text)),
            None => found.push((unread, GapSide::After, true)),
        }
    }
    for unread in old.iter().filter(|unread| twin(unread, new).is_none()) {
        found.push((unread, GapSide::Before, sides.after.exported.contains(path)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HeaderSurface;
    use std::sync::Arc;

    fn surface(unread: &[(&str, &str)]) -> Surface {
        let unread = unread.iter().map(|(item, text)| Unread {
            item: (*item).to_owned(),
            line: 1,
            reason: "unknown type".to_owned(),
            text: (*text).to_owned(),
        });
        let header = HeaderSurface {
            path: "linux/foo.h".to_owned(),
            unread: unread.collect(),
            ..HeaderSurface::default()
        };
        Surface {
            target: "x86_64".to_owned(),
            exported: ["linux/foo.h".to_owned()].into(),
            headers: [("linux/foo.h".to_owned(), Arc::new(header.into()))].into(),
        }
    }

    fn between(before: &Surface, after: &Surface) -> Vec<(String, GapSide, bool)> {
        let found = gaps(&[Sides { before, after }]);
        found
            .into_iter()
            .map(|gap| (gap.item, gap.side, gap.in_change))
            .collect()
    }

    #[test]
    fn what_was_unread_all_along_is_listed_and_not_in_the_change() {
        let old = surface(&[("struct a", "int x;"), ("struct b", "int y;")]);
        let new = surface(&[("struct a", "int x;"), ("struct b", "long y;")]);
        let expected = [
            ("struct a".to_owned(), GapSide::Both, false),
            ("struct b".to_owned(), GapSide::Both, true),
        ];
        assert_eq!(between(&old, &new), expected);
    }

    #[test]
    fn what_became_unreadable_is_in_the_change() {
        let (old, new) = (surface(&[]), surface(&[("struct a", "int x;")]));
        assert_eq!(
            between(&old, &new),
            [("struct a".to_owned(), GapSide::After, true)]
        );
        assert_eq!(between(&old, &old), []);
    }
}
