//! The other side, as a process of its own: this program once more.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use rocketfi_benches::feed::confirm;
use rocketfi_benches::frames::TICKER;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, ServerConfig, ServerConnection, StreamOwned};
use tokio_tungstenite::tungstenite::{self, Message};

/// How many frames the second subscription of a connection is answered with.
pub(crate) const BURST: usize = 1_000;

const PLAIN: &str = "serve-plain";
const SECURE: &str = "serve-secure";

/// Ends with its owner.
pub(crate) struct Server {
    process: Child,
    address: String,
    /// What trusts it.
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

impl Server {
    pub(crate) fn start(secure: bool) -> Self {
        let program = env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .arg(if secure { SECURE } else { PLAIN })
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program once more");
        let stdout = process.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let address = lines.next().expect("an address");
        let certificate: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let tls = secure.then(|| crate::trusting(&certificate.join("\n")));
        Self {
            process,
            address,
            tls,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Whether this process is to be a server.
pub(crate) fn is_wanted() -> bool {
    env::args().any(|word| word == PLAIN || word == SECURE)
}

/// Serves until the process is ended.
pub(crate) fn serve() -> ! {
    let secure = env::args().any(|word| word == SECURE);
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    println!("{}://localhost:{port}", if secure { "wss" } else { "ws" });
    let tls = secure.then(identity);
    println!();
    loop {
        let (stream, _) = listener.accept().expect("a connection");
        let tls = tls.clone();
        thread::spawn(move || match tls {
            None => attend(stream),
            Some(tls) => {
                let connection = ServerConnection::new(tls).expect("a configuration");
                attend(StreamOwned::new(connection, stream));
            }
        });
    }
}

/// Prints its certificate.
fn identity() -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    print!("{}", made.cert.pem());
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("the key belongs to the certificate");
    Arc::new(config)
}

/// Until the client goes.
fn attend(stream: impl Read + Write) {
    let mut socket = tungstenite::accept(stream).expect("a handshake");
    confirm(&mut socket);
    confirm(&mut socket);
    for _ in 0..BURST {
        if socket.send(Message::text(TICKER.text)).is_err() {
            return;
        }
    }
    while socket.read().is_ok() {}
}
