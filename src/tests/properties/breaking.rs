//! Every way that is known here of changing a layout, a value or a request code of a header.
//!
//! Whether something really differs afterwards is not decided here but by gcc ([`super::facts`]).

use super::mutation::{Edit, Mutation, edited};
use super::outline::{Enumerator, Field, Item, outline};
use super::text::{Kind, tokens};
use std::ops::Range;

/// Types that a field is given instead of its own, or that is put before it.
const TYPES: [&str; 4] = [
    "unsigned char",
    "unsigned short",
    "unsigned int",
    "unsigned long long",
];

/// All mutations of a header, in a fixed order.
pub fn all(text: &str) -> Vec<Mutation> {
    let mut list = List {
        text,
        found: Vec::new(),
    };
    for item in outline(text) {
        match &item {
            Item::Record { name, at, fields } => list.record(name, at, fields),
            Item::Enumeration { enumerators, .. } => list.enumeration(enumerators),
            Item::Typedef { name, at, ty } => {
                list.add("typedef gone", name, vec![(at.clone(), String::new())]);
                for new in TYPES {
                    list.add(
                        "typedef of another type",
                        name,
                        vec![(ty.clone(), new.into())],
                    );
                }
            }
            Item::Macro { name, at, body } => list.object(name, at, body),
        }
    }
    list.found
}

struct List<'t> {
    text: &'t str,
    found: Vec<Mutation>,
}

impl List<'_> {
    fn add(&mut self, what: &str, subject: &str, edits: Vec<Edit>) {
        self.found.push(Mutation {
            what: what.to_owned(),
            subject: subject.to_owned(),
            text: edited(self.text, edits),
            beside: None,
        });
    }

    fn copy(&self, at: &Range<usize>) -> String {
        self.text[at.clone()].to_owned()
    }

    fn swap(&self, one: &Range<usize>, other: &Range<usize>) -> Vec<Edit> {
        vec![
            (one.clone(), self.copy(other)),
            (other.clone(), self.copy(one)),
        ]
    }

    fn record(&mut self, name: &str, at: &Range<usize>, fields: &[Field]) {
        self.add("record gone", name, vec![(at.clone(), String::new())]);
        for (index, field) in fields.iter().enumerate() {
            self.add("field gone", name, vec![(field.at.clone(), String::new())]);
            for ty in TYPES {
                let before = field.at.start..field.at.start;
                let new = format!("{ty} inserted_field; ");
                self.add("field put in front of another", name, vec![(before, new)]);
                let edit = (field.ty.clone(), ty.to_owned());
                self.add("field of another type", name, vec![edit]);
            }
            if let Some(next) = fields.get(index + 1) {
                self.add("fields swapped", name, self.swap(&field.at, &next.at));
            }
            if let Some(bits) = &field.bits {
                for change in ["+ 1", "- 1"] {
                    let new = format!("({}) {change}", self.copy(bits));
                    let edit = (bits.clone(), new);
                    self.add("bit-field of another width", name, vec![edit]);
                }
            }
            if let Some(bound) = &field.bound {
                for change in ["+ 1", "+ 8", "- 1", "/ 2"] {
                    let new = format!("({}) {change}", self.copy(bound));
                    self.add("array of another length", name, vec![(bound.clone(), new)]);
                }
            }
        }
    }

    fn enumeration(&mut self, enumerators: &[Enumerator]) {
        for (index, one) in enumerators.iter().enumerate() {
            let name = &one.name;
            self.add(
                "enumerator gone",
                name,
                vec![(one.whole.clone(), String::new())],
            );
            let here = one.at.start..one.at.start;
            self.add(
                "enumerator put in front of another",
                name,
                vec![(here, "INSERTED_ENUMERATOR, ".to_owned())],
            );
            for change in ["+ 1", "+ 77"] {
                let new = match &one.value {
                    Some(value) => (value.clone(), format!("({}) {change}", self.copy(value))),
                    None => (one.at.end..one.at.end, format!(" = 1000 {change}")),
                };
                self.add("enumerator of another value", name, vec![new]);
            }
            if let Some(next) = enumerators.get(index + 1) {
                self.add("enumerators swapped", name, self.swap(&one.at, &next.at));
            }
        }
    }

    fn object(&mut self, name: &str, at: &Range<usize>, body: &Range<usize>) {
        // An empty one is a guard, or a mark that no value tells of.
        if body.is_empty() {
            return;
        }
        self.add("macro gone", name, vec![(at.clone(), "\n".to_owned())]);
        let old = self.copy(body);
        if old.starts_with("_IO") {
            return self.request(name, body);
        }
        for change in ["+ 1", "| 0x4000", "* 3"] {
            let new = format!("(({old}) {change})");
            self.add("macro of another value", name, vec![(body.clone(), new)]);
        }
    }

    fn request(&mut self, name: &str, body: &Range<usize>) {
        let old = self.copy(body);
        let code: Vec<_> = tokens(&old).into_iter().filter(|t| t.is_code()).collect();
        let word = |at: &Range<usize>| old[at.clone()].to_owned();
        let mut add = |what: &str, at: &Range<usize>, new: String| {
            let at = body.start + at.start..body.start + at.end;
            self.add(what, name, vec![(at, new)]);
        };
        let Some(head) = code.first() else { return };
        for other in ["_IOR", "_IOW", "_IOWR"] {
            if word(&head.at) != other && word(&head.at) != "_IO" && word(&head.at) != "_IOC" {
                add("request of another direction", &head.at, other.to_owned());
            }
        }
        for token in &code[1..] {
            match token.kind {
                Kind::Number => {
                    add(
                        "request of another number",
                        &token.at,
                        format!("({} + 1)", word(&token.at)),
                    );
                }
                Kind::Literal => add("request of another type", &token.at, "'~'".to_owned()),
                _ => {}
            }
        }
        let commas: Vec<_> = code.iter().filter(|t| word(&t.at) == ",").collect();
        if let (2, Some(last), Some(close)) = (commas.len(), commas.last(), code.last()) {
            let at = last.at.end..close.at.start;
            add("request with another argument", &at, " char[77]".to_owned());
        }
    }
}
