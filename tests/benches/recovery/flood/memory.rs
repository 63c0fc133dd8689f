//! How much memory this process uses.

use std::fs::read_to_string;

use crate::HEAP;

/// What was in use when the measurement began, in bytes.
pub(super) struct Memory {
    heap: usize,
    resident: usize,
}

impl Memory {
    pub(super) fn begin() -> Self {
        HEAP.reset_peak_usage();
        Self {
            heap: HEAP.current_usage(),
            resident: status("VmRSS:"),
        }
    }

    /// How much more of the heap was in use at the worst moment.
    pub(super) fn heap_growth(&self) -> usize {
        HEAP.peak_usage().saturating_sub(self.heap)
    }

    /// How much more was resident at the worst moment of the process, which is not earlier than
    /// the beginning: nothing large happens before it.
    pub(super) fn resident_growth(&self) -> usize {
        status("VmHWM:").saturating_sub(self.resident)
    }
}

/// A figure of the operating system, in bytes; 0 where there is none.
fn status(field: &str) -> usize {
    let text = read_to_string("/proc/self/status").unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes = value.and_then(|value| value.trim().strip_suffix(" kB"));
    kibibytes.map_or(0, |it| it.parse().unwrap_or(0) << 10)
}
