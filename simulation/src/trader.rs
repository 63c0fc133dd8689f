//! The user's other half: transactions, which are sent once or not at all.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::Client;
use rocketfi_protocol::{
    RawJson, SerializationFormat, Signature, SignatureScheme, Transaction, TransactionData,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::plan::ACCOUNT;
use crate::record::Submission;

/// Submits a transaction from time to time until the trouble is over.
pub(crate) async fn trade(
    client: Client,
    seed: u64,
    mut trouble: watch::Receiver<bool>,
) -> Vec<Submission> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x7472_6164);
    let mut submissions = Vec::new();
    for nonce in 0.. {
        let pause = Duration::from_millis(rng.random_range(0..15_000));
        tokio::select! {
            biased;
            _ = trouble.wait_for(|trouble| !trouble) => break,
            () = sleep(pause) => {}
        }
        let began = Instant::now();
        let result = client.submit_transaction(transaction(nonce)).await;
        submissions.push(Submission {
            began,
            ended: Instant::now(),
            result,
        });
    }
    submissions
}

/// Recognisable by its signature, and by what it orders.
fn transaction(nonce: u64) -> Transaction {
    let instruction = r#"{"PlaceOrder":[{"side":"Buy","price":"555000111.5","quantity":"1"}]}"#;
    Transaction {
        data: TransactionData {
            sender: ACCOUNT,
            instruction: RawJson::new(instruction.to_owned()).expect("it is JSON"),
            nonce,
        },
        serialization_format: SerializationFormat::Json,
        signature_scheme: SignatureScheme::Eip191,
        signature: Signature::from_bytes(&[0x5a; 65]),
    }
}
