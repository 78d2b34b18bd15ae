//! What no header shows, as data: the kinds of breakage that this program can never see.
//!
//! Every report carries the list, so that nobody takes a pass for more than it is. Knows nothing of a
//! run. Next: [`super::terminal`], [`super::json`] and [`super::markdown`] print it.

/// One kind of breakage that headers do not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Stable name, for JSON.
    pub id: &'static str,
    /// A few words, for a list on one line.
    pub short: &'static str,
    /// What it covers, in one sentence without a full stop.
    pub what: &'static str,
}

/// The list, the most common causes of breakage first.
pub const UNSEEN: &[Unseen] = &[
    Unseen {
        id: "semantics",
        short: "what an unchanged call does",
        what: "what an ioctl, system call or attribute of unchanged shape does: effects, order, blocking, signals",
    },
    Unseen {
        id: "errno",
        short: "error codes",
        what: "error codes and return values, and what a program learns by probing for them",
    },
    Unseen {
        id: "validation",
        short: "stricter checks of input",
        what: "flags, reserved fields or ranges that the kernel newly refuses or newly ignores",
    },
    Unseen {
        id: "defaults",
        short: "defaults",
        what: "defaults of sysctls, sockets, mounts and modules, and features removed behind a header that stays",
    },
    Unseen {
        id: "permissions",
        short: "permissions",
        what: "capabilities, security modules, namespaces and seccomp filters that a call now needs or meets",
    },
    Unseen {
        id: "file-systems",
        short: "procfs, sysfs and the like",
        what: "existence, format and units of files in procfs, sysfs, debugfs, configfs, cgroupfs and tracefs",
    },
    Unseen {
        id: "tracing",
        short: "tracepoints and BTF",
        what: "tracepoints, probes, kernel functions open to BPF, BTF and events of perf",
    },
    Unseen {
        id: "devices",
        short: "devices at run time",
        what: "device nodes and numbers, uevents, module aliases, and the controls and events that a device offers",
    },
    Unseen {
        id: "netlink-messages",
        short: "contents of netlink messages",
        what: "which attributes and groups netlink messages carry, their order, and policies that are built by code",
    },
    Unseen {
        id: "formats",
        short: "formats outside headers",
        what: "wire and disk formats, vDSO symbols, auxiliary vector, signal frames, register sets and core dumps that no exported header defines",
    },
    Unseen {
        id: "private-interfaces",
        short: "interfaces outside the exported headers",
        what: "private ioctls of drivers, staging, firmware, and kernel headers that programs copied",
    },
    Unseen {
        id: "copy-size",
        short: "how many bytes the kernel copies",
        what: "how many bytes the kernel reads and writes, and whether it translates calls of 32-bit programs",
    },
    Unseen {
        id: "timing",
        short: "timing and memory order",
        what: "speed, memory order on shared rings, and the meaning of bits in shared memory",
    },
    Unseen {
        id: "configurations",
        short: "other architectures and configurations",
        what: "targets that this run did not compile for, and headers that it could not compile",
    },
    Unseen {
        id: "libc",
        short: "clashes with a C library",
        what: "clashes with what glibc, musl or bionic define themselves, and old compilers",
    },
];

#[cfg(test)]
mod tests {
    use super::UNSEEN;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        for (position, entry) in UNSEEN.iter().enumerate() {
            assert!(
                entry.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                entry.id
            );
            assert!(UNSEEN[..position].iter().all(|other| other.id != entry.id));
            assert!(!entry.what.ends_with('.') && !entry.short.ends_with('.'));
        }
    }
}
