//! One finding becomes a rustc-like message: title, the header's own lines, then notes.
//!
//! Knows nothing of the rest of the report but its sources and the names of the sides.

use super::Options;
use crate::diff::Release;
use crate::judge::{Finding, Verdict};
use crate::model::{Place, Side};
use crate::report::{Report, phrases};
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Renderer, Snippet,
};
use memchr::memchr_iter;
use std::ops::Range;

/// Longest part of a header's line that is kept, in bytes.
const LONGEST_LINE: usize = 400;
/// Dragged-along names shown without `verbose`.
const AFFECTS_SHOWN: usize = 6;
/// Columns that the margin and a note's name take.
const MARGIN: usize = 20;

/// The finding as text without a line break at its end.
pub fn render(report: &Report, finding: &Finding, options: &Options) -> String {
    let renderer = if options.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer
        .term_width(options.width)
        .short_message(options.quiet);
    let mut elements = excerpts(report, finding, options.quiet);
    if !options.quiet {
        elements.extend(notes(report, finding, options));
    }
    let title = level(finding.verdict)
        .primary_title(phrases::clean(&finding.message))
        .id(phrases::clean(&finding.rule));
    let group: Group<'_> = title.elements(elements);
    renderer.render(&[group])
}

fn level(verdict: Verdict) -> Level<'static> {
    match verdict {
        Verdict::Break => Level::ERROR,
        Verdict::Review => Level::WARNING,
        Verdict::Lint => Level::NOTE,
        Verdict::Ok => Level::HELP.with_name("ok"),
    }
}

/// The line after, then the line before; only one where the other has nothing to say. On one line
/// (`bare`) there is room for the place alone.
fn excerpts<'a>(report: &'a Report, finding: &'a Finding, bare: bool) -> Vec<Element<'a>> {
    let (before, after) = phrases::difference(&finding.before, &finding.after);
    let label = |side, facts| (!bare).then(|| label(side, facts));
    let mut elements = Vec::new();
    if let Some(place) = &finding.after_place {
        let label = label("after", &after);
        elements.push(excerpt(report, finding, place, (label, true)));
    }
    if let Some(place) = &finding.before_place {
        let first = elements.is_empty();
        if first || !(before.is_empty() || bare) {
            let label = label("before", &before);
            elements.push(excerpt(report, finding, place, (label, first)));
        }
    }
    if elements.is_empty() {
        elements.push(Origin::path(phrases::clean(&finding.header)).into());
    }
    elements
}

fn label(side: &str, facts: &str) -> String {
    match facts {
        "" => side.to_owned(),
        facts => format!("{side}: {facts}"),
    }
}

/// The header's line with a caret; only path and line where its text is not at hand.
fn excerpt<'a>(
    report: &'a Report,
    finding: &Finding,
    place: &Place,
    (label, primary): (Option<String>, bool),
) -> Element<'a> {
    let path = shown_path(report, place);
    let number = usize::try_from(place.line).unwrap_or(0);
    let Some(line) = line(report, place) else {
        let origin = Origin::path(path);
        return match number {
            0 => origin.into(),
            number => origin.line(number).into(),
        };
    };
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let annotation = kind.span(caret(line, &finding.subject, &finding.member));
    Snippet::<Annotation<'_>>::source(line)
        .line_start(number)
        .path(path)
        .annotation(annotation.label(label))
        .into()
}

/// The path that leads a reader there: the file itself after, `revision:path` (as `git show` takes it)
/// before.
fn shown_path(report: &Report, place: &Place) -> String {
    let path = phrases::path(report, place.side, &place.header).unwrap_or(&place.header);
    let path = phrases::clean(path);
    match place.side {
        Side::After => path,
        Side::Before => format!("{}:{path}", phrases::clean(&report.base.name)),
    }
}

fn line<'a>(report: &'a Report, place: &Place) -> Option<&'a str> {
    let source = report.sources.get(&(place.side, place.header.clone()))?;
    let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let breaks = memchr_iter(b'\n', source.text.as_bytes());
    let mut ends = breaks.map(|at| at + 1);
    let start = match index.checked_sub(1) {
        None => 0,
        Some(before) => ends.nth(before)?,
    };
    let line = source.text[start..].lines().next()?.trim_end();
    if line.is_empty() {
        return None;
    }
    let end = (0..=line.len().min(LONGEST_LINE))
        .rev()
        .find(|&end| line.is_char_boundary(end))?;
    Some(&line[..end])
}

/// Bytes of the line to point at: the field's or subject's name, else everything but indentation.
fn caret(line: &str, subject: &str, member: &str) -> Range<usize> {
    let field = member.rsplit('.').next().unwrap_or_default();
    let name = subject.rsplit(' ').next().unwrap_or_default();
    let whole = line.len() - line.trim_start().len()..line.len();
    [field, name]
        .into_iter()
        .find_map(|word| find_word(line, word))
        .unwrap_or(whole)
}

fn find_word(line: &str, word: &str) -> Option<Range<usize>> {
    if word.is_empty() {
        return None;
    }
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .map(|(start, _)| start..start + word.len())
        .find(|range| {
            !line[..range.start].ends_with(in_word) && !line[range.end..].starts_with(in_word)
        })
}

fn notes<'a>(report: &Report, finding: &'a Finding, options: &Options) -> Vec<Element<'a>> {
    let mut notes: Vec<(&'static str, String)> = Vec::new();
    let (before, after) = phrases::difference(&finding.before, &finding.after);
    // Where a header's line is shown, these stand at its caret.
    let unseen = |place: &Option<Place>| place.as_ref().and_then(|p| line(report, p)).is_none();
    if unseen(&finding.before_place) {
        notes.push(("before", before));
    }
    if unseen(&finding.after_place) {
        notes.push(("after", after));
    }
    if let Some(breaks) = finding.breaks {
        notes.push(("breaks", phrases::who(breaks).to_owned()));
    }
    notes.push(("waived", phrases::waived(report, finding)));
    notes.push(("targets", phrases::clean(&phrases::targets(finding))));
    if let Some(commit) = phrases::origin(report, finding) {
        notes.push(("commit", phrases::commit(report, commit)));
    }
    for variant in &finding.variants {
        let (before, after) = phrases::difference(&variant.before, &variant.after);
        let targets = phrases::list(&variant.targets, 8);
        notes.push((
            "elsewhere",
            format!("before: {before}; after: {after}; on {targets}"),
        ));
    }
    if finding.verdict != Verdict::Ok || options.verbose {
        notes.push(("why", phrases::clean(&finding.why)));
    }
    notes.extend(circumstances(finding, options));
    notes
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| note(name, &text, options).into())
        .chain(witness(finding, options).map(Element::from))
        .collect()
}

fn circumstances(finding: &Finding, options: &Options) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if !finding.affects.is_empty() {
        let most = if options.verbose {
            finding.affects.len()
        } else {
            AFFECTS_SHOWN
        };
        notes.push(("drags along", phrases::list(&finding.affects, most)));
    }
    if let Some(wanted) = &finding.evidence_wanted {
        notes.push(("would settle it", phrases::clean(wanted)));
    }
    match finding.release {
        Release::Released => {}
        Release::Unreleased => {
            notes.push(("release", "the state before was never released".to_owned()))
        }
        Release::Restored => notes.push((
            "release",
            "brings back what the last release has".to_owned(),
        )),
    }
    if let Some(see) = &finding.see {
        notes.push(("see", phrases::clean(see)));
    }
    if finding.preview {
        notes.push((
            "preview",
            "this rule is on trial and never fails a run".to_owned(),
        ));
    }
    notes
}

fn note(name: &'static str, text: &str, options: &Options) -> Message<'static> {
    let width = options.width.saturating_sub(MARGIN);
    let lines = phrases::wrap(text, width);
    Level::NOTE.with_name(name).message(lines.join("\n"))
}

/// The proof, with `verbose`.
fn witness(finding: &Finding, options: &Options) -> Option<Message<'static>> {
    let witness = finding.witness.as_ref().filter(|_| options.verbose)?;
    let state = phrases::witness(witness);
    let lines = witness.code.lines().map(phrases::clean);
    let lines: Vec<String> = std::iter::once(state.to_owned()).chain(lines).collect();
    Some(Level::NOTE.with_name("witness").message(lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::caret;

    #[test]
    fn the_caret_finds_the_name_as_a_whole_word() {
        assert_eq!(
            caret("\t__u32 flows_max, flows;", "struct s", "a.flows"),
            18..23
        );
        assert_eq!(caret("struct s {", "struct s", "flows"), 7..8);
    }

    #[test]
    fn without_the_name_it_points_at_the_code() {
        assert_eq!(caret("\t\tDEMO(x)", "FOO", ""), 2..9);
    }
}
