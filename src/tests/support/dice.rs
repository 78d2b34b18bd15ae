//! Random numbers that can be had again: whoever runs a test is told their seed, and may give it.

/// A generator of numbers (xorshift64).
pub struct Dice(u64);

impl Dice {
    /// Those of the seed in `UAPI_CHECK_SEED`, or of one that is always the same. Tells the seed.
    pub fn thrown() -> Self {
        let seed = std::env::var("UAPI_CHECK_SEED").ok();
        let seed = seed.and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(0x5eed_u64);
        println!("UAPI_CHECK_SEED={seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number less than `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).expect("44 bits") % limit
    }

    /// Puts a list in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
