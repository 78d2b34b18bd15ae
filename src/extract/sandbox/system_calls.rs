//! The system calls that a parsing worker may make, as two seccomp filters.
//!
//! Looking for a file says that there is none, so that the compiler's searches end at once and find
//! nothing. Every other call that parsing does not need says that this kernel has no such call, which
//! libraries know how to live with: a newer C library or libclang must not end in a dead parser.

use super::Reach;
use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Rules by the number of a system call; one without conditions stands for every call.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that look for a file. `newfstatat` also serves for open files, and nothing here needs that.
const FILES: &[c_long] = &[
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_statfs,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
];

/// Calls that are harmless whatever their arguments are.
const ALLOWED: &[c_long] = &[
    // What is open: pipes to the parent and /dev/null.
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    // Memory.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Threads: clang starts one where the stack of the first one ends.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals: clang catches its own crashes.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Clocks, random seeds of hash tables, what has been used up.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

/// Lays both filters on every thread of this process, or on this one.
///
/// # Errors
/// One clause for the user: the kernel has no seccomp filters, or something forbids them.
pub fn restrict(reach: Reach) -> Result<(), String> {
    // The list of what is allowed comes last: it forbids further filters.
    for rules in [file_list(), allow_list()] {
        let filter: BpfProgram = rules
            .and_then(|filter| filter.try_into())
            .map_err(|error| error.to_string())?;
        let applied = match reach {
            Reach::Process => seccompiler::apply_filter_all_threads(&filter),
            Reach::Thread => seccompiler::apply_filter(&filter),
        };
        applied.map_err(|error| match error {
            seccompiler::Error::Seccomp(error) | seccompiler::Error::Prctl(error) => {
                format!("refused by this kernel: {error}")
            }
            other => other.to_string(),
        })?;
    }
    Ok(())
}

/// Everything but the allowed calls does not exist. Calls that look for files are let through, because
/// the other filter refuses them, and of two refusals the kernel gives that of the later filter.
fn allow_list() -> Result<SeccompFilter, seccompiler::BackendError> {
    let calls = ALLOWED.iter().chain(FILES);
    let mut rules: Rules = calls.map(|call| (*call, Vec::new())).collect();
    rules.extend(conditional()?);
    filter(rules, refuse(libc::ENOSYS), SeccompAction::Allow)
}

fn file_list() -> Result<SeccompFilter, seccompiler::BackendError> {
    let rules = FILES.iter().map(|call| (*call, Vec::new())).collect();
    filter(rules, SeccompAction::Allow, refuse(libc::ENOENT))
}

fn filter(
    rules: Rules,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<SeccompFilter, seccompiler::BackendError> {
    let processor = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, otherwise, listed, processor)
}

fn refuse(errno: i32) -> SeccompAction {
    SeccompAction::Errno(errno.unsigned_abs())
}

/// Calls that are allowed with certain arguments only.
fn conditional() -> Result<Rules, seccompiler::BackendError> {
    let own = u64::from(std::process::id());
    let data = |argument| masked(argument, libc::PROT_EXEC.unsigned_abs().into(), 0);
    let thread = (libc::CLONE_THREAD | libc::CLONE_VM).unsigned_abs().into();
    Ok(BTreeMap::from([
        // Orders come in here, and answers go out there. Nothing else is open.
        (libc::SYS_read, vec![rule(equal(0, 0)?)?]),
        (libc::SYS_write, outgoing()?),
        (libc::SYS_writev, outgoing()?),
        // All code there will be is loaded already.
        (libc::SYS_mmap, vec![rule(data(2)?)?]),
        (libc::SYS_mprotect, vec![rule(data(2)?)?]),
        // Threads, no processes. clone3 hides its flags from filters, and C libraries do without it.
        (libc::SYS_clone, vec![rule(masked(0, thread, thread)?)?]),
        // A crash that is caught is raised again; signals to others are not sent.
        (libc::SYS_tgkill, vec![rule(equal(0, own)?)?]),
        // Limits can be read.
        (libc::SYS_prlimit64, vec![rule(equal(2, 0)?)?]),
    ]))
}

/// Standard output and standard error.
fn outgoing() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    Ok(vec![rule(equal(0, 1)?)?, rule(equal(0, 2)?)?])
}

fn rule(condition: SeccompCondition) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![condition])
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    let whole = SeccompCmpArgLen::Qword;
    SeccompCondition::new(argument, whole, SeccompCmpOp::Eq, value)
}

fn masked(
    argument: u8,
    mask: u64,
    value: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    let whole = SeccompCmpArgLen::Qword;
    SeccompCondition::new(argument, whole, SeccompCmpOp::MaskedEq(mask), value)
}
