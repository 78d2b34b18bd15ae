//! The layouts of both sides become what happened to each field: the same question for picture and table.

use crate::report::phrases::{clean, count, list};
use crate::report::{Layout, Layouts, Member};
use std::collections::HashMap;

/// What became of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing, or there is no other side to tell by.
    Same,
    /// It is only after.
    New,
    /// It is only before.
    Gone,
    /// It stands elsewhere: the offset on the other side, in bits, and its size there where that differs; and whether
    /// that is the side before.
    Moved(u64, Option<u64>, bool),
    /// It has another size: that of the other side, in bits, and whether that is the one before.
    Resized(u64, bool),
    /// It has another type: that of the other side, and whether that is the one before.
    Retyped(String, bool),
}

impl Change {
    /// The class that it is drawn with.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Moved(..) => "moved",
            Self::Resized(..) => "resized",
            Self::Retyped(..) => "retyped",
        }
    }

    /// A sign before the name, for those who see no colours.
    pub fn mark(&self) -> &'static str {
        match self {
            Self::Same => "",
            Self::New => "+ ",
            Self::Gone => "\u{2212} ",
            Self::Moved(..) => "\u{2192} ",
            Self::Resized(..) => "\u{2194} ",
            Self::Retyped(..) => "\u{2260} ",
        }
    }

    /// What is added to a title; empty where nothing changed.
    pub fn words(&self) -> String {
        let when = |other_is_before: bool| match other_is_before {
            true => "before",
            false => "after",
        };
        match self {
            Self::Same => String::new(),
            Self::New => "; new".to_owned(),
            Self::Gone => "; gone after".to_owned(),
            Self::Moved(bits, size, before) => {
                let size = size.map_or_else(String::new, |bits| format!(", {}", amount(bits)));
                format!("; {} at {}{size}", when(*before), amount(*bits))
            }
            Self::Resized(bits, before) => format!("; {} {}", when(*before), amount(*bits)),
            Self::Retyped(name, before) => format!("; {} {}", when(*before), clean(name)),
        }
    }
}

/// The fields of both sides, by name.
pub struct Compared<'l> {
    before: Option<HashMap<&'l str, &'l Member>>,
    after: Option<HashMap<&'l str, &'l Member>>,
}

/// One field in the table beside a picture.
pub struct Row {
    pub name: String,
    pub type_name: String,
    pub before: String,
    pub after: String,
    pub change: &'static str,
}

impl<'l> Compared<'l> {
    /// Looks both sides through.
    pub fn of(layouts: &'l Layouts) -> Self {
        Self {
            before: layouts.before.as_ref().map(names),
            after: layouts.after.as_ref().map(names),
        }
    }

    /// What became of a field of that side.
    pub fn change(&self, field: &Member, is_before: bool) -> Change {
        let other = if is_before { &self.after } else { &self.before };
        let Some(other) = other.as_ref().filter(|_| !field.name.is_empty()) else {
            return Change::Same;
        };
        match other.get(field.name.as_str()) {
            None if is_before => Change::Gone,
            None => Change::New,
            Some(other) if other.offset_bits != field.offset_bits => {
                let size = (other.size_bits != field.size_bits).then_some(other.size_bits);
                Change::Moved(other.offset_bits, size, !is_before)
            }
            Some(other) if other.size_bits != field.size_bits => {
                Change::Resized(other.size_bits, !is_before)
            }
            Some(other) if other.type_name != field.type_name => {
                Change::Retyped(other.type_name.clone(), !is_before)
            }
            Some(_) => Change::Same,
        }
    }

    /// The picture in words.
    pub fn sentence(&self, layouts: &Layouts) -> String {
        let side = |name: &str, layout: &Option<Layout>| match layout {
            None => format!("{name}: none. "),
            Some(layout) => {
                let bytes = format!("{} bytes", layout.size);
                let fields = count(
                    layout.fields.len().saturating_add(layout.fields_left_out),
                    "field",
                );
                format!("{name}: {bytes}, {fields}. ")
            }
        };
        let mut text = side("Before", &layouts.before) + &side("After", &layouts.after);
        let told = [
            ("gone", true),
            ("new", false),
            ("moved", false),
            ("resized", false),
            ("retyped", false),
        ];
        for (class, of_before) in told {
            let layout = if of_before {
                &layouts.before
            } else {
                &layouts.after
            };
            let fields = layout.iter().flat_map(|layout| &layout.fields);
            let such = fields.filter(|field| self.change(field, of_before).class() == class);
            let names: Vec<String> = such.map(|field| field.name.clone()).collect();
            if !names.is_empty() {
                text.push_str(&format!("{class}: {}. ", list(&names, 8)));
            }
        }
        text.trim_end().to_owned()
    }

    /// Every field once: those of after in their order, then those that are gone.
    pub fn rows(&self, layouts: &Layouts) -> Vec<Row> {
        let after = layouts.after.iter().flat_map(|layout| &layout.fields);
        let mut rows: Vec<Row> = after
            .map(|field| {
                let before = self.before.as_ref();
                let old = before.and_then(|names| names.get(field.name.as_str()).copied());
                row(field, old, Some(field), &self.change(field, false))
            })
            .collect();
        let gone = layouts.before.iter().flat_map(|layout| &layout.fields);
        rows.extend(
            gone.filter(|field| {
                let after = self.after.as_ref();
                let still =
                    |names: &HashMap<&str, &Member>| names.contains_key(field.name.as_str());
                !field.name.is_empty() && !after.is_some_and(still)
            })
            .map(|field| row(field, Some(field), None, &self.change(field, true))),
        );
        rows
    }
}

fn names(layout: &Layout) -> HashMap<&str, &Member> {
    let named = layout.fields.iter().filter(|field| !field.name.is_empty());
    named.map(|field| (field.name.as_str(), field)).collect()
}

fn row(field: &Member, before: Option<&Member>, after: Option<&Member>, change: &Change) -> Row {
    let place = |member: Option<&Member>| match member {
        None => "none".to_owned(),
        Some(member) => format!(
            "{}, {}",
            place(member.offset_bits),
            amount(member.size_bits)
        ),
    };
    Row {
        name: match field.name.as_str() {
            "" => "(unnamed)".to_owned(),
            name => clean(name),
        },
        type_name: clean(&field.type_name),
        before: place(before),
        after: place(after),
        change: change.class(),
    }
}

fn place(bits: u64) -> String {
    format!("at {}", amount(bits))
}

/// Bits as words: `4 bytes`, `3 bits`, `4 bytes and 3 bits`.
pub fn amount(bits: u64) -> String {
    let number = |number: u64, noun: &str| match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    };
    match (bits / 8, bits % 8) {
        (bytes, 0) => number(bytes, "byte"),
        (0, bits) => number(bits, "bit"),
        (bytes, bits) => format!("{} and {}", number(bytes, "byte"), number(bits, "bit")),
    }
}
