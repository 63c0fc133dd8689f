//! Much that has arrived at once.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use futures_util::Stream;
use rocketfi_protocol::ClientMessage;

use super::harness::*;
use crate::{Config, Event, Overflow};

/// Notes how much of a flood was left whenever it was woken.
struct Bell {
    network: Network,
    left: Mutex<Vec<usize>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.left.lock().unwrap().push(self.network.flood_left());
    }
}

#[tokio::test(start_paused = true)]
async fn user_is_woken_once_for_a_burst_when_all_of_it_is_there() {
    let (_client, mut events, network, mut peer) = connected(config()).await;
    settle().await;
    let left = Mutex::default();
    let bell = Arc::new(Bell { network, left });
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut events).poll_next(&mut cx).is_pending());
    bell.network.flood(50);
    // What the flood lies in front of.
    peer.push(&data(2)).await;
    settle().await;
    assert_eq!(*bell.left.lock().unwrap(), [0]);
    for _ in 0..51 {
        assert!(matches!(next(&mut events).await, Event::Message { .. }));
    }
}

#[tokio::test(start_paused = true)]
async fn flood_longer_than_the_queue_does_not_overflow_while_the_user_reads() {
    let config = Config {
        // Less than the frames that can be read in one turn of a task.
        event_capacity: 100,
        ..config()
    };
    let (_client, mut events, network, mut peer) = connected(config).await;
    network.flood(20_000);
    peer.push(&data(2)).await;
    for number in 0..=20_000 {
        let event = next(&mut events).await;
        assert!(
            matches!(event, Event::Message { .. }),
            "{number}: {event:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn command_waits_for_one_burst_at_most() {
    let config = Config {
        overflow: Overflow::DropNewest,
        ..config()
    };
    let (client, _events, network, mut peer) = connected(config).await;
    network.flood(100_000);
    peer.push(&data(2)).await;
    tokio::spawn(async move { client.subscribe(ticker(1)).await });
    assert_eq!(peer.message().await, ClientMessage::Subscribe(ticker(1)));
    // The tasks of this test have a few turns until then.
    assert!(network.flood_left() > 99_000, "{}", network.flood_left());
}
