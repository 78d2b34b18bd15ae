//! Pieces of code behind a header become the first error of each, or none.

use super::message::describe;
use super::parser::Parser;
use super::unit::{Form, GNU11, Job, MAIN, parse};

/// Compiles pieces of code behind a header; gives the first error of each.
///
/// A piece that is only a comment asks whether the header itself compiles alone; one that includes it
/// again, and stands alone, whether that works.
///
/// # Errors
/// Where libclang gives up, which says nothing of the code.
pub fn compile(
    parser: &Parser,
    job: &Job<'_>,
    codes: &[String],
) -> Result<Vec<Option<String>>, String> {
    let all = |reason: String| vec![Some(reason); codes.len()];
    if let Err(reason) = job.text() {
        return Ok(all(reason));
    }
    let code = codes
        .iter()
        .map(|code| format!("{code}\n"))
        .collect::<String>();
    let attempt = |prelude_first| {
        let form = Form {
            prelude_first,
            language: GNU11,
            record: false,
        };
        parse(parser, job, &form, &code)
    };
    let mut parsed = attempt(false)?;
    let first = parsed.in_headers.first().map(describe);
    if first.is_some() {
        // The header does not compile alone: its own errors must not decide about code behind it, only
        // that it is there.
        parsed = attempt(true)?;
        let mut absent = parsed
            .in_headers
            .iter()
            .filter(|error| *error.location.file == *MAIN);
        if let Some(error) = absent.next() {
            return Ok(all(describe(error)));
        }
    }
    let mut line = 1;
    let each = codes.iter().map(|code| {
        let lines = line..line + 1 + code.matches('\n').count() as u32;
        line = lines.end;
        let comment = code.trim().starts_with("/*") && code.trim().ends_with("*/");
        if comment || code.trim_start().starts_with("#include") {
            return first.clone();
        }
        let mut own = parsed
            .in_code
            .iter()
            .filter(|error| lines.contains(&error.location.line));
        own.next().map(describe)
    });
    Ok(each.collect())
}
