//! Real headers: the trees that packages install, and those of v6.12 on stand-ins.

use super::*;

/// The trees that packages install: the machine's own, and those of cross compilers. They may also lie in
/// another directory, which `UAPI_CHECK_PACKAGES` names, as `dpkg-deb -x` leaves them there.
fn installed_trees() -> Vec<PathBuf> {
    let unpacked = std::env::var_os("UAPI_CHECK_PACKAGES").map(PathBuf::from);
    let places = unpacked.map(|place| place.join("usr"));
    let places = places.into_iter().chain(["/usr".into()]);
    let cross = places
        .flat_map(|place: PathBuf| fs::read_dir(place).unwrap())
        .map(|entry| entry.unwrap().path());
    let cross = cross.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    let all = cross
        .map(|path| path.join("include"))
        .chain(["/usr/include".into()]);
    all.filter(|path| path.join("linux/if_link.h").is_file())
        .collect()
}

/// The targets of a machine, by how its directory below /usr begins.
const MACHINES: [(&str, &[&str]); 10] = [
    ("x86_64", &["x86_64", "i386", "x32"]),
    ("aarch64", &["arm64"]),
    ("arm-", &["arm"]),
    ("mips64el", &["mips64el", "mipsel"]),
    ("mipsel", &["mips64el", "mipsel"]),
    ("powerpc", &["powerpc64le", "powerpc"]),
    ("riscv64", &["riscv64", "riscv32"]),
    ("s390x", &["s390x"]),
    ("sparc64", &["sparc64"]),
    ("arc", &["arc"]),
];

/// The targets that a tree has headers of; /usr/include has those of this machine.
fn targets_of(tree: &Path) -> &'static [&'static str] {
    let parent = tree.parent().and_then(Path::file_name).unwrap();
    let machine = match parent.to_str().unwrap() {
        "usr" => std::env::consts::ARCH,
        triplet => triplet,
    };
    let mut machines = MACHINES.into_iter();
    let found = machines.find(|(begins, _)| machine.starts_with(begins));
    found.map_or(&[], |(_, targets)| targets)
}

/// Headers of a package that nobody can compile without the C library or a header of the kernel's own, and
/// why.
const INCOMPLETE: [(&str, &str); 14] = [
    ("asm-generic/ucontext.h", "stack_t of the C library"),
    ("asm/fbio.h", "struct fbcurpos of the kernel"),
    ("asm/ucontext.h", "stack_t of the C library"),
    ("asm/uctx.h", "sigset_t of the C library"),
    (
        "linux/bpf_perf_event.h",
        "struct pt_regs of the kernel, on arc",
    ),
    ("linux/hdlc/ioctl.h", "IFNAMSIZ of linux/if.h"),
    (
        "linux/kfd_ioctl.h",
        "drm/drm.h, which is libdrm's in Debian",
    ),
    ("linux/patchkey.h", "refuses to be included by itself"),
    ("linux/sctp.h", "MSG_FIN of the kernel"),
    ("scsi/scsi.h", "the C library's own header of that name"),
    ("scsi/sg.h", "the C library's own header of that name"),
    ("xen/evtchn.h", "domid_t of the kernel"),
    ("xen/gntdev.h", "grant_ref_t of the kernel"),
    ("xen/privcmd.h", "xen/interface/xen.h of the kernel"),
];

/// Every header of every package, on all of its targets: what could not be read is listed above.
#[test]
fn kernel_packages_are_read_without_gaps_but_the_known_ones() {
    for tree in installed_trees() {
        let name = tree.to_str().unwrap();
        for target in targets_of(&tree) {
            let arguments = ["dump", name, "--target", target, "--format", "json"];
            let surface = json(&program(&arguments));
            let headers = surface["headers"].as_object().unwrap();
            let unread = headers
                .iter()
                .filter(|(_, header)| header["unread"] != Value::Array(vec![]));
            let unread: Vec<&str> = unread.map(|(path, _)| path.as_str()).collect();
            println!(
                "{name} on {target}: {} headers, not {unread:?}",
                headers.len()
            );
            let known = |path: &&&str| INCOMPLETE.iter().any(|(listed, _)| listed == *path);
            let unknown: Vec<&&str> = unread.iter().filter(|path| !known(path)).collect();
            assert_eq!(unknown, Vec::<&&str>::new(), "{name} on {target}");
            assert!(headers.len() > 800, "{name} on {target}: {}", headers.len());
        }
    }
}

/// Each is read as installed, on its own architecture, and a change in a copy of it is found there.
#[test]
fn kernel_packages_are_compared_as_installed_trees() {
    let trees = installed_trees();
    if trees.is_empty() {
        eprintln!("skipped: no linux-libc-dev and no -cross package of it is installed");
    }
    for tree in trees {
        let copy = tempfile::tempdir().unwrap();
        let mut command = Command::new("cp");
        command
            .args(["-r", "--", tree.to_str().unwrap()])
            .arg(copy.path().join("include"));
        assert!(command.status().unwrap().success());
        let header = copy.path().join("include/linux/if_link.h");
        let text = fs::read_to_string(&header).unwrap();
        let with = text.replacen("\tIFLA_ADDRESS,", "\tIFLA_NEW,\n\tIFLA_ADDRESS,", 1);
        fs::write(&header, with).unwrap();
        let (old, new) = (tree.to_str().unwrap(), copy.path().join("include"));
        let new = new.to_str().unwrap();
        let report = json(&program(&["dirs", old, new, "--format", "json"]));
        let found = [("enum-inserted-not-appended", "IFLA_ADDRESS")];
        assert_eq!(rules(&report), found, "{old}");
        let none = Value::Array(vec![]);
        assert_eq!(report["gaps"], none, "{old}");
        let examined = &report["examined"];
        assert_eq!(examined["layout"], "installed");
        assert_eq!(examined["asm_stubs"], none);
        let targets = names(&examined["targets"]);
        println!("{old}: {} headers on {targets:?}", examined["headers"]);
        let own = targets_of(&tree);
        assert!(
            own.iter().all(|own| targets.contains(own)),
            "{old}: {targets:?}"
        );
        assert!(targets.len() <= 3, "{old}: {targets:?}");
    }
}

/// All headers of v6.12 that its architectures share, without any asm/: what can be read is as in the
/// whole kernel.
#[test]
fn kernel_headers_on_stand_ins_are_laid_out_as_in_the_kernel() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL") else {
        eprintln!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("uapi.tar");
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(&kernel)
        .args(["archive", "v6.12", "include/uapi", "-o"])
        .arg(&archive);
    assert!(command.status().unwrap().success());
    let mut command = Command::new("tar");
    command.arg("xf").arg(&archive).arg("-C").arg(folder.path());
    assert!(command.status().unwrap().success());
    fs::remove_dir_all(folder.path().join("include/uapi/asm-generic")).unwrap();
    for target in ["x86_64", "x32", "arm", "mips64el", "powerpc", "sparc64"] {
        let dump = |place: &[&str]| {
            let mut arguments = vec!["dump", "--target", target, "--format", "json"];
            arguments.extend(place);
            json(&program(&arguments))["headers"].clone()
        };
        let whole = dump(&["v6.12", "--repo", kernel.to_str().unwrap()]);
        let part = dump(&[folder.path().to_str().unwrap()]);
        let (mut same, mut wrong) = (0, Vec::new());
        for header in part
            .as_object()
            .map(|headers| headers.values().collect())
            .unwrap_or_else(|| part.as_array().unwrap().iter().collect::<Vec<_>>())
        {
            let path = header["path"].as_str().unwrap();
            let whole = whole
                .get(path)
                .or_else(|| whole.as_array()?.iter().find(|other| other["path"] == path));
            let Some(whole) = whole.filter(|_| header["unread"] == Value::Array(vec![])) else {
                continue;
            };
            let known = |of: &Value| {
                let constants = of["constants"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|c| c["value"]["Integer"].is_i64());
                constants.cloned().collect::<Vec<_>>()
            };
            let values = known(header)
                .iter()
                .all(|constant| known(whole).contains(constant));
            let kinds = ["records", "typedefs", "enumerations"];
            match values && kinds.iter().all(|kind| header[kind] == whole[kind]) {
                true => same += 1,
                false => wrong.push(path),
            }
        }
        assert!(same > 800, "{target}: only {same} could be compared");
        assert_eq!(wrong, Vec::<&str>::new(), "{target}");
    }
}
