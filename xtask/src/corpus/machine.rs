//! How many compilers the machine bears at once.

use std::fs;
use std::num::NonZero;
use std::thread;

/// What a compiler needs for a unit of [`LARGEST`](super::unit::LARGEST) bytes and its own start, with room to spare.
const COMPILER: u64 = 1 << 30;

/// One on each core, unless memory is scarcer than cores.
pub(crate) fn compilers() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let read = |path| fs::read_to_string(path).ok();
    let free = read("/proc/meminfo").and_then(|text| available(&text));
    let granted = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse().ok());
    fitting(cores, [free, granted])
}

/// Where nothing is known of memory, it is not scarce.
fn fitting(cores: usize, memory: [Option<u64>; 2]) -> usize {
    let bytes = memory.into_iter().flatten().min();
    let fit = bytes.and_then(|bytes| usize::try_from(bytes / COMPILER).ok());
    fit.map_or(cores, |fit| fit.clamp(1, cores))
}

/// Linux: what can be had without swapping, in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_the_compilers_where_it_is_scarcer_than_cores() {
        let free = available("MemTotal:  16 kB\nMemAvailable:    3145728 kB\n");
        assert_eq!(free, Some(3 << 30));
        assert_eq!(fitting(2, [free, None]), 2);
        assert_eq!(fitting(8, [free, None]), 3);
        assert_eq!(fitting(8, [free, Some(1 << 20)]), 1);
        assert_eq!(fitting(8, [None, None]), 8);
    }
}
