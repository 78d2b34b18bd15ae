//! A header's text loses the branches that only the kernel sees, its line numbers kept.
//!
//! Does what `unifdef -U__KERNEL__ -D__EXPORTED_HEADERS__` does in scripts/headers_install.sh, but
//! leaves an empty line where unifdef takes a line out. Knows nothing of files. Conditions are decided
//! in [`super::expression`].

use super::expression::{defined, evaluate};
use super::lines::{Line, Lines};

/// What happens to the text of the branch at hand.
#[derive(Clone, Copy, PartialEq)]
enum Branch {
    /// Kept together with its directives: the compiler decides.
    Open,
    /// Kept, its directives dropped.
    Kept,
    /// Dropped.
    Dropped,
}

/// One `#if` ... `#endif` that is open.
struct Group {
    branch: Branch,
    /// Some directive of the group was printed, so `#endif` must be printed too.
    printed: bool,
    /// A branch that is certainly taken was seen: everything after it is dropped.
    settled: bool,
    /// The `#endif` was already printed, in place of the `#elif` or `#else` at which the group settled.
    closed: bool,
    /// The group stands in dropped text.
    dropped: bool,
}

/// The text without kernel-only branches, or `None` where there is nothing to drop or where the
/// directives do not pair up, so that unifdef would refuse the file.
pub(super) fn drop_kernel_branches(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut groups: Vec<Group> = Vec::new();
    for line in Lines::new(text) {
        match line.word() {
            b"if" | b"ifdef" | b"ifndef" => open(&line, &mut groups, &mut out),
            b"elif" => alternative(&line, groups.last_mut()?, decide(&line), &mut out),
            b"else" => alternative(&line, groups.last_mut()?, Some(true), &mut out),
            b"endif" => {
                let group = groups.pop()?;
                write(
                    &mut out,
                    line.bytes,
                    !group.dropped && group.printed && !group.closed,
                );
            }
            _ => {
                let kept = groups.last().is_none_or(|g| g.branch != Branch::Dropped);
                write(&mut out, line.bytes, kept);
            }
        }
    }
    (groups.is_empty() && out != text).then_some(out)
}

/// What the directive's condition is known to be.
fn decide(line: &Line) -> Option<bool> {
    if line.directive.as_ref().is_some_and(|d| d.entangled) {
        return None;
    }
    let argument = line.argument();
    match line.word() {
        word @ (b"ifdef" | b"ifndef") => {
            let known = defined(argument.trim_ascii())?;
            Some(known == (word == b"ifdef"))
        }
        _ => evaluate(&argument),
    }
}

fn open(line: &Line, groups: &mut Vec<Group>, out: &mut Vec<u8>) {
    let dropped = groups.last().is_some_and(|g| g.branch == Branch::Dropped);
    let known = if dropped { Some(false) } else { decide(line) };
    let branch = match known {
        None => Branch::Open,
        Some(true) => Branch::Kept,
        Some(false) => Branch::Dropped,
    };
    let printed = branch == Branch::Open;
    write(out, line.bytes, printed);
    groups.push(Group {
        branch,
        printed,
        settled: known == Some(true),
        closed: false,
        dropped,
    });
}

/// An `#elif` or `#else`. A decided `#elif` becomes what is left of it, as unifdef writes it.
fn alternative(line: &Line, group: &mut Group, known: Option<bool>, out: &mut Vec<u8>) {
    let is_else = line.word() == b"else";
    if group.dropped || group.settled {
        // The first directive after a branch that was turned into `#else` stands for the `#endif`.
        let close = !group.dropped && group.printed && group.settled && !group.closed;
        if close {
            write_as(out, line, b"endif", false);
            group.closed = true;
        } else {
            write(out, line.bytes, false);
        }
        group.branch = Branch::Dropped;
        return;
    }
    match (known, group.printed) {
        (None, true) => write(out, line.bytes, true),
        (None, false) => write_as(out, line, b"if  ", true),
        (Some(true), true) if is_else => write(out, line.bytes, true),
        (Some(true), true) => write_as(out, line, b"else", false),
        (Some(true) | Some(false), _) => write(out, line.bytes, false),
    }
    group.branch = match (known, group.printed) {
        (None, _) => Branch::Open,
        (Some(true), _) => Branch::Kept,
        (Some(false), _) => Branch::Dropped,
    };
    group.printed |= known.is_none();
    // Nothing may follow an `#else` but its `#endif`, which is then written where it stands.
    group.settled = known == Some(true) && !is_else;
}

/// Writes a line, or only its line ends.
fn write(out: &mut Vec<u8>, bytes: &[u8], kept: bool) {
    if kept {
        out.extend_from_slice(bytes);
    } else {
        out.extend(bytes.iter().filter(|&&b| b == b'\n'));
    }
}

/// Writes a directive with another word, with or without what follows the old one.
fn write_as(out: &mut Vec<u8>, line: &Line, word: &[u8], with_rest: bool) {
    let Some(directive) = &line.directive else {
        return;
    };
    out.extend_from_slice(&line.bytes[..directive.start]);
    out.extend_from_slice(word);
    write(out, &line.bytes[directive.end..], with_rest);
}

#[cfg(test)]
mod tests {
    use super::drop_kernel_branches;

    #[track_caller]
    fn becomes(text: &str, expected: &str) {
        let out = drop_kernel_branches(text.as_bytes()).expect("something is dropped");
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn drops_kernel_branches_and_keeps_line_numbers() {
        becomes(
            "a\n#ifdef __KERNEL__\nb\n#else\nc\n#endif\nd\n",
            "a\n\n\n\nc\n\nd\n",
        );
        becomes("#ifndef __KERNEL__\na\n#else\nb\n#endif\n", "\na\n\n\n\n");
        becomes(
            "#ifdef __KERNEL__\n#ifdef X\na\n#else\nb\n#endif\n#endif\nc\n",
            "\n\n\n\n\n\n\nc\n",
        );
        becomes(
            "#if defined(__KERNEL__) && \\\n  X\na\n#endif\n",
            "\n\n\n\n",
        );
    }

    #[test]
    fn an_open_group_inside_a_kept_branch_stays() {
        becomes(
            "#ifndef __KERNEL__\n#ifdef X\na\n#endif\n#endif\n",
            "\n#ifdef X\na\n#endif\n\n",
        );
    }

    #[test]
    fn alternatives_take_the_place_of_what_was_dropped() {
        becomes(
            "#if defined(__KERNEL__)\na\n#elif X\nb\n#else\nc\n#endif\n",
            "\n\n#if   X\nb\n#else\nc\n#endif\n",
        );
        becomes(
            "#if X\na\n#elif !defined(__KERNEL__)\nb\n#else\nc\n#endif\n",
            "#if X\na\n#else\nb\n#endif\n\n\n",
        );
        becomes(
            "#if X\na\n#elif defined(__KERNEL__)\nb\n#else\nc\n#endif\n",
            "#if X\na\n\n\n#else\nc\n#endif\n",
        );
        becomes(
            "#if X\na\n#elif !defined(__KERNEL__)\nb\n#endif\n",
            "#if X\na\n#else\nb\n#endif\n",
        );
        becomes("#ifndef __KERNEL__\na\n#elif X\nb\n#endif\n", "\na\n\n\n\n");
    }

    #[test]
    fn what_the_compiler_decides_is_untouched() {
        for text in [
            "#if defined(__KERNEL__) || defined(__GLIBC__)\na\n#endif\n",
            "#if 0\na\n#endif\n",
            "/*\n#ifdef __KERNEL__\n*/\na\n",
            "#ifdef __KERNEL__X\na\n#endif\n",
            "#if X\n#elif Y\n#else\n#endif\n",
            "#ifdef __KERNEL__ /* goes\non */\na\n#endif\n",
        ] {
            assert_eq!(drop_kernel_branches(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn directives_that_do_not_pair_up_leave_the_text_alone() {
        for text in [
            "#ifdef __KERNEL__\na\n",
            "a\n#endif\n",
            "#else\n",
            "#elif X\n",
        ] {
            assert_eq!(drop_kernel_branches(text.as_bytes()), None, "{text}");
        }
    }
}
