//! One request becomes an order to a worker, and the worker's answer, or its end, an outcome.
//!
//! Knows nothing of processes but that they can be lost. Next: [`super::pool`].

use super::data_model::DataModel;
use super::process::Lost;
use super::request::{Compile, Compiled, ExtractError, Languages, Outcome, Request, SourceFile};
use super::target::Target;
use super::wire::{Answer, Order, Parts};
use crate::model::Unread;
use std::sync::Arc;

/// Asks a worker; the outer error is ours, the inner one the worker's end.
pub(super) type Ask<'a> =
    dyn FnMut(&Order, &[SourceFile]) -> Result<Result<Answer, Lost>, ExtractError> + 'a;

fn parts(target: &Target, header: &str, through: &str, files: &[SourceFile]) -> Parts {
    Parts {
        target: target.name.to_owned(),
        header: header.to_owned(),
        through: through.to_owned(),
        files: files
            .iter()
            .map(|file| (file.path.clone(), file.id))
            .collect(),
    }
}

/// Reads a header; where that ends the worker, once more without what most often does.
///
/// # Errors
/// Only where workers can't be started any more.
pub(super) fn read(request: &Request, ask: &mut Ask<'_>) -> Result<Outcome, ExtractError> {
    let mut order = Order::Read {
        unit: parts(
            request.target,
            &request.header,
            &request.through,
            &request.files,
        ),
        languages: request.languages,
        evaluate: true,
    };
    let lost = match ask(&order, &request.files)? {
        Ok(answer) => return Ok(outcome(answer, request)),
        Err(lost) => lost,
    };
    if let Order::Read {
        evaluate,
        languages,
        ..
    } = &mut order
    {
        *evaluate = false;
        *languages = Languages::Untried;
    }
    Ok(match ask(&order, &request.files)? {
        Ok(Answer::Read(mut header)) => {
            let reason = format!("macros of this header: {lost}");
            Arc::make_mut(&mut header.declares)
                .unread
                .push(whole_header(reason, request));
            Outcome::Read(header)
        }
        Ok(answer) => outcome(answer, request),
        Err(lost) => Outcome::Unread(vec![whole_header(lost.to_string(), request)]),
    })
}

fn outcome(answer: Answer, request: &Request) -> Outcome {
    let unread = |reason| Outcome::Unread(vec![whole_header(reason, request)]);
    match answer {
        Answer::Read(header) => Outcome::Read(header),
        Answer::Unread(reason) => unread(reason),
        Answer::Ready(_) | Answer::Compiled(_) | Answer::Measured(_) => {
            unread(Lost::Garbled.to_string())
        }
    }
}

/// A header of which nothing is known but its text: that, and all it includes, stands for what it
/// declares, so that it counts as changed wherever one of them did.
fn whole_header(reason: String, request: &Request) -> Unread {
    Unread {
        item: String::new(),
        line: 0,
        reason,
        text: request.text_id(),
    }
}

/// Tries pieces of code.
///
/// # Errors
/// Only where workers can't be started any more.
pub(super) fn compile(request: &Compile, ask: &mut Ask<'_>) -> Result<Compiled, ExtractError> {
    let order = Order::Compile {
        unit: parts(
            request.target,
            &request.header,
            &request.header,
            &request.files,
        ),
        codes: request.codes.clone(),
    };
    Ok(match ask(&order, &request.files)? {
        Ok(Answer::Compiled(errors)) if errors.len() == request.codes.len() => {
            Compiled::Tried(errors)
        }
        Ok(Answer::Unread(reason)) => Compiled::Lost(reason),
        Ok(_) => Compiled::Lost(Lost::Garbled.to_string()),
        Err(lost) => Compiled::Lost(lost.to_string()),
    })
}

/// Measures the data model of a target; `None` where the worker could not tell it.
///
/// # Errors
/// Only where workers can't be started any more.
pub(super) fn measure(
    target: &Target,
    ask: &mut Ask<'_>,
) -> Result<Option<Box<DataModel>>, ExtractError> {
    let target = target.name.to_owned();
    Ok(match ask(&Order::Measure { target }, &[])? {
        Ok(Answer::Measured(model)) => Some(model),
        _ => None,
    })
}
