//! What kernel headers mean by the form of a name: unused bytes, counters of other names, families.
//!
//! A name alone never decides: callers also look at offsets, positions and values.

/// Whether a field name says that its bytes are unused. The forms are those of scripts/check-uapi.sh
/// and the ones it misses (`__spare`, `dummy`, `__res0`), see Documentation/dev-tools/checkuapi.rst.
pub fn is_pad(name: &str) -> bool {
    let plain = name.trim_matches('_').to_ascii_lowercase();
    let stem = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    if stem.is_empty() {
        return name.chars().all(|c| c == '_' || c.is_ascii_digit());
    }
    const PARTS: [&str; 6] = ["reserved", "resv", "rsvd", "rsrvd", "unused", "spare"];
    PARTS.iter().any(|part| stem.contains(part))
        || stem.split('_').any(|word| {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            matches!(
                word,
                "pad" | "pads" | "padding" | "dummy" | "res" | "rsv" | "mbz" | "fill" | "filler"
            )
        })
        || (stem.ends_with("pad") && stem.len() <= 6)
        || stem == "align"
}

/// Whether a constant's name says that it counts or bounds others of its family.
pub fn is_sentinel(name: &str) -> bool {
    if numbering(name).is_some() {
        return name == "__NR_syscalls";
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    const LAST: [&str; 13] = [
        "MAX", "LAST", "CNT", "COUNT", "END", "NBITS", "NUM", "NR", "TLSMAX", "STATES", "MAXTYPE",
        "LIMIT", "syscalls",
    ];
    const FIRST: [&str; 5] = ["MAX", "NUM", "NR", "LAST", "COUNT"];
    FIRST.contains(first)
        || words.contains(&"MAX")
        || words.contains(&"NUM")
        || words
            .windows(2)
            .any(|pair| pair == ["AFTER", "LAST"] || pair == ["LAST", "CAP"])
        || LAST.contains(last)
        || last.ends_with("MAX")
        || first.starts_with("NSIG")
}

/// Whether a constant's name says that it is the union of flags.
pub fn is_mask(name: &str) -> bool {
    const WORDS: [&str; 7] = [
        "MASK",
        "ALL",
        "SUPPORTED",
        "FLAGS",
        "VALID",
        "CAPS",
        "FEATURES",
    ];
    name.split('_').any(|word| WORDS.contains(&word))
}

/// The numbering that a macro's name belongs to, where a number stands for one thing only: system calls,
/// and socket options of a level.
pub fn numbering(name: &str) -> Option<&'static str> {
    const PREFIXES: [&str; 9] = [
        "__NR_", "SO_", "SCM_", "IPV6_", "IP_", "MCAST_", "TCP_", "UDP_", "PACKET_",
    ];
    PREFIXES.into_iter().find(|prefix| name.starts_with(prefix))
}

/// Whether an enumerator's name says that its number is kept free.
pub fn is_reserved(name: &str) -> bool {
    name.split('_')
        .any(|word| matches!(word, "UNUSED" | "RESERVED" | "RSVD" | "PAD" | "SPARE"))
}

/// The part of a name that its family shares: all words but the last. Empty for a single word.
pub fn family(name: &str) -> &str {
    name.rfind('_').map_or("", |end| &name[..end])
}

/// Whether two names are so alike, apart from what their family shares, that one is the other renamed.
pub fn alike(one: &str, other: &str, shared: &str) -> bool {
    let (one, other) = match (one.strip_prefix(shared), other.strip_prefix(shared)) {
        (Some(one), Some(other)) => (one, other),
        _ => (one, other),
    };
    if one.is_empty() || other.is_empty() {
        return false;
    }
    one.contains(other) || other.contains(one) || strsim::normalized_levenshtein(one, other) >= 0.6
}

/// The longest prefix ending in `_` that all names share.
pub fn shared_prefix<'a>(mut names: impl Iterator<Item = &'a str>) -> &'a str {
    let Some(first) = names.next() else {
        return "";
    };
    let mut end = first.len();
    for name in names {
        let same = first
            .bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        end = end.min(same);
    }
    first.as_bytes()[..end]
        .iter()
        .rposition(|byte| *byte == b'_')
        .map_or("", |at| &first[..=at])
}

/// The identifiers of a piece of C, in order.
pub fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_of_real_headers() {
        for name in [
            "__pad1",
            "reserved",
            "rsvd2",
            "__spare3",
            "dummy",
            "__res0",
            "__tcpm_pad",
            "pad_after",
            "unused",
        ] {
            assert!(is_pad(name), "{name}");
        }
        for name in [
            "address",
            "result",
            "pid",
            "spdif",
            "resource",
            "padapter_id",
            "end",
            "data",
        ] {
            assert!(!is_pad(name), "{name}");
        }
    }

    #[test]
    fn sentinels_of_real_headers() {
        for name in [
            "__IFLA_MAX",
            "IFLA_MAX",
            "MAX_BPF_LINK_TYPE",
            "NUM_NL80211_BANDS",
            "CAP_LAST_CAP",
        ] {
            assert!(is_sentinel(name), "{name}");
        }
        for name in [
            "__NR_open",
            "SO_MAX_PACING_RATE",
            "IFLA_ADDRESS",
            "XFRM_MSG_MAPPING",
            "THERMAL_GENL_ATTR_TZ",
        ] {
            assert!(!is_sentinel(name), "{name}");
        }
    }

    #[test]
    fn renames_are_alike_and_neighbours_are_not() {
        let shared = "FOO_";
        assert!(alike("FOO_INAVLID", "FOO_INVALID", shared));
        assert!(!alike("FOO_READ", "FOO_QUOTA", shared));
        assert_eq!(shared_prefix(["FOO_A_X", "FOO_A_Y"].into_iter()), "FOO_A_");
    }
}
