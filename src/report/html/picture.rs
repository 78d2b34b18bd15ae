//! The layouts of a record become a picture: bytes as cells of rows of eight, both sides beside each other.
//!
//! A field that shares bits with one before it (a union) is drawn in a grid of its own below. The inner rows of
//! long fields are one row, and what goes beyond a fixed number of rows is told, not drawn. Lengths are in
//! pixels unless a name says bits. Knows no markup; `picture.svg` has that. Next: [`super::compared`].

use super::compared::{Compared, amount};
use super::fit;
use crate::report::phrases::clean;
use crate::report::{Layout, Layouts};
use askama::Template;
use std::collections::BTreeMap;

/// Width of a bit; a byte has eight of them.
const BIT: u64 = 5;
const ROW_BITS: u64 = 64;
const ROW_HEIGHT: u64 = 26;
/// Room for offsets, left of a grid.
const GUTTER: u64 = 56;
const SIDE: u64 = GUTTER + ROW_BITS * BIT;
const BETWEEN: u64 = 24;
/// Rows of one side.
const MOST_ROWS: usize = 64;
/// Grids of one side.
const MOST_GRIDS: usize = 12;
/// A field of more rows than this is drawn with one row for its inner ones.
const LONG: u64 = 4;

/// A rectangle with a text in it.
pub struct Cell {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    /// What is drawn differently: `same`, `hole`, `new`, `gone`, `moved`, `resized`, `retyped`.
    pub class: &'static str,
    /// As much of the text as fits.
    pub label: String,
    /// All that is to be said of it.
    pub title: String,
}

/// A line of text.
pub struct Line {
    pub x: u64,
    pub y: u64,
    pub class: &'static str,
    pub text: String,
}

/// Everything that is drawn.
#[derive(Template)]
#[template(
    path = "picture.svg",
    escape = "html",
    config = "src/report/html/askama.toml"
)]
pub struct Picture {
    /// A name in the page, for the title.
    pub id: String,
    pub title: String,
    pub description: String,
    pub width: u64,
    pub height: u64,
    pub cells: Vec<Cell>,
    pub lines: Vec<Line>,
}

/// Draws both sides, or the one that there is.
pub fn picture(id: &str, layouts: &Layouts) -> Picture {
    let compared = Compared::of(layouts);
    let mut pen = Pen::default();
    let mut x = 0;
    let mut height = 0;
    let sides = [("before", &layouts.before), ("after", &layouts.after)];
    for (at, (side, layout)) in sides.into_iter().enumerate() {
        if let Some(layout) = layout {
            pen.begin(x);
            pen.line(x, "side", format!("{side}: {}", size_words(layout)));
            pen.side(layout, &compared, at == 0);
            height = height.max(pen.y);
            x += SIDE + BETWEEN;
        }
    }
    Picture {
        id: id.to_owned(),
        title: format!(
            "Layout of {} on {}",
            clean(&layouts.subject),
            clean(&layouts.target)
        ),
        description: compared.sentence(layouts),
        width: x.saturating_sub(BETWEEN) + 2,
        height: height + 4,
        cells: pen.cells,
        lines: pen.lines,
    }
}

/// `struct, 24 bytes, aligned to 8`.
pub fn size_words(layout: &Layout) -> String {
    let kind = if layout.union { "union, " } else { "" };
    let bytes =
        crate::report::phrases::count(usize::try_from(layout.size).unwrap_or(usize::MAX), "byte");
    format!("{kind}{bytes}, aligned to {}", layout.align)
}

/// Bits that are drawn as one thing.
struct Span {
    start: u64,
    end: u64,
    class: &'static str,
    label: String,
    title: String,
}

/// A part of a span in one row; `rows` of them where inner rows are drawn as one.
struct Piece<'s> {
    span: &'s Span,
    from_bit: u64,
    to_bit: u64,
    rows: u64,
}

#[derive(Default)]
struct Pen {
    left: u64,
    y: u64,
    cells: Vec<Cell>,
    lines: Vec<Line>,
}

impl Pen {
    fn begin(&mut self, x: u64) {
        (self.left, self.y) = (x, 0);
    }

    fn line(&mut self, x: u64, class: &'static str, text: String) {
        self.y += 18;
        self.lines.push(Line {
            x,
            y: self.y - 4,
            class,
            text,
        });
    }

    fn side(&mut self, layout: &Layout, compared: &Compared<'_>, is_before: bool) {
        let mut rows = 0;
        let grids = grids(spans(layout, compared, is_before));
        let left_out = grids.len().saturating_sub(MOST_GRIDS);
        for (at, grid) in grids.iter().take(MOST_GRIDS).enumerate() {
            if at > 0 {
                self.line(self.left, "note", "or, in the same bytes:".to_owned());
            }
            self.grid(grid, &mut rows);
        }
        if left_out > 0 {
            let text = format!("{left_out} more such grids are not drawn");
            self.line(self.left, "note", text);
        }
        for member in layout.fields.iter().filter(|field| field.size_bits == 0) {
            let at = amount(member.offset_bits);
            let name = fit(&clean(&member.name), 200);
            self.line(self.left, "note", format!("{name}: open end, from {at}"));
        }
        if layout.fields_left_out > 0 {
            let text = format!("{} more fields are not drawn", layout.fields_left_out);
            self.line(self.left, "note", text);
        }
    }

    fn grid(&mut self, grid: &[Span], drawn: &mut usize) {
        let rows = rows(grid);
        let room = MOST_ROWS.saturating_sub(*drawn);
        for (row, pieces) in rows.iter().take(room) {
            self.lines.push(Line {
                x: self.left,
                y: self.y + 17,
                class: "offset",
                text: (row * (ROW_BITS / 8)).to_string(),
            });
            for piece in pieces {
                let cell = self.cell(piece);
                self.cells.push(cell);
            }
            self.y += ROW_HEIGHT;
        }
        if rows.len() > room {
            let text = format!("{} more rows are not drawn", rows.len() - room);
            self.line(self.left, "note", text);
        }
        *drawn += rows.len().min(room);
    }

    fn cell(&self, piece: &Piece<'_>) -> Cell {
        let width = (piece.to_bit - piece.from_bit) * BIT;
        let label = match piece.rows {
            1 => piece.span.label.clone(),
            rows => format!(
                "\u{22ee} {} bytes of {}",
                rows * (ROW_BITS / 8),
                piece.span.label
            ),
        };
        Cell {
            x: self.left + GUTTER + piece.from_bit * BIT,
            y: self.y,
            width,
            height: ROW_HEIGHT,
            class: piece.span.class,
            label: fit(&label, width),
            title: piece.span.title.clone(),
        }
    }
}

fn spans(layout: &Layout, compared: &Compared<'_>, is_before: bool) -> Vec<Span> {
    let fields = layout.fields.iter().filter(|field| field.size_bits > 0);
    let fields = fields.map(|field| {
        let change = compared.change(field, is_before);
        let name = match field.name.as_str() {
            "" => "(unnamed)".to_owned(),
            name => clean(name),
        };
        Span {
            start: field.offset_bits,
            end: field.offset_bits.saturating_add(field.size_bits),
            class: change.class(),
            label: format!("{}{name}", change.mark()),
            title: format!(
                "{name}: {}, at {}, {}{}",
                clean(&field.type_name),
                amount(field.offset_bits),
                amount(field.size_bits),
                change.words()
            ),
        }
    });
    let holes = layout.padding.iter().filter(|hole| hole.size_bits > 0);
    let holes = holes.map(|hole| Span {
        start: hole.offset_bits,
        end: hole.offset_bits.saturating_add(hole.size_bits),
        class: "hole",
        label: "padding".to_owned(),
        title: format!(
            "padding at {}, {}",
            amount(hole.offset_bits),
            amount(hole.size_bits)
        ),
    });
    // Holes first: nothing overlaps with them, so they stand in the first grid.
    holes.chain(fields).collect()
}

/// Spans that share no bit stand in one grid.
fn grids(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut grids: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        let free = |grid: &&mut Vec<Span>| {
            let apart = |other: &Span| other.end <= span.start || span.end <= other.start;
            grid.iter().all(apart)
        };
        match grids.iter_mut().find(free) {
            Some(grid) => grid.push(span),
            None => grids.push(vec![span]),
        }
    }
    grids
}

/// The pieces of each row that is drawn, by the row's number.
fn rows(grid: &[Span]) -> BTreeMap<u64, Vec<Piece<'_>>> {
    let mut rows: BTreeMap<u64, Vec<Piece<'_>>> = BTreeMap::new();
    let mut put = |row: u64, span, bits: (u64, u64), number| {
        rows.entry(row).or_default().push(Piece {
            span,
            from_bit: bits.0,
            to_bit: bits.1,
            rows: number,
        });
    };
    for span in grid {
        let (first, last) = (span.start / ROW_BITS, (span.end - 1) / ROW_BITS);
        let is_long = last - first >= LONG;
        let inner = if is_long {
            first + 1..first + 1
        } else {
            first + 1..last
        };
        let in_row = |row: u64| {
            let start = row * ROW_BITS;
            let end = span.end.saturating_sub(start).min(ROW_BITS);
            (span.start.saturating_sub(start), end)
        };
        put(first, span, in_row(first), 1);
        for row in inner {
            put(row, span, (0, ROW_BITS), 1);
        }
        if is_long {
            put(first + 1, span, (0, ROW_BITS), last - first - 1);
        }
        if last > first {
            put(last, span, in_row(last), 1);
        }
    }
    rows
}
