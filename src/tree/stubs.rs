//! Stand-ins for headers that a part of the headers needs and does not bring along, in our own words.
//!
//! The few that nearly every exported header takes in: types, sizes, byte order, request codes. Here are
//! those that the compiler's own macros make right for every architecture; [`arch`] has the others. A
//! header that would need more (registers, signals, ...) has no stand-in, and what includes it is a gap.
//! Used only by [`super::exports`], and never for a whole tree: there a missing header is a finding.

mod arch;

/// Name and text of each stand-in on an architecture.
pub(super) fn stubs(arch: &str) -> Vec<(&'static str, String)> {
    let mut stubs: Vec<(&'static str, String)> = SHARED
        .iter()
        .map(|(path, text)| (*path, guarded(path, text)))
        .collect();
    let own = arch::stubs(arch).into_iter();
    stubs.extend(own.map(|(path, text)| (path, guarded(path, &text))));
    stubs
}

/// The text, to be read once.
fn guarded(path: &str, text: &str) -> String {
    let name: String = path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("#ifndef STUB_{name}\n#define STUB_{name}\n{text}#endif\n")
}

/// Stand-ins that the compiler's own macros make right for every architecture.
const SHARED: [(&str, &str); 14] = [
    (
        "asm/bitsperlong.h",
        "#define __BITS_PER_LONG (__CHAR_BIT__ * __SIZEOF_LONG__)\n\
         #define __BITS_PER_LONG_LONG 64\n",
    ),
    ("asm/byteorder.h", BYTE_ORDER),
    ("asm/swab.h", "#include <linux/swab.h>\n"),
    (
        "asm/sockios.h",
        "#define SIOCGSTAMP_OLD 0x8906\n#define SIOCGSTAMPNS_OLD 0x8907\n",
    ),
    (
        "linux/byteorder/big_endian.h",
        "#include <asm/byteorder.h>\n",
    ),
    (
        "linux/byteorder/little_endian.h",
        "#include <asm/byteorder.h>\n",
    ),
    ("linux/swab.h", SWAB),
    ("linux/types.h", TYPES),
    ("linux/posix_types.h", POSIX_TYPES),
    ("linux/stddef.h", STDDEF),
    ("linux/const.h", CONST),
    ("linux/ioctl.h", "#include <asm/ioctl.h>\n"),
    ("linux/errno.h", "#include <asm/errno.h>\n"),
    ("linux/param.h", "#include <asm/param.h>\n"),
];

const BYTE_ORDER: &str = "\
#include <linux/types.h>
#include <linux/swab.h>
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define __BIG_ENDIAN 4321
#define __BIG_ENDIAN_BITFIELD
#define STUB_TO_BIG(bits, x) (x)
#define STUB_TO_LITTLE(bits, x) __swab##bits(x)
#else
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD
#define STUB_TO_BIG(bits, x) __swab##bits(x)
#define STUB_TO_LITTLE(bits, x) (x)
#endif
#define __cpu_to_be16(x) ((__be16)STUB_TO_BIG(16, (__u16)(x)))
#define __cpu_to_be32(x) ((__be32)STUB_TO_BIG(32, (__u32)(x)))
#define __cpu_to_be64(x) ((__be64)STUB_TO_BIG(64, (__u64)(x)))
#define __cpu_to_le16(x) ((__le16)STUB_TO_LITTLE(16, (__u16)(x)))
#define __cpu_to_le32(x) ((__le32)STUB_TO_LITTLE(32, (__u32)(x)))
#define __cpu_to_le64(x) ((__le64)STUB_TO_LITTLE(64, (__u64)(x)))
#define __be16_to_cpu(x) ((__u16)STUB_TO_BIG(16, (__u16)(x)))
#define __be32_to_cpu(x) ((__u32)STUB_TO_BIG(32, (__u32)(x)))
#define __be64_to_cpu(x) ((__u64)STUB_TO_BIG(64, (__u64)(x)))
#define __le16_to_cpu(x) ((__u16)STUB_TO_LITTLE(16, (__u16)(x)))
#define __le32_to_cpu(x) ((__u32)STUB_TO_LITTLE(32, (__u32)(x)))
#define __le64_to_cpu(x) ((__u64)STUB_TO_LITTLE(64, (__u64)(x)))
#define __constant_cpu_to_be16(x) __cpu_to_be16(x)
#define __constant_cpu_to_be32(x) __cpu_to_be32(x)
#define __constant_cpu_to_be64(x) __cpu_to_be64(x)
#define __constant_cpu_to_le16(x) __cpu_to_le16(x)
#define __constant_cpu_to_le32(x) __cpu_to_le32(x)
#define __constant_cpu_to_le64(x) __cpu_to_le64(x)
#define __constant_htons(x) __cpu_to_be16(x)
#define __constant_htonl(x) __cpu_to_be32(x)
";

const SWAB: &str = "\
#include <linux/types.h>
#define __swab16(x) ((__u16)__builtin_bswap16((__u16)(x)))
#define __swab32(x) ((__u32)__builtin_bswap32((__u32)(x)))
#define __swab64(x) ((__u64)__builtin_bswap64((__u64)(x)))
";

const TYPES: &str = "\
#include <asm/types.h>
#ifndef __ASSEMBLY__
#include <linux/posix_types.h>
#define __bitwise
#define __bitwise__
typedef __u16 __le16;
typedef __u16 __be16;
typedef __u32 __le32;
typedef __u32 __be32;
typedef __u64 __le64;
typedef __u64 __be64;
typedef __u16 __sum16;
typedef __u32 __wsum;
typedef unsigned int __poll_t;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#define __aligned_be64 __be64 __attribute__((aligned(8)))
#define __aligned_le64 __le64 __attribute__((aligned(8)))
#endif
";

/// The set of descriptors is 1024 bits wide everywhere.
const POSIX_TYPES: &str = "\
#include <linux/stddef.h>
#undef __FD_SETSIZE
#define __FD_SETSIZE 1024
typedef struct {
	unsigned long fds_bits[__FD_SETSIZE / (8 * sizeof(long))];
} __kernel_fd_set;
typedef void (*__kernel_sighandler_t)(int);
typedef int __kernel_key_t;
typedef int __kernel_mqd_t;
#include <asm/posix_types.h>
";

const STDDEF: &str = "\
#ifndef __always_inline
#define __always_inline __inline__
#endif
#define __struct_group(TAG, NAME, ATTRS, MEMBERS...) \\
	union { \\
		struct { MEMBERS } ATTRS; \\
		struct TAG { MEMBERS } ATTRS NAME; \\
	} ATTRS
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) \\
	struct { \\
		struct { } __empty_ ## NAME; \\
		TYPE NAME[]; \\
	}
#ifndef __counted_by
#define __counted_by(m)
#endif
#ifndef __counted_by_le
#define __counted_by_le(m)
#endif
#ifndef __counted_by_be
#define __counted_by_be(m)
#endif
#ifndef __kernel_nonstring
#define __kernel_nonstring
#endif
";

const CONST: &str = "\
#ifdef __ASSEMBLY__
#define _AC(X, Y) X
#define _AT(T, X) X
#else
#define STUB_SUFFIXED(X, Y) (X##Y)
#define _AC(X, Y) STUB_SUFFIXED(X, Y)
#define _AT(T, X) ((T)(X))
#endif
#define _UL(x) (_AC(x, UL))
#define _ULL(x) (_AC(x, ULL))
#define _BITUL(x) (_UL(1) << (x))
#define _BITULL(x) (_ULL(1) << (x))
#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define __ALIGN_KERNEL(x, a) __ALIGN_KERNEL_MASK(x, (__typeof__(x))(a) - 1)
#define __KERNEL_DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
";
