//! The arguments, as clap reads them. The comments here are the program's help and manual.
//!
//! Only what a user typed: what it means is for the other files of `cli`.

use super::outcome::FailOn;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on, or approvals missing with --require-approvals
  2  could not run
  3  part of the change could not be examined, and nothing else is at or above --fail-on";

const PATCH_STATUS: &str = "\
Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on, or approvals missing with --require-approvals
  2  could not run
  3  part of the series is missing, does not apply or could not be examined, and nothing else is at or
     above --fail-on";

#[cfg(feature = "service")]
const FOLLOW_STATUS: &str = "\
Exit status:
  0  it was told to end, or with --once all was done
  2  could not run, or with --once part of it was not done; the log says what, and it is tried again next time";

const HISTORY_STATUS: &str = "\
Exit status:
  0  the history is whole
  2  could not run
  3  part of it could not be examined";

const APPROVALS_STATUS: &str = "\
Exit status:
  0  it is known who must agree
  2  could not run
  3  part of the change could not be examined";

/// Tells whether a change breaks the Linux user-space API, for whom, and why
#[derive(Debug, Parser)]
#[command(
    name = "uapi-check",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = EXIT_STATUS
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a change; what is done without a command, for revisions that are named like one
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// Check patches from mails: a .patch file, an mbox, a maildir, what `git format-patch` wrote
    #[command(after_help = PATCH_STATUS)]
    Patch(PatchArgs),
    /// Check one directory of headers against another, without git
    #[command(after_help = EXIT_STATUS)]
    Dirs(DirsArgs),
    /// Show what a revision exports to user space
    Dump(DumpArgs),
    /// Tell the life of every exported name over a range: added, changed, broken, restored, removed
    #[command(after_help = HISTORY_STATUS)]
    History(HistoryArgs),
    /// Tell who must agree with a change, by MAINTAINERS, and who has
    #[command(after_help = APPROVALS_STATUS)]
    Approvals(ApprovalsArgs),
    /// Follow lists, Patchwork and repositories: judge what arrives, and answer
    #[cfg(feature = "service")]
    #[command(after_help = FOLLOW_STATUS)]
    Follow(FollowArgs),
    /// Show one rule and its reason
    Explain {
        /// Id of the rule, as it stands in brackets in a report
        rule: String,
        /// Directory of rules that are added to the built-in ones
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// List all rules
    Rules {
        /// List the kinds of change and their facts instead, of which rules are made
        #[arg(long)]
        kinds: bool,
        /// Directory of rules that are added to the built-in ones
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// Show or empty the cache of what earlier runs found out
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Print the JSON Schema of `--format json`
    Schema {
        /// That of `history --format json` instead
        #[arg(long)]
        history: bool,
        /// That of `approvals --format json` instead
        #[arg(long, conflicts_with = "history")]
        approvals: bool,
    },
    /// Print a completion script
    Completions {
        /// The shell that it is for
        shell: clap_complete::Shell,
    },
    /// Print the manual in the form that man(1) reads
    Man {
        /// A command, for its own page
        command: Option<String>,
    },
    /// Reads headers for a parent process
    #[command(hide = true)]
    ExtractWorker,
}

#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// Tell what is in it
    Stat {
        #[command(flatten)]
        place: CachePlace,
        /// Form of the output
        #[arg(long, value_enum, default_value_t = StatFormat::Text)]
        format: StatFormat,
    },
    /// Take everything out of it
    Clear {
        #[command(flatten)]
        place: CachePlace,
    },
}

#[derive(Debug, Args)]
pub struct CacheArgs {
    /// Believe nothing that earlier runs found out, and keep nothing
    #[arg(long)]
    pub no_cache: bool,
    #[command(flatten)]
    pub place: CachePlace,
}

#[derive(Debug, Args)]
pub struct CachePlace {
    /// Directory of the cache; none is kept where it is empty [default: uapi-check in $XDG_CACHE_HOME or ~/.cache]
    #[arg(
        long,
        value_name = "DIR",
        env = "UAPI_CHECK_CACHE",
        hide_env_values = true,
        value_parser = clap::builder::OsStringValueParser::new()
    )]
    pub cache_dir: Option<OsString>,
    /// Size that the cache may have, such as 512M; what was longest not used is taken out
    #[arg(
        long,
        value_name = "SIZE",
        env = "UAPI_CHECK_CACHE_LIMIT",
        hide_env_values = true,
        default_value = "2G",
        value_parser = super::cache::parse_size
    )]
    pub cache_limit: u64,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What to check: A..B, A...B (from where B left A), or one commit
    ///
    /// Without it, the work tree is held against HEAD; where it is clean, HEAD against its parent.
    pub range: Option<String>,
    /// Repository of the kernel
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// Revision whose names may no longer change, or `none` [default: the last release before]
    #[arg(long, value_name = "REV")]
    pub released: Option<String>,
    /// Lay each finding to the commit that made it, and tell what later commits took back
    #[arg(long)]
    pub per_commit: bool,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Debug, Args)]
pub struct PatchArgs {
    /// Mails with the patches of one series: a file (one mail, or an mbox), a maildir, a directory of what
    /// `git format-patch` wrote, or - for standard input
    ///
    /// Patches are applied to the files in git, never to a work tree, and the repository stays as it is.
    #[arg(value_name = "FILE|DIR|-", default_value = "-")]
    pub mails: String,
    /// Repository of the kernel
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// Commit that the patches are for [default: what the series says (base-commit), else the tree that a tag
    /// of the subject stands for, or that MAINTAINERS names, else the name whose files are most like theirs,
    /// else HEAD or a branch next, master or main that they apply to]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Tree that a word in the brackets of a subject stands for, such as net-next=net-next/main
    ///
    /// May be given several times; those of one word are tried in order. The trees of .uapi-check.yaml at HEAD
    /// follow.
    #[arg(long = "tree", value_name = "TAG=REV", value_parser = parse_tree)]
    pub trees: Vec<(String, String)>,
    /// Version of the series, where there are several [default: the highest]
    #[arg(long = "version", value_name = "N")]
    pub series_version: Option<u32>,
    /// Revision whose names may no longer change, or `none` [default: the last release before]
    #[arg(long, value_name = "REV")]
    pub released: Option<String>,
    #[command(flatten)]
    pub run: RunArgs,
}

fn parse_tree(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=');
    let whole = parts.filter(|(tag, revision)| !tag.is_empty() && !revision.is_empty());
    let (tag, revision) = whole.ok_or("write TAG=REV, such as net-next=net-next/main")?;
    Ok((tag.to_owned(), revision.to_owned()))
}

#[cfg(feature = "service")]
#[derive(Debug, Args)]
pub struct FollowArgs {
    /// The configuration; deploy/follow.example.yaml explains every key
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Ask every source until nothing is left, judge, deliver, and end
    #[arg(long)]
    pub once: bool,
    /// Send nothing: mails become .eml files in DIR, checks are only logged; a database of its own is kept there
    #[arg(long, value_name = "DIR")]
    pub dry_run: Option<PathBuf>,
    /// Number of processes that read headers [default: one a processor]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Log only what somebody has to look at
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log more; twice, everything
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(flatten)]
    pub cache: CacheArgs,
}

#[derive(Debug, Args)]
pub struct DirsArgs {
    /// Directory of the headers that programs were built against
    pub old: PathBuf,
    /// Directory of the headers that they are to work with
    pub new: PathBuf,
    #[command(flatten)]
    pub run: RunArgs,
}

/// What every check takes.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub compare: CompareArgs,
    /// Read every header that the change reaches, even where nothing that it spells differs
    ///
    /// Takes longer and finds the same; for whoever doubts that.
    #[arg(long)]
    pub thorough: bool,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Verdict from which on a finding fails the run
    #[arg(long, value_enum, default_value_t = FailOn::Break)]
    pub fail_on: FailOn,
    /// Let approvals that are missing, or that nothing says whose they are, fail the run, too
    #[arg(long)]
    pub require_approvals: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// One line a finding
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Proofs, every gap, versions and times
    #[arg(short, long)]
    pub verbose: bool,
    /// List compatible changes too
    #[arg(long)]
    pub all: bool,
}

/// What everything takes that compares.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Targets to examine, or `all`
    #[arg(
        long = "target",
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub targets: Vec<String>,
    #[command(flatten)]
    pub headers: HeaderArgs,
    /// Directory of rules that are added to the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Number of processes that read headers [default: one a processor]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub cache: CacheArgs,
}

/// Where the headers are.
#[derive(Debug, Args)]
pub struct HeaderArgs {
    /// How the headers lie: kernel, installed, uapi, strace, bionic, qemu, kernel-headers [default: found
    /// by the files that are there]
    #[arg(long, value_name = "NAME")]
    pub layout: Option<String>,
    /// The directory inside the tree that the headers, or one of these layouts, begin in
    #[arg(long, value_name = "DIR")]
    pub root: Option<String>,
    /// Headers that complete a tree which has only a part of them, such as /usr/include
    ///
    /// They are included and never judged. Without it, the few headers that nearly all others need are
    /// stubs of our own, and a header that needs more can't be read.
    #[arg(long, value_name = "DIR")]
    pub base_headers: Option<PathBuf>,
}

/// What everything takes that tells of a range in a form of its own.
#[derive(Debug, Args)]
pub struct ToldArgs {
    /// Repository of the kernel
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    #[command(flatten)]
    pub compare: CompareArgs,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = HistoryFormat::Text)]
    pub format: HistoryFormat,
}

#[derive(Debug, Args)]
pub struct ApprovalsArgs {
    /// The range: A..B, A...B (from where B left A), or one commit
    ///
    /// MAINTAINERS, .mailmap and .uapi-check.yaml are read from the state before it.
    pub range: String,
    #[command(flatten)]
    pub told: ToldArgs,
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The range: A..B, A...B (from where B left A), or one commit
    pub range: String,
    /// Only this name; `foo` finds `struct foo` too
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,
    #[command(flatten)]
    pub told: ToldArgs,
}

#[derive(Debug, Args)]
pub struct DumpArgs {
    /// The revision; or a directory, as a path that begins with / or with a dot
    pub rev: String,
    /// Only this header, by its installed path, such as linux/if_link.h
    pub header: Option<String>,
    /// Repository of the kernel
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    #[command(flatten)]
    pub headers: HeaderArgs,
    /// Target whose layout is shown
    #[arg(long, value_name = "NAME", default_value = "x86_64")]
    pub target: String,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = DumpFormat::Text)]
    pub format: DumpFormat,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Number of processes that read headers [default: one a processor]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub cache: CacheArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, in the manner of a compiler
    Text,
    /// For programs; see `uapi-check schema`
    Json,
    /// For a comment on a pull request
    Markdown,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
    /// For CI systems: JUnit's XML, each finding a case
    Junit,
    /// For GitHub Actions: workflow commands, which it shows beside the lines
    Github,
    /// For a browser: one page, with the layouts drawn
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DumpFormat {
    /// C with sizes and offsets in comments
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// For people
    Text,
    /// For programs; see `uapi-check schema`
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
