//! What a table has to be read with: when, where and how it was made.

use std::fs::read_to_string;
use std::time::SystemTime;

pub(crate) fn print_facts() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = first_line("/proc/sys/kernel/osrelease", "");
    println!("# Recovery over loopback sockets\n");
    println!(
        "command   cargo bench -p rocketfi-tests --bench recovery -- {}",
        words.join(" ")
    );
    println!(
        "date      {}",
        humantime::format_rfc3339_seconds(SystemTime::now())
    );
    println!("version   {}, {}", env!("CARGO_PKG_VERSION"), profile());
    println!(
        "system    {} {kernel}, {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    println!(
        "cores     {cores} x {}",
        first_line("/proc/cpuinfo", "model name")
    );
    println!("load      {}", first_line("/proc/loadavg", ""));
    println!(
        "files     {} at most",
        first_word("/proc/self/limits", "Max open files")
    );
}

const fn profile() -> &'static str {
    if cfg!(debug_assertions) {
        "unoptimised"
    } else {
        "optimised"
    }
}

/// What follows `prefix` on the first line that begins with it; "unknown" where there is no such
/// file.
fn first_line(path: &str, prefix: &str) -> String {
    let text = read_to_string(path).unwrap_or_default();
    let mut found = text.lines().filter_map(|line| line.strip_prefix(prefix));
    let value = found.next().unwrap_or("unknown");
    let value = value.trim_start_matches([' ', '\t', ':']);
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_word(path: &str, prefix: &str) -> String {
    let line = first_line(path, prefix);
    line.split(' ').next().unwrap_or_default().to_owned()
}
