//! CPU time, which other programs on the machine disturb less than they disturb the wall clock.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How much CPU time the calling thread has used.
#[must_use]
pub fn of_thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// How much CPU time all threads of this process have used.
#[must_use]
pub fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).expect("CPU time starts at zero");
    let nanos = u32::try_from(time.tv_nsec).expect("less than a second");
    Duration::new(seconds, nanos)
}
