//! Two directories without git.

use super::*;
use std::os::unix::fs::symlink;

/// What the program says where it refuses a comparison of two directories.
fn refused(arguments: &[&str]) -> String {
    let output = program(arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

/// Writes a small installed tree and gives its path. Its version differs from every other's.
fn installed(folder: &Path, name: &str, fields: &str) -> String {
    let text = format!("#include <linux/types.h>\nstruct a {{ {fields} __u32 i; }};\n");
    let place = folder.join(name);
    let version = format!("#define LINUX_VERSION_CODE {}\n", name.len());
    write(
        &place,
        &[
            ("asm/types.h", ASM_TYPES),
            ("asm/ldt.h", ""),
            ("asm-generic/types.h", ""),
            ("linux/a.h", &text),
            ("linux/types.h", "#include <asm/types.h>\n"),
            ("linux/version.h", &version),
            ("other/b.h", &text),
        ],
    );
    place.to_str().unwrap().to_owned()
}

#[test]
fn directories_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        installed(folder.path(), "old", ""),
        installed(folder.path(), "newer", "__u32 f;"),
    );
    let report = json(&program(&["dirs", &old, &new, "--format", "json"]));
    assert_eq!(
        (&report["base"]["rev"], &report["head"]["commit"]),
        (&old.as_str().into(), &Value::Null)
    );
    assert_eq!(report["examined"]["layout"], "installed");
    assert_eq!(
        (&report["conclusion"], &report["examined"]["headers"]),
        (&"fail".into(), &6.into())
    );
    let again = installed(folder.path(), "again", "");
    let same = program(&["dirs", &old, &again, "--format", "json"]);
    assert_eq!((same.status.code(), rules(&json(&same))), (Some(0), vec![]));
}

#[test]
fn links_that_lead_out_of_a_directory_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        installed(folder.path(), "old", ""),
        installed(folder.path(), "newer", "__u32 f;"),
    );
    let notes = || {
        let report = json(&program(&["dirs", &old, &new, "--format", "json"]));
        let notes = report["notes"].as_array().unwrap().clone();
        let mut links = notes
            .into_iter()
            .map(|note| note.as_str().unwrap().to_owned());
        links.find(|note| note.contains("Symbolic links"))
    };
    // The look-alike: a link to another file of the directory is that file.
    symlink("a.h", Path::new(&new).join("linux/b.h")).unwrap();
    assert_eq!(notes(), None);
    write(folder.path(), &[("elsewhere/c.h", "#define C 1\n")]);
    symlink("../../elsewhere/c.h", Path::new(&new).join("linux/c.h")).unwrap();
    let told = notes().unwrap();
    assert!(told.contains(&format!("({new}: linux/c.h)")), "{told}");
}

#[test]
fn a_target_by_another_name_is_asked_back() {
    let said = refused(&["dirs", "/", "/", "--target", "amd64"]);
    assert!(said.contains("(did you mean x86_64?)"), "{said}");
    let said = refused(&["dirs", "/", "/", "--target", "vax"]);
    let says = said.contains("no target is called `vax`: known are x86_64");
    assert!(says && !said.contains("did you mean"), "{said}");
}

#[test]
fn what_is_wrong_with_directories_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        installed(folder.path(), "old", ""),
        installed(folder.path(), "newer", "__u32 f;"),
    );
    let said = refused(&["dirs", &old, &new, "--target", "s390x"]);
    assert!(
        said.contains("has no headers for any of the targets") && said.contains("x86"),
        "{said}"
    );
    let said = refused(&["dirs", &old, "/nowhere"]);
    assert!(
        said.contains("/nowhere is no directory that can be read"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--layout", "debian"]);
    assert!(
        said.contains("no layout is called `debian`") && said.contains("installed"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--layout", "qemu"]);
    assert!(
        said.contains("linux-headers") && !said.contains("bundled"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--root", "nowhere"]);
    assert!(said.contains("--root names one inside"), "{said}");
    let empty = folder.path().join("linux").to_str().unwrap().to_owned();
    fs::create_dir(&empty).unwrap();
    let said = refused(&["dirs", &empty, &empty]);
    assert!(
        said.contains("no user-space API") && said.contains("--layout NAME"),
        "{said}"
    );
}
