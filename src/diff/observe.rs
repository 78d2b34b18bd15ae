//! What is remarkable about new things: padding, types of varying size, request codes that disagree
//! with their names. Stated as facts; whether it matters is for the rules.

use super::change::Change;
use super::index::{Index, Named};
use super::kinds::{Kind, Part};
use super::layout::{Leaf, holes, leaves};
use super::naming::identifiers;
use super::{place_of, request};
use crate::model::{
    CXX_KEYWORDS, Constant, ConstantValue, Direction, HeaderSurface, Record, RequestCode, Side,
    TypeClass,
};
use std::collections::BTreeSet;

/// Remarks about one header as it is after.
pub fn remarks(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for record in &header.records {
        let old = before.record(&header.path, &record.name);
        fields(header, record, old, changes);
        padding(header, record, old, changes);
        if old.is_none() {
            whole(before, after, header, record, changes);
        }
    }
    for item in &header.constants {
        if before.constants.contains_key(item.name.as_str()) || item.body == item.name {
            continue;
        }
        collides(header, &item.name, &item.name, item.line, changes);
        unresolved(after, header, item, changes);
        if let Some(code) = item.request.as_ref().filter(|_| item.body.contains('(')) {
            requests(header, item, code, changes);
        }
    }
}

fn remark(kind: Kind, subject: &str, header: &HeaderSurface, line: u32) -> Change {
    Change::new(kind, subject, &header.path).places(None, place_of(header, line, Side::After))
}

fn collides(
    header: &HeaderSurface,
    subject: &str,
    name: &str,
    line: u32,
    changes: &mut Vec<Change>,
) {
    let with = match name {
        "linux" | "unix" | "i386" => "predefined",
        _ if CXX_KEYWORDS.contains(&name) => "C++",
        _ => return,
    };
    let change = remark(Kind::NameCollides, subject, header, line).with(Part::After, "name", name);
    changes.push(change.with(Part::Whole, "with", with));
}

fn fields(
    header: &HeaderSurface,
    record: &Record,
    old: Option<&Record>,
    changes: &mut Vec<Change>,
) {
    let known: BTreeSet<String> = old
        .map(|old| leaves(old).into_iter().map(|leaf| leaf.path).collect())
        .unwrap_or_default();
    let mut seen = BTreeSet::new();
    for leaf in leaves(record)
        .iter()
        .filter(|leaf| !leaf.path.is_empty() && !known.contains(&leaf.path))
    {
        collides(
            header,
            &record.name,
            &leaf.field.name,
            leaf.field.line,
            changes,
        );
        if leaf.is_group() || !seen.insert(leaf.path.clone()) {
            continue;
        }
        changes.push(
            remark(Kind::FieldDeclared, &record.name, header, leaf.field.line)
                .member(&leaf.path)
                .with(Part::After, "offset", leaf.offset())
                .with(Part::After, "size", leaf.size())
                .with(Part::After, "type", leaf.field.ty.spelling.clone())
                .with(Part::Whole, "class", class(leaf))
                .with(Part::Whole, "new_record", old.is_none()),
        );
    }
}

/// The design class of a field's type. Typedefs of a fixed width come first: on some 64-bit targets
/// `__u64` is an `unsigned long` (asm-generic/int-l64.h) and still always 64 bits wide.
fn class(leaf: &Leaf<'_>) -> &'static str {
    let ty = &leaf.field.ty;
    let named =
        |test: &dyn Fn(&str) -> bool| ty.typedefs.iter().any(|name| test(name)) || test(&ty.holds);
    let time = |name: &str| {
        matches!(
            name,
            "time_t" | "__kernel_time_t" | "__kernel_old_time_t" | "suseconds_t" | "clock_t"
        ) || matches!(
            name,
            "struct timeval"
                | "struct timespec"
                | "struct __kernel_old_timeval"
                | "struct __kernel_old_timespec"
        )
    };
    if named(&time) {
        return "time";
    }
    if named(&|name| {
        matches!(
            name,
            "size_t"
                | "ssize_t"
                | "off_t"
                | "pid_t"
                | "uid_t"
                | "gid_t"
                | "mode_t"
                | "dev_t"
                | "ino_t"
        )
    }) {
        return "libc";
    }
    match ty.class {
        TypeClass::Pointer => "pointer",
        TypeClass::Bool => "bool",
        TypeClass::Enumeration => "enum",
        TypeClass::Float => "float",
        TypeClass::Record => "record",
        TypeClass::Char if ty.bounds.is_empty() => "char",
        TypeClass::Char | TypeClass::Other => "fixed",
        TypeClass::Integer { .. } => integer_class(leaf),
    }
}

/// Whether a typedef's name states its width: `__u64`, `__le16`, `__aligned_be64`, `uint32_t`.
fn is_fixed_width(name: &str) -> bool {
    let digits = name
        .trim_end_matches("_t")
        .trim_start_matches("__aligned_")
        .trim_start_matches('_');
    let stem = digits.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.len() < digits.len() && matches!(stem, "u" | "s" | "le" | "be" | "int" | "uint" | "sum")
}

fn integer_class(leaf: &Leaf<'_>) -> &'static str {
    let ty = &leaf.field.ty;
    let varying = |name: &str| {
        matches!(
            name,
            "__kernel_long_t"
                | "__kernel_ulong_t"
                | "__kernel_size_t"
                | "__kernel_ssize_t"
                | "__kernel_off_t"
        )
    };
    if ty.typedefs.iter().any(|name| varying(name)) {
        return "long";
    }
    if ty.typedefs.iter().any(|name| is_fixed_width(name)) {
        return "fixed";
    }
    if leaf.field.bitfield && ty.canonical == "int" {
        return "int-bitfield";
    }
    let element = ty.canonical.split('[').next().unwrap_or_default().trim();
    match element {
        "long" | "unsigned long" => "long",
        "unsigned char" | "signed char" if !ty.bounds.is_empty() => "fixed",
        _ if !ty.typedefs.is_empty() => "fixed",
        _ => "int",
    }
}

/// Padding in a new record, or in the bytes that a record gained.
fn padding(
    header: &HeaderSurface,
    record: &Record,
    old: Option<&Record>,
    changes: &mut Vec<Change>,
) {
    let from = old.map_or(0, |old| old.size * 8);
    let known = old.map(holes).unwrap_or_default();
    let covered = leaves(record).iter().map(Leaf::end).max().unwrap_or(0);
    for (start, end) in holes(record) {
        let bytes = (end / 8).saturating_sub(start.div_ceil(8));
        if bytes == 0
            || record.packed
            || (old.is_some() && (end <= from || known.contains(&(start, end))))
        {
            continue;
        }
        changes.push(
            remark(Kind::RecordPadding, &record.name, header, record.line)
                .with(Part::After, "offset", start.div_ceil(8))
                .with(Part::After, "size", bytes)
                .with(Part::Whole, "new_record", old.is_none())
                .with(Part::Whole, "tail", start >= covered),
        );
    }
}

fn whole(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    record: &Record,
    changes: &mut Vec<Change>,
) {
    let fields = leaves(record);
    let wide = fields.iter().any(|leaf| {
        matches!(leaf.field.ty.class, TypeClass::Integer { .. })
            && leaf.field.size_bits == 64 * leaf.field.ty.bounds.iter().product::<u64>()
    });
    if wide && !record.packed && !record.size.is_multiple_of(8) {
        changes.push(
            remark(Kind::RecordSizeUneven, &record.name, header, record.line).with(
                Part::After,
                "size",
                record.size,
            ),
        );
    }
    let passed_in = |name: &String| {
        let item = after
            .constants
            .get(name.as_str())
            .and_then(|found| found.first());
        let new = !before.constants.contains_key(name.as_str());
        new && matches!(item.map(|found| found.item), Some(Named::Macro(item))
            if item.request.as_ref().is_some_and(|code| matches!(code.direction, Direction::Write | Direction::ReadWrite)
                && code.argument.as_ref().is_some_and(|argument| argument.holds == record.name)))
    };
    let ioctls: Vec<String> = after
        .requests(&record.name)
        .into_iter()
        .filter(passed_in)
        .collect();
    let room = |leaf: &Leaf<'_>| {
        leaf.is_pad()
            || ["flags", "size", "argsz", "reserved"]
                .iter()
                .any(|word| leaf.field.name.contains(word))
    };
    if !ioctls.is_empty() && !fields.iter().any(room) {
        let change = remark(Kind::RecordWithoutRoom, &record.name, header, record.line).with(
            Part::After,
            "size",
            record.size,
        );
        changes.push(change.with(Part::Whole, "ioctls", ioctls));
    }
}

fn unresolved(
    after: &Index<'_>,
    header: &HeaderSurface,
    item: &Constant,
    changes: &mut Vec<Change>,
) {
    let ConstantValue::Unevaluated(reason) = &item.value else {
        return;
    };
    let Some(name) = reason.strip_prefix("undeclared: ") else {
        return;
    };
    // A name of another header: whoever includes that one has it.
    let declared = after.constants.contains_key(name)
        || after.typedefs.contains_key(name)
        || after.macros.contains_key(name);
    if after.has_field(&header.path, name) || declared || identifiers(&item.body).count() == 0 {
        return;
    }
    changes.push(
        remark(Kind::ConstantUnresolved, &item.name, header, item.line)
            .with(Part::After, "body", item.body.clone())
            .with(Part::Whole, "reason", reason.clone())
            .with(Part::Whole, "name", name),
    );
}

fn requests(
    header: &HeaderSurface,
    item: &Constant,
    code: &RequestCode,
    changes: &mut Vec<Change>,
) {
    let at = |kind| remark(kind, &item.name, header, item.line);
    let value = |item: &Constant| match item.value {
        ConstantValue::Integer(value) => value,
        _ => 0,
    };
    let twin = header.constants.iter().find(|other| {
        other.name != item.name
            && other.body.contains('(')
            && other.request.as_ref().is_some_and(|other| {
                other.type_code == code.type_code && other.number == code.number
            })
    });
    if let Some(other) = twin {
        changes.push(
            at(Kind::RequestDuplicated)
                .with(Part::After, "value", value(item))
                .with(Part::Whole, "other", other.name.clone())
                .with(Part::Whole, "same_code", other.value == item.value),
        );
    }
    let size_of_type = code
        .argument
        .as_ref()
        .is_some_and(|argument| argument.class == TypeClass::Integer { signed: false });
    if size_of_type && identifiers(&item.body).any(|word| word == "sizeof") {
        changes.push(at(Kind::RequestSizeofArgument).with(Part::After, "body", item.body.clone()));
    }
    if code.size > 8191 {
        changes.push(at(Kind::RequestOversized).with(Part::After, "size", u64::from(code.size)));
    }
    if let Some(says) = contradicts(&item.name, code.direction) {
        let change = at(Kind::RequestDirectionDoubtful).with(
            Part::After,
            "direction",
            request::direction(code.direction),
        );
        changes.push(change.with(Part::Whole, "says", says));
    }
}

/// What the name says, where the bits say only the opposite.
fn contradicts(name: &str, direction: Direction) -> Option<&'static str> {
    let has = |word: &str| name.split('_').any(|part| part == word);
    match direction {
        Direction::Read if has("SET") && !has("GET") => Some("write"),
        Direction::Write if has("GET") && !has("SET") => Some("read"),
        _ => None,
    }
}
