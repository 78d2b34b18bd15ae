//! Made-up patches that hold whatever MAINTAINERS looks for, and look-alikes of it.

/// Words that K: of v6.12 looks for, and look-alikes that it does not want.
const WORDS: [&str; 30] = [
    "bpf_prog",
    "bpffs",
    "a clang b",
    "CLANG",
    "dma_buf_get",
    "dma_bufs",
    "pidfd_open",
    "CLONE3",
    "mediatek",
    "rust",
    "rusty",
    "sifive,x",
    "@sifive",
    "phylink_start",
    ".phylink",
    "phylink_none",
    "SGX_ENCL",
    "XSGX_ENCL",
    "PREEMPT_RT",
    "zstd",
    "landlock",
    "LandLock",
    "security_file_open",
    "audit_log",
    "TIF_SECCOMP",
    "fu540",
    "fu640",
    "gpio_request",
    "devm_reset_control_get",
    "nothing at all",
];
/// Parts of names that N: looks for, and look-alikes.
const NAMES: [&str; 16] = [
    "tegra",
    "xtegra",
    "ps3",
    "a-ps3",
    "exynos",
    "mt7",
    "mt9",
    "at91",
    "zstd",
    "stm32",
    "sun8i",
    "riscv",
    "getrandom",
    "asm/elf.h",
    "page-foo.h",
    "plain",
];

/// Makes up one patch; the same number gives the same patch.
pub struct Maker<'f> {
    state: u64,
    files: &'f [String],
}

impl<'f> Maker<'f> {
    /// The maker of one patch for a kernel with these files.
    pub fn new(number: u64, files: &'f [String]) -> Self {
        let state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { state, files }
    }

    /// A number below `limit` (xorshift64).
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 16).expect("48 bits") % limit
    }

    fn word(&mut self) -> &'static str {
        // Most lines hold none.
        match self.below(3) {
            0 => WORDS[self.below(WORDS.len())],
            _ => "quite plain",
        }
    }

    /// A file of the kernel, or one that is not there: in its directory, or in one of its own.
    fn path(&mut self) -> String {
        let file = self.files[self.below(self.files.len())].clone();
        let name = NAMES[self.below(NAMES.len())];
        let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
        match self.below(5) {
            0 => format!("{directory}/{name}.c"),
            1 => format!("{directory}/{name}/new/deep.h"),
            2 => format!("include/uapi/linux/{name}.h"),
            _ => file,
        }
        .replace(' ', "")
    }

    /// The patch.
    pub fn patch(&mut self) -> String {
        let mut text = format!(
            "From: A <a@example.org>\nSubject: [PATCH] {}\n\nIt says {}.\n---\n",
            self.word(),
            self.word()
        );
        for _ in 0..=self.below(3) {
            let (old, new) = (self.path(), self.path());
            let diff = match self.below(6) {
                0 => format!(
                    "diff --git a/{old} b/{new}\nsimilarity index 90%\nrename from {old}\nrename to {new}\n--- a/{old}\n+++ b/{new}\n"
                ),
                1 => format!(
                    "diff --git a/{old} b/{old}\nnew file mode 100644\n--- /dev/null\n+++ b/{old}\n"
                ),
                2 => format!(
                    "diff --git a/{old} b/{old}\ndeleted file mode 100644\n--- a/{old}\n+++ /dev/null\n"
                ),
                3 => format!(" mode change 100644 => 100755 {old}\n"),
                4 => format!("--- {old}.orig\n+++ {old}\n"),
                _ => format!("diff --git a/{old} b/{old}\n--- a/{old}\n+++ b/{old}\n"),
            };
            text.push_str(&diff);
            let (kept, gone, come) = (self.word(), self.word(), self.word());
            text.push_str(&format!(
                "@@ -1,2 +1,2 @@ {}\n {kept}\n-\t{gone}\n+\t{come}\n",
                self.word()
            ));
        }
        text.push_str("-- \n2.47.0\n");
        text
    }
}
