//! The text of a comment becomes the command in it.
//!
//! A command is the first line, and begins with `/uapi` and a blank. Whoever quotes one, or speaks of one later in a
//! text, gives none. Pure. Next: `answer`.

use crate::report::phrases;

/// Characters of a reason, or of a name, at most.
const LONGEST: usize = 500;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Look again.
    Recheck,
    /// Say what a rule is about.
    Explain(String),
    /// Take a finding as it is.
    Waive {
        /// Its fingerprint, or the beginning of it.
        id: String,
        /// Why.
        reason: String,
    },
    /// Something that is no command; in words, what is wrong.
    Mistake(String),
}

/// Reads a comment; `None` where it has no command.
pub fn command(text: &str) -> Option<Command> {
    let line = text.lines().next()?.trim_end();
    let rest = line.strip_prefix("/uapi")?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let line = phrases::cut(&phrases::clean(rest), 2 * LONGEST);
    let mut words = line.split_whitespace();
    let what = words.next().unwrap_or_default().to_lowercase();
    let first = words.next().map(|word| phrases::cut(word, LONGEST));
    let rest = words.collect::<Vec<_>>().join(" ");
    Some(match (what.as_str(), first) {
        ("recheck", _) => Command::Recheck,
        ("explain", Some(rule)) => Command::Explain(rule),
        ("explain", None) => mistake("`/uapi explain` needs the name of a rule"),
        ("waive", Some(id)) if !rest.is_empty() => Command::Waive {
            id: id.to_ascii_lowercase(),
            reason: phrases::cut(&rest, LONGEST),
        },
        ("waive", _) => mistake("`/uapi waive` needs the id of a finding, and a reason"),
        _ => mistake(
            "the commands are `/uapi recheck`, `/uapi explain RULE` and `/uapi waive ID reason`",
        ),
    })
}

fn mistake(what: &str) -> Command {
    Command::Mistake(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_command() {
        assert_eq!(command("/uapi recheck"), Some(Command::Recheck));
        assert_eq!(command("/uapi  ReCheck \r\nplease"), Some(Command::Recheck));
        let explain = Command::Explain("enum-value-changed".to_owned());
        assert_eq!(command("/uapi explain enum-value-changed"), Some(explain));
        let waive = Command::Waive {
            id: "00aa".to_owned(),
            reason: "no driver ever filled it in".to_owned(),
        };
        let text = "/uapi waive 00AA no driver  ever filled\tit in\n\nmore";
        assert_eq!(command(text), Some(waive));
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "",
            "please /uapi recheck",
            " /uapi recheck",
            "> /uapi recheck",
            "well\n/uapi recheck",
            "/uapireckeck",
            "/uapi-check recheck",
            "/UAPI recheck",
        ] {
            assert_eq!(command(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_command_that_lacks_something_is_a_mistake() {
        for text in [
            "/uapi",
            "/uapi explain",
            "/uapi waive",
            "/uapi waive 00aa",
            "/uapi waive 00aa  ",
            "/uapi merge",
        ] {
            let found = command(text);
            assert!(matches!(found, Some(Command::Mistake(_))), "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_are_short_and_plain() {
        let long = format!(
            "/uapi waive {} {}",
            "f".repeat(9_000),
            "\u{202e}x ".repeat(9_000)
        );
        let Some(Command::Waive { id, reason }) = command(&long) else {
            // Cut before the reason: that is a mistake, and no panic.
            assert!(matches!(command(&long), Some(Command::Mistake(_))));
            return;
        };
        assert!(id.chars().count() <= LONGEST + 3 && reason.chars().count() <= LONGEST + 3);
        assert!(!reason.contains('\u{202e}'));
    }
}
