//! uapi-check tells whether a change breaks the Linux user-space API, for whom, and why.
//!
//! ```text
//! [mail -> apply ->] source -> tree -> extract -> [model] -> diff -> judge -> approve -> report
//! ```
//!
//! | stage | turns | into | must not know |
//! |---|---|---|---|
//! | [`mail`] | the bytes of mails | series of patches, and what reviewers said | I/O, git |
//! | [`apply`] | patches, and the commit that they are for | commits, as objects in a place of their own | headers, C |
//! | [`source`] | a range, a commit, the work tree, two directories | two sides of files, and the last release | headers, C |
//! | [`tree`] | a side and an architecture | the installed headers, in memory | libclang |
//! | [`extract`] | a tree and a target | a surface, and what could not be read | git, rules |
//! | [`model`] | | the plain data of a surface | any parser |
//! | [`diff`] | two surfaces of every target | typed changes | what is good or bad |
//! | [`judge`] | changes and rules | findings with verdict, reason and witness | I/O, clocks |
//! | [`approve`] | findings, MAINTAINERS and a policy | who must agree, and who has | I/O, clocks |
//! | [`report`] | all of it | terminal, JSON, Markdown, HTML, SARIF, JUnit | the outside world |
//!
//! [`pipeline`] is the main path, one line a stage; [`cli`] is the way in; [`cache`] keeps on disk what
//! runs found out, and knows nothing of what that is. No import runs back up: a
//! test reads the `use crate::` lines and holds them against the table.
//!
//! # How a commit is checked
//!
//! 1. [`source::open`] finds both sides in the object database; nothing is checked out or run.
//! 2. Where no file that the user-space API is made from differs, the answer is there: `pass`.
//! 3. [`tree::build`] rebuilds, for each architecture, what `make headers_install` would write. Every
//!    line keeps its number, so that what is found later points into the patch.
//! 4. Only headers whose own text, or that of something they include, differs are read. libclang does
//!    that in child processes ([`extract::pool`]): a header that kills it is a gap, nothing more.
//! 5. [`diff::diff`] compares what programs can see, by name, over what each header includes; what is
//!    the same on several targets is one change, and one root cause is one change.
//! 6. [`judge::judge`] takes the first rule that matches (`rules/*.yaml`). A `break` carries a witness:
//!    C lines that compile before and not after. They are compiled; a break without proof is none.
//! 7. What was found out is kept ([`cache`]) under a key of all that it depends on: a comparison that was
//!    made before is not made again, and starts no libclang; nor is a header read again.
//! 8. [`approve::standings`] tells which sections of MAINTAINERS must agree, by the text of the base, and
//!    [`approve::waive`] which findings the repository takes as they are.
//! 9. The report says what was found, what was examined, and what was not.
//!
//! # How patches are checked
//!
//! 1. [`source::mails`] reads mails, and [`mail`] makes a series of them, in order, with what it lacks.
//! 2. [`apply::apply`] finds the commit that the series is for, and makes a commit of each patch, as objects in
//!    a temporary repository that borrows those of the user's. What does not apply is told, and no pass.
//! 3. [`pipeline::check_patches`] goes through these commits as through any range: a verdict for each patch and
//!    one for the whole.
//!
//! # How lists are followed
//!
//! ```text
//! follow -> service (arrival -> decide -> outbox) -> post        store: all that outlives the process
//! ```
//!
//! 1. A source of `follow` (a Patchwork, a public-inbox, a newsgroup, a maildir, branches) gives what is new since its
//!    cursor; `store` keeps both in one transaction, and puts mails together into threads.
//! 2. `service` judges each version of a series when all of it is there, by [`pipeline::check_patches`], and again when
//!    somebody says something that counts.
//! 3. What follows is decided without any effect: checks that say something new, and a mail, composed by `reply`, where
//!    a list wants one. Verdict and outbox are kept in one transaction.
//! 4. `post` delivers what is in the outbox, each entry once, whatever dies in between.
//!
//! # How pull requests are checked
//!
//! 1. `web` proves a delivery of GitHub's and keeps it with the jobs that it asks for, in one transaction, before it answers.
//!    A job says no more than what is to be looked at.
//! 2. `service` takes jobs, one process or many. It reads from GitHub, by `github`, what counts: head, base, reviews,
//!    comments; fetches the commits into a bare repository, and goes through them as through any range. Who must agree,
//!    and what is waived, is told by the tip of the branch ([`pipeline::Authority`]), not by what the commits fork off.
//! 3. What follows is decided without any effect, and queued with the run in one transaction; `post` delivers it.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | surface | everything one side exports to user space, on one target |
//! | before, after, released | the sides: what programs were built against, what they shall run on, the last release |
//! | target | an architecture and data model that a side is read for |
//! | record, field, padding | a struct or union; its members; unused bytes between them |
//! | enumeration, enumerator | an enum; its constants |
//! | constant | an object-like macro, or an enumerator where both are meant |
//! | request code | the number that `_IOR(type, number, argument)` and its kin make |
//! | place | a header, a line, a side |
//! | gap | something that could not be read |
//! | change, subject, fact | one typed difference; about what; what is known of it |
//! | rule, finding, verdict | an entry of the policy; a change it matched; break, review, lint or ok |
//! | conclusion | of a whole run: pass, needs-approval, fail, undecided |
//! | job, hint, lease | something to look at; that somebody asked for it; until when one process has it |
//! | thread, version, answer | mails that belong together; one revision of the series in them; what reviewers say |
//! | ground | what a reading rests on besides the header: this build, libclang, the sandbox |
//! | witness | C lines that compile before and not after |
//! | authority | the commit whose MAINTAINERS, .mailmap and settings count |
//! | approval, standing | what a person said of one fingerprint; how a section stands after all that was said |
//! | content | what is declared under a subject: a part of the fingerprint, besides values |
//! | series, base | patches that belong together; the commit that they are for |
//! | waiver | a decision to take a finding as it is: shown, and not counted |

pub mod apply;
pub mod approve;
pub mod cache;
pub mod cli;
pub mod diff;
pub mod extract;
#[cfg(feature = "service")]
pub mod follow;
#[cfg(feature = "service")]
pub mod git;
#[cfg(feature = "service")]
pub mod github;
#[cfg(feature = "service")]
pub mod http;
pub mod judge;
pub mod mail;
pub mod model;
#[cfg(feature = "service")]
pub mod patchwork;
pub mod pipeline;
#[cfg(feature = "service")]
pub mod post;
#[cfg(feature = "service")]
pub mod reply;
pub mod report;
#[cfg(feature = "service")]
pub mod service;
pub mod source;
#[cfg(feature = "service")]
pub mod store;
pub mod tree;
#[cfg(feature = "service")]
pub mod web;
