//! Renders the proof of a finding: C lines that compile against `before` and not against `after`.
//!
//! Only text. Compiling it is for `extract`; what follows from the outcome is [`super::settle`].

use super::finding::Witness;
use super::message::Template;
use crate::diff::change::Change;

/// Fills in the template. The lines are written for the first of the change's targets.
pub(super) fn render(template: &Template, change: &Change) -> Witness {
    Witness {
        code: template.render(change).trim_end().to_owned(),
        confirmed: None,
    }
}
