//! The stand-ins that differ between architectures, as each has them in its
//! `arch/<name>/include/uapi/asm` of v6.12, in our own words.

use std::fmt::Write;

/// Name and text of each stand-in.
pub(super) fn stubs(arch: &str) -> Vec<(&'static str, String)> {
    let mut stubs = vec![
        ("asm/types.h", types(arch)),
        ("asm/posix_types.h", posix_types(arch)),
        ("asm/ioctl.h", request_codes(arch)),
        ("asm/param.h", param(arch)),
    ];
    stubs.extend(errors(arch).map(|text| ("asm/errno.h", text)));
    stubs
}

/// Where a `long` has 64 bits, `__u64` is one on mips and powerpc and on no other target.
fn types(arch: &str) -> String {
    let wide = match arch {
        "mips" | "powerpc" => {
            "#if __SIZEOF_LONG__ == 8 && !defined(__SANE_USERSPACE_TYPES__)\n\
             typedef long __s64;\ntypedef unsigned long __u64;\n#else\n"
        }
        _ => "#if 1\n",
    };
    format!(
        "#ifndef __ASSEMBLY__\n\
         typedef signed char __s8;\ntypedef unsigned char __u8;\n\
         typedef short __s16;\ntypedef unsigned short __u16;\n\
         typedef int __s32;\ntypedef unsigned int __u32;\n\
         {wide}__extension__ typedef long long __s64;\n\
         __extension__ typedef unsigned long long __u64;\n#endif\n#endif\n"
    )
}

/// The types of sparc that are not generic: names, where, and what they are.
const SPARC: &[(&str, &str, &str)] = &[
    ("old_uid", "defined(__arch64__)", "unsigned short"),
    ("suseconds", "defined(__arch64__)", "int"),
    ("mode", "!defined(__arch64__)", "unsigned short"),
    ("ipc_pid", "!defined(__arch64__)", "unsigned short"),
    ("uid", "!defined(__arch64__)", "unsigned short"),
    ("daddr", "!defined(__arch64__)", "long"),
    ("old_dev", "!defined(__arch64__)", "unsigned short"),
];

/// Types of the kernel that C libraries build on. Each is generic unless an architecture says otherwise.
fn posix_types(arch: &str) -> String {
    let short = "unsigned short";
    let own: &[(&str, &str, &str)] = match arch {
        "x86" => &[
            ("mode", "defined(__i386__)", short),
            ("ipc_pid", "defined(__i386__)", short),
            ("uid", "defined(__i386__)", short),
            ("old_uid", "defined(__x86_64__)", short),
            ("old_dev", "defined(__i386__)", short),
            ("old_dev", "defined(__x86_64__)", "unsigned long"),
        ],
        "arm" => &[
            ("mode", "1", short),
            ("ipc_pid", "1", short),
            ("uid", "1", short),
            ("old_dev", "1", short),
        ],
        "arm64" => &[("old_uid", "1", short)],
        "s390" => &[
            ("old_dev", "1", short),
            ("ino", "defined(__s390x__)", "unsigned int"),
            ("mode", "!defined(__s390x__)", short),
            ("ipc_pid", "!defined(__s390x__)", short),
            ("uid", "!defined(__s390x__)", short),
        ],
        "powerpc" => &[
            ("old_dev", "defined(__powerpc64__)", "unsigned long"),
            ("ipc_pid", "!defined(__powerpc64__)", "short"),
        ],
        "mips" => &[("daddr", "1", "long")],
        "sparc" => SPARC,
        _ => &[],
    };
    let mut text = String::from(LONGS);
    for (name, generic) in [
        ("ino", "__kernel_ulong_t"),
        ("mode", "unsigned int"),
        ("pid", "int"),
        ("ipc_pid", "int"),
        ("uid", "unsigned int"),
        ("suseconds", "__kernel_long_t"),
        ("daddr", "int"),
        ("old_uid", "__kernel_uid_t"),
        ("old_dev", "unsigned int"),
    ] {
        chosen(&mut text, name, generic, own);
    }
    text.push_str(SIZES);
    if arch == "sparc" {
        text.push_str(SPARC_TIMEVAL);
    }
    text
}

/// One type, and the one of groups that goes with users.
fn chosen(text: &mut String, name: &str, generic: &str, own: &[(&str, &str, &str)]) {
    let groups = |text: &mut String, of: &str| {
        let _ = writeln!(text, "typedef {of} __kernel_{name}_t;");
        if let Some(start) = name.strip_suffix("uid") {
            let of = of.replace("__kernel_uid_t", "__kernel_gid_t");
            let _ = writeln!(text, "typedef {of} __kernel_{start}gid_t;");
        }
    };
    let mut word = "#if";
    for (_, condition, of) in own.iter().filter(|(other, ..)| *other == name) {
        let _ = writeln!(text, "{word} {condition}");
        groups(text, of);
        word = "#elif";
    }
    if word == "#if" {
        groups(text, generic);
    } else {
        text.push_str("#else\n");
        groups(text, generic);
        text.push_str("#endif\n");
    }
}

/// The kernel's long: that of x32 has 64 bits.
const LONGS: &str = "\
#include <asm/bitsperlong.h>
#if defined(__x86_64__) && defined(__ILP32__)
#define STUB_LONG long long
#else
#define STUB_LONG long
#endif
typedef STUB_LONG __kernel_long_t;
typedef unsigned STUB_LONG __kernel_ulong_t;
";

/// Sizes, and all that no architecture has otherwise.
const SIZES: &str = "\
#if __BITS_PER_LONG == 32
typedef unsigned int __kernel_size_t;
typedef int __kernel_ssize_t;
typedef int __kernel_ptrdiff_t;
#else
typedef __kernel_ulong_t __kernel_size_t;
typedef __kernel_long_t __kernel_ssize_t;
typedef __kernel_long_t __kernel_ptrdiff_t;
#endif
typedef unsigned int __kernel_uid32_t;
typedef unsigned int __kernel_gid32_t;
typedef unsigned short __kernel_uid16_t;
typedef unsigned short __kernel_gid16_t;
typedef struct { int val[2]; } __kernel_fsid_t;
typedef __kernel_long_t __kernel_off_t;
typedef long long __kernel_loff_t;
typedef __kernel_long_t __kernel_old_time_t;
typedef __kernel_long_t __kernel_time_t;
typedef long long __kernel_time64_t;
typedef __kernel_long_t __kernel_clock_t;
typedef int __kernel_timer_t;
typedef int __kernel_clockid_t;
typedef char *__kernel_caddr_t;
";

/// Where a microsecond has half the bits of a second, linux/time_types.h leaves the record to asm/.
const SPARC_TIMEVAL: &str = "\
#if defined(__arch64__)
struct __kernel_old_timeval { __kernel_long_t tv_sec; __kernel_suseconds_t tv_usec; };
#define __kernel_old_timeval __kernel_old_timeval
#endif
";

/// Request codes: mips, powerpc and sparc have three bits for the direction, all others two.
fn request_codes(arch: &str) -> String {
    let (size_bits, direction_bits, none, write, read) = match arch {
        "mips" | "powerpc" | "sparc" => (13, 3, 1, 4, 2),
        _ => (14, 2, 0, 1, 2),
    };
    let taken_apart = match arch {
        "sparc" => SPARC_TAKEN_APART,
        _ => TAKEN_APART,
    };
    format!(
        "#define _IOC_NRBITS 8\n#define _IOC_TYPEBITS 8\n\
         #define _IOC_SIZEBITS {size_bits}\n#define _IOC_DIRBITS {direction_bits}\n\
         #define _IOC_NONE {none}U\n#define _IOC_WRITE {write}U\n#define _IOC_READ {read}U\n\
         {REQUEST_CODES}{taken_apart}"
    )
}

const TAKEN_APART: &str = "\
#define _IOC_DIR(nr) (((nr) >> _IOC_DIRSHIFT) & _IOC_DIRMASK)
#define _IOC_SIZE(nr) (((nr) >> _IOC_SIZESHIFT) & _IOC_SIZEMASK)
#define IOCSIZE_MASK (_IOC_SIZEMASK << _IOC_SIZESHIFT)
";

/// On sparc, the bit that says "neither read nor written" is one more for the size of what is.
const SPARC_TAKEN_APART: &str = "\
#define _IOC_XSIZEMASK ((1 << (_IOC_SIZEBITS + 1)) - 1)
#define STUB_DIR(nr) (((nr) >> _IOC_DIRSHIFT) & _IOC_DIRMASK)
#define STUB_MOVES(nr) (STUB_DIR(nr) & (_IOC_READ | _IOC_WRITE))
#define _IOC_DIR(nr) (STUB_MOVES(nr) ? STUB_MOVES(nr) : STUB_DIR(nr))
#define _IOC_SIZE(nr) (STUB_MOVES(nr) ? (((nr) >> _IOC_SIZESHIFT) & _IOC_XSIZEMASK) : 0)
#define IOCSIZE_MASK (_IOC_XSIZEMASK << _IOC_SIZESHIFT)
";

const REQUEST_CODES: &str = "\
#define _IOC_NRSHIFT 0
#define _IOC_TYPESHIFT 8
#define _IOC_SIZESHIFT 16
#define _IOC_DIRSHIFT (_IOC_SIZESHIFT + _IOC_SIZEBITS)
#define _IOC_NRMASK ((1 << _IOC_NRBITS) - 1)
#define _IOC_TYPEMASK ((1 << _IOC_TYPEBITS) - 1)
#define _IOC_SIZEMASK ((1 << _IOC_SIZEBITS) - 1)
#define _IOC_DIRMASK ((1 << _IOC_DIRBITS) - 1)
#define _IOC(dir, type, nr, size) \\
	(((dir) << _IOC_DIRSHIFT) | ((type) << _IOC_TYPESHIFT) | \\
	 ((nr) << _IOC_NRSHIFT) | ((size) << _IOC_SIZESHIFT))
#define _IOC_TYPECHECK(t) (sizeof(t))
#define _IO(type, nr) _IOC(_IOC_NONE, (type), (nr), 0)
#define _IOR(type, nr, argument) _IOC(_IOC_READ, (type), (nr), (_IOC_TYPECHECK(argument)))
#define _IOW(type, nr, argument) _IOC(_IOC_WRITE, (type), (nr), (_IOC_TYPECHECK(argument)))
#define _IOWR(type, nr, argument) \\
	_IOC(_IOC_READ | _IOC_WRITE, (type), (nr), (_IOC_TYPECHECK(argument)))
#define _IOR_BAD(type, nr, argument) _IOC(_IOC_READ, (type), (nr), sizeof(argument))
#define _IOW_BAD(type, nr, argument) _IOC(_IOC_WRITE, (type), (nr), sizeof(argument))
#define _IOWR_BAD(type, nr, argument) \\
	_IOC(_IOC_READ | _IOC_WRITE, (type), (nr), sizeof(argument))
#define _IOC_TYPE(nr) (((nr) >> _IOC_TYPESHIFT) & _IOC_TYPEMASK)
#define _IOC_NR(nr) (((nr) >> _IOC_NRSHIFT) & _IOC_NRMASK)
#define IOC_IN (_IOC_WRITE << _IOC_DIRSHIFT)
#define IOC_OUT (_IOC_READ << _IOC_DIRSHIFT)
#define IOC_INOUT ((_IOC_WRITE | _IOC_READ) << _IOC_DIRSHIFT)
#define IOCSIZE_SHIFT (_IOC_SIZESHIFT)
";

fn param(arch: &str) -> String {
    let page = match arch {
        "arm64" => 65536,
        "sparc" => 8192,
        _ => 4096,
    };
    format!(
        "#define HZ 100\n#define EXEC_PAGESIZE {page}\n#define NOGROUP (-1)\n\
         #define MAXHOSTNAMELEN 64\n"
    )
}

/// Numbers of errors, where the architecture has the common ones; mips and sparc have their own.
fn errors(arch: &str) -> Option<String> {
    if matches!(arch, "mips" | "sparc") {
        return None;
    }
    let mut text = String::new();
    for (position, name) in ERRORS.split_whitespace().enumerate() {
        if name != "-" {
            let _ = writeln!(text, "#define {name} {}", position + 1);
        }
    }
    text.push_str("#define EWOULDBLOCK EAGAIN\n");
    text.push_str(match arch {
        "powerpc" => "#define EDEADLOCK 58\n",
        _ => "#define EDEADLOCK EDEADLK\n",
    });
    Some(text)
}

/// Names of errors in the order of their numbers, from 1; `-` is a number without one.
const ERRORS: &str = "\
EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
- ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI
EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR
ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM
EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD
ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE
EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT
EADDRINUSE EADDRNOTAVAIL ENETDOWN
ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS
ETIMEDOUT
ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM
EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED
EOWNERDEAD
ENOTRECOVERABLE ERFKILL EHWPOISON
";
