//! The market, looked at as a client would: through its messages alone.

mod follower;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rocketfi_mock_server::market::{EPOCH, Market, MarketConfig, TICK, Tick, demo_accounts};
use rocketfi_protocol::{
    CandleInterval, OrderEventData, ServerMessage, SubscriptionKind, Timestamp, decode, encode,
};
use rust_decimal::Decimal as Amount;

use follower::Follower;

fn config(seed: u64, accounts: usize) -> MarketConfig {
    MarketConfig {
        accounts: demo_accounts(accounts),
        ..MarketConfig::new(seed)
    }
}

/// All frames of the first ticks, for a subscriber to everything.
fn frames(seed: u64, accounts: usize, ticks: usize) -> Vec<String> {
    let mut market = Market::new(&config(seed, accounts));
    let kinds = every_kind(&market);
    (0..ticks)
        .flat_map(|_| told(&market.tick(), &kinds))
        .collect()
}

fn told(tick: &Tick, kinds: &[SubscriptionKind]) -> Vec<String> {
    let messages = kinds.iter().flat_map(|kind| tick.told_to(kind));
    messages.map(|(_, message)| encode(&*message)).collect()
}

/// Every kind, about the first account and the first instrument.
fn every_kind(market: &Market) -> Vec<SubscriptionKind> {
    let account = market.accounts()[0];
    let instrument_id = market.instruments().next().expect("there are five").id;
    vec![
        SubscriptionKind::Orderbook { instrument_id },
        SubscriptionKind::PriceFeed { instrument_id },
        SubscriptionKind::AssetPriceFeed { asset_id: 1.into() },
        SubscriptionKind::OrderEvents {
            account: Some(account),
            instrument_id: None,
        },
        SubscriptionKind::Collateral {
            asset_id: 0.into(),
            account,
        },
        SubscriptionKind::Position { account },
        SubscriptionKind::AccountRisk { account },
        SubscriptionKind::OpenOrders { account },
        SubscriptionKind::FundingRate { instrument_id },
        SubscriptionKind::Candle {
            instrument_id,
            interval: CandleInterval::H4,
        },
        SubscriptionKind::PositionFunding { account },
        SubscriptionKind::LastMatchPrice { instrument_id },
        SubscriptionKind::AuctionFills { instrument_id },
        SubscriptionKind::Ticker { instrument_id },
        SubscriptionKind::InstrumentStats { instrument_id },
    ]
}

/// A few seeds in ordinary runs; as many as `PROPTEST_CASES` says otherwise.
fn cases() -> ProptestConfig {
    let is_told = std::env::var_os("PROPTEST_CASES").is_some();
    if is_told {
        ProptestConfig::default()
    } else {
        ProptestConfig::with_cases(12)
    }
}

proptest! {
    #![proptest_config(cases())]

    /// The invariants themselves are in [`Follower`].
    #[test]
    fn every_message_follows_from_those_before_it(
        seed: u64,
        accounts in 1_usize..4,
        // Of poor accounts most orders are refused.
        collateral in prop::sample::select(vec![0, 500, 20_000, 1_000_000]),
    ) {
        let collateral = Amount::from(collateral);
        let config = MarketConfig { collateral, ..config(seed, accounts) };
        let mut market = Market::new(&config);
        let mut follower = Follower::new(&config);
        for _ in 0..200 {
            let tick = market.tick();
            follower.follow(&tick, market.now());
            follower.compare(&market);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_frames_and_another_gives_others(seed: u64) {
        prop_assert_eq!(frames(seed, 2, 40), frames(seed, 2, 40));
        prop_assert_ne!(frames(seed, 2, 40), frames(seed ^ 1, 2, 40));
    }

    #[test]
    fn every_kind_has_something_to_tell_within_two_seconds(seed: u64) {
        let mut market = Market::new(&config(seed, 1));
        let kinds = every_kind(&market);
        prop_assert_eq!(kinds.len(), SubscriptionKind::NAMES.len());
        let mut names = BTreeMap::<&str, BTreeSet<String>>::new();
        for _ in 0..20 {
            let tick = market.tick();
            for kind in &kinds {
                let told = tick.told_to(kind).map(|(_, message)| message.name().to_owned());
                names.entry(kind.name()).or_default().extend(told);
            }
        }
        for kind in &kinds {
            // A flat account is paid no funding.
            if kind.name() != "PositionFunding" {
                let expected: BTreeSet<_> = kind.updates().iter().map(|it| (*it).to_owned()).collect();
                prop_assert_eq!(&names[kind.name()], &expected, "{}", kind.name());
            }
        }
    }

    #[test]
    fn every_sort_of_order_event_comes_within_twenty_seconds(seed: u64) {
        let mut market = Market::new(&config(seed, 1));
        let mut seen = BTreeSet::new();
        let mut funded = false;
        for _ in 0..200 {
            let tick = market.tick();
            seen.extend(tick.order_events.iter().map(|event| sort(&event.event_data)));
            funded |= tick.updates.iter().any(|it| it.name() == "PositionFundingUpdate");
        }
        let all = ["cancelled", "filled", "modified", "partly filled", "placed", "rejected"];
        prop_assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
        prop_assert!(funded);
    }

    #[test]
    fn every_message_survives_the_wire(seed: u64) {
        let mut market = Market::new(&config(seed, 1));
        for _ in 0..20 {
            for message in market.tick().updates {
                prop_assert_eq!(decode(&encode(&message)).unwrap(), message);
            }
        }
    }
}

fn sort(event: &OrderEventData) -> &'static str {
    match event {
        OrderEventData::Fill(fill) if fill.is_filled => "filled",
        OrderEventData::Fill(_) => "partly filled",
        OrderEventData::Placed(_) => "placed",
        OrderEventData::Canceled => "cancelled",
        OrderEventData::Modified(_) => "modified",
        OrderEventData::Rejected(_) => "rejected",
        _ => "unknown",
    }
}

#[test]
fn a_seed_gives_the_same_frames_for_good() {
    let hash = frames(7, 2, 200)
        .iter()
        .flat_map(|frame| frame.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    // Change this number only when frames are meant to change, and say so in the change log.
    assert_eq!(format!("{hash:#018x}"), "0x6294a4b3864696c2");
}

#[test]
fn a_payment_is_kept_with_what_it_was_computed_from() {
    let mut market = Market::new(&config(7, 2));
    let account = market.accounts()[1];
    let mut seen = 0;
    for _ in 0..300 {
        market.tick();
        let held = market.positions(account).expect("it trades");
        let payments = market.funding_events(account).expect("it trades");
        for payment in payments.filter(|it| it.timestamp == market.now()) {
            let exact = |decimal: &rocketfi_protocol::Decimal| decimal.to_decimal().expect("plain");
            assert_eq!(payment.account, account);
            assert_eq!(
                payment.position_quantity,
                held[&payment.instrument_id].quantity
            );
            let worth = exact(&payment.position_quantity) * exact(&payment.instrument_mark_price);
            let paid = -(worth * exact(&payment.funding_rate)).round_dp(8);
            assert_eq!(exact(&payment.pnl), paid);
            seen += 1;
        }
    }
    assert!(seen > 10);
}

#[test]
fn the_clock_starts_at_a_fixed_time_and_moves_with_the_ticks() {
    let mut market = Market::new(&config(1, 1));
    assert_eq!(market.now(), EPOCH);
    market.tick();
    market.tick();
    let millis = u64::try_from(TICK.as_millis()).unwrap();
    assert_eq!(market.now(), Timestamp(EPOCH.0 + 2 * millis));
}

#[test]
fn one_more_account_leaves_the_prices_alone() {
    let prices = |accounts| -> Vec<ServerMessage> {
        let mut market = Market::new(&config(3, accounts));
        let ticks = (0..50).flat_map(|_| market.tick().updates);
        ticks.filter(|it| it.name() == "MarkPriceUpdate").collect()
    };
    assert_eq!(prices(1), prices(3));
    assert!(!prices(1).is_empty());
}

#[test]
fn order_events_are_told_by_filter_and_before_everything_else() {
    let mut market = Market::new(&config(3, 2));
    let accounts = market.accounts();
    let instrument = market.instruments().next().unwrap().id;
    let kind = |account, instrument_id| SubscriptionKind::OrderEvents {
        account,
        instrument_id,
    };
    let mut seen = 0;
    for _ in 0..100 {
        let tick = market.tick();
        for account in [None, Some(accounts[0]), Some(accounts[1])] {
            for instrument_id in [None, Some(instrument)] {
                let kind = kind(account, instrument_id);
                for (place, message) in tick.told_to(&kind) {
                    let ServerMessage::OrderEventUpdate(update) = &*message else {
                        panic!("{} is no order event", message.name());
                    };
                    assert_eq!((place, update.account.copied()), (0, account));
                    assert_eq!(update.instrument_id.copied(), instrument_id);
                    assert!(message.belongs_to(&kind));
                    let passes = tick.order_events.iter().filter(|event| {
                        account.is_none_or(|it| it == event.account)
                            && instrument_id.is_none_or(|it| it == event.instrument)
                    });
                    assert!(update.order_events.iter().eq(passes));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50);
}

#[test]
fn a_subscriber_to_something_unknown_is_shown_nothing() {
    let market = Market::new(&config(1, 1));
    let unknown = [
        SubscriptionKind::Position {
            account: demo_accounts(2)[1],
        },
        SubscriptionKind::Ticker {
            instrument_id: "0x0000000000000001".parse().unwrap(),
        },
        SubscriptionKind::AssetPriceFeed {
            asset_id: 99.into(),
        },
    ];
    for kind in &unknown {
        assert!(!market.knows(kind));
        assert_eq!(market.snapshot(kind), []);
    }
    let stranger = demo_accounts(2)[1];
    assert_eq!(market.open_orders(stranger), None);
    assert_eq!(market.positions(stranger), None);
    assert_eq!(market.collaterals(stranger), None);
    assert_eq!(market.risk(stranger), None);
    assert!(market.order_events(stranger).is_none());
    assert!(market.funding_events(stranger).is_none());
}
