//! The mock exchange as a program, to point any WebSocket tool or SDK at.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use futures_util::FutureExt;
use rocketfi_mock_server::{MockServer, MockServerBuilder};
use rocketfi_protocol::rest::OPEN_ORDERS;
use rocketfi_protocol::{AccountAddress, ClientMessage, SubscriptionKind, encode};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tracing_subscriber::EnvFilter;

/// A mock of the RocketFi WebSocket API: a lively market that exists nowhere else.
///
/// Point any WebSocket client at the URL it prints, and send the Subscribe frame it shows; or ask
/// the same port over REST. The
/// same seed gives the same frames. Ctrl-C ends it, and closes all clients with code 1001.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "The environment variable RUST_LOG sets what is logged to stderr, \
    such as RUST_LOG=debug. Names and sizes of messages are logged, never what is in them."
)]
struct Options {
    /// Where to listen; port 0 finds a free port
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:9100")]
    listen: SocketAddr,

    /// Decides everything the market does
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,

    /// Ticks of the market a second, from 0 to 1000; at 10 its clock runs as fast as yours
    #[arg(long, value_name = "TICKS", default_value_t = rocketfi_mock_server::DEFAULT_RATE)]
    rate: f64,

    /// Push nothing, only answer requests; the same as --rate 0
    #[arg(long, conflicts_with = "rate")]
    quiet: bool,

    /// How many demo accounts trade; one, unless --account names others
    #[arg(long, value_name = "N")]
    accounts: Option<usize>,

    /// An account that trades, 20 bytes of hex; may be given more than once
    #[arg(long, value_name = "ADDRESS")]
    account: Vec<AccountAddress>,

    /// Answer a Subscribe for an unknown account, instrument or asset with an error
    #[arg(long)]
    strict: bool,

    /// A PEM file with the certificate chain, to speak TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// A PEM file with the private key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// End after this time, such as 30s or 5min, instead of waiting for Ctrl-C
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    lifetime: Option<Duration>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let lifetime = options.lifetime;
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    // The first look installs the handler: whoever reads what is printed below may interrupt.
    if let Some(at_once) = interrupted.as_mut().now_or_never() {
        return Ok(at_once?);
    }
    let server = builder(options)?.start().await?;
    print(&introduction(&server));
    tokio::select! {
        result = interrupted => result?,
        () = rest(lifetime) => {}
    }
    // Counted before: afterwards there are none.
    let sessions = server.sessions();
    server.shutdown().await;
    print(&format!("\nclosed {sessions} sessions"));
    Ok(())
}

/// Prints for whoever reads. A closed or full stdout is no reason to stop serving, but `println!`
/// would panic.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

fn builder(options: Options) -> Result<MockServerBuilder, Box<dyn Error>> {
    let mut builder = MockServer::builder()
        .listen(options.listen)
        .seed(options.seed)
        .rate(if options.quiet { 0.0 } else { options.rate })
        .strict_known(options.strict)
        // Nobody looks at it here, and a program may run for weeks.
        .journal_capacity(1)
        .accounts(options.accounts.unwrap_or(0));
    for account in options.account {
        builder = builder.account(account);
    }
    if let (Some(certificates), Some(key)) = (options.tls_cert, options.tls_key) {
        builder = builder.tls(tls_config(&certificates, &key)?);
    }
    Ok(builder)
}

fn tls_config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let in_file = |file: &Path, error: &dyn Error| format!("{}: {error}", file.display());
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| in_file(certificates, &error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| in_file(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Arc::new(config))
}

/// What a user needs to know to get going.
fn introduction(server: &MockServer) -> String {
    let mut lines = vec![
        format!("listening on {}", server.url()),
        "accounts".to_owned(),
    ];
    lines.extend(
        server
            .accounts()
            .iter()
            .map(|account| format!("  {account}")),
    );
    lines.push("instruments".to_owned());
    server.with_market(|market| {
        lines.extend(
            market
                .instruments()
                .map(|spec| format!("  {}  {}", spec.id, spec.ticker)),
        );
    });
    if let Some(account) = server.accounts().first() {
        lines.extend(["try".to_owned(), frame(*account), request(server, *account)]);
    }
    lines.join("\n")
}

/// A frame to paste into any WebSocket tool.
fn frame(account: AccountAddress) -> String {
    let kind = SubscriptionKind::OrderEvents {
        account: Some(account),
        instrument_id: None,
    };
    format!("  {}", encode(&ClientMessage::from(kind)))
}

/// A command that asks for the state of the same account.
fn request(server: &MockServer, account: AccountAddress) -> String {
    format!(
        "  curl '{}{OPEN_ORDERS}?account={account}'",
        server.rest_url()
    )
}

/// Waits for the end of a lifetime; without one, forever.
async fn rest(lifetime: Option<Duration>) {
    match lifetime {
        Some(lifetime) => tokio::time::sleep(lifetime).await,
        None => std::future::pending().await,
    }
}

/// An error with everything behind it, on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[tokio::test]
    async fn the_introduction_names_what_there_is_to_subscribe_to() {
        let options = Options::parse_from(["mock", "--listen", "127.0.0.1:0", "--accounts", "2"]);
        let server = builder(options).unwrap().start().await.unwrap();
        let text = introduction(&server);
        assert!(text.contains(&server.url()), "{text}");
        for account in server.accounts() {
            assert!(text.contains(&account.to_string()), "{text}");
        }
        assert!(text.contains("BTC-PERP"), "{text}");
        assert!(
            text.contains(r#"{"Subscribe":{"OrderEvents":{"account":"0x"#),
            "{text}"
        );
        let rest = format!(
            "  curl '{}/open-orders?account={}'",
            server.rest_url(),
            server.accounts()[0]
        );
        assert_eq!(text.lines().last(), Some(&*rest));
    }
}
