//! The request code of an ioctl becomes a picture: direction, size, type and number as fields of 32 bits.
//!
//! How many bits direction and size have is the architecture's choice: include/uapi/asm-generic/ioctl.h, and
//! arch/{alpha,mips,powerpc,sparc}/include/uapi/asm/ioctl.h. Bits are drawn from the highest to the lowest.

use super::fit;
use super::picture::{Cell, Line, Picture};
use crate::diff::{Fact, Facts};
use crate::report::json::Entry;
use crate::report::phrases::clean;

/// Width of a bit in pixels.
const BIT: u64 = 20;
const HEIGHT: u64 = 26;
const GUTTER: u64 = 56;

/// A request code, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub value: i128,
    pub direction: String,
    pub size: i128,
    pub type_code: i128,
    pub number: i128,
}

/// What a part of a code says.
type Part = fn(&Code) -> String;

/// Draws the request codes that a finding is about, where it is about such; as the target lays them out.
pub fn picture(id: &str, entry: &Entry, target: &str) -> Option<Picture> {
    let wide = has_wide_direction(target);
    let of = |facts| code(facts, entry.rule.starts_with("ioctl-"), wide);
    let (before, after) = (of(&entry.before), of(&entry.after));
    if before.is_none() && after.is_none() {
        return None;
    }
    let mut cells = Vec::new();
    let mut lines = Vec::new();
    let sides = [("before", &before, &after), ("after", &after, &before)];
    let mut y = 0;
    let mut told = Vec::new();
    for (name, code, other) in sides {
        let Some(code) = code else { continue };
        lines.push(line(0, y + 17, name));
        cells.extend(bar(code, other.as_ref(), wide, y));
        told.push(format!("{name}: {}", sentence(code)));
        y += HEIGHT + 6;
    }
    Some(Picture {
        id: id.to_owned(),
        title: format!("Request code {}", clean(&entry.subject)),
        description: told.join("; "),
        width: GUTTER + 32 * BIT + 2,
        height: y,
        cells,
        lines,
    })
}

/// The code in words.
pub fn sentence(code: &Code) -> String {
    format!(
        "{:#010x}, direction {}, size {} bytes, type {}, number {}",
        code.value,
        code.direction,
        code.size,
        letter(code.type_code),
        code.number
    )
}

/// Whether three bits tell the direction, and not two.
fn has_wide_direction(target: &str) -> bool {
    let wide = ["alpha", "mips", "powerpc", "sparc"];
    wide.iter().any(|name| target.starts_with(name))
}

fn code(facts: &Facts, is_request: bool, wide: bool) -> Option<Code> {
    let number = |name: &str| match facts.get(name) {
        Some(Fact::Integer(number)) => Some(*number),
        _ => None,
    };
    let value = number("value")?;
    let Some(Fact::Text(direction)) = facts.get("direction") else {
        return is_request.then(|| taken_apart(value, wide)).flatten();
    };
    Some(Code {
        value,
        direction: clean(direction),
        size: number("size")?,
        type_code: number("type")?,
        number: number("number")?,
    })
}

/// What the bits of a code say.
fn taken_apart(value: i128, wide: bool) -> Option<Code> {
    let bits = u32::try_from(value).ok()?;
    let (size_bits, names) = match wide {
        true => (13, ["", "none", "read", "", "write", "", "read-write", ""]),
        false => (14, ["none", "write", "read", "read-write", "", "", "", ""]),
    };
    let direction = names.get((bits >> (16 + size_bits)) as usize)?;
    Some(Code {
        value,
        direction: (*direction).to_owned(),
        size: i128::from((bits >> 16) & ((1 << size_bits) - 1)),
        type_code: i128::from((bits >> 8) & 0xff),
        number: i128::from(bits & 0xff),
    })
}

fn letter(code: i128) -> String {
    let letter = u8::try_from(code).ok().filter(u8::is_ascii_graphic);
    match letter {
        Some(letter) => format!("'{}' ({code:#x})", char::from(letter)),
        None => format!("{code:#x}"),
    }
}

fn bar(code: &Code, other: Option<&Code>, wide: bool, y: u64) -> Vec<Cell> {
    let direction = if wide { 3 } else { 2 };
    let differs = |of: Part| other.is_some_and(|other| of(other) != of(code));
    let parts: [(u64, &str, Part); 4] = [
        (direction, "dir", |code| code.direction.clone()),
        (16 - direction, "size", |code| code.size.to_string()),
        (8, "type", |code| letter(code.type_code)),
        (8, "nr", |code| code.number.to_string()),
    ];
    let mut x = GUTTER;
    let mut cells = Vec::new();
    for (bits, name, of) in parts {
        let width = bits * BIT;
        let changed = differs(of);
        let (class, mark) = match changed {
            true => ("resized", "\u{2260} "),
            false => ("same", ""),
        };
        // Two bits are too narrow for a name and a direction.
        let label = match name {
            "dir" => short(&of(code)).to_owned(),
            name => format!("{name} {}", of(code)),
        };
        cells.push(Cell {
            x,
            y,
            width,
            height: HEIGHT,
            class,
            label: fit(&format!("{mark}{label}"), width),
            title: format!("{name}, {bits} bits: {}", of(code)),
        });
        x += width;
    }
    cells
}

fn short(direction: &str) -> &str {
    match direction {
        "none" => "-",
        "read" => "R",
        "write" => "W",
        "read-write" => "RW",
        other => other,
    }
}

fn line(x: u64, y: u64, text: &str) -> Line {
    Line {
        x,
        y,
        class: "side",
        text: text.to_owned(),
    }
}
