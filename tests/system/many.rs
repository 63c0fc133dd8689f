//! Several clients of one server, and several users of one client.

use rocketfi_client::{Client, CloseReason, Event, SessionId};
use rocketfi_mock_server::{MockServer, Received};
use rocketfi_protocol::{AccountAddress, ServerMessage};
use rocketfi_tests::samples::{kinds, private_kinds};
use rocketfi_tests::{Bench, Listener, PATIENCE, deadline, quick, subscribes};

const CLIENTS: usize = 8;

struct User {
    account: AccountAddress,
    client: Client,
    events: Listener,
}

/// A client for each account, subscribed to all that is private.
async fn users(server: &MockServer) -> Vec<User> {
    let mut users = Vec::new();
    for &account in server.accounts() {
        let (client, events) = quick(server.url())
            .connect()
            .await
            .expect("it accepts everybody");
        let mut events = Listener::new(events);
        events.connected(SessionId(1)).await;
        for kind in private_kinds(account) {
            deadline("a confirmation", client.subscribe(kind))
                .await
                .expect("it confirms");
        }
        users.push(User {
            account,
            client,
            events,
        });
    }
    users
}

impl User {
    /// Reads until something of every private kind has come, and nothing of anybody else's.
    async fn hears_of_itself(&mut self) {
        let mut awaited = private_kinds(self.account).to_vec();
        while !awaited.is_empty() {
            if let Event::Message { message, .. } = self.events.event().await {
                assert_eq!(message.account(), Some(self.account), "{message:?}");
                awaited.retain(|kind| !message.belongs_to(kind));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_client_hears_of_its_own_account_only_before_and_after_a_loss() {
    let starting = MockServer::builder()
        .seed(5)
        .accounts(CLIENTS)
        .rate(200.0)
        .start();
    let server = starting.await.unwrap();
    let mut users = users(&server).await;
    assert_eq!(server.sessions(), CLIENTS);
    for user in &mut users {
        user.hears_of_itself().await;
    }
    assert_eq!(server.drop_connections(), CLIENTS);
    for user in &mut users {
        let restored = user.events.resubscribed().await;
        assert_eq!(
            restored,
            (SessionId(2), private_kinds(user.account).to_vec())
        );
        user.hears_of_itself().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn end_of_one_client_does_not_touch_the_others() {
    let server = MockServer::builder()
        .accounts(3)
        .rate(200.0)
        .start()
        .await
        .unwrap();
    let mut users = users(&server).await;
    let mut leaver = users.remove(1);
    deadline("the end", leaver.client.close()).await;
    leaver.events.end(CloseReason::Requested).await;
    for user in &mut users {
        user.hears_of_itself().await;
        let wanted = user.client.subscriptions().await;
        assert_eq!(wanted, private_kinds(user.account));
    }
    let over = |entry: &rocketfi_mock_server::Entry| matches!(entry.event, Received::Closed { .. });
    server.journal().wait_for(over, PATIENCE).await.unwrap();
    assert_eq!(server.journal().count(over), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handles_in_many_tasks_share_one_connection_and_its_subscriptions() {
    let bench = Bench::new().await;
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let client = bench.client.clone();
            tokio::spawn(async move {
                for kind in kinds() {
                    client.subscribe(kind).await.expect("it is confirmed");
                }
            })
        })
        .collect();
    for task in tasks {
        deadline("a task", task).await.unwrap();
    }
    for kind in kinds() {
        assert_eq!(
            subscribes(bench.server.journal(), &kind),
            1,
            "{}",
            kind.name()
        );
    }
    assert_eq!(bench.server.sessions(), 1);
}

#[tokio::test]
async fn update_is_pushed_to_its_subscribers_only() {
    let mut one = Bench::new().await;
    let (client, events) = quick(one.server.url()).connect().await.unwrap();
    let mut other = Listener::new(events);
    other.connected(SessionId(1)).await;
    let [left, right] = [kinds().swap_remove(0), kinds().swap_remove(13)];
    one.subscribe([left.clone()]).await;
    deadline("a confirmation", client.subscribe(right.clone()))
        .await
        .unwrap();
    one.server.push_text_to(&left, r#""Left""#);
    one.server.push_text_to(&right, r#""Right""#);
    one.server.push(ServerMessage::Error("for all".into()));
    for (events, expected) in [(&mut one.events, "Left"), (&mut other, "Right")] {
        let told = events.event().await;
        let Event::Unrecognized { name, .. } = &told else {
            panic!("{told:?}")
        };
        assert_eq!(name, expected);
        let told = events.event().await;
        assert!(matches!(told, Event::ServerError { .. }), "{told:?}");
    }
}
