use std::time::Duration;

use rocketfi_protocol::{ClientMessage, ServerMessage};
use tokio::time::{Instant, advance};

use super::harness::*;
use crate::{Config, Event, GapCause, Request, SessionId};

fn gap(session: u64, cause: GapCause, kinds: &[rocketfi_protocol::SubscriptionKind]) -> Event {
    Event::Gap {
        session: SessionId(session),
        cause,
        kinds: kinds.to_vec(),
        missed: None,
    }
}

const CUT: GapCause = GapCause::Disconnected { error: None };

#[tokio::test(start_paused = true)]
async fn gap_comes_before_anything_of_the_next_session() {
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &kinds()).await;
    peer.push(&data(1)).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.push(&data(2)).await;
    for kind in &kinds() {
        peer.accept(kind).await;
    }
    let (first, second) = (SessionId(1), SessionId(2));
    assert_eq!(
        next(&mut events).await,
        Event::Message {
            session: first,
            message: data(1)
        }
    );
    assert_eq!(next(&mut events).await, gap(1, CUT, &kinds()));
    assert_eq!(
        next(&mut events).await,
        Event::Connected { session: second }
    );
    assert_eq!(
        next(&mut events).await,
        Event::Message {
            session: second,
            message: data(2)
        }
    );
    let kinds = kinds().to_vec();
    assert_eq!(
        next(&mut events).await,
        Event::Resubscribed {
            session: second,
            kinds
        }
    );
}

#[tokio::test(start_paused = true)]
async fn resubscribes_in_original_order_one_at_a_time() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &kinds()).await;
    for _ in 0..3 {
        peer.cut();
        peer = network.accept().await;
        for kind in &kinds() {
            assert_eq!(peer.message().await, ClientMessage::Subscribe(kind.clone()));
            assert!(peer.is_quiet().await);
            peer.confirm(kind).await;
        }
        assert!(peer.is_quiet().await);
    }
}

#[tokio::test(start_paused = true)]
async fn kind_subscribed_again_moves_to_the_end_of_the_order() {
    let [first, second, ..] = kinds();
    let (client, _events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[first.clone(), second.clone()]).await;
    let call = unsubscribe(&client, &first).await;
    peer.accept_end(&first).await;
    assert_eq!(outcome(call).await, Ok(()));
    establish(&client, &mut peer, std::slice::from_ref(&first)).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.accept(&second).await;
    peer.accept(&first).await;
}

#[tokio::test(start_paused = true)]
async fn resubscribes_are_paced() {
    let pacing = Duration::from_secs(1);
    let config = Config {
        request_pacing: pacing,
        request_burst: 1,
        ..config()
    };
    let (client, _events, mut network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &kinds()).await;
    peer.cut();
    let mut peer = network.accept().await;
    let begun = Instant::now();
    for kind in &kinds() {
        peer.accept(kind).await;
    }
    assert!(begun.elapsed() >= 3 * pacing);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_resubscribed_that_was_unsubscribed_or_rejected() {
    let [kept, ended, rejected, _] = kinds();
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[kept.clone(), ended.clone()]).await;
    let call = unsubscribe(&client, &ended).await;
    peer.accept_end(&ended).await;
    assert_eq!(outcome(call).await, Ok(()));
    let call = subscribe(&client, &rejected).await;
    peer.message().await;
    peer.error("no").await;
    assert!(outcome(call).await.is_err());
    next(&mut events).await;
    peer.cut();
    assert_eq!(
        next(&mut events).await,
        gap(1, CUT, std::slice::from_ref(&kept))
    );
    let mut peer = network.accept().await;
    peer.accept(&kept).await;
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn refused_resubscribe_does_not_block_those_behind_and_is_retried() {
    let [first, second, third, _] = kinds();
    let wanted = [first.clone(), second.clone(), third.clone()];
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &wanted).await;
    peer.cut();
    let mut peer = network.accept().await;
    assert_eq!(
        peer.message().await,
        ClientMessage::Subscribe(first.clone())
    );
    peer.error("not now").await;
    peer.accept(&second).await;
    peer.accept(&third).await;

    let session = SessionId(2);
    assert_eq!(next(&mut events).await, gap(1, CUT, &wanted));
    assert_eq!(next(&mut events).await, Event::Connected { session });
    let Event::ServerError { requests, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(requests, [Request::Resubscribe(first.clone())]);
    let kinds = vec![second, third];
    assert_eq!(
        next(&mut events).await,
        Event::Resubscribed { session, kinds }
    );
    assert_eq!(client.subscriptions().await, wanted);

    let refused = Instant::now();
    peer.accept(&first).await;
    assert!(refused.elapsed() >= config().backoff_min);
    let kinds = vec![first];
    assert_eq!(
        next(&mut events).await,
        Event::Resubscribed { session, kinds }
    );
}

#[tokio::test(start_paused = true)]
async fn resubscribe_blamed_wrongly_is_not_sent_twice() {
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.message().await;
    peer.error("about something else").await;
    peer.confirm(&ticker(1)).await;
    for _ in 0..3 {
        next(&mut events).await;
    }
    let restored = Event::Resubscribed {
        session: SessionId(2),
        kinds: vec![ticker(1)],
    };
    assert_eq!(next(&mut events).await, restored);
    advance(Duration::from_secs(600)).await;
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn unanswered_resubscribe_ends_the_session() {
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1), ticker(2)]).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.message().await;
    let begun = Instant::now();
    next(&mut events).await;
    next(&mut events).await;
    let cause = GapCause::ResubscribeTimeout { kind: ticker(1) };
    assert_eq!(
        next(&mut events).await,
        gap(2, cause, &[ticker(1), ticker(2)])
    );
    assert_eq!(begun.elapsed(), config().request_timeout);
    let mut peer = network.accept().await;
    peer.accept(&ticker(1)).await;
    peer.accept(&ticker(2)).await;
}

#[tokio::test(start_paused = true)]
async fn call_for_a_kind_being_restored_waits_for_it() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.cut();
    let call = subscribe(&client, &ticker(1)).await;
    let mut peer = network.accept().await;
    assert!(!call.is_finished());
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn call_that_joins_a_resubscribe_has_its_deadline() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.message().await;
    let sent = Instant::now();
    advance(Duration::from_secs(4)).await;
    let call = subscribe(&client, &ticker(1)).await;
    assert!(outcome(call).await.is_err());
    assert_eq!(sent.elapsed(), config().request_timeout);
    assert_eq!(client.subscriptions().await, [ticker(1)]);
}

#[tokio::test(start_paused = true)]
async fn call_that_gives_up_on_an_established_kind_leaves_it_wanted() {
    let (client, _events, network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    network.refuse(usize::MAX);
    peer.cut();
    let call = subscribe(&client, &ticker(1)).await;
    assert!(outcome(call).await.is_err());
    assert_eq!(client.subscriptions().await, [ticker(1)]);
}

#[tokio::test(start_paused = true)]
async fn confirmation_from_an_earlier_session_counts_for_nothing() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.cut();
    let mut peer = network.accept().await;
    // Before the request of this session has been read, and for a kind of no session at all.
    peer.confirm(&ticker(2)).await;
    settle().await;
    assert!(!call.is_finished());
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn message_of_the_server_before_the_end_is_still_delivered() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    for number in 0..50 {
        peer.push(&data(number)).await;
    }
    peer.push(&ServerMessage::Error("bye".into())).await;
    peer.cut();
    for number in 0..50 {
        let message = data(number);
        assert_eq!(
            next(&mut events).await,
            Event::Message {
                session: SessionId(1),
                message
            }
        );
    }
    let Event::ServerError { requests, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(requests, []);
    assert_eq!(next(&mut events).await, gap(1, CUT, &[]));
}

/// How long the client waits with dialling after a Close with each of these codes, drawn with `draws` seeds.
async fn longest_delay(code: u16, draws: u64) -> Duration {
    let mut longest = Duration::ZERO;
    for seed in 0..draws {
        let seed = Some(seed);
        let config = Config { seed, ..config() };
        let (_client, _events, mut network, mut peer) = connected(config).await;
        let closed = Instant::now();
        peer.close(code, "").await;
        network.accept().await;
        longest = longest.max(closed.elapsed());
    }
    longest
}

#[tokio::test(start_paused = true)]
async fn an_announced_restart_is_followed_by_a_wider_spread() {
    let ceiling = config().backoff_min;
    for code in [1001, 1012, 1013] {
        let longest = longest_delay(code, 20).await;
        assert!(longest > 2 * ceiling, "{code}: {longest:?}");
        assert!(
            longest <= config().restart_spread + Duration::from_millis(2),
            "{code}: {longest:?}"
        );
    }
    for code in [1000, 1008, 1011] {
        let longest = longest_delay(code, 20).await;
        assert!(
            longest <= ceiling + Duration::from_millis(2),
            "{code}: {longest:?}"
        );
    }
}
