//! The top Makefile becomes linux/version.h.
//!
//! Looks at three assignments and nothing else of the Makefile. Differs in every release, so
//! [`super::affected`] leaves it out.

/// The text of linux/version.h, `None` where the Makefile names no version.
pub(super) fn version_header(makefile: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(makefile);
    let number = |name: &str| -> Option<u64> {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let (_, value) = lines.find(|(left, _)| left.trim() == name)?;
        value.trim().parse().ok().filter(|&n| n < 1 << 16)
    };
    let version = number("VERSION")?;
    let patch_level = number("PATCHLEVEL").unwrap_or(0);
    let sub_level = number("SUBLEVEL").unwrap_or(0);
    let code = (version << 16) + (patch_level << 8) + sub_level.min(255);
    Some(format!(
        "#define LINUX_VERSION_CODE {code}\n\
         #define KERNEL_VERSION(a,b,c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))\n\
         #define LINUX_VERSION_MAJOR {version}\n\
         #define LINUX_VERSION_PATCHLEVEL {patch_level}\n\
         #define LINUX_VERSION_SUBLEVEL {sub_level}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::version_header;

    #[test]
    fn a_version_becomes_its_code() {
        let text =
            version_header(b"# x\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 300\nEXTRAVERSION =\n");
        let text = text.expect("the Makefile names a version");
        // 6 * 65536 + 12 * 256 + 255: the last part saturates since 5.12.
        assert!(
            text.starts_with("#define LINUX_VERSION_CODE 396543\n"),
            "{text}"
        );
        assert!(
            text.ends_with("#define LINUX_VERSION_SUBLEVEL 300\n"),
            "{text}"
        );
    }

    #[test]
    fn no_version_no_header() {
        assert_eq!(version_header(b"all:\n\techo VERSION\n"), None);
        assert_eq!(version_header(b"VERSION = 99999999999999999999\n"), None);
    }
}
