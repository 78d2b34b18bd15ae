//! What a name stands for on every target, apart from where it is declared and how it is written.
//!
//! Two states of a name are compared by this: a constant by its value, a record by its layout. So `3` and
//! `(1 + 2)` are one shape, as are a macro and an enumerator of the same value, and a comment has none.

use super::reading::Both;
use crate::model::{
    Constant, ConstantValue, Enumeration, Field, Function, FunctionMacro, HeaderSurface, Record,
    Surface, Typedef,
};
use std::collections::{BTreeMap, BTreeSet};

/// One declaration of a name: in words for people, and in all that decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    shown: String,
    decides: String,
}

impl Form {
    fn plain(text: String) -> Self {
        Self {
            shown: text.clone(),
            decides: text,
        }
    }
}

/// What a name stands for on each target that has it; empty where none does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape(BTreeMap<String, BTreeSet<Form>>);

impl Shape {
    /// Whether the name is not declared at all.
    pub fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    /// Its value or size in words: that of the first target. `None` where it has no such thing.
    pub fn shown(&self) -> Option<&str> {
        let form = self.0.values().next()?.iter().next()?;
        Some(form.shown.as_str()).filter(|shown| !shown.is_empty())
    }
}

/// The shapes of some names before and after, from all headers that were read.
pub(super) fn shapes(
    surfaces: &[Both],
    names: &BTreeSet<String>,
) -> BTreeMap<String, (Shape, Shape)> {
    let mut shapes: BTreeMap<String, (Shape, Shape)> = BTreeMap::new();
    for both in surfaces {
        for (side, surface) in [&both.before, &both.after].into_iter().enumerate() {
            visit(surface, &mut |name, form| {
                if !names.contains(name) {
                    return;
                }
                let pair = shapes.entry(name.to_owned()).or_default();
                let shape = if side == 0 { &mut pair.0 } else { &mut pair.1 };
                let forms = shape.0.entry(surface.target.clone()).or_default();
                forms.insert(form());
            });
        }
    }
    for name in names {
        shapes.entry(name.clone()).or_default();
    }
    shapes
}

/// The names that a header declares, on any target, as findings write them.
pub(super) fn names_of(surfaces: &[Both], header: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for both in surfaces {
        if let Some(header) = both.before.headers.get(header) {
            declarations(header, &mut |name, _| {
                names.insert(name.to_owned());
            });
        }
    }
    names
}

/// Takes a name, and what makes its form where that is wanted.
type Visitor<'v> = &'v mut dyn FnMut(&str, &dyn Fn() -> Form);

fn visit(surface: &Surface, found: Visitor<'_>) {
    for path in &surface.exported {
        found(path, &|| Form::plain(String::new()));
    }
    for header in surface.headers.values() {
        declarations(header, found);
    }
}

fn declarations(header: &HeaderSurface, found: Visitor<'_>) {
    for item in &header.records {
        found(&item.name, &|| record(item));
    }
    for item in &header.enumerations {
        if !item.name.is_empty() {
            found(&item.name, &|| enumeration(item));
        }
        for item in &item.enumerators {
            found(&item.name, &|| Form::plain(item.value.to_string()));
        }
    }
    for item in &header.typedefs {
        found(&item.name, &|| typedef(item));
    }
    for item in &header.constants {
        found(&item.name, &|| constant(item));
    }
    for item in &header.macros {
        found(&item.name, &|| function_macro(item));
    }
    for item in &header.functions {
        found(&item.name, &|| function(item));
    }
}

fn record(item: &Record) -> Form {
    let mut decides = format!("{:?} {} {}", item.kind, item.size, item.align);
    fields(&item.fields, &mut decides);
    Form {
        shown: format!("{} bytes", item.size),
        decides,
    }
}

fn fields(list: &[Field], text: &mut String) {
    for field in list {
        text.push_str(&format!(
            "; {} {}+{} {}",
            field.name, field.offset_bits, field.size_bits, field.ty.canonical
        ));
        fields(&field.fields, text);
    }
}

fn enumeration(item: &Enumeration) -> Form {
    let sign = if item.signed { "signed" } else { "unsigned" };
    Form {
        shown: String::new(),
        decides: format!("enum {} {sign}", item.size),
    }
}

fn typedef(item: &Typedef) -> Form {
    let to = &item.target;
    Form {
        shown: to.canonical.clone(),
        decides: format!("{} {} {}", to.canonical, to.size, to.align),
    }
}

fn constant(item: &Constant) -> Form {
    match &item.value {
        ConstantValue::Integer(value) if item.request.is_some() => Form {
            shown: format!("{value:#x}"),
            decides: value.to_string(),
        },
        ConstantValue::Integer(value) => Form::plain(value.to_string()),
        ConstantValue::Text(text) => Form::plain(format!("\"{text}\"")),
        ConstantValue::Empty => Form::plain(String::new()),
        ConstantValue::Unevaluated(_) => Form::plain(item.body.clone()),
    }
}

fn function_macro(item: &FunctionMacro) -> Form {
    Form {
        shown: String::new(),
        decides: format!("({}) {}", item.parameters.join(", "), item.body),
    }
}

fn function(item: &Function) -> Form {
    Form {
        shown: item.signature.clone(),
        decides: format!("{} {}", item.signature, item.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Enumerator;
    use std::sync::Arc;

    fn macro_of(value: i128, body: &str) -> HeaderSurface {
        HeaderSurface {
            constants: vec![Constant {
                name: "X".into(),
                line: 1,
                value: ConstantValue::Integer(value),
                c_type: "int".into(),
                body: body.into(),
                request: None,
            }],
            ..HeaderSurface::default()
        }
    }

    fn enumerator_of(value: i128) -> HeaderSurface {
        HeaderSurface {
            enumerations: vec![Enumeration {
                name: "enum x".into(),
                line: 1,
                end_line: 3,
                size: 4,
                signed: false,
                enumerators: vec![Enumerator {
                    name: "X".into(),
                    line: 2,
                    value,
                    written: String::new(),
                }],
            }],
            ..HeaderSurface::default()
        }
    }

    fn pair(before: HeaderSurface, after: HeaderSurface) -> (Shape, Shape) {
        let surface = |header: HeaderSurface| Surface {
            target: "x86_64".into(),
            headers: [("linux/x.h".to_owned(), Arc::new(header.into()))].into(),
            exported: Default::default(),
        };
        let both = Both {
            before: surface(before),
            after: surface(after),
        };
        let names = BTreeSet::from(["X".to_owned()]);
        shapes(&[both], &names).remove("X").unwrap()
    }

    #[test]
    fn a_value_is_the_same_however_it_is_written() {
        let (before, after) = pair(macro_of(3, "3"), macro_of(3, "(1 + 2)"));
        assert_eq!(before, after);
        let (before, after) = pair(macro_of(3, "3"), enumerator_of(3));
        assert_eq!(before, after);
        assert_eq!(after.shown(), Some("3"));
    }

    #[test]
    fn another_value_and_no_value_are_other_shapes() {
        let (before, after) = pair(macro_of(3, "3"), enumerator_of(4));
        assert_ne!(before, after);
        let (before, after) = pair(HeaderSurface::default(), macro_of(3, "3"));
        assert!(before.is_absent() && !after.is_absent());
    }
}
