//! The order to stop, given once and heard by every task.

use tokio::sync::watch;

/// Gives the order.
#[derive(Debug)]
pub(crate) struct StopSender(watch::Sender<bool>);

/// Hears it.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

pub(crate) fn channel() -> (StopSender, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopSender(sender), Stop(receiver))
}

impl StopSender {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns when the order was given, or nobody is left to give it. Cancel safe.
    pub(crate) async fn told(&mut self) {
        // The two cases are one: the result tells them apart, and holds a lock.
        drop(self.0.wait_for(|stop| *stop).await);
    }
}
