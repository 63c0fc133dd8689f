//! Requests: what is wrong with them, and what an exchange does when nothing is.

use rocketfi_protocol::{
    CandleInterval, ClientMessage, DecodeError, ExecuteOnDisconnectRegistered, ServerMessage,
    SubscriptionKind, Transaction, TransactionResponse, TransactionResult,
};

use crate::market::Market;
use crate::subscriptions::{MOST_KINDS, Subscriptions};

/// Why a frame is answered with an `Error`. The texts are bounded and hold nothing of what the
/// client sent but the names of known variants and fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Nonsense {
    #[error("not JSON: see line {line}, column {column} of the frame")]
    NotJson { line: usize, column: usize },
    #[error("not a message: send a variant's name, or an object whose only key is one")]
    NotAMessage,
    #[error("unknown message: a client may send {}", ClientMessage::NAMES.join(", "))]
    UnknownMessage,
    #[error("malformed {variant}{}", place(.path))]
    Malformed { variant: String, path: String },
    #[error("this server does not know how to carry out {name}")]
    Unsupported { name: String },
    #[error("binary frames are not understood: send JSON in text frames")]
    Binary,
    #[error("unknown subscription kind: the kinds are {}", SubscriptionKind::NAMES.join(", "))]
    UnknownKind,
    #[error("unknown candle interval: the intervals are 1m, 5m, 15m, 30m, 1h, 4h, 1d")]
    UnknownInterval,
    #[error("unknown account, instrument or asset in a {kind} subscription")]
    UnknownEntity { kind: String },
    #[error("not subscribed: an Unsubscribe of {kind} must equal the Subscribe before it")]
    NotSubscribed { kind: String },
    #[error("too many subscriptions: at most {MOST_KINDS} different ones in a session")]
    TooManySubscriptions,
}

/// Paths are kept short, and only of characters that name fields and positions.
fn place(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._[]".contains(c);
    let is_shown =
        !path.is_empty() && path != "." && path.len() <= 64 && path.chars().all(is_plain);
    if is_shown {
        format!(" at {path}")
    } else {
        String::new()
    }
}

impl From<DecodeError> for Nonsense {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Syntax { line, column, .. } => Self::NotJson { line, column },
            DecodeError::Shape => Self::NotAMessage,
            DecodeError::UnknownVariant { .. } => Self::UnknownMessage,
            DecodeError::Body { variant, path, .. } => Self::Malformed {
                variant: known_name(&variant).to_owned(),
                path,
            },
        }
    }
}

fn known_name(variant: &str) -> &'static str {
    ClientMessage::NAMES
        .iter()
        .find(|name| **name == variant)
        .copied()
        .unwrap_or("message")
}

/// What one session has asked for so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) subscriptions: Subscriptions,
    /// The nonce of the transaction to execute when the connection drops.
    pub(crate) deferred_nonce: Option<u64>,
}

/// How requests are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Refuse accounts, instruments and assets that the market does not have.
    pub(crate) strict_known: bool,
    /// Follow a confirmation with the state of what was subscribed to.
    pub(crate) snapshots: bool,
}

/// Carries out one request and answers with the acknowledgement and what follows it.
pub(crate) fn carry_out(
    message: ClientMessage,
    standing: &mut Standing,
    market: &Market,
    rules: Rules,
) -> Result<Vec<ServerMessage>, Nonsense> {
    let ack = acknowledgement(&message);
    match message {
        ClientMessage::Subscribe(kind) => return subscribe(kind, standing, market, rules),
        ClientMessage::Unsubscribe(kind) => unsubscribe(&kind, standing)?,
        ClientMessage::RegisterExecuteOnDisconnect(transaction) => {
            standing.deferred_nonce = Some(transaction.data.nonce);
        }
        ClientMessage::ClearExecuteOnDisconnect => standing.deferred_nonce = None,
        _ => {}
    }
    ack.map(|ack| vec![ack])
}

/// The message that acknowledges a request.
pub(crate) fn acknowledgement(message: &ClientMessage) -> Result<ServerMessage, Nonsense> {
    Ok(match message {
        ClientMessage::Subscribe(kind) => ServerMessage::SubscribeConfirmation(kind.clone()),
        ClientMessage::Unsubscribe(kind) => ServerMessage::UnsubscribeConfirmation(kind.clone()),
        ClientMessage::Ping => ServerMessage::Pong,
        ClientMessage::SubmitTransaction(transaction) => executed(transaction),
        ClientMessage::RegisterExecuteOnDisconnect(transaction) => registered(transaction),
        ClientMessage::ClearExecuteOnDisconnect => ServerMessage::ExecuteOnDisconnectCleared,
        // A variant that was added to the protocol after this server was written.
        newer => {
            return Err(Nonsense::Unsupported {
                name: newer.name().to_owned(),
            });
        }
    })
}

fn executed(transaction: &Transaction) -> ServerMessage {
    let signature = transaction.signature.clone();
    TransactionResult {
        signature,
        response: TransactionResponse::Ok,
    }
    .into()
}

fn registered(transaction: &Transaction) -> ServerMessage {
    let signature = transaction.signature.clone();
    let deferred_nonce = transaction.data.nonce;
    ExecuteOnDisconnectRegistered {
        signature,
        deferred_nonce,
    }
    .into()
}

fn subscribe(
    kind: SubscriptionKind,
    standing: &mut Standing,
    market: &Market,
    rules: Rules,
) -> Result<Vec<ServerMessage>, Nonsense> {
    check_kind(&kind)?;
    if rules.strict_known && !market.knows(&kind) {
        return Err(Nonsense::UnknownEntity {
            kind: kind.name().to_owned(),
        });
    }
    if !standing.subscriptions.add(kind.clone()) {
        return Err(Nonsense::TooManySubscriptions);
    }
    let snapshot = if rules.snapshots {
        market.snapshot(&kind)
    } else {
        Vec::new()
    };
    let ack = ServerMessage::SubscribeConfirmation(kind);
    Ok(std::iter::once(ack).chain(snapshot).collect())
}

fn unsubscribe(kind: &SubscriptionKind, standing: &mut Standing) -> Result<(), Nonsense> {
    check_kind(kind)?;
    if !standing.subscriptions.remove(kind) {
        return Err(Nonsense::NotSubscribed {
            kind: kind.name().to_owned(),
        });
    }
    Ok(())
}

fn check_kind(kind: &SubscriptionKind) -> Result<(), Nonsense> {
    match kind {
        SubscriptionKind::Unrecognized(_) => Err(Nonsense::UnknownKind),
        SubscriptionKind::Candle {
            interval: CandleInterval::Unrecognized(_),
            ..
        } => Err(Nonsense::UnknownInterval),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use rocketfi_protocol::{AccountAddress, InstrumentId};

    use super::*;
    use crate::market::MarketConfig;

    const STRICT: Rules = Rules {
        strict_known: true,
        snapshots: true,
    };

    fn after(requests: &[ClientMessage], rules: Rules) -> Result<Vec<ServerMessage>, Nonsense> {
        let market = Market::new(&MarketConfig::new(1));
        let mut standing = Standing::default();
        let mut last = Ok(Vec::new());
        for request in requests {
            last = carry_out(request.clone(), &mut standing, &market, rules);
        }
        last
    }

    fn ticker() -> SubscriptionKind {
        let market = Market::new(&MarketConfig::new(1));
        SubscriptionKind::Ticker {
            instrument_id: market.instrument_ids()[0],
        }
    }

    #[test]
    fn a_subscribe_is_confirmed_before_its_snapshot() {
        let answer = after(&[ClientMessage::Subscribe(ticker())], STRICT).unwrap();
        let names: Vec<_> = answer.iter().map(ServerMessage::name).collect();
        assert_eq!(names, ["SubscribeConfirmation", "TickerUpdate"]);
    }

    #[test]
    fn without_snapshots_there_is_a_confirmation_only() {
        let quiet = Rules {
            snapshots: false,
            ..STRICT
        };
        let answer = after(&[ClientMessage::Subscribe(ticker())], quiet).unwrap();
        assert_eq!(answer, [ServerMessage::SubscribeConfirmation(ticker())]);
    }

    #[test]
    fn unknown_entities_are_refused_only_when_told_so() {
        let stranger = AccountAddress::from_bytes([7; 20]);
        let kinds = [
            SubscriptionKind::Position { account: stranger },
            SubscriptionKind::Ticker {
                instrument_id: InstrumentId::from_u64(7),
            },
            SubscriptionKind::AssetPriceFeed {
                asset_id: 77.into(),
            },
        ];
        for kind in kinds {
            let error = Nonsense::UnknownEntity {
                kind: kind.name().to_owned(),
            };
            let request = [ClientMessage::Subscribe(kind)];
            assert_eq!(after(&request, STRICT), Err(error));
            let lenient = Rules {
                strict_known: false,
                ..STRICT
            };
            assert_eq!(after(&request, lenient).map(|answer| answer.len()), Ok(1));
        }
    }

    #[test]
    fn an_unsubscribe_must_equal_a_subscribe() {
        let subscribe = ClientMessage::Subscribe(ticker());
        let unsubscribe = ClientMessage::Unsubscribe(ticker());
        let error = Nonsense::NotSubscribed {
            kind: "Ticker".to_owned(),
        };
        assert_eq!(
            after(std::slice::from_ref(&unsubscribe), STRICT),
            Err(error.clone())
        );
        let confirmed = vec![ServerMessage::UnsubscribeConfirmation(ticker())];
        assert_eq!(
            after(&[subscribe.clone(), unsubscribe.clone()], STRICT),
            Ok(confirmed)
        );
        assert_eq!(
            after(&[subscribe, unsubscribe.clone(), unsubscribe], STRICT),
            Err(error)
        );
    }

    #[test]
    fn an_error_names_known_things_only() {
        let body = |variant: &str, path: &str| {
            let reason = "secret".to_owned();
            let error = DecodeError::Body {
                variant: variant.to_owned(),
                path: path.to_owned(),
                reason,
            };
            Nonsense::from(error).to_string()
        };
        assert_eq!(
            body("Subscribe", "Ticker.instrumentId"),
            "malformed Subscribe at Ticker.instrumentId"
        );
        assert_eq!(body("Subscribe", "a \"secret\""), "malformed Subscribe");
        assert_eq!(body("secret", &"x".repeat(100)), "malformed message");
    }

    #[test]
    fn every_error_text_is_bounded() {
        let long = "x".repeat(10_000);
        let errors = [
            Nonsense::NotJson {
                line: usize::MAX,
                column: usize::MAX,
            },
            Nonsense::UnknownMessage,
            Nonsense::UnknownKind,
            Nonsense::from(DecodeError::Body {
                variant: long.clone(),
                path: long.clone(),
                reason: long,
            }),
        ];
        for error in errors {
            assert!(error.to_string().len() < 300, "{error}");
        }
    }
}
