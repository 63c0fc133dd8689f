//! Writes what the fuzzers begin with to `corpus/`, made of the frames and specifications that the tests use:
//! `cargo run --example seeds`.

use std::path::Path;
use std::{fs, io};

/// What a client and a server say. The largest only repeat what is in the others.
const LARGEST: usize = 2048;

fn main() -> io::Result<()> {
    let server = frames("server.ndjson")?;
    let client = frames("client.ndjson")?;
    write_all("decode", server.iter().chain(&client).cloned())?;
    // The first byte says what the rest is, the second the size of the pieces it comes in.
    let from_server = server
        .iter()
        .map(|text| [&[0, 0], &frame(text, None)[..]].concat());
    write_all("client_session", from_server.chain(scripts(1)))?;
    let from_client = client
        .iter()
        .map(|text| [&[0, 0], &frame(text, Some([7; 4]))[..]].concat());
    let request = [&[1], HANDSHAKE.as_bytes()].concat();
    write_all(
        "mock_session",
        from_client.chain([request]).chain(scripts(2)),
    )?;
    let texts = specifications()?
        .into_iter()
        .map(|text| [&[0], &text[..]].concat());
    write_all("generator", texts.chain(scripts(1)))
}

const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: pipe.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn frames(file: &str) -> io::Result<Vec<Vec<u8>>> {
    let text = fs::read(workspace().join("crates/protocol/tests/frames").join(file))?;
    let lines = text.split(|byte| *byte == b'\n');
    Ok(lines
        .filter(|line| (1..LARGEST).contains(&line.len()))
        .map(<[u8]>::to_vec)
        .collect())
}

/// The small ones, good and broken.
fn specifications() -> io::Result<Vec<Vec<u8>>> {
    let mut texts = Vec::new();
    for folder in ["specs", "broken"] {
        for entry in fs::read_dir(workspace().join("xtask/testdata").join(folder))? {
            texts.push(fs::read(entry?.path())?);
        }
    }
    texts.sort();
    Ok(texts)
}

/// One text frame on the wire.
fn frame(text: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let mask = if key.is_some() { 0x80 } else { 0 };
    let length = u16::try_from(text.len())
        .expect("the largest has been left out")
        .to_be_bytes();
    let header = [0x81, 126 | mask, length[0], length[1]];
    let key = key.unwrap_or_default();
    let masked = text
        .iter()
        .zip(key.into_iter().cycle())
        .map(|(byte, key)| byte ^ key);
    let key = if mask == 0 { &[][..] } else { &key[..] };
    header
        .into_iter()
        .chain(key.iter().copied())
        .chain(masked)
        .collect()
}

/// Every sequence of bytes is a script of some kind; these are of different lengths.
fn scripts(first: u8) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut byte = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (1..=24).map(move |size| {
        std::iter::once(first)
            .chain((0..size * 32).map(|_| byte()))
            .collect()
    })
}

fn write_all(target: &str, seeds: impl Iterator<Item = Vec<u8>>) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    for (index, seed) in seeds.enumerate() {
        fs::write(folder.join(format!("seed-{index:03}")), seed)?;
    }
    Ok(())
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this lies in a folder of the workspace")
}
