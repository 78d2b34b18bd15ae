//! A surface becomes text for people, C with sizes and offsets in comments, or JSON.
//!
//! Offsets and sizes are in bytes, of bit-fields in bits after a colon. Padding that the compiler
//! inserts stands as a comment of its own. Knows no report; layouts are in `dump/layout.rs`.

mod layout;

use super::phrases::clean;
use crate::model::{
    Constant, ConstantValue, Direction, Enumeration, Function, FunctionKind, FunctionMacro, Header,
    HeaderSurface, RequestCode, Surface, Typedef, Unread,
};
use layout::{declare, record};
use serde::Serialize;
use std::collections::BTreeMap;

/// The headers of the surface as text; only the one where it is named.
pub fn text(surface: &Surface, header: Option<&str>) -> String {
    let headers = chosen(surface, header).map(|(_, header)| one(header, &surface.target));
    headers.collect::<Vec<_>>().join("\n")
}

/// The headers of the surface as JSON, in the form of [`crate::model`]; only the one where it is named.
///
/// # Errors
/// Where a value has no form in JSON.
pub fn json(surface: &Surface, header: Option<&str>) -> Result<String, serde_json::Error> {
    let dump = Dump {
        target: &surface.target,
        headers: chosen(surface, header).map(shown).collect(),
    };
    let mut text = serde_json::to_string_pretty(&dump)?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Dump<'a> {
    target: &'a str,
    headers: BTreeMap<&'a str, Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    declares: &'a HeaderSurface,
    closure: &'a [String],
}

fn chosen<'a>(
    surface: &'a Surface,
    only: Option<&'a str>,
) -> impl Iterator<Item = (&'a str, &'a Header)> {
    let headers = surface.headers.iter();
    headers
        .filter(move |(path, _)| only.is_none_or(|only| only == path.as_str()))
        .map(|(path, header)| (path.as_str(), header.as_ref()))
}

fn shown<'a>((path, header): (&'a str, &'a Header)) -> (&'a str, Shown<'a>) {
    let (declares, closure) = (&*header.declares, &*header.closure);
    (path, Shown { declares, closure })
}

/// One header, its declarations in the order of their lines.
fn one(header: &HeaderSurface, target: &str) -> String {
    let mut pieces: Vec<(u32, String)> = Vec::new();
    pieces.extend(header.records.iter().map(|r| (r.line, record(r))));
    pieces.extend(header.enumerations.iter().map(|e| (e.line, enumeration(e))));
    pieces.extend(header.typedefs.iter().map(|t| (t.line, typedef(t))));
    pieces.extend(header.constants.iter().map(|c| (c.line, constant(c))));
    pieces.extend(header.macros.iter().map(|m| (m.line, function_macro(m))));
    pieces.extend(header.functions.iter().map(|f| (f.line, function(f))));
    pieces.extend(header.unread.iter().map(|u| (u.line, unread(u))));
    pieces.sort_by_key(|(line, _)| *line);

    let mut text = format!("/* {} on {} */\n", clean(&header.path), clean(target));
    for (_, piece) in pieces {
        // What takes several lines stands apart.
        if piece.trim_end().contains('\n') {
            text.push('\n');
        }
        text.push_str(&piece);
    }
    text
}

fn enumeration(enumeration: &Enumeration) -> String {
    let name = match enumeration.name.as_str() {
        "" => "enum".to_owned(),
        name => clean(name),
    };
    let mut text = format!("{name} {{\n");
    for enumerator in &enumeration.enumerators {
        let (name, value) = (clean(&enumerator.name), enumerator.value);
        text.push_str(&format!("\t{name} = {value},\n"));
    }
    let sign = if enumeration.signed {
        "signed"
    } else {
        "unsigned"
    };
    text.push_str(&format!("}}; /* size {}, {sign} */\n", enumeration.size));
    text
}

fn typedef(typedef: &Typedef) -> String {
    let target = &typedef.target;
    let declared = declare(&target.spelling, &typedef.name);
    format!(
        "typedef {declared}; /* {}, size {}, align {} */\n",
        clean(&target.canonical),
        target.size,
        target.align
    )
}

fn constant(constant: &Constant) -> String {
    let (name, body) = (clean(&constant.name), clean(&constant.body));
    let comment = match (&constant.request, &constant.value) {
        (Some(request), ConstantValue::Integer(code)) => request_words(request, *code),
        (_, ConstantValue::Integer(value)) if body == value.to_string() => String::new(),
        (_, ConstantValue::Integer(value)) => format!("{value} ({value:#x})"),
        (_, ConstantValue::Text(_) | ConstantValue::Empty) => String::new(),
        (_, ConstantValue::Unevaluated(reason)) => format!("no constant: {}", clean(reason)),
    };
    let comment = match comment.as_str() {
        "" => String::new(),
        words => format!(" /* {words} */"),
    };
    let line = format!("#define {name} {body}");
    format!("{}{comment}\n", line.trim_end())
}

fn request_words(request: &RequestCode, code: i128) -> String {
    let direction = match request.direction {
        Direction::None => "no argument",
        Direction::Read => "read",
        Direction::Write => "write",
        Direction::ReadWrite => "read and write",
    };
    let argument = match &request.argument {
        Some(argument) => format!(" of {}", clean(&argument.spelling)),
        None => String::new(),
    };
    format!(
        "{code:#x}: {direction}, type {:#x}, number {:#x}, size {}{argument}",
        request.type_code, request.number, request.size
    )
}

fn function_macro(function: &FunctionMacro) -> String {
    let parameters = clean(&function.parameters.join(", "));
    let line = format!(
        "#define {}({parameters}) {}",
        clean(&function.name),
        clean(&function.body)
    );
    format!("{}\n", line.trim_end())
}

fn function(function: &Function) -> String {
    let kind = match function.kind {
        FunctionKind::Inline => "static inline",
        FunctionKind::Prototype | FunctionKind::Variable => "extern",
    };
    let name = clean(&function.name);
    let signature = clean(&function.signature);
    // The canonical type has the parameters behind a blank: `int (unsigned int)`.
    match signature.split_once(" (") {
        Some((result, parameters)) if function.kind != FunctionKind::Variable => {
            format!("{kind} {result} {name}({parameters};\n")
        }
        _ => format!("{kind} {};\n", declare(&signature, &name)),
    }
}

fn unread(unread: &Unread) -> String {
    let item = match unread.item.as_str() {
        "" => "the rest of the header",
        item => item,
    };
    format!(
        "/* not read: {}: {} */\n",
        clean(item),
        clean(&unread.reason)
    )
}

#[cfg(test)]
#[path = "dump_tests.rs"]
mod tests;
