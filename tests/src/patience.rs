//! How long a test waits for something that is going to happen.

use std::time::Duration;

/// Long enough for a machine that is busy with other things, and only spent by a test that fails.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What `future` comes to, which `what` names: "the confirmation of a subscribe".
///
/// # Panics
/// When it has not come within [`PATIENCE`].
pub async fn deadline<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} did not come within {PATIENCE:?}"))
}
