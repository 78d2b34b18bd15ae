//! The few headers of a C library that exported headers ask for, in our own words, and the prelude.
//!
//! They stand in a second directory behind the examined headers, so that nothing of the machine that
//! runs the program is read. `__GLIBC__` is not defined: linux/libc-compat.h would then believe that
//! the C library provides types which these stubs lack. Data only; `unit` puts it to use.

/// Directory of the examined headers in a unit. It exists on no disk.
pub const INCLUDE_ROOT: &str = "/__uapi__/include/";
/// Directory of the stubs in a unit.
pub const STUB_ROOT: &str = "/__uapi__/stub/";
/// Name of the prelude, below [`STUB_ROOT`].
pub const PRELUDE: &str = "uapi-check-prelude.h";

/// Name and text of each stub.
pub const STUBS: &[(&str, &str)] = &[
    (PRELUDE, PRELUDE_TEXT),
    ("stddef.h", STDDEF),
    ("stdint.h", STDINT),
    ("stdbool.h", STDBOOL),
    ("limits.h", LIMITS),
    ("stdlib.h", "#include <stddef.h>\n"),
    ("stdio.h", "#include <stddef.h>\n"),
    ("string.h", STRING),
    ("time.h", TIME),
    ("unistd.h", "#include <sys/types.h>\n"),
    ("endian.h", ENDIAN),
    ("fcntl.h", "#include <sys/types.h>\n"),
    ("signal.h", "#include <sys/types.h>\n"),
    ("inttypes.h", "#include <stdint.h>\n"),
    ("sys/types.h", TYPES),
    ("sys/time.h", TIME),
    ("sys/ioctl.h", "#include <linux/ioctl.h>\n"),
    ("sys/ioccom.h", "#include <linux/ioctl.h>\n"),
    ("sys/socket.h", SOCKET),
    ("net/if.h", "#include <sys/socket.h>\n"),
    ("netinet/in.h", "#include <sys/socket.h>\n"),
    ("netinet/if_ether.h", "#include <linux/if_ether.h>\n"),
    ("linux/ioctl.h", IOCTL),
    ("linux/types.h", LINUX_TYPES),
];

const PRELUDE_TEXT: &str = "\
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <linux/ioctl.h>
";

const STDDEF: &str = "\
#ifndef STUB_STDDEF_H
#define STUB_STDDEF_H
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#ifndef __cplusplus
typedef __WCHAR_TYPE__ wchar_t;
#endif
#undef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#endif
";

const STDINT: &str = "\
#ifndef STUB_STDINT_H
#define STUB_STDINT_H
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
#define INT32_MAX __INT32_MAX__
#define UINT8_MAX __UINT8_MAX__
#define UINT16_MAX __UINT16_MAX__
#define UINT32_MAX __UINT32_MAX__
#define INT64_MAX __INT64_MAX__
#define UINT64_MAX __UINT64_MAX__
#endif
";

const STDBOOL: &str = "\
#ifndef __cplusplus
#define bool _Bool
#define true 1
#define false 0
#endif
";

const LIMITS: &str = "\
#ifndef STUB_LIMITS_H
#define STUB_LIMITS_H
#define CHAR_BIT __CHAR_BIT__
#define SCHAR_MAX __SCHAR_MAX__
#define UCHAR_MAX (__SCHAR_MAX__ * 2 + 1)
#define SHRT_MAX __SHRT_MAX__
#define USHRT_MAX (__SHRT_MAX__ * 2 + 1)
#define INT_MAX __INT_MAX__
#define INT_MIN (-__INT_MAX__ - 1)
#define UINT_MAX (__INT_MAX__ * 2U + 1U)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-__LONG_MAX__ - 1L)
#define ULONG_MAX (__LONG_MAX__ * 2UL + 1UL)
#define LLONG_MAX __LONG_LONG_MAX__
#define ULLONG_MAX (__LONG_LONG_MAX__ * 2ULL + 1ULL)
#endif
";

const STRING: &str = "\
#ifndef STUB_STRING_H
#define STUB_STRING_H
#include <stddef.h>
#ifdef __cplusplus
extern \"C\" {
#endif
void *memset(void *, int, size_t);
void *memcpy(void *, const void *, size_t);
int memcmp(const void *, const void *, size_t);
size_t strlen(const char *);
#ifdef __cplusplus
}
#endif
#endif
";

/// linux/time.h declares the same records: whoever comes second steps back.
const TIME: &str = "\
#ifndef STUB_TIME_H
#define STUB_TIME_H
#include <sys/types.h>
#ifndef _LINUX_TIME_H
#ifndef _STRUCT_TIMESPEC
#define _STRUCT_TIMESPEC
struct timespec { time_t tv_sec; long tv_nsec; };
#endif
struct timeval { time_t tv_sec; suseconds_t tv_usec; };
#endif
#endif
";

const ENDIAN: &str = "\
#ifndef STUB_ENDIAN_H
#define STUB_ENDIAN_H
#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER __BYTE_ORDER__
#endif
";

const TYPES: &str = "\
#ifndef STUB_SYS_TYPES_H
#define STUB_SYS_TYPES_H
#include <stddef.h>
#include <stdint.h>
typedef long ssize_t;
typedef long off_t;
typedef long long loff_t;
typedef long time_t;
typedef long suseconds_t;
typedef int pid_t;
typedef int key_t;
typedef int clockid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef unsigned int id_t;
typedef unsigned long long dev_t;
typedef unsigned long ino_t;
typedef unsigned long nlink_t;
typedef char *caddr_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;
#endif
";

const SOCKET: &str = "\
#ifndef STUB_SYS_SOCKET_H
#define STUB_SYS_SOCKET_H
#include <sys/types.h>
typedef unsigned int socklen_t;
typedef unsigned short sa_family_t;
struct sockaddr { sa_family_t sa_family; char sa_data[14]; };
struct sockaddr_storage { sa_family_t ss_family; char ss_pad[118]; unsigned long ss_align; };
#endif
";

/// Only for a tree without linux/ioctl.h: layout of a request code as include/uapi/asm-generic/ioctl.h
/// has it, and as arch/{alpha,mips,powerpc,sparc} have theirs.
const IOCTL: &str = "\
#ifndef STUB_IOCTL_H
#define STUB_IOCTL_H
#define _IOC_NRBITS 8
#define _IOC_TYPEBITS 8
#if defined(__mips__) || defined(__powerpc__) || defined(__sparc__) || defined(__alpha__)
#define _IOC_SIZEBITS 13
#define _IOC_DIRBITS 3
#define _IOC_NONE 1U
#define _IOC_READ 2U
#define _IOC_WRITE 4U
#else
#define _IOC_SIZEBITS 14
#define _IOC_DIRBITS 2
#define _IOC_NONE 0U
#define _IOC_WRITE 1U
#define _IOC_READ 2U
#endif
#define _IOC_NRMASK ((1 << _IOC_NRBITS) - 1)
#define _IOC_TYPEMASK ((1 << _IOC_TYPEBITS) - 1)
#define _IOC_SIZEMASK ((1 << _IOC_SIZEBITS) - 1)
#define _IOC_DIRMASK ((1 << _IOC_DIRBITS) - 1)
#define _IOC_NRSHIFT 0
#define _IOC_TYPESHIFT (_IOC_NRSHIFT + _IOC_NRBITS)
#define _IOC_SIZESHIFT (_IOC_TYPESHIFT + _IOC_TYPEBITS)
#define _IOC_DIRSHIFT (_IOC_SIZESHIFT + _IOC_SIZEBITS)
#define _IOC(dir, type, nr, size) \\
	(((dir) << _IOC_DIRSHIFT) | ((type) << _IOC_TYPESHIFT) | \\
	 ((nr) << _IOC_NRSHIFT) | ((size) << _IOC_SIZESHIFT))
#define _IO(type, nr) _IOC(_IOC_NONE, (type), (nr), 0)
#define _IOR(type, nr, size) _IOC(_IOC_READ, (type), (nr), sizeof(size))
#define _IOW(type, nr, size) _IOC(_IOC_WRITE, (type), (nr), sizeof(size))
#define _IOWR(type, nr, size) _IOC(_IOC_READ | _IOC_WRITE, (type), (nr), sizeof(size))
#endif
";

/// Only for a tree without linux/types.h.
const LINUX_TYPES: &str = "\
#ifndef STUB_LINUX_TYPES_H
#define STUB_LINUX_TYPES_H
typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
__extension__ typedef long long __s64;
__extension__ typedef unsigned long long __u64;
typedef __u16 __le16;
typedef __u16 __be16;
typedef __u32 __le32;
typedef __u32 __be32;
typedef __u64 __le64;
typedef __u64 __be64;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#endif
";
