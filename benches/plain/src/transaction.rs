use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecuteOnDisconnectRegistered {
    pub signature: String,
    pub deferred_nonce: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrderResponse {
    pub results: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SerializationFormat {
    #[serde(rename = "JSON")]
    Json,
    MessagePack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SignatureScheme {
    Eip191,
    Eip712,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    pub data: TransactionData,
    pub serialization_format: SerializationFormat,
    pub signature_scheme: SignatureScheme,
    pub signature: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionData {
    pub sender: String,
    pub instruction: String,
    pub nonce: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionResponse {
    PlaceOrder(PlaceOrderResponse),
    CreateVault(String),
    VaultDeposit(String),
    VaultWithdraw(String),
    DelegateManager(String),
    RemoveDelegateManager(String),
    RemoveWebclientDelegates(String),
    UpdateOracleConfig(String),
    ListAssets(String),
    ListInstruments(String),
    Err(String),
    Ok,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionResult {
    pub signature: String,
    pub response: TransactionResponse,
}
