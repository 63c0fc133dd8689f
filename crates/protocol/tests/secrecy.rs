//! What `Debug` shows of what must not reach a log.

use rocketfi_protocol::{ClientMessage, ServerMessage, decode, decode_client};

const ACCOUNT: &str = "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const SIGNATURE: &str = "1f30557a9fc4e90e33587da2c7ec11365b80a5caef14395e83a8cdf2173c61862ed0f51a3f6489aed3f81d42678cb1d6fb20456a8fb4d9fe23486d92b7dc0126";

/// No eight characters in a row of the secret may show, in any case.
fn hides(text: &str, secret: &str) -> bool {
    let text = text.to_lowercase();
    let secret = secret.to_lowercase().into_bytes();
    secret
        .windows(8)
        .all(|part| !text.contains(&*String::from_utf8_lossy(part)))
}

fn transaction() -> ClientMessage {
    let frame = format!(
        r#"{{"SubmitTransaction":{{"data":{{"sender":"0x{ACCOUNT}","instruction":{{"PlaceOrder":[{{"price":"64000.5"}}]}},"nonce":4711}},"serializationFormat":"JSON","signatureScheme":"EIP191","signature":"0x{SIGNATURE}1b"}}}}"#
    );
    decode_client(&frame).expect("a transaction as the specification has it")
}

#[test]
fn a_transaction_shows_its_name_alone() {
    let shown = format!("{:?}", transaction());
    assert_eq!(shown, "SubmitTransaction(Transaction(redacted))");
    let ClientMessage::SubmitTransaction(transaction) = transaction() else {
        panic!("another variant");
    };
    assert_eq!(
        format!("{:#?}", transaction.data),
        "TransactionData(redacted)"
    );
}

#[test]
fn the_result_of_a_transaction_hides_signature_and_body() {
    let frame = format!(
        r#"{{"TransactionResult":{{"signature":"0x{SIGNATURE}1b","response":{{"VaultDeposit":{{"vault_address":"0x{ACCOUNT}"}}}}}}}}"#
    );
    let shown = format!("{:?}", decode(&frame).unwrap());
    assert!(
        hides(&shown, SIGNATURE) && hides(&shown, ACCOUNT),
        "{shown}"
    );
}

#[test]
fn addresses_are_shortened_and_what_is_not_recognised_shows_no_payload() {
    let update = format!(r#"{{"PositionUpdate":{{"account":"0x{ACCOUNT}","positions":{{}}}}}}"#);
    let novelty = format!(r#"{{"Novelty":{{"account":"0x{ACCOUNT}"}}}}"#);
    for frame in [update, novelty] {
        let message: ServerMessage = decode(&frame).unwrap();
        let shown = format!("{message:?} {message:#?}");
        assert!(hides(&shown, ACCOUNT), "{shown}");
    }
}
