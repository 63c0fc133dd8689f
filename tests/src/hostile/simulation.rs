//! A runtime of its own, in which time passes only when nothing else can happen.

use std::cell::Cell;
use std::panic;
use std::sync::Once;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::time::sleep;

/// Longer than anything waits that has no reason to.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// Runs to the end, and checks that nothing panicked on the way and nothing is left running.
///
/// # Panics
/// When that is not so.
pub(super) fn simulate(scene: impl Future<Output = ()>) {
    watch_panics();
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    runtime.block_on(async {
        scene.await;
        sleep(LONG).await;
        let left = Handle::current().metrics().num_alive_tasks();
        assert_eq!(left, 0, "tasks are left");
    });
    assert!(!PANICKED.get(), "a task has panicked");
}

thread_local! {
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// The runtime catches the panic of a task, so that it would pass unnoticed.
fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICKED.set(true);
            before(panic);
        }));
    });
    PANICKED.set(false);
}
