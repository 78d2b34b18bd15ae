//! Arguments become a run and its exit status: the only part that knows a terminal.
//!
//! [`run`] takes the streams as values, so that a test can drive the whole program in process. The
//! arguments are in `args.rs`, what happens with a report in `outcome.rs`. Judges nothing itself.

mod approvals;
mod args;
mod cache;
mod catalogue;
mod check;
mod dump;
mod failure;
#[cfg(feature = "service")]
mod follow;
mod history;
mod outcome;
mod output;
mod pages;
mod patch;
mod progress;
#[cfg(feature = "service")]
mod serve;

use crate::extract::worker;
use crate::report;
use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

pub use outcome::{FailOn, exit_code};

/// The run could not be done; `outcome.rs` has the other ones.
const COULD_NOT_RUN: u8 = 2;

/// What a run writes to, and what it may know of the world.
pub struct Io<'a> {
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub err: &'a mut dyn Write,
    /// Whether `--color auto` means colours.
    pub color: bool,
    /// Whether standard error is a terminal, which can show progress.
    pub progress: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// The program that can be run as `program extract-worker`.
    pub program: PathBuf,
    /// Where the cache lies unless the user names a place.
    pub cache: Option<PathBuf>,
}

/// Runs the program on the arguments and streams of this process.
pub fn main() -> ExitCode {
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    let path = |name| std::env::var_os(name).map(PathBuf::from);
    let mut io = Io {
        cache: crate::cache::default_directory(path("XDG_CACHE_HOME"), path("HOME")),
        color: stdout.is_terminal() && !plain,
        progress: stderr.is_terminal(),
        width: columns.unwrap_or(100),
        program: std::env::current_exe().unwrap_or_else(|_| "uapi-check".into()),
        // Neither is locked: a worker writes its answers from a thread of its own, and the progress of
        // a run is drawn on the other.
        out: &mut std::io::stdout(),
        err: &mut std::io::stderr(),
    };
    run(std::env::args_os(), &mut io)
}

/// Runs the program; the first argument is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> ExitCode {
    ExitCode::from(status(arguments, io))
}

/// As [`run`], with the exit status as a number: 0 pass, 1 findings, 2 could not run, 3 undecided.
pub fn status(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            return match mistyped(&arguments, &error) {
                Some(failure) => told(&failure, io),
                None => explain_usage(&error, io),
            };
        }
    };
    let done = match cli.command {
        None => check::run(&cli.check, io),
        Some(command) => dispatch(command, io),
    };
    done.unwrap_or_else(|failure| told(&failure, io))
}

fn told(failure: &Failure, io: &mut Io<'_>) -> u8 {
    // Nothing is left to tell where even this can't be written.
    let _ = writeln!(io.err, "uapi-check: {failure}");
    COULD_NOT_RUN
}

/// A first word that is nearly a command, with more behind it, is no range.
fn mistyped(arguments: &[OsString], error: &clap::Error) -> Option<Failure> {
    let [_, first, _, ..] = arguments else {
        return None;
    };
    let first = first.to_str().filter(|_| error.use_stderr())?;
    let program = Cli::command();
    let names = program.get_subcommands().map(clap::Command::get_name);
    let distance = |name: &str| strsim::damerau_levenshtein(name, first);
    let nearest = names.min_by_key(|name| distance(name))?;
    (1..=2).contains(&distance(nearest)).then(|| {
        Failure::mistake(format!(
            "there is no command `{first}`: did you mean `{nearest}`?"
        ))
    })
}

fn dispatch(command: Command, io: &mut Io<'_>) -> Result<u8, Failure> {
    let text = match command {
        Command::Check(args) => return check::run(&args, io),
        Command::Patch(args) => return patch::run(&args, io),
        #[cfg(feature = "service")]
        Command::Follow(args) => return follow::run(&args, io),
        #[cfg(feature = "service")]
        Command::Serve(args) => return serve::run(&args, io),
        #[cfg(feature = "service")]
        Command::Worker(args) => return serve::work(&args, io),
        Command::Dirs(args) => return check::directories(&args, io),
        Command::Dump(args) => return dump::run(&args, io),
        Command::Approvals(args) => return approvals::run(&args, io),
        Command::History(args) => return history::run(&args, io),
        Command::Cache(command) => return cache::run(&command, io),
        Command::Explain { rule, rules } => {
            pages::explain(&catalogue::load(rules.as_deref())?, &rule)?
        }
        Command::Rules { kinds: true, .. } => pages::kinds(),
        Command::Rules { rules, .. } => pages::table(&catalogue::load(rules.as_deref())?),
        Command::Schema { history, approvals } => schema(history, approvals)?,
        Command::Completions { shell } => completions(shell),
        Command::Man { command } => man(command.as_deref())?,
        Command::ExtractWorker => {
            // The worker speaks to its parent, not to a user: it takes the streams themselves.
            let code = worker::run(std::io::stdin(), std::io::stdout());
            return Ok(u8::from(code != ExitCode::SUCCESS) * COULD_NOT_RUN);
        }
    };
    output::to_stream(&text, io)?;
    Ok(0)
}

fn explain_usage(error: &clap::Error, io: &mut Io<'_>) -> u8 {
    let text = error.render();
    let stream = if error.use_stderr() {
        &mut io.err
    } else {
        &mut io.out
    };
    let _ = match io.color {
        true => write!(stream, "{}", text.ansi()),
        false => write!(stream, "{text}"),
    };
    if error.use_stderr() { COULD_NOT_RUN } else { 0 }
}

fn schema(of_history: bool, of_approvals: bool) -> Result<String, Failure> {
    let schema = match (of_history, of_approvals) {
        (true, _) => report::history::schema(),
        (_, true) => report::approvals::schema(),
        _ => report::json::schema(),
    };
    let schema = serde_json::to_string_pretty(&schema);
    let schema =
        schema.map_err(|error| Failure::ours(format!("the schema has no form: {error}")))?;
    Ok(schema + "\n")
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "uapi-check", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn man(name: Option<&str>) -> Result<String, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match name {
        None => program,
        Some(name) => {
            let found = program
                .find_subcommand(name)
                .filter(|found| !found.is_hide_set());
            let unknown = || {
                Failure::mistake(format!(
                    "there is no command `{name}`: see `uapi-check --help`"
                ))
            };
            found.ok_or_else(unknown)?.clone()
        }
    };
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::ours(format!("the manual has no form: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
