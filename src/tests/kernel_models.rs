//! Headers whose unit is the same text on two targets: where are their surfaces equal too?
//!
//! A unit is all that a compiler is given for a header: the header, what it may include, and
//! linux/ioctl.h. Three claims are tried over all headers of v6.12 and every pair of offered targets, each
//! narrower than the one before: same text; same text on targets of one data model; and of these only
//! units that spell no macro which the compiler itself defines otherwise on the two. The last one must
//! hold without exception. The data model is measured: a header of probes is read on both targets.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use crate::support::units::{extractor, request, surface, tree_of};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use uapi_check::extract::pool::{Extractor, Languages, Request, SourceFile};
use uapi_check::extract::stubs::STUBS;
use uapi_check::extract::target::{self, Target};
use uapi_check::model::{Header, HeaderSurface};
use uapi_check::tree::include::Graph;

const REVISION: &str = "v6.12";

/// Sizes, alignments, signs and bit-fields of everything that a header may be made of.
const PROBES: &str = "\
#define PROBE(name, type) struct name { char first; type value; }; \
    enum { name##_size = sizeof(type), name##_align = _Alignof(type) }
PROBE(p_char, char); PROBE(p_short, short); PROBE(p_int, int); PROBE(p_long, long);
PROBE(p_longlong, long long); PROBE(p_pointer, void *); PROBE(p_bool, _Bool);
PROBE(p_float, float); PROBE(p_double, double); PROBE(p_longdouble, long double);
PROBE(p_size, __SIZE_TYPE__); PROBE(p_wchar, __WCHAR_TYPE__);
enum e_small { E_SMALL }; enum e_large { E_LARGE = 0x100000000LL }; enum e_sign { E_SIGN = -1 };
PROBE(p_e_small, enum e_small); PROBE(p_e_large, enum e_large); PROBE(p_e_sign, enum e_sign);
struct p_bits { char a : 3; int b : 7; unsigned long long c : 33; char d; };
struct p_bits_packed { char a : 3; int b : 7; unsigned long long c : 33; char d; } __attribute__((packed));
struct p_zero { char a : 3; int : 0; char b; }; struct p_unnamed { char a; int : 8; };
struct p_aligned { char a; int b __attribute__((aligned)); };
struct p_nested { char a; struct { char b; } c; }; struct p_of_char { char a; };
union p_union { char a; short b; };
enum { P_CHAR_SIGNED = (char)-1 < 0, P_WCHAR_SIGNED = (__WCHAR_TYPE__)-1 < 0, P_SIZE_SIGN = sizeof(0) - 10 > 0,
    P_SHIFT = (-1 >> 1) == -1, P_ORDER = '\\0\\1', P_EMPTY = sizeof(struct p_of_char) };
";

/// Probes that differ within a data model, and the words without which a header can't bring that out.
const WORDS: [(&str, &[&str]); 7] = [
    ("p_longdouble", &["double"]),
    ("p_wchar", &["wchar_t", "__WCHAR_TYPE__", "L"]),
    ("P_WCHAR", &["wchar_t", "__WCHAR_TYPE__", "L"]),
    ("P_CHAR", &["char", ESCAPE]),
    ("p_aligned", &["aligned", "__aligned__"]),
    // A bit-field without a name aligns its record on arm.
    ("p_zero", &[UNNAMED]),
    ("p_unnamed", &[UNNAMED]),
];

/// Stands for a character that is written as a number: its sign is that of `char`.
const ESCAPE: &str = "'\\";

/// Stands for a bit-field without a name.
const UNNAMED: &str = " :";

/// One target: what is read, and with which predefined macros.
struct Read {
    target: &'static Target,
    units: BTreeMap<String, Unit>,
    probes: Header,
    predefined: HashMap<String, String>,
}

/// A header: hash of all that is compiled, what came of it, and the words of its texts.
type Unit = (blake3::Hash, Arc<HeaderSurface>, Arc<HashSet<String>>);

#[derive(Default)]
struct Tally {
    both: usize,
    equal_anyway: usize,
    same_text: usize,
    equal: usize,
    provable: usize,
    provable_differ: Vec<String>,
    differ: Vec<String>,
}

#[test]
fn kernel_models_that_share_a_unit_share_its_surface() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12 (make kernel)");
        return;
    };
    let Some(clang) = clang() else {
        println!("skipped: no clang-NN on the PATH tells which macros it defines itself");
        return;
    };
    let extractor = extractor();
    let read: Vec<Read> = target::ALL
        .iter()
        .filter(|target| target.needs_libclang <= extractor.libclang().major)
        .map(|target| read(&extractor, &kernel, &clang, target))
        .collect();
    let mut wrong = Vec::new();
    let mut shared = 0;
    for (at, one) in read.iter().enumerate() {
        for other in &read[at + 1..] {
            let tally = compare(one, other);
            let words = apart(&one.probes, &other.probes);
            let model = words.map_or("other model".to_owned(), |words| format!("{words:?}"));
            println!(
                "{:11} {:11} both {:3}, equal {:3}; same text {:3}, of these equal {:3}, provable {:3}; {model}",
                one.target.name,
                other.target.name,
                tally.both,
                tally.equal_anyway,
                tally.same_text,
                tally.equal,
                tally.provable,
            );
            if model != "other model" {
                for line in tally.differ.iter().take(12) {
                    println!("      {line}");
                }
            }
            shared += tally.provable;
            wrong.extend(tally.provable_differ);
        }
    }
    assert!(shared > 0, "no pair shares anything: the claim is empty");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn read(extractor: &Extractor, kernel: &Path, clang: &str, target: &'static Target) -> Read {
    let tree = tree_of(kernel, REVISION, target);
    let graph = Graph::new(&tree);
    let requests: Vec<Request> = tree
        .headers
        .keys()
        .filter_map(|header| request(&graph, &tree, target, header))
        .collect();
    let ids: Vec<_> = requests.iter().map(id).collect();
    let mut words: HashMap<[u8; 16], HashSet<String>> = HashMap::new();
    for header in tree.headers.values() {
        words.insert(header.id.0, identifiers(&header.text));
    }
    let spelled: Vec<HashSet<String>> = requests
        .par_iter()
        .map(|request| {
            let files = request.files.iter();
            files
                .flat_map(|file| words[&file.id].iter().cloned())
                .collect()
        })
        .collect();
    let names: Vec<String> = requests
        .iter()
        .map(|request| request.header.clone())
        .collect();
    let outcomes = extractor.read(requests, &|_, _| ()).expect("workers run");
    let units = names
        .into_iter()
        .zip(outcomes)
        .zip(ids.into_iter().zip(spelled))
        .map(|((name, outcome), (id, words))| {
            (name, (id, surface(outcome).declares, Arc::new(words)))
        })
        .collect();
    Read {
        target,
        units,
        probes: probed(extractor, target),
        predefined: predefined(clang, target),
    }
}

/// What a target makes of the probes.
fn probed(extractor: &Extractor, target: &'static Target) -> Header {
    let probes = Request {
        target,
        header: "probes.h".to_owned(),
        through: "probes.h".to_owned(),
        files: Arc::new(vec![SourceFile {
            path: "probes.h".to_owned(),
            id: [0; 16],
            text: PROBES.as_bytes().into(),
        }]),
        languages: Languages::Untried,
    };
    let probes = surface(
        extractor
            .read(vec![probes], &|_, _| ())
            .expect("workers run")
            .remove(0),
    );
    assert!(
        probes.unread.is_empty(),
        "{}: {:?}",
        target.name,
        probes.unread
    );
    assert!(probes.records.len() > 20, "{} probes", probes.records.len());
    probes
}

/// Hash of everything that the compiler is given.
fn id(request: &Request) -> blake3::Hash {
    let mut hash = blake3::Hasher::new();
    hash.update(request.through.as_bytes());
    for file in request.files.iter() {
        hash.update(&[0]);
        hash.update(file.path.as_bytes());
        hash.update(&[0]);
        hash.update(&file.text);
    }
    hash.finalize()
}

fn identifiers(text: &[u8]) -> HashSet<String> {
    let text = String::from_utf8_lossy(text);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words = words.filter(|word| !word.is_empty());
    let escape = text.contains(ESCAPE).then_some(ESCAPE);
    let unnamed = unnamed_bits(&text).then_some(UNNAMED);
    words
        .chain(escape)
        .chain(unnamed)
        .map(str::to_owned)
        .collect()
}

/// Whether a colon may follow a type, and not a name: said too often rather than too seldom.
fn unnamed_bits(text: &str) -> bool {
    let types = ["int", "char", "short", "long", "unsigned", "_t", ";"];
    let sized = |word: &str| {
        word.starts_with("__u")
            || word.starts_with("__s")
            || word.starts_with("__be")
            || word.starts_with("__le")
    };
    text.match_indices(':').any(|(at, _)| {
        let before = text[..at].trim_end();
        let word = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next();
        types.iter().any(|ty| before.ends_with(ty)) || word.is_some_and(sized)
    })
}

/// What stubs define that spell one of these words, as far as it is not among them yet.
fn through_stubs(differing: &HashSet<String>) -> Option<HashSet<String>> {
    let mut more = HashSet::new();
    for (_, text) in STUBS {
        if identifiers(text.as_bytes()).is_disjoint(differing) {
            continue;
        }
        for line in text.lines() {
            let define = line.trim_start_matches(['#', ' ']).strip_prefix("define ");
            let name = match define {
                Some(rest) => rest
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next(),
                None => line
                    .strip_suffix(';')
                    .and_then(|line| line.rsplit([' ', '*']).next()),
            };
            more.extend(name.map(str::to_owned));
        }
    }
    more.retain(|name| !differing.contains(name));
    (!more.is_empty()).then_some(more)
}

fn compare(one: &Read, other: &Read) -> Tally {
    let mut tally = Tally::default();
    let mut differing = differing(&one.predefined, &other.predefined);
    if differing.contains("__SIZEOF_INT128__") {
        differing.insert("__int128".to_owned());
    }
    let model = apart(&one.probes, &other.probes);
    let same_model = model.is_some();
    differing.extend(model.into_iter().flatten());
    while let Some(more) = through_stubs(&differing) {
        differing.extend(more);
    }
    for (header, (id, surface, words)) in &one.units {
        let Some((other_id, other_surface, _)) = other.units.get(header) else {
            continue;
        };
        let equal = surface == other_surface;
        tally.both += 1;
        tally.equal_anyway += usize::from(equal);
        if id != other_id {
            continue;
        }
        tally.same_text += 1;
        tally.equal += usize::from(equal);
        let spelled: BTreeSet<&String> = words.intersection(&differing).collect();
        if !equal {
            tally.differ.push(format!(
                "{header}: {}; spells {spelled:?}",
                why(surface, other_surface)
            ));
        }
        if same_model && spelled.is_empty() {
            tally.provable += 1;
            if !equal {
                let names = (one.target.name, other.target.name);
                tally.provable_differ.push(format!(
                    "{names:?} {header}: {}",
                    why(surface, other_surface)
                ));
            }
        }
    }
    tally
}

/// The words that bring out what two data models have apart; `None` where any header may.
fn apart(one: &HeaderSurface, other: &HeaderSurface) -> Option<BTreeSet<String>> {
    let values = |surface: &HeaderSurface| {
        let all = surface.enumerations.iter();
        let all = all.flat_map(|e| e.enumerators.iter().map(|e| (e.name.clone(), e.value)));
        all.collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (values(one), values(other));
    let mut names: BTreeSet<&str> = old
        .iter()
        .filter(|(name, value)| new.get(*name) != Some(value))
        .map(|(name, _)| name.as_str())
        .collect();
    let records = one.records.iter().zip(&other.records);
    names.extend(
        records
            .filter(|(one, other)| one != other)
            .map(|(record, _)| record.name.as_str()),
    );
    let mut words = BTreeSet::new();
    for name in &names {
        let (_, spelled) = WORDS
            .iter()
            .find(|(probe, _)| name.trim_start_matches("struct ").starts_with(probe))?;
        words.extend(spelled.iter().map(|word| (*word).to_owned()));
    }
    Some(words)
}

/// Names that are predefined otherwise, or on one only.
fn differing(one: &HashMap<String, String>, other: &HashMap<String, String>) -> HashSet<String> {
    let names = one.keys().chain(other.keys());
    names
        .filter(|name| one.get(*name) != other.get(*name))
        .cloned()
        .collect()
}

fn why(one: &HeaderSurface, other: &HeaderSurface) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let mut lines = one.lines().zip(other.lines());
    let first = lines.find(|(one, other)| one != other);
    first.map_or("length".to_owned(), |(one, other)| {
        format!("{} | {}", one.trim(), other.trim())
    })
}

/// A clang that tells its predefined macros.
fn clang() -> Option<String> {
    let mut names = (14..=22).rev().map(|version| format!("clang-{version}"));
    names.find(|name| Command::new(name).arg("--version").output().is_ok())
}

fn predefined(clang: &str, target: &Target) -> HashMap<String, String> {
    let output = Command::new(clang)
        .arg(format!("--target={}", target.triple))
        .args(target.flags)
        .args([
            "-D__linux__=1",
            "-D__unix__=1",
            "-std=gnu11",
            "-dM",
            "-E",
            "-x",
            "c",
            "/dev/null",
        ])
        .output()
        .expect("clang runs");
    assert!(output.status.success(), "{}", target.name);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("#define "));
    lines
        .map(|line| {
            let (name, value) = line.split_once(' ').unwrap_or((line, ""));
            (
                name.split('(').next().unwrap_or(name).to_owned(),
                value.to_owned(),
            )
        })
        .collect()
}
