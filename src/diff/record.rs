//! Structs and unions: which came, went, grew or shrank, and which only follow another one.
//!
//! The fields of a record that both sides have are compared in [`super::field`]. A record that is
//! written the same on both sides and differs only because something it holds does is no change of its
//! own: it is named among what the root cause affects.

use super::change::{Change, Facts};
use super::field::{self, Fields};
use super::index::{Fate, Found, Index};
use super::kinds::{Kind, Part};
use super::layout;
use super::place_of;
use crate::model::{Field, HeaderSurface, Record, RecordKind, Side};
use std::collections::HashMap;

/// The records of one header, compared.
pub fn compare(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for record in &header.records {
        match after.fate(&after.records, &header.path, &record.name, &record.name) {
            Fate::Visible(found) => {
                let pair = Pair {
                    before,
                    after,
                    header,
                    old: record,
                    new: found,
                };
                compare_pair(&pair, changes);
            }
            Fate::Elsewhere(now) => changes.push(removed(before, after, header, record, &now.path)),
            Fate::Gone => {
                let turned = other_kind(after, header, record);
                changes.push(turned.unwrap_or_else(|| removed(before, after, header, record, "")));
            }
            Fate::Unread => {}
        }
    }
}

/// `struct foo` where `union foo` has taken its place, or the reverse.
fn other_kind(after: &Index<'_>, header: &HeaderSurface, record: &Record) -> Option<Change> {
    let (keyword, tag) = record.name.split_once(' ')?;
    let other = if keyword == "struct" {
        "union"
    } else {
        "struct"
    };
    let name = format!("{other} {tag}");
    let found = after.records.get(name.as_str())?.iter().find(|found| {
        found.header.path == header.path || after.sees(&header.path, &found.header.path)
    })?;
    Some(
        Change::new(Kind::RecordKindChanged, &record.name, &header.path)
            .places(
                place_of(header, record.line, Side::Before),
                place_of(found.header, found.item.line, Side::After),
            )
            .with(Part::Before, "kind", keyword)
            .with(Part::After, "kind", other),
    )
}

/// New records of one header.
pub fn additions(before: &Index<'_>, header: &HeaderSurface, changes: &mut Vec<Change>) {
    for record in &header.records {
        if before.records.contains_key(record.name.as_str()) {
            continue;
        }
        changes.push(
            Change::new(Kind::RecordAdded, &record.name, &header.path)
                .places(None, place_of(header, record.line, Side::After))
                .with(Part::After, "size", record.size)
                .with(Part::After, "align", record.align),
        );
    }
}

/// One record on both sides.
pub(super) struct Pair<'a> {
    pub before: &'a Index<'a>,
    pub after: &'a Index<'a>,
    pub header: &'a HeaderSurface,
    pub old: &'a Record,
    pub new: Found<'a, &'a Record>,
}

impl Pair<'_> {
    /// Starts a change about this record, or about a field of it that stands on the given lines.
    pub fn change(&self, kind: Kind, old_line: Option<u32>, new_line: Option<u32>) -> Change {
        Change::new(kind, &self.old.name, &self.header.path).places(
            old_line.and_then(|line| place_of(self.header, line, Side::Before)),
            new_line.and_then(|line| place_of(self.new.header, line, Side::After)),
        )
    }

    /// Starts a change about the record as a whole.
    pub fn whole(&self, kind: Kind) -> Change {
        self.change(kind, Some(self.old.line), Some(self.new.item.line))
    }

    /// Request codes that encode the record's size, or that of one that holds it, and are other numbers
    /// after.
    pub fn requests(&self) -> Vec<String> {
        let mut names = self.before.requests(&self.old.name);
        let value =
            |index: &Index<'_>, name: &str| index.constants.get(name)?.first()?.item.value();
        names.retain(|name| value(self.before, name) != value(self.after, name));
        names
    }

    /// Names of the records that hold it by value, before.
    pub fn holders(&self) -> Vec<String> {
        self.before
            .holders(&self.old.name)
            .iter()
            .map(|record| record.name.clone())
            .collect()
    }

    /// Of those, the ones whose size or layout differs after.
    pub fn moved_holders(&self) -> Vec<String> {
        let holders = self.before.holders(&self.old.name);
        let moved = holders.iter().filter(|holder| {
            let new = self
                .after
                .records
                .get(holder.name.as_str())
                .and_then(|found| found.first());
            new.is_some_and(|new| new.item.size != holder.size || displaced(holder, new.item))
        });
        moved.map(|record| record.name.clone()).collect()
    }
}

/// Whether a field that both sides name stands elsewhere.
fn displaced(old: &Record, new: &Record) -> bool {
    let now: HashMap<String, u64> = layout::leaves(new)
        .into_iter()
        .filter(|leaf| !leaf.is_pad())
        .map(|leaf| (leaf.path.clone(), leaf.start()))
        .collect();
    layout::leaves(old).iter().any(|leaf| {
        now.get(&leaf.path)
            .is_some_and(|start| *start != leaf.start())
    })
}

fn compare_pair(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (pair.old, pair.new.item);
    if old.kind != new.kind {
        let name = |kind| {
            if kind == RecordKind::Struct {
                "struct"
            } else {
                "union"
            }
        };
        changes.push(
            pair.whole(Kind::RecordKindChanged)
                .with(Part::Before, "kind", name(old.kind))
                .with(Part::After, "kind", name(new.kind)),
        );
        return;
    }
    if same_layout(old, new) {
        field::respelled(pair, changes);
        packed_only(pair, changes);
        return;
    }
    if follows_another(pair) {
        return;
    }
    let fields = Fields::compare(pair, changes);
    sizes(pair, &fields, changes);
}

/// Same size, alignment and fields: nothing that a program could notice but spelling.
fn same_layout(old: &Record, new: &Record) -> bool {
    fn same(old: &[Field], new: &[Field]) -> bool {
        old.len() == new.len()
            && old.iter().zip(new).all(|(old, new)| {
                old.name == new.name
                    && old.offset_bits == new.offset_bits
                    && old.size_bits == new.size_bits
                    && old.bitfield == new.bitfield
                    && old.flexible == new.flexible
                    && old.inline == new.inline
                    && old.ty.canonical == new.ty.canonical
                    && same(&old.fields, &new.fields)
            })
    }
    old.size == new.size && old.align == new.align && same(&old.fields, &new.fields)
}

/// Whether the record is written the same on both sides, so that only something it holds can differ.
fn follows_another(pair: &Pair<'_>) -> bool {
    fn same(old: &[Field], new: &[Field]) -> bool {
        old.len() == new.len()
            && old.iter().zip(new).all(|(old, new)| {
                old.name == new.name
                    && old.ty.spelling == new.ty.spelling
                    && old.bitfield == new.bitfield
                    && (!old.bitfield || old.size_bits == new.size_bits)
                    && old.flexible == new.flexible
                    && old.inline == new.inline
                    && same(&old.fields, &new.fields)
            })
    }
    let (old, new) = (pair.old, pair.new.item);
    old.packed == new.packed && same(&old.fields, &new.fields) && holds_changed(pair)
}

/// Whether something that the record holds by value, or a typedef it names, differs.
fn holds_changed(pair: &Pair<'_>) -> bool {
    fn any(fields: &[Field], test: &dyn Fn(&Field) -> bool) -> bool {
        fields
            .iter()
            .any(|field| test(field) || any(&field.fields, test))
    }
    any(&pair.old.fields, &|field| {
        let record = pair.before.record(&pair.header.path, &field.ty.holds);
        let now = pair.after.record(&pair.new.header.path, &field.ty.holds);
        let record_differs = match (record, now) {
            (Some(old), Some(new)) => !same_layout(old, new),
            _ => false,
        };
        record_differs
            || field.ty.typedefs.iter().any(|name| {
                let old = pair.before.typedefs.get(name.as_str()).and_then(|found| found.first());
                let new = pair.after.typedefs.get(name.as_str()).and_then(|found| found.first());
                matches!((old, new), (Some(old), Some(new)) if old.item.target.canonical != new.item.target.canonical)
            })
    })
}

fn packed_only(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (pair.old, pair.new.item);
    if old.packed != new.packed {
        changes.push(
            pair.whole(Kind::RecordPackedChanged)
                .with(Part::Before, "packed", old.packed)
                .with(Part::After, "packed", new.packed)
                .with(Part::Whole, "moves", false),
        );
    }
}

/// Size and alignment of the record as a whole, where no field tells the story already.
fn sizes(pair: &Pair<'_>, fields: &Fields<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (pair.old, pair.new.item);
    if fields.explained {
        // What was added or resized brought the alignment with it.
    } else if old.align != new.align || (old.packed != new.packed && old.size != new.size) {
        changes.push(realigned(pair, fields));
    } else {
        packed_only(pair, changes);
    }
    if fields.tells_size || old.size == new.size {
        return;
    }
    if new.size > old.size && (!fields.appended.is_empty() || old.align == new.align) {
        changes.push(grown(pair, fields));
    }
    if new.size < old.size && (fields.removed || old.align == new.align) {
        changes.push(
            pair.whole(Kind::RecordShrunk)
                .with(Part::Before, "size", old.size)
                .with(Part::After, "size", new.size)
                .with(Part::Whole, "ioctls", pair.requests())
                .with(Part::Whole, "embedded_in", pair.holders())
                .with(Part::Whole, "flexible", fields.from_one)
                .affects(pair.moved_holders()),
        );
    }
}

fn realigned(pair: &Pair<'_>, fields: &Fields<'_>) -> Change {
    let (old, new) = (pair.old, pair.new.item);
    let state = |change: Change, part, record: &Record| {
        change
            .with(part, "align", record.align)
            .with(part, "packed", record.packed)
            .with(part, "size", record.size)
    };
    let moved_holders = pair.moved_holders();
    let moves = fields.moved
        || !moved_holders.is_empty()
        || (old.size != new.size && fields.appended.is_empty());
    let change = state(pair.whole(Kind::RecordRealigned), Part::Before, old);
    state(change, Part::After, new)
        .with(Part::Whole, "moves", moves)
        .with(Part::Whole, "embedded_in", pair.holders())
        .affects(moved_holders)
}

fn grown(pair: &Pair<'_>, fields: &Fields<'_>) -> Change {
    let (old, new) = (pair.old, pair.new.item);
    let moves = pair.moved_holders();
    let kind = if new.kind == RecordKind::Struct {
        "struct"
    } else {
        "union"
    };
    pair.whole(Kind::RecordGrown)
        .with(Part::Before, "size", old.size)
        .with(Part::After, "size", new.size)
        .with(Part::Whole, "appended", fields.appended.clone())
        .with(Part::Whole, "ioctls", pair.requests())
        .with(Part::Whole, "embedded_in", pair.holders())
        .with(Part::Whole, "size_field", size_field(old))
        .with(Part::Whole, "versioned", versioned(pair))
        .with(Part::Whole, "kind", kind)
        .with(Part::Whole, "moves", moves.clone())
        .affects(moves)
}

/// The leading field by which callers say how large their struct is, or empty.
fn size_field(record: &Record) -> String {
    const NAMES: [&str; 8] = [
        "size",
        "argsz",
        "cb",
        "cbsize",
        "struct_size",
        "sz",
        "usize",
        "cb_size",
    ];
    let leading = layout::leaves(record).into_iter().take(3);
    let mut found = leading.filter(|leaf| NAMES.contains(&leaf.field.name.as_str()));
    found.next().map(|leaf| leaf.path).unwrap_or_default()
}

/// Whether a macro `<NAME>_SIZE_VERn` states a released size of the struct, as for perf_event_attr
/// (PERF_ATTR_SIZE_VER0) and clone_args (CLONE_ARGS_SIZE_VER0).
fn versioned(pair: &Pair<'_>) -> bool {
    let size = i128::from(pair.old.size);
    pair.header.constants.iter().any(|constant| {
        constant.name.contains("_SIZE_VER")
            && constant.value == crate::model::ConstantValue::Integer(size)
    })
}

fn removed(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    record: &Record,
    now_in: &str,
) -> Change {
    let requests = before.requests(&record.name);
    let holders = before.holders(&record.name);
    let requests_gone = requests
        .iter()
        .all(|name| !after.constants.contains_key(name.as_str()));
    let holders_gone = holders
        .iter()
        .all(|holder| !after.records.contains_key(holder.name.as_str()));
    let used = !requests.is_empty() || !holders.is_empty();
    let tag = record.name.split(' ').next_back().unwrap_or_default();
    Change::new(Kind::RecordRemoved, &record.name, &header.path)
        .places(place_of(header, record.line, Side::Before), None)
        .with(Part::Before, "size", record.size)
        .with(Part::Whole, "now_in", now_in)
        .with(Part::Whole, "elsewhere", false)
        .with(
            Part::Whole,
            "typedef_remains",
            after.typedefs.contains_key(tag),
        )
        .with(
            Part::Whole,
            "companions",
            used && requests_gone && holders_gone,
        )
        .with(Part::Whole, "ioctls", requests)
}

/// Facts that a field's state is told by: offset and size in bytes, type as written.
pub(super) fn field_facts(leaf: &layout::Leaf<'_>) -> Facts {
    let mut facts = Facts::new();
    facts.insert("offset".into(), leaf.offset().into());
    facts.insert("size".into(), leaf.size().into());
    facts.insert("type".into(), leaf.field.ty.spelling.clone().into());
    facts
}
