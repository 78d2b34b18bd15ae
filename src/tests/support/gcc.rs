//! gcc as an oracle: finds the one for a target, and compiles units with it.
//!
//! Knows nothing of extraction but the headers of a C library that it gives to a unit, so that both
//! compilers see the same text.

use object::{Object, ObjectSection, ObjectSymbol};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use uapi_check::extract::stubs::{PRELUDE, STUBS};
use uapi_check::tree::HeaderTree;

/// Target, name that its gcc begins with, and the flags that make this gcc compile for the target.
const COMPILERS: [(&str, &str, &[&str]); 14] = [
    ("x86_64", "x86_64-linux-gnu", &["-m64"]),
    ("i386", "x86_64-linux-gnu", &["-m32"]),
    ("x32", "x86_64-linux-gnu", &["-mx32"]),
    ("arm64", "aarch64-linux-gnu", &[]),
    ("arm", "arm-linux-gnueabihf", &[]),
    ("riscv64", "riscv64-linux-gnu", &[]),
    (
        "riscv32",
        "riscv64-linux-gnu",
        &["-march=rv32gc", "-mabi=ilp32d"],
    ),
    ("s390x", "s390x-linux-gnu", &[]),
    ("powerpc64le", "powerpc64le-linux-gnu", &[]),
    ("powerpc", "powerpc-linux-gnu", &[]),
    ("mips64el", "mips64el-linux-gnuabi64", &[]),
    ("mipsel", "mipsel-linux-gnu", &[]),
    ("sparc64", "sparc64-linux-gnu", &[]),
    ("arc", "arc-linux-gnu", &[]),
];

/// Lines of a unit before what is asked of the compiler.
const LINES_BEFORE: usize = 2;

/// A gcc that compiles for a target, and the headers it is given.
pub struct Gcc {
    program: PathBuf,
    flags: &'static [&'static str],
    directory: tempfile::TempDir,
}

/// A header of the tree in a unit of its own.
#[derive(Clone, Copy)]
pub struct Unit<'a> {
    /// Installed path of the header that is included.
    pub header: &'a str,
    /// Whether it needs the headers of a C library before it.
    pub prelude_first: bool,
    /// A name that no other unit has.
    pub number: usize,
}

/// What gcc says of a unit.
pub struct Verdict {
    /// Indices of the lines behind the header that have an error, and the first error of each.
    pub lines: Vec<(usize, String)>,
    /// First error elsewhere.
    pub in_header: Option<String>,
}

impl Gcc {
    /// The gcc for a target, given a tree of headers.
    ///
    /// # Errors
    /// Where there is none, in words for whoever runs the tests.
    pub fn new(target: &str, tree: &HeaderTree) -> Result<Self, String> {
        let (_, name, flags) = COMPILERS
            .into_iter()
            .find(|(of, ..)| *of == target)
            .ok_or_else(|| format!("no gcc is known for target {target}"))?;
        let program = find(name).ok_or_else(|| {
            format!(
                "neither {name}-gcc nor {name}-gcc-NN is on the PATH: \
                 deploy/dev/setup.sh kernel (or targets) installs it"
            )
        })?;
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        for (path, header) in &tree.headers {
            write(&directory.path().join("include").join(path), &header.text);
        }
        for (path, text) in STUBS {
            write(&directory.path().join("stub").join(path), text.as_bytes());
        }
        Ok(Self {
            program,
            flags,
            directory,
        })
    }

    /// Gives a header of the tree another text.
    pub fn replace(&self, header: &str, text: &str) {
        write(
            &self.directory.path().join("include").join(header),
            text.as_bytes(),
        );
    }

    /// Checks some lines behind a header.
    pub fn check(&self, unit: Unit<'_>, code: &str) -> Verdict {
        let output = self.compile(unit, code, &["-fsyntax-only"]);
        let mut verdict = Verdict {
            lines: Vec::new(),
            in_header: None,
        };
        let mut seen = BTreeSet::new();
        let file = source(unit);
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            if !line.contains(" error: ") {
                continue;
            }
            let number = line
                .strip_prefix(&format!("{file}:"))
                .and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
            match number.and_then(|number| number.checked_sub(LINES_BEFORE + 1)) {
                Some(index) if seen.insert(index) => verdict.lines.push((index, line.to_owned())),
                Some(_) => {}
                None => verdict.in_header = verdict.in_header.or_else(|| Some(line.to_owned())),
            }
        }
        verdict
    }

    /// Compiles variable definitions behind a header; gives the set bits of each variable, counted as
    /// clang counts them: from the least significant bit of a byte on little-endian targets, from the
    /// most significant one on the others.
    ///
    /// # Errors
    /// gcc's words where it makes no object.
    pub fn set_bits(
        &self,
        unit: Unit<'_>,
        code: &str,
        variables: &[String],
    ) -> Result<Vec<BTreeSet<u64>>, String> {
        let name = format!("{}.o", unit.number);
        let output = self.compile(unit, code, &["-c", "-o", &name]);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let bytes = std::fs::read(self.directory.path().join(&name)).expect("gcc wrote it");
        let file = object::File::parse(&*bytes).expect("gcc writes whole objects");
        Ok(variables.iter().map(|name| bits(&file, name)).collect())
    }

    fn compile(&self, unit: Unit<'_>, code: &str, how: &[&str]) -> Output {
        let header = format!("#include <{}>\n", unit.header);
        let prelude = format!("#include <{PRELUDE}>\n");
        let (first, second) = if unit.prelude_first {
            (prelude, header)
        } else {
            (header, prelude)
        };
        let text = format!("{first}{second}{code}");
        let file = source(unit);
        write(&self.directory.path().join(&file), text.as_bytes());
        Command::new(&self.program)
            .current_dir(self.directory.path())
            // Errors stand where a macro is used, and are not translated.
            .env("LC_ALL", "C")
            .args(["-std=gnu11", "-w", "-nostdinc", "-ftrack-macro-expansion=0"])
            .args(["-fdiagnostics-color=never", "-fno-common"])
            .args(["-Iinclude", "-Istub"])
            .args(self.flags)
            .args(how)
            .arg(&file)
            .output()
            .expect("gcc was found and runs")
    }
}

fn source(unit: Unit<'_>) -> String {
    format!("{}.c", unit.number)
}

/// `<name>-gcc`, or the newest `<name>-gcc-NN`, or plain `gcc` where that is one by another name.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let begin = format!("{name}-gcc");
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for directory in std::env::split_paths(&path) {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        for entry in entries {
            let file = entry.file_name().to_string_lossy().into_owned();
            let rank = match file.strip_prefix(&begin) {
                Some("") => Some(u32::MAX),
                Some(rest) => rest
                    .strip_prefix('-')
                    .and_then(|number| number.parse().ok()),
                None => None,
            };
            found.extend(rank.map(|rank| (rank, entry.path())));
        }
    }
    let newest = found.into_iter().max().map(|(_, program)| program);
    newest.or_else(|| machine("gcc", name).then(|| PathBuf::from("gcc")))
}

/// Whether a compiler calls its machine by the same architecture.
fn machine(program: &str, name: &str) -> bool {
    let architecture = |text: &str| text.split('-').next().map(str::to_owned);
    let output = Command::new(program).arg("-dumpmachine").output();
    output.is_ok_and(|output| {
        architecture(&String::from_utf8_lossy(&output.stdout)) == architecture(name)
    })
}

fn bits(file: &object::File<'_>, name: &str) -> BTreeSet<u64> {
    let symbol = file
        .symbol_by_name(name)
        .unwrap_or_else(|| panic!("{name} is defined"));
    let index = symbol.section_index().expect("it is in a section");
    let section = file.section_by_index(index).expect("the section is there");
    let data = section
        .data_range(symbol.address(), symbol.size())
        .expect("the section is whole")
        .expect("the variable lies in its section");
    let mut found = BTreeSet::new();
    for (byte, value) in (0u64..).zip(data) {
        for bit in 0..8u64 {
            let from_low = if file.is_little_endian() {
                bit
            } else {
                7 - bit
            };
            if (value >> from_low) & 1 == 1 {
                found.insert(8 * byte + bit);
            }
        }
    }
    found
}

fn write(path: &Path, text: &[u8]) {
    let parent = path.parent().expect("it lies in a directory");
    std::fs::create_dir_all(parent).expect("a directory can be made");
    std::fs::write(path, text).expect("a file can be written");
}
