//! What a table has to be read with: when, where and with what it was made.

use std::env;
use std::fs;
use std::num::NonZero;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

/// Two lines of words.
pub(crate) fn facts() -> String {
    let command: Vec<String> = env::args().skip(1).collect();
    let cores = thread::available_parallelism().map_or(0, NonZero::get);
    format!(
        "`cargo xtask {}`, {}\n{}, {} {}, {cores} × {}, load {}\n",
        command.join(" "),
        humantime::format_rfc3339_seconds(SystemTime::now()),
        compiler(),
        env::consts::OS,
        first_line("/proc/sys/kernel/osrelease", ""),
        first_line("/proc/cpuinfo", "model name"),
        first_line("/proc/loadavg", ""),
    )
}

fn compiler() -> String {
    let program = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").output();
    output.map_or_else(
        |_| "an unknown compiler".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// What follows `prefix` on the first line that begins with it; "unknown" where there is no such file.
fn first_line(path: &str, prefix: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut found = text.lines().filter_map(|line| line.strip_prefix(prefix));
    let value = found.next().unwrap_or("unknown");
    value.trim_start_matches([' ', '\t', ':']).trim().to_owned()
}
