//! Headers that lie otherwise than in a kernel: each layout in git, directories without git, real installed
//! trees, and the stand-ins for what a part of the headers lacks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod directories;
mod found;
mod real;
mod walks;

use crate::support::repository::{Files, Repository};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A header whose record has one more field in front, or not.
fn header(first: &str) -> String {
    format!(
        "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
         #ifndef _LINUX_A_H\n#define _LINUX_A_H\n#include <linux/types.h>\n#include <linux/ioctl.h>\n\
         struct a {{\n{first}\t__u32 value;\n\t__u32 other;\n}};\n\
         #define A_GET _IOR('a', 1, __u32)\n#define A_SET _IOW('a', 3, __u32)\n#define A_RUN _IO('a', 2)\n\
         #define A_LONG sizeof(__kernel_long_t)\n#define A_SIZE sizeof(__kernel_size_t)\n#endif\n"
    )
}

const MORE: &str = "\t__u32 first;\n";
/// Enough to count as an `asm/` of its own.
const ASM_TYPES: &str = "typedef unsigned int __u32;\n";

fn program(arguments: &[&str]) -> Output {
    let mut command = crate::support::program();
    command.args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The report about a change of some files in a repository that has others, too.
fn check(others: &[(&str, &str)], path: &str, texts: [&str; 2], arguments: &[&str]) -> Value {
    let repository = Repository::empty();
    let files = |text: &str| -> Files {
        let own = (!text.is_empty()).then_some((path, text));
        let all = others.iter().copied().chain(own);
        all.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect()
    };
    let first = repository.commit(&files(texts[0]), None);
    let second = repository.commit(&files(texts[1]), Some(&first));
    let (folder, range) = (repository.path(), format!("{first}..{second}"));
    let mut all = vec![
        "check",
        "--repo",
        folder.to_str().unwrap(),
        &range,
        "--format",
        "json",
    ];
    all.extend(arguments);
    json(&program(&all))
}

fn rules(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap(),
                finding["subject"].as_str().unwrap(),
            )
        })
        .collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

/// Writes files below a folder.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
}
