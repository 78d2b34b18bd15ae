//! The forms that other tools read, of real runs, held against the schemas of those who define them.
//!
//! `deploy/dev/setup.sh test` puts the schemas into `target/schemas`: that of SARIF 2.1.0 as Microsoft's own validator
//! carries it, and the one for JUnit that Jenkins defined, as pytest carries it.

mod pages;
mod schemas;

use crate::support::series::{Series, header};

#[cfg(feature = "service")]
pub use schemas::sarif_errors;

const HEADER: &str = "include/uapi/linux/demo.h";

/// A change of a struct, of its ioctl and of a constant, in a header that a section owns.
pub fn changed() -> Series {
    let before = header(
        "DEMO",
        "struct demo_in {\n\t__u8 kind;\n\t__u32 low : 4;\n\t__u32 high : 12;\n\t__u64 cookie;\n\
         \tunion {\n\t\t__u32 index;\n\t\tstruct {\n\t\t\t__u16 a;\n\t\t\t__u16 b;\n\t\t};\n\t};\n\
         \t__u8 name[64];\n};\n\
         #define DEMO_SET _IOW('d', 3, struct demo_in)\n\
         #define DEMO_GET _IOR('d', 1, __u32)\n#define DEMO_GONE 7\n",
    );
    let after = before
        .replace("\t__u64 cookie;\n", "\t__u64 added;\n\t__u64 cookie;\n")
        .replace("_IOR('d', 1, __u32)", "_IOWR('d', 2, __u64)")
        .replace("#define DEMO_GONE 7\n", "");
    let maintainers = "Maintainers List\n----------------\n\n\
         DEMO\nM:\tAnn Example <ann@example.org>\nS:\tMaintained\nF:\tinclude/uapi/linux/demo.h\n";
    let mut series = Series::released(&[(HEADER, &before), ("MAINTAINERS", maintainers)]);
    series.commit("demo: change it all", &[(HEADER, &after)]);
    series
}

/// The same tree without a difference.
pub fn unchanged() -> Series {
    let text = header("DEMO", "struct demo_in {\n\t__u32 a;\n};\n");
    let mut series = Series::released(&[(HEADER, &text)]);
    series.commit(
        "demo: a comment elsewhere",
        &[("README", "one more line\n")],
    );
    series
}

/// What the program writes in that form.
pub fn written(series: &Series, form: &str) -> String {
    let output = series.run(&["--format", form, "--all", &series.range()]);
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
