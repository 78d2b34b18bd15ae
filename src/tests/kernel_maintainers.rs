//! MAINTAINERS as the kernel's own scripts/get_maintainer.pl reads it: the oracle of `approve`.
//!
//! The script of v6.12 runs over every header of v6.1 and v6.12, and over made-up patches, in a tree
//! that has the directories of the kernel and hardly a file. `data/get_maintainer_each.pl` asks it many
//! things without starting it anew for each.

use crate::support::patches::Maker;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use uapi_check::approve::{Mailmap, Maintainers, Person, Section};

const EACH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/tests/data/get_maintainer_each.pl"
);
const SCRIPT: &str = "scripts/get_maintainer.pl";
/// Every person with every address: which of two stays otherwise hangs on the order of equal sections, which
/// the script leaves to chance.
const OPTIONS: [&str; 8] = [
    "--nogit",
    "--nogit-fallback",
    "--norolestats",
    "--roles",
    "--noremove-duplicates",
    "--nofixes",
    "--s",
    "--subsystem",
];
/// The script never names him, but for one of its options.
const CHIEF: &str = "Linus Torvalds <torvalds@linux-foundation.org>";

/// What the script says, and what we say instead: .mailmap has `<viro@zenIV.linux.org.uk>`, MAINTAINERS has
/// `<viro@zeniv.linux.org.uk>`. The script takes these for two addresses, git and we for one.
const OTHERWISE: [(&str, &str); 1] = [(
    "Alexander Viro <viro@zeniv.linux.org.uk>",
    "Al Viro <viro@zeniv.linux.org.uk>",
)];

/// L: lines with a name before the address. The script takes the first word of the name for the list and
/// then prints nothing; we take the address. By the section that the script names on that line.
const NAMED_LISTS: [(&str, &str); 3] = [
    ("RASPBERRY PI PISP BACK END", "kernel-list@raspberrypi.com"),
    (
        "NITRO SECURE MODULE (NSM)",
        "aws-nitro-enclaves-devel@amazon.com",
    ),
    ("NITRO ENCLAVES (NE)", "aws-nitro-enclaves-devel@amazon.com"),
];

/// What one question gave: sections, people and lists, each sorted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Answer {
    sections: BTreeSet<String>,
    people: BTreeSet<String>,
    lists: BTreeSet<String>,
}

/// A release: what we read of it, and the tree that the script runs in.
struct Release {
    tree: tempfile::TempDir,
    maintainers: Maintainers,
    mailmap: Mailmap,
    files: Vec<String>,
}

impl Release {
    fn new(repository: &Path, tag: &str) -> Self {
        let list = |args: &[&str]| -> Vec<String> {
            let text = git(repository, args);
            let text = String::from_utf8(text).expect("kernel paths are UTF-8");
            text.lines().map(str::to_owned).collect()
        };
        let files = list(&["ls-tree", "-r", "--name-only", tag]);
        let directories = list(&["ls-tree", "-r", "-d", "--name-only", tag]);
        let show = |path: &str| git(repository, &["show", &format!("{tag}:{path}")]);
        let tree = tempfile::tempdir().expect("a temporary directory");
        let at = tree.path();
        for directory in &directories {
            fs::create_dir_all(at.join(directory)).expect("a directory");
        }
        for file in ["COPYING", "CREDITS", "Kbuild", "Makefile", "README"] {
            fs::write(at.join(file), "").expect("a file");
        }
        for header in files.iter().filter(|path| is_uapi(path)) {
            fs::write(at.join(header), "").expect("a header");
        }
        fs::write(at.join("MAINTAINERS"), show("MAINTAINERS")).expect("MAINTAINERS");
        fs::write(at.join(".mailmap"), show(".mailmap")).expect(".mailmap");
        let script = git(repository, &["show", &format!("v6.12:{SCRIPT}")]);
        fs::write(at.join(SCRIPT), script).expect("the script");
        let directories: BTreeSet<String> = directories.into_iter().collect();
        Self {
            maintainers: Maintainers::parse(&show("MAINTAINERS"), &|path| {
                directories.contains(path)
            }),
            mailmap: Mailmap::parse(&show(".mailmap")),
            tree,
            files,
        }
    }

    /// Asks the script about files of the tree, or with `patches` about patches.
    fn oracle(&self, questions: &[String], patches: bool) -> Vec<Answer> {
        let input = self.tree.path().join("questions");
        fs::write(&input, questions.join("\n") + "\n").expect("the questions");
        let mut command = Command::new("perl");
        command.arg(EACH).args(["questions", SCRIPT]).args(OPTIONS);
        if !patches {
            command.arg("-f");
        }
        let text = self.output(&mut command);
        let mut answers = BTreeMap::new();
        for block in text.split("\u{1}").skip(1) {
            let (number, lines) = block.split_once('\n').expect("a number on its line");
            let number: usize = number.parse().expect("a number");
            answers.insert(number, answer(lines));
        }
        assert_eq!(
            answers.len(),
            questions.len(),
            "the script answered each question"
        );
        answers.into_values().collect()
    }

    /// The same for one file, by a run of its own.
    fn oracle_alone(&self, path: &str) -> Answer {
        let mut command = Command::new("perl");
        command.arg(SCRIPT).args(OPTIONS).args(["-f", path]);
        answer(&self.output(&mut command))
    }

    fn output(&self, command: &mut Command) -> String {
        let output = command
            .current_dir(self.tree.path())
            .stderr(Stdio::inherit())
            .output()
            .expect("perl runs");
        assert!(output.status.success(), "{command:?}: {}", output.status);
        String::from_utf8(output.stdout).expect("the script writes UTF-8")
    }

    fn ours<'m>(&'m self, sections: impl Iterator<Item = &'m Section>) -> Answer {
        let mut answer = Answer::default();
        for section in sections {
            answer.sections.insert(section.title.clone());
            let people = section.maintainers.iter().chain(&section.reviewers);
            let people = people.map(|person| self.mailmap.person(person).to_string());
            answer
                .people
                .extend(people.filter(|person| person != CHIEF));
            let lists = section.lists.iter().map(|list| list.address.to_lowercase());
            answer.lists.extend(lists);
        }
        // What is both (M: and L: dm-devel@redhat.com of v6.1) the script prints once, as a person.
        let Answer { people, lists, .. } = &mut answer;
        lists.retain(|list| !people.contains(list));
        answer
    }
}

fn git(repository: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(repository)
        .args(args)
        .output();
    let output = output.expect("git runs");
    assert!(output.status.success(), "git {args:?}");
    output.stdout
}

fn is_uapi(path: &str) -> bool {
    let arch = path.starts_with("arch/") && path.contains("/include/uapi/");
    (path.starts_with("include/uapi/") || arch) && path.ends_with(".h")
}

/// Reads the script's lines, with the differences that are known: `Name <address> (role)` and `list (open list:SECTION)`, then titles.
fn answer(text: &str) -> Answer {
    let mut answer = Answer::default();
    for line in text.lines() {
        if let Some(section) = line.strip_prefix(" (open list:") {
            let known = NAMED_LISTS.iter();
            let known = known
                .filter(|(title, _)| section.trim_end_matches(')') == title.trim_end_matches(')'));
            answer
                .lists
                .extend(known.map(|(_, list)| (*list).to_owned()));
            continue;
        }
        if !line.contains('@') {
            answer.sections.insert(line.trim_end().to_owned());
            continue;
        }
        let (who, role) = line.split_once(" (").expect("a role");
        if role.contains("list") && !who.contains('<') && !role.starts_with("maintainer") {
            answer.lists.insert(who.to_lowercase());
        } else {
            let person = Person::parse(who).expect("an address").to_string();
            let known = OTHERWISE.iter().find(|(theirs, _)| *theirs == person);
            let person = known.map_or(person, |(_, ours)| (*ours).to_owned());
            answer.people.insert(person);
        }
    }
    answer
}

fn kernel() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.1 and v6.12");
    }
    path
}

fn differences(questions: &[String], theirs: &[Answer], ours: &[Answer]) -> Vec<String> {
    let pairs = questions.iter().zip(theirs.iter().zip(ours));
    let differ = pairs.filter(|(_, (theirs, ours))| theirs != ours);
    differ
        .map(|(what, (theirs, ours))| {
            let part = |name: &str, theirs: &BTreeSet<String>, ours: &BTreeSet<String>| {
                let missing: Vec<_> = theirs.difference(ours).collect();
                let extra: Vec<_> = ours.difference(theirs).collect();
                format!("  {name}: not found {missing:?}, not there {extra:?}\n")
            };
            format!(
                "{what}\n{}{}{}",
                part("sections", &theirs.sections, &ours.sections),
                part("people", &theirs.people, &ours.people),
                part("lists", &theirs.lists, &ours.lists),
            )
        })
        .collect()
}

#[test]
fn kernel_maintainers_of_every_header_are_those_of_the_script() {
    let Some(repository) = kernel() else { return };
    for tag in ["v6.1", "v6.12"] {
        let release = Release::new(&repository, tag);
        assert_eq!(release.maintainers.warnings, [], "{tag}");
        let headers = release.files.iter().filter(|path| is_uapi(path));
        let headers: Vec<String> = headers.cloned().collect();
        assert!(headers.len() > 1300, "{tag}: {} headers", headers.len());
        let start = Instant::now();
        let sections: usize = headers
            .iter()
            .map(|path| release.maintainers.of_file(path).len())
            .sum();
        println!(
            "{tag}: {} headers have {sections} sections, found in {} ms",
            headers.len(),
            start.elapsed().as_millis()
        );
        let ours: Vec<Answer> = headers
            .iter()
            .map(|path| {
                let found = release.maintainers.of_file(path);
                release.ours(found.into_iter().map(|found| found.section))
            })
            .collect();
        let theirs = release.oracle(&headers, false);
        let wrong = differences(&headers, &theirs, &ours);
        println!(
            "{tag}: {} headers, {} differences",
            headers.len(),
            wrong.len()
        );
        assert!(wrong.is_empty(), "{tag}: {}", wrong.join("\n"));
        // Asking many at once is the same as asking for one.
        for at in (0..headers.len()).step_by(headers.len() / 8) {
            assert_eq!(
                release.oracle_alone(&headers[at]),
                theirs[at],
                "{}",
                headers[at]
            );
        }
    }
}

#[test]
fn kernel_maintainers_of_patches_are_those_of_the_script() {
    let Some(repository) = kernel() else { return };
    let release = Release::new(&repository, "v6.12");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut questions = Vec::new();
    let mut ours = Vec::new();
    let mut by_keyword = 0;
    for number in 0..200 {
        let text = Maker::new(number, &release.files).patch();
        let path = folder.path().join(format!("{number}.patch"));
        fs::write(&path, &text).expect("a patch");
        questions.push(path.display().to_string());
        let found = release.maintainers.of_patch(text.as_bytes());
        by_keyword += usize::from(!found.keywords.is_empty());
        let files = found.files.iter().flat_map(|(_, sections)| sections);
        let sections = files.map(|found| found.section);
        ours.push(release.ours(sections.chain(found.keywords.iter().map(|found| found.section))));
    }
    let theirs = release.oracle(&questions, true);
    let wrong = differences(&questions, &theirs, &ours);
    println!(
        "200 patches, {by_keyword} with words of K:, {} differences",
        wrong.len()
    );
    assert!(by_keyword > 40, "the patches hold words: {by_keyword}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
